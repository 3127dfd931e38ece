"""The comparison that failed, as data."""

from __future__ import annotations

import ast
from collections.abc import Callable
from types import FrameType

from ..model import Assertion, Look
from ..observe.compare import first_difference
from ..observe.detail import Detail
from ..observe.exceptions import traceback_of
from ..observe.redaction import Redactor
from ..source import Source, source_of

Looks = Callable[[object], Look]
LOOK: Looks = Detail().look

_UNITTEST = {
    "assertEqual": "==", "assertNotEqual": "!=", "assertIs": "is", "assertIsNot": "is not",
    "assertIn": "in", "assertNotIn": "not in", "assertLess": "<", "assertLessEqual": "<=",
    "assertGreater": ">", "assertGreaterEqual": ">=", "assertListEqual": "==",
    "assertDictEqual": "==", "assertTupleEqual": "==", "assertSetEqual": "==",
    "assertSequenceEqual": "==", "assertMultiLineEqual": "==", "assertAlmostEqual": "~=",
    "assertCountEqual": "has the items of",
}  # fmt: skip
_FIRST = ("first", "member", "expr1", "a", "d1", "seq1", "list1", "tuple1", "set1")
_SECOND = ("second", "container", "expr2", "b", "d2", "seq2", "list2", "tuple2", "set2")


def from_compare(operator: str, left: object, right: object, look: Looks = LOOK) -> Assertion:
    """Return the assertion that pytest has just found false, from its live operands."""
    mine, theirs = look(left), look(right)
    return Assertion(
        mine, operator, theirs, difference=first_difference(mine, theirs), left_id=id(left)
    )


def from_unittest(error: BaseException, look: Looks = LOOK) -> Assertion | None:
    """Return the operands of a failing unittest `assert*`, from the helper's frame."""
    traceback = traceback_of(error)
    while traceback is not None:
        frame = traceback.tb_frame
        name = frame.f_code.co_name
        if name in _UNITTEST and frame.f_code.co_filename.replace("\\", "/").endswith(
            "unittest/case.py"
        ):
            found = _operands(frame)
            if found is not None:
                return from_compare(_UNITTEST[name], *found, look)
        traceback = traceback.tb_next
    return None


def _operands(frame: FrameType) -> tuple[object, object] | None:
    held = frame.f_locals
    first = next((name for name in _FIRST if name in held), None)
    second = next((name for name in _SECOND if name in held), None)
    return (held[first], held[second]) if first and second else None


def redacted(assertion: Assertion, redactor: Redactor) -> Assertion:
    """Return the assertion without secrets."""
    left, right = redactor.look(assertion.left), redactor.look(assertion.right)
    return Assertion(
        left,
        assertion.operator,
        right,
        redactor.text(assertion.left_source),
        redactor.text(assertion.right_source),
        first_difference(left, right),
        assertion.left_id,
    )


def with_source(assertion: Assertion, path: str, line: int) -> Assertion:
    """Return the assertion with the text of its operands, where the statement has two."""
    source = source_of(path)
    compare = compare_at(source, line)
    if compare is None:
        return assertion
    left, right = compare.left, compare.comparators[-1]
    return Assertion(
        assertion.left,
        assertion.operator,
        assertion.right,
        text_of(source, left),
        text_of(source, right),
        assertion.difference,
        assertion.left_id,
    )


def assert_at(source: Source, line: int) -> ast.Assert | None:
    """Return the assert statement around `line`."""
    for node in ast.walk(source.tree) if source.tree is not None else ():
        if isinstance(node, ast.Assert) and node.lineno <= line <= (node.end_lineno or 0):
            return node
    return None


def compare_at(source: Source, line: int) -> ast.Compare | None:
    """Return the comparison of the assert statement around `line`."""
    statement = assert_at(source, line)
    if statement is None:
        return None
    return next((n for n in ast.walk(statement.test) if isinstance(n, ast.Compare)), None)


def text_of(source: Source, node: ast.expr) -> str:
    """Return the source text of an expression, on one line, at most 120 characters."""
    text = source.segment(
        node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0
    )
    return " ".join(text.split())[:120]


def is_literal(node: ast.expr) -> bool:
    """Whether an expression is spelt out: constants and displays of constants only."""
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
