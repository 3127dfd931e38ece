"""What an expression might have been meant to be: a few others for each kind.

The operators are those of mutation testing and of program repair by templates (Ghanbari, Benton,
Zhang: "Practical program repair via bytecode mutation", ISSTA 2019). Tier 0 is tried first.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from . import operators
from .calls import finished, of_call
from .names import MAX_NAMES
from .nodes import Choice, asked, attribute, call, copied, is_read, is_self, moved, negated, read
from .patterns import in_call
from .scope import Scope


def instead(node: ast.expr, scope: Scope, is_condition: bool) -> Iterator[Choice]:
    """Yield what an expression could be instead; a condition is also turned round and fixed."""
    make = _BY_KIND.get(type(node))
    if make is not None:
        yield from make(node, scope)
    if _is_plain(node):
        for forgotten in scope.forgotten:
            yield 1, forgotten
            yield 1, ast.BoolOp(ast.Or(), [forgotten, node])
    if is_condition:
        yield from _of_condition(node, scope)


def wrapped(node: ast.expr, scope: Scope) -> Iterator[Choice]:
    """Yield a value turned round, moved by one, handed on, asked for what is asked of others.

    Not a constant: that has choices of its own, and fails in most hands.
    """
    if isinstance(node, ast.Constant):
        return
    if not isinstance(node, (ast.UnaryOp, ast.Compare, ast.List, ast.Dict, ast.JoinedStr)):
        yield 1, negated(node)
        yield 1, ast.UnaryOp(ast.USub(), node)
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        yield 1, copied(node, "deepcopy")
    yield from finished(node, scope)
    for function in scope.makers:
        yield 2, ast.Call(function, [node], [])


def _of_condition(node: ast.expr, scope: Scope) -> Iterator[Choice]:
    if not isinstance(node, (ast.Compare, ast.UnaryOp)):
        yield 0, negated(node)
    if not isinstance(node, ast.Constant):
        yield 1, ast.Constant(True)
        yield 1, ast.Constant(False)
    own = ast.unparse(node)
    for other in scope.conditions:
        if ast.unparse(other) != own:
            yield 2, ast.BoolOp(ast.And(), [node, other])
            yield 2, ast.BoolOp(ast.Or(), [node, other])
            yield 2, ast.BoolOp(ast.And(), [node, negated(other)])
    forgotten = [(1, one) for one in scope.forgotten]
    forgotten += [(2, read(name)) for name in scope.parameters if name not in scope.unread]
    for tier, one in forgotten:
        if ast.unparse(one) == own:
            continue
        for operator in (ast.And(), ast.Or()):
            yield tier, ast.BoolOp(operator, [one, node])
            yield tier, ast.BoolOp(operator, [negated(one), node])
    for called in _asked_of(node, scope):
        yield 2, ast.BoolOp(ast.Or(), [called, node])
        yield 2, ast.BoolOp(ast.And(), [node, called])
        yield 2, ast.BoolOp(ast.And(), [node, negated(called)])


def _asked_of(node: ast.expr, scope: Scope) -> Iterator[ast.expr]:
    """Other questions of what a condition is about."""
    about = [one for one in ast.walk(node) if isinstance(one, ast.Name) and one.id in scope.names]
    for name in dict.fromkeys(one.id for one in about[:MAX_NAMES]):
        yield from (ast.Call(one, [read(name)], []) for one in scope.predicates)


def _of_constant(node: ast.Constant, scope: Scope) -> Iterator[Choice]:
    value = node.value
    if isinstance(value, bool):
        yield 0, ast.Constant(not value)
    elif isinstance(value, int):
        yield 0, ast.Constant(value + 1)
        yield 0, ast.Constant(value - 1)
        for other in (0, 1, -value):
            if abs(value - other) > 1:
                yield 1, ast.Constant(other)
    elif value is None:
        yield 2, ast.Constant(False)
        yield 2, ast.Constant("")
    elif isinstance(value, str) and value in scope.texts:
        yield from ((2, ast.Constant(other)) for other in _nearest(value, scope.texts)[:3])


def _of_subscript(node: ast.Subscript, _: Scope) -> Iterator[Choice]:
    if not isinstance(node.ctx, ast.Load):
        return
    index = node.slice
    if isinstance(index, ast.Slice):
        for lower, upper in (
            (None, index.upper), (index.lower, None), (moved(index.lower, 1), index.upper),
            (moved(index.lower, -1), index.upper), (index.lower, moved(index.upper, 1)),
            (index.lower, moved(index.upper, -1)),
        ):  # fmt: skip
            if (lower, upper) != (index.lower, index.upper):
                yield 1, ast.Subscript(node.value, ast.Slice(lower, upper, index.step), node.ctx)
    elif not isinstance(index, ast.Constant):
        for by in (1, -1):
            yield 2, ast.Subscript(node.value, moved(index, by) or index, node.ctx)
    if not isinstance(index, ast.Slice):
        yield 2, asked(node.value, "get", index)


def _of_name(node: ast.Name, scope: Scope) -> Iterator[Choice]:
    made = scope.patterns.get(node.id)
    if made is not None and is_read(node):
        yield from in_call(made)
    if isinstance(node.ctx, ast.Load) and node.id in scope.names:
        for other in _nearest(node.id, scope.names):
            yield 2, read(other)


def _of_attribute(node: ast.Attribute, scope: Scope) -> Iterator[Choice]:
    if isinstance(node.ctx, ast.Load) and is_self(node.value) and node.attr in scope.attributes:
        for other in _nearest(node.attr, scope.attributes):
            yield 2, attribute(other)
        return
    if node.attr == "seconds" and is_read(node):  # of a timedelta: without its days
        yield 1, call("int", asked(node.value, "total_seconds"))
    if isinstance(node.value, ast.Name) and is_read(node):
        for other in _nearest(node.attr, tuple(scope.read_of[node.value.id])):
            yield 2, ast.Attribute(node.value, other, node.ctx)


def _of_choice(node: ast.IfExp, _: Scope) -> Iterator[Choice]:
    yield 0, ast.IfExp(node.test, node.orelse, node.body)
    yield 1, node.body
    yield 1, node.orelse


def _nearest(name: str, names: tuple[str, ...]) -> list[str]:
    """The other names that stand nearest to a name where all are bound."""
    place = names.index(name)
    others = [other for other in names if other != name]
    return sorted(others, key=lambda other: abs(names.index(other) - place))[:MAX_NAMES]


def _is_plain(node: ast.expr) -> bool:
    """Whether it is a name that is read, a constant, or something empty."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return not node.elts and isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Dict):
        return not node.keys
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and is_read(node))


_BY_KIND: dict[type[ast.expr], Callable[..., Iterator[Choice]]] = {
    ast.Compare: operators.of_compare,
    ast.BoolOp: operators.of_boolean,
    ast.UnaryOp: operators.of_unary,
    ast.BinOp: operators.of_binary,
    ast.Constant: _of_constant,
    ast.Call: of_call,
    ast.Subscript: _of_subscript,
    ast.Name: _of_name,
    ast.Attribute: _of_attribute,
    ast.IfExp: _of_choice,
}
