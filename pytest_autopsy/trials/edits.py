"""The edits of one function: each replaces one piece of its tree, and says what by what."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import Any

from ..source import bodies
from . import expressions, statements, wording
from .scope import Scope
from .wording import VAGUE

_CONDITIONS = (ast.If, ast.While, ast.IfExp)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)
_NOT_ENTERED = (ast.stmt, ast.ExceptHandler, ast.JoinedStr, ast.expr_context)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Slot:
    """Where in a tree a piece stands: a field of a node, or places `start` to `end` of a list."""

    holder: Any
    field: str = ""
    start: int = 0
    end: int = 0

    @property
    def content(self) -> Any:
        """The node in a field, or the list of those in the places."""
        return (
            getattr(self.holder, self.field) if self.field else self.holder[self.start : self.end]
        )

    def put(self, new: Any) -> None:
        """Replace the content."""
        if self.field:
            setattr(self.holder, self.field, new)
        else:
            self.holder[self.start : self.end] = new


@dataclass
class Edit:
    """A change of one piece. What it is in words is found out when asked: most are never tried."""

    tier: int
    line: int
    slot: Slot
    new: Any
    tell: Callable[[], tuple[str, str]]

    @cached_property
    def _told(self) -> tuple[str, str]:
        return self.tell()

    @property
    def before(self) -> str:
        """What is replaced, in a line; empty where something is put in."""
        return self._told[0]

    @property
    def after(self) -> str:
        """What stands in its place, in a line; empty where it is left out."""
        return self._told[1]

    def apply(self) -> Callable[[], None]:
        """Change the tree; return what changes it back."""
        old, slot = self.slot.content, self.slot
        slot.put(self.new)
        after = (
            slot if slot.field else Slot(slot.holder, "", slot.start, slot.start + len(self.new))
        )
        return partial(after.put, old)


def edits_of(scope: Scope, lines: frozenset[int] | None) -> list[Edit]:
    """Return the edits of a function, the likeliest first, of the lines that were run (None: all).

    Some may be told in the same words, see `different`.

    What is nested in it is a function of its own.
    """
    body = scope.function.body
    first = int(ast.get_docstring(scope.function, clean=False) is not None)
    last = len(body) - isinstance(body[-1], ast.Return)
    found = [*_in_block(body, scope, lines, in_loop=False)]
    found += _put_in(statements.before(scope), body, first)
    if last > first:
        found += _put_in(statements.before_the_end(scope), body, last)
    found.sort(key=lambda edit: edit.tier)  # stable: else by place
    return found


def _put_in(
    choices: Iterable[statements.Choice], body: list[ast.stmt], place: int
) -> Iterator[Edit]:
    """Edits that put a statement before one of the body's, or after its last."""
    beside = body[min(place, len(body) - 1)]
    for tier, new in choices:
        placed = _at(new, beside)
        tell = partial(wording.of_put_in, placed)
        yield Edit(tier, beside.lineno, Slot(body, "", place, place), placed, tell)


def different(found: Iterable[Edit]) -> Iterator[Edit]:
    """Yield those edits that change something, and each once."""
    seen: set[tuple[int, str, str, int]] = set()
    for edit in found:
        key = edit.line, edit.before, edit.after, 0 if edit.before else edit.slot.start
        if key not in seen and edit.before != edit.after:
            seen.add(key)
            yield edit


def _in_block(
    block: list[ast.stmt], scope: Scope, lines: frozenset[int] | None, in_loop: bool
) -> Iterator[Edit]:
    for place, node in enumerate(block):
        if isinstance(node, _DEFINITIONS) or _is_text(node):
            continue
        if lines is None or _was_run(node, lines):
            yield from _of_statement(block, place, scope, in_loop)
            yield from _of_expressions(node, scope)
        loops = in_loop or isinstance(node, (ast.For, ast.AsyncFor, ast.While))
        for inner in bodies(node):
            yield from _in_block(inner, scope, lines, loops)


def _of_statement(block: list[ast.stmt], place: int, scope: Scope, in_loop: bool) -> Iterator[Edit]:
    node = block[place]
    slot = Slot(block, "", place, place + 1)
    for tier, new in statements.instead(node, scope, in_loop):
        placed = _at(new, node)
        yield Edit(tier, node.lineno, slot, placed, partial(wording.of_statement, node, placed))
    if place + 1 < len(block) and not isinstance(node, (ast.Return, ast.Raise)):
        following = block[place + 1]
        yield Edit(
            2, node.lineno, Slot(block, "", place, place + 2), [following, node],
            partial(wording.of_order, node, following),
        )  # fmt: skip


def _of_expressions(node: ast.stmt, scope: Scope) -> Iterator[Edit]:
    """Edits of the expressions that a statement holds itself, not in its blocks."""
    waiting: list[tuple[ast.AST, ast.AST, Slot]]
    waiting = [(node, parent, slot) for parent, slot in _slots(node)]
    for around, parent, slot in waiting:  # grows meanwhile
        child = slot.content if slot.field else slot.content[0]
        if isinstance(child, ast.expr):
            choices = expressions.instead(child, scope, _is_condition(parent, slot))
            if _is_handed_on(parent, slot):
                choices = chain(choices, expressions.wrapped(child, scope))
            for tier, new in choices:
                yield _of_expression(tier, new, child, around, slot)
        telling = child if isinstance(child, ast.expr) and not isinstance(child, VAGUE) else around
        waiting += [(telling, child, inner) for _, inner in _slots(child)]


def _slots(node: ast.AST) -> Iterator[tuple[ast.AST, Slot]]:
    """The places of what stands right below a node and is entered, each with the node."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_comment"):
            continue
        if isinstance(value, ast.AST) and not isinstance(value, _NOT_ENTERED):
            yield node, Slot(node, field)
        elif isinstance(value, list):
            for place, one in enumerate(value):
                if isinstance(one, ast.AST) and not isinstance(one, _NOT_ENTERED):
                    yield node, Slot(value, "", place, place + 1)


def _is_condition(parent: ast.AST, slot: Slot) -> bool:
    if isinstance(parent, ast.comprehension):
        return slot.holder is parent.ifs
    return isinstance(parent, _CONDITIONS) and slot.field == "test"


def _is_handed_on(parent: ast.AST, slot: Slot) -> bool:
    """Whether an expression is what is returned, assigned, made one by one, or an argument."""
    if isinstance(parent, (ast.Return, ast.Assign)):
        return slot.field == "value"
    if isinstance(parent, _COMPREHENSIONS):
        return slot.field == "elt"
    return isinstance(parent, ast.Call) and slot.holder is parent.args


def _of_expression(tier: int, new: ast.expr, old: ast.expr, around: ast.AST, slot: Slot) -> Edit:
    ast.copy_location(new, old)
    ast.fix_missing_locations(new)
    content: Any = new if slot.field else [new]
    tell = partial(wording.of_expression, new, old, around, slot)
    return Edit(tier, old.lineno, slot, content, tell)


def _at(new: list[ast.stmt], old: ast.stmt) -> list[ast.stmt]:
    for node in new:
        if not hasattr(node, "lineno"):
            ast.copy_location(node, old)
        ast.fix_missing_locations(node)
    return new


def _was_run(node: ast.stmt, lines: frozenset[int]) -> bool:
    """Whether one of the lines is the statement's own, and not its blocks'."""
    inner = min((block[0].lineno for block in bodies(node)), default=0)
    end = inner if inner > node.lineno else (node.end_lineno or node.lineno) + 1
    return not lines.isdisjoint(range(node.lineno, end))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
