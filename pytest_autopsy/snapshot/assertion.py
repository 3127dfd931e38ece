"""The comparison that failed, as data."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import CodeType, TracebackType

from ..model import Assertion, Look, Value
from ..observe.classes import class_facts, mro
from ..observe.compare import Near, first_difference
from ..observe.detail import Detail
from ..observe.exceptions import argument, traceback_of, type_name
from ..observe.redaction import Redactor
from ..record.project import Project
from ..source import Source, source_of
from . import doctests
from .expression import failing
from .helpers import TOLD, Compared, compared_by_helper, is_helper
from .reading import MISSING, attribute
from .sources import file_of

_COMPARE_PARTS = ("==", "~=", "was called with", "was awaited with")
"""Operators whose two sides should be alike: where they differ says something."""

MAX_MESSAGE = 8_000


Looks = Callable[[object], Look]
LOOK: Looks = Detail().look


def from_compare(operator: str, left: object, right: object, look: Looks = LOOK) -> Assertion:
    """Return the assertion that pytest has just found false, from its live operands.

    What `pytest.approx` wraps is shown as what it wraps, with the tolerance beside it.
    """
    details: dict[str, object] = {}
    wanted, left = _unwrapped(left, details), _expected(left)
    wanted, right = _unwrapped(right, details) or wanted, _expected(right)
    operator = {"==": "~=", "!=": "!~="}.get(operator, operator) if wanted else operator
    shown = tuple((name, look(value)) for name, value in details.items())
    return Assertion(look(left), operator, look(right), left_id=id(left), details=shown)


def of_failure(
    error: BaseException,
    compared: Assertion | None,
    project: Project,
    redactor: Redactor,
    detail: Detail | None = None,
    look: Looks | None = None,
) -> Assertion | None:
    """Return the assertion that a failure is about: a helper's, or the last that pytest compared.

    `look` is how values are looked at, where that is not just as `detail` says.
    """

    def is_project(code: CodeType) -> bool:
        return not is_helper(code) and project.owns(file_of(code))

    detail = detail or Detail()
    if detail.values == "none":
        return None
    printed = doctests.compared(error, look or detail.look)
    if printed is not None:
        return redacted(printed, redactor)
    if not _is_failed_check(error):
        return None
    told = compared_by_helper(error, is_project)
    found = _from_helper(told, error, detail, look or detail.look) if told is not None else compared
    if found is None:
        return None
    place = _innermost(traceback_of(error), is_project)
    if place is not None:
        path = file_of(place.tb_frame.f_code)
        found = (
            _with_arguments(found, place, source_of(path))
            if found.helper
            else with_source(found, path, place.tb_lineno)
        )
    return redacted(found, redactor)


def redacted(assertion: Assertion, redactor: Redactor) -> Assertion:
    """Return the assertion without secrets, with the first place where its sides differ."""
    left, right = redactor.look(assertion.left), redactor.look(assertion.right)
    details = dict(assertion.details)
    difference = _told(details)
    if not difference and assertion.operator in _COMPARE_PARTS:
        difference = first_difference(left, right, near=near_of(details))
    return replace(
        assertion,
        left=left,
        right=right,
        left_source=redactor.text(assertion.left_source),
        right_source=redactor.text(assertion.right_source),
        difference=redactor.text(difference),
        details=tuple((name, redactor.look(value, name)) for name, value in details.items()),
    )


def _told(details: Mapping[str, Look]) -> str:
    """The first place of a difference, as the helper's message has it."""
    part, first, values = (str(details.get(name, "")) for name in ("part", "first", "values"))
    place = part + (f"[{first.strip('[]')}]" if first else "")
    return f"{place}: {values}" if place and values else place


def near_of(details: Mapping[str, Look]) -> Near | None:
    """Return the tolerance that a comparison's details tell of."""
    rel, absolute = (
        _number(details, "rel", "rtol", "rel_tol"),
        _number(details, "abs", "atol", "abs_tol", "delta"),
    )
    places = _number(details, "places", "decimal")
    if places is not None and absolute is None:
        absolute = (1.5 if "decimal" in details else 0.5) * 10.0**-places
    if rel is None and absolute is None:
        return None
    return Near(rel or 0.0, absolute or 0.0, joined="rtol" in details or "rel_tol" in details)


def _number(details: Mapping[str, Look], *names: str) -> float | None:
    found = next((details[name] for name in names if name in details), None)
    return float(found) if isinstance(found, (int, float)) else None


def _is_failed_check(error: BaseException) -> bool:
    """Whether the exception says that a check failed: an AssertionError, or pytest's own Failed."""
    classes = mro(type(error))
    failed = type_name(error) == "Failed" and not any(cls is Exception for cls in classes)
    return failed or any(cls is AssertionError for cls in classes)


def _from_helper(told: Compared, error: BaseException, detail: Detail, look: Looks) -> Assertion:
    looks = [(name, look(value)) for name, value in told.details]
    # an object stands for "not given" there
    details = [(n, one) for n, one in looks if not isinstance(one, Value) or one.kind != "object"]
    text = argument(error, MAX_MESSAGE) if detail.content else ""
    for label, pattern in TOLD if isinstance(text, str) else ():
        said = pattern.search(str(text))
        if said is not None and label not in dict(details):
            details.append((label, said.group(1)))
    return Assertion(
        look(told.left),
        told.helper.operator,
        look(told.right),
        left_id=id(told.left),
        helper=told.name,
        details=tuple(details),
    )


def _unwrapped(value: object, details: dict[str, object]) -> bool:
    """Whether it is an approx; what tolerance it was given goes into `details`."""
    if not _is_approx(value):
        return False
    given = {name: attribute(value, name) for name in ("rel", "abs")}
    only_absolute = given["rel"] is None and given["abs"] is not None
    details["rel"] = given["rel"] if given["rel"] is not None else 0.0 if only_absolute else 1e-6
    details["abs"] = given["abs"] if given["abs"] is not None else 1e-12
    return True


def _expected(value: object) -> object:
    found = attribute(value, "expected") if _is_approx(value) else MISSING
    return value if found is MISSING else found


def _is_approx(value: object) -> bool:
    facts = class_facts(type(value))
    ours = facts.module == "pytest" or facts.module.startswith("_pytest.")
    return ours and facts.name.startswith("Approx")


def _innermost(
    traceback: TracebackType | None, is_project: Callable[[CodeType], bool]
) -> TracebackType | None:
    found = None
    while traceback is not None:
        found = traceback if is_project(traceback.tb_frame.f_code) else found
        traceback = traceback.tb_next
    return found


def with_source(assertion: Assertion, path: str, line: int) -> Assertion:
    """Return the assertion with the text of its operands, where the statement has two."""
    source = source_of(path)
    compare = compare_at(source, line)
    if compare is None:
        return assertion
    left, right = compare.left, compare.comparators[-1]
    return replace(
        assertion, left_source=text_of(source, left), right_source=text_of(source, right)
    )


def _with_arguments(assertion: Assertion, place: TracebackType, source: Source) -> Assertion:
    """The text of the two arguments that the helper was called with."""
    code, line = place.tb_frame.f_code, place.tb_lineno
    node = failing(code, place.tb_lasti, line, source).node
    if not isinstance(node, ast.Call) or len(node.args) < 2:
        return assertion
    left, right = (" ".join(ast.unparse(arg).split())[:120] for arg in node.args[:2])
    return replace(assertion, left_source=left, right_source=right)


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
