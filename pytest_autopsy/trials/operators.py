"""What an operation might have been meant to be: another sign, one clause less, other parentheses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .names import MAX_NAMES
from .nodes import Choice, moved, negated, read
from .scope import Scope

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot, ast.Eq),
    ast.IsNot: (ast.Is, ast.NotEq), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
_ORDERED = (ast.Lt, ast.LtE, ast.GtE, ast.Gt)
_ORDERS = (ast.Lt, ast.LtE, ast.Eq, ast.NotEq, ast.GtE, ast.Gt)
_NEAR: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div, ast.FloorDiv),
    ast.Div: (ast.FloorDiv, ast.Mult), ast.FloorDiv: (ast.Div, ast.Mod), ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,), ast.LShift: (ast.RShift,), ast.RShift: (ast.LShift,),
    ast.BitOr: (ast.BitAnd,), ast.BitAnd: (ast.BitOr,), ast.BitXor: (ast.Pow, ast.BitOr, ast.BitAnd),
}  # fmt: skip
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
_BITS = (ast.BitOr, ast.BitAnd, ast.BitXor, ast.LShift, ast.RShift)
_BINARY = (*_ARITHMETIC, ast.Pow, *_BITS)


def of_compare(node: ast.Compare, _: Scope) -> Iterator[Choice]:
    for place, operator in enumerate(node.ops):
        near = _COMPARED[type(operator)]
        far = [one for one in _ORDERS if one not in near and type(operator) in _ORDERS]
        for tier, choices in enumerate((near, far)):
            for other in choices:
                if other is not type(operator):
                    ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                    yield tier, ast.Compare(node.left, ops, node.comparators)
            if isinstance(operator, _ORDERED):
                for by in (1, -1):
                    others = [*node.comparators]
                    others[place] = moved(others[place], by) or others[place]
                    yield 1, ast.Compare(node.left, node.ops, others)
    if len(node.ops) == 1 and _is_none(node.comparators[0]):
        is_none = isinstance(node.ops[0], (ast.Is, ast.Eq))
        yield 0, negated(node.left) if is_none else node.left


def of_boolean(node: ast.BoolOp, _: Scope) -> Iterator[Choice]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield 0, ast.BoolOp(other, node.values)
    for place in range(len(node.values)):
        left = [*node.values[:place], *node.values[place + 1 :]]
        yield 0, left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
        turned: ast.expr = negated(node.values[place])
        values = [*node.values[:place], turned, *node.values[place + 1 :]]
        yield 0, ast.BoolOp(node.op, values)
    yield from ((1, one) for one in _regrouped(node))


def _regrouped(node: ast.BoolOp) -> Iterator[ast.expr]:
    """Other parentheses: `a and (b or c)` of `a and b or c`, the other way round, `not (a and b)`."""
    first, last = node.values[0], node.values[-1]
    if isinstance(first, ast.BoolOp):
        rest = ast.BoolOp(node.op, [first.values[-1], *node.values[1:]])
        yield ast.BoolOp(first.op, [*first.values[:-1], rest])
    if isinstance(last, ast.BoolOp):
        begun = ast.BoolOp(node.op, [*node.values[:-1], last.values[0]])
        yield ast.BoolOp(last.op, [begun, *last.values[1:]])
    if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.Not):
        yield negated(ast.BoolOp(node.op, [first.operand, *node.values[1:]]))


def of_unary(node: ast.UnaryOp, _: Scope) -> Iterator[Choice]:
    yield 0, node.operand


def of_binary(node: ast.BinOp, scope: Scope) -> Iterator[Choice]:
    near = _NEAR.get(type(node.op), ())
    family = _BITS if type(node.op) in _BITS else _ARITHMETIC
    for other in _BINARY:
        if other is not type(node.op):
            tier = 0 if other in near else 1 if other in family else 2
            yield tier, ast.BinOp(node.left, other(), node.right)
    yield 1, node.left
    yield 1, node.right
    if isinstance(node.op, _ARITHMETIC):
        for by in (1, -1):
            yield 1, ast.BinOp(moved(node.left, by) or node.left, node.op, node.right)
            yield 1, ast.BinOp(node.left, node.op, moved(node.right, by) or node.right)
    if isinstance(node.op, ast.FloorDiv):  # rounded up
        below = ast.BinOp(ast.UnaryOp(ast.USub(), node.left), ast.FloorDiv(), node.right)
        yield 1, ast.UnaryOp(ast.USub(), below)
    if isinstance(node.left, ast.BinOp):  # other parentheses
        right = ast.BinOp(node.left.right, node.op, node.right)
        yield 1, ast.BinOp(node.left.left, node.left.op, right)
    if isinstance(node.right, ast.BinOp):
        left = ast.BinOp(node.left, node.op, node.right.left)
        yield 1, ast.BinOp(left, node.right.op, node.right.right)
    for name in scope.names[:MAX_NAMES] if isinstance(node.right, ast.Constant) else ():
        yield 2, ast.IfExp(read(name), node, node.left)
        yield 2, ast.IfExp(read(name), node.left, node)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
