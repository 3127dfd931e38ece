"""Where to start looking: the expressions whose values the failure rejects."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ..model import Call, Failure, Frame
from ..snapshot.assertion import is_literal
from ..source import Source
from .calls import Calls
from .case import Case


class Root(NamedTuple):
    """An expression in a call whose value is to be explained."""

    call: Call
    node: ast.expr
    line: int
    weight: float
    what: str  # asserted, none, raised, used


def find_roots(case: Case, failure: Failure, calls: Calls) -> list[Root]:
    """Return the roots of a failure, the ones that weigh most first."""
    for frame in failure.project_frames:
        source = case.source(frame.file)
        call = calls.of_frame(frame)
        if call is None or source.tree is None:
            continue
        statement = statement_at(source, frame.line)
        if statement is None:
            continue
        found = list(_roots_in(source, call, frame, statement))
        if found:
            return sorted(found, key=lambda root: -root.weight)
    return []


@lru_cache(maxsize=4096)
def statement_at(source: Source, line: int) -> ast.stmt | None:
    """Return the innermost statement around a line."""
    found: ast.stmt | None = None
    span = source.enclosing(line)
    around = span.node if span is not None else source.tree
    for node in ast.walk(around) if around is not None else ():
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            if found is None or node.lineno >= found.lineno:
                found = node
    return found


def _roots_in(source: Source, call: Call, frame: Frame, statement: ast.stmt) -> Iterator[Root]:
    line = frame.line
    if isinstance(statement, ast.Assert):
        yield from _of_condition(call, statement.test, line, 1.0, "asserted")
        return
    if isinstance(statement, ast.Raise):
        for test in guards_of(source, statement):
            yield from _of_condition(call, test, line, 0.9, "raised")
        return
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        for inner in statement.body:  # pytest.raises that did not raise
            for node in _outermost_calls(inner):
                yield Root(call, node, node.lineno, 0.9, "raised")
    helper = _assert_call(statement)
    if helper is not None:
        for operand in helper.args:
            if not is_literal(operand):
                yield Root(call, operand, line, 1.0, "asserted")
        return
    yield from _of_crash(call, frame, statement)


def _of_condition(
    call: Call, test: ast.expr, line: int, weight: float, what: str
) -> Iterator[Root]:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _of_condition(call, test.operand, line, weight, what)
    elif isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from _of_condition(call, value, line, weight, what)
    elif isinstance(test, ast.Compare):
        operands = [test.left, *test.comparators]
        for place, operand in enumerate(operands):
            if not is_expected(operand):
                yield Root(call, operand, line, weight * (1.0 if place == 0 else 0.9), what)
    elif not is_literal(test):
        yield Root(call, test, line, weight, what)


@lru_cache(maxsize=4096)
def is_expected(node: ast.expr) -> bool:
    """Whether an operand is spelt out: a literal, or approx of one."""
    if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if name in ("approx", "Decimal", "date", "datetime", "Fraction", "timedelta", "set"):
            return all(is_literal(argument) for argument in node.args)
    return is_literal(node)


def _of_crash(call: Call, frame: Frame, statement: ast.stmt) -> Iterator[Root]:
    """An expression blew up: its operands, those that hold None first."""
    held = dict(frame.locals)
    scope = _failing_node(frame, statement)
    for node in ast.walk(scope):
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and _is_read(node):
            if isinstance(node, ast.Name):
                if node.id not in held:
                    continue
                is_none = held[node.id] is None
                yield Root(
                    call, node, frame.line, 1.0 if is_none else 0.7, "none" if is_none else "used"
                )
            else:
                yield Root(call, node, frame.line, 0.8, "used")
        elif isinstance(node, ast.Call):
            yield Root(call, node, frame.line, 0.8, "used")


def _failing_node(frame: Frame, statement: ast.stmt) -> ast.AST:
    """The part of the statement that was being evaluated, by position; all of it before 3.11."""
    site = frame.site
    if site is None or site.column is None:
        return _header_of(statement)
    for node in ast.walk(statement):
        if isinstance(node, ast.expr) and (node.lineno, node.col_offset, node.end_lineno) == (
            site.line, site.column, site.end_line
        ) and node.end_col_offset == site.end_column:  # fmt: skip
            return node
    return _header_of(statement)


def _header_of(statement: ast.stmt) -> ast.AST:
    """What a compound statement itself evaluates, without its body."""
    if isinstance(statement, (ast.If, ast.While)):
        return statement.test
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        return statement.iter
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return statement.items[0].context_expr
    return statement


@lru_cache(maxsize=4096)
def guards_of(source: Source, inner: ast.stmt) -> list[ast.expr]:
    """Return the conditions that a statement stands under, innermost first."""
    span = source.enclosing(inner.lineno)
    if span is None:
        return []
    conditions = (n for n in ast.walk(span.node) if isinstance(n, (ast.If, ast.While)))
    found = [node for node in conditions if _encloses(node, inner)]
    return [node.test for node in sorted(found, key=lambda node: -node.lineno)]


def _encloses(outer: ast.stmt, inner: ast.stmt) -> bool:
    end = outer.end_lineno or outer.lineno
    return outer is not inner and outer.lineno <= inner.lineno <= end


def _is_read(node: ast.Name | ast.Attribute | ast.Subscript) -> bool:
    return isinstance(node.ctx, ast.Load)


def _assert_call(statement: ast.stmt) -> ast.Call | None:
    """A call of a helper that asserts: self.assertEqual(a, b), assert_allclose(a, b)."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        target = statement.value.func
        name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
        if name.startswith("assert"):
            return statement.value
    return None


def _outermost_calls(node: ast.AST) -> Iterator[ast.Call]:
    if isinstance(node, ast.Call):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _outermost_calls(child)
