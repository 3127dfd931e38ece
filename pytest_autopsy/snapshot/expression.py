"""Which expression of a frame failed, exactly, and what its operands are.

Since 3.11 a code object knows the range of every instruction. Before, the instruction's kind and
its turn among those of its kind on the line say which node of the source it was made from.
"""

from __future__ import annotations

import ast
import dis
import textwrap
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple

from ..env import HAS_POSITIONS
from ..model import Site
from ..observe.text import shortened
from ..record.codes import call_site
from ..source import Source
from .reading import MISSING, value_of

MAX_LINES = 10
MAX_OPERANDS = 12
MAX_TEXT = 120

_OPERATORS = {
    "ADD": ast.Add, "SUBTRACT": ast.Sub, "MULTIPLY": ast.Mult, "TRUE_DIVIDE": ast.Div,
    "FLOOR_DIVIDE": ast.FloorDiv, "MODULO": ast.Mod, "POWER": ast.Pow, "LSHIFT": ast.LShift,
    "RSHIFT": ast.RShift, "AND": ast.BitAnd, "OR": ast.BitOr, "XOR": ast.BitXor,
    "MATRIX_MULTIPLY": ast.MatMult,
}  # fmt: skip
_KINDS: tuple[tuple[str, type[ast.AST]], ...] = (
    ("BINARY_SUBSCR", ast.Subscript), ("STORE_SUBSCR", ast.Subscript),
    ("DELETE_SUBSCR", ast.Subscript), ("BINARY_", ast.BinOp), ("INPLACE_", ast.AugAssign),
    ("COMPARE_OP", ast.Compare), ("IS_OP", ast.Compare), ("CONTAINS_OP", ast.Compare),
    ("UNARY_", ast.UnaryOp), ("LOAD_ATTR", ast.Attribute), ("LOAD_METHOD", ast.Attribute),
    ("CALL_", ast.Call), ("LOAD_NAME", ast.Name), ("LOAD_GLOBAL", ast.Name),
    ("LOAD_FAST", ast.Name), ("LOAD_DEREF", ast.Name), ("RAISE_VARARGS", ast.stmt),
    ("UNPACK_", ast.Assign),
)  # fmt: skip


class Failing(NamedTuple):
    """The part of the source that was being evaluated; `node` where it could be parsed."""

    site: Site | None
    text: str = ""
    node: ast.AST | None = None


def failing(code: CodeType, offset: int, line: int, source: Source) -> Failing:
    """Return what was being evaluated at the instruction at `offset` (in bytes)."""
    if offset < 0:
        return Failing(None)
    if not HAS_POSITIONS:
        node = _node_of_instruction(code, offset, line, source)
        site = _site(node) if node is not None else call_site(code, offset)
        return Failing(site, _text(site, source), node)
    site = call_site(code, offset)
    text = _text(site, source)
    if dis.opname[code.co_code[offset]].startswith(("UNPACK", "STORE_FAST", "STORE_NAME")):
        return Failing(site, text, _assigned(source.line(line)))  # the range is the target's
    return Failing(site, text, _parsed(text, site.column or 0) if text else None)


def operands(node: ast.AST | None, frame: FrameType) -> Iterator[tuple[str, Any]]:
    """Yield (source text, live value) of the parts that the failing expression was made of.

    What would have to be called to know it is not there; its own parts are.
    """
    told: set[str] = set()
    for part, value in _parts(node, frame) if node is not None else ():
        text = ast.unparse(part)
        if text not in told and len(told) < MAX_OPERANDS:
            told.add(text)
            yield shortened(text, MAX_TEXT), value


def _parts(node: ast.AST, frame: FrameType) -> Iterator[tuple[ast.AST, Any]]:
    """The operands of a node that can be read: whole chains of attributes and items where they can."""
    for child in _inner(node):
        if isinstance(child, (ast.Constant, ast.Lambda)):
            continue
        value = value_of(child, frame)
        if value is MISSING:
            yield from _parts(child, frame)
            continue
        yield child, value
        key = getattr(child, "slice", None)  # what an item was taken by is of interest, too
        if isinstance(key, ast.expr):
            yield from _parts(ast.Tuple([key]), frame)


def _inner(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Call):  # of `cart.add(x)` the cart and x; `add` itself tells nothing
        called: list[ast.AST] = [node.func]
        if isinstance(node.func, ast.Attribute):
            called = [node.func.value]
        return [*called, *node.args, *(keyword.value for keyword in node.keywords)]
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
        return [node.generators[0].iter]  # other names in it are its own
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return [node.iter]
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [item.context_expr for item in node.items]
    if isinstance(node, ast.Assign):
        return [node.value]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return []
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


def _text(site: Site, source: Source) -> str:
    if site.column is None or site.end_line is None or site.end_column is None:
        return ""
    if site.end_line - site.line > MAX_LINES:
        return ""
    return source.segment(site.line, site.column, site.end_line, site.end_column)


def _parsed(text: str, column: int) -> ast.AST | None:
    """The node that a piece of source is, as an expression or a statement."""
    try:
        return ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _statement(textwrap.dedent(" " * column + text))


def _statement(text: str) -> ast.stmt | None:
    for ending in ("", " pass"):
        try:
            found = ast.parse(text + ending).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return found[0] if found else None
    return None


def _assigned(line: str) -> ast.AST | None:
    """What was to be unpacked: the value of an assignment that stands on one line."""
    statement = _statement(line.strip())
    return statement if isinstance(statement, ast.Assign) else None


# -- before 3.11 ---------------------------------------------------------------------------------


def _node_of_instruction(code: CodeType, offset: int, line: int, source: Source) -> Any:
    steps = list(dis.get_instructions(code))
    step = next((one for one in steps if one.offset == offset), None)
    kind = next((k for name, k in _KINDS if step and step.opname.startswith(name)), None)
    span = source.enclosing(line)
    top: ast.AST | None = span.node if span is not None else source.tree
    if step is None or kind is None or top is None:
        return None
    alike = [
        one.offset
        for one, at in _with_lines(steps)
        if at == line and (one.opname, one.argval) == (step.opname, step.argval)
    ]
    nodes = [node for node in _in_order(top) if _made(node, kind, step, line)]
    if len(nodes) == 1:
        return nodes[0]
    return nodes[alike.index(offset)] if len(nodes) == len(alike) else None


def _with_lines(steps: list[dis.Instruction]) -> Iterator[tuple[dis.Instruction, int]]:
    line = 0
    for step in steps:
        line = step.starts_line or line
        yield step, line


def _in_order(node: ast.AST) -> Iterator[Any]:
    """Nodes as they are evaluated: what is inside first."""
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)
    yield node


def _made(node: Any, kind: Any, step: dis.Instruction, line: int) -> bool:
    """Whether this instruction may be of this node."""
    if not isinstance(node, kind):
        return False
    if isinstance(node, ast.stmt) and kind is ast.stmt:
        return isinstance(node, (ast.Raise, ast.Assert)) and node.lineno == line
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return line in (node.func.end_lineno, node.lineno)
    if node.lineno != line:
        return False
    if isinstance(node, ast.Attribute):
        return bool(node.attr == step.argval)
    if isinstance(node, ast.Name):
        return bool(node.id == step.argval)
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        return isinstance(node.op, _OPERATORS.get(step.opname.partition("_")[2], ast.operator))
    return True


def _site(node: ast.expr | ast.stmt) -> Site:
    return Site(node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)
