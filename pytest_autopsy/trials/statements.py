"""What a statement might lack or have too much: left out, guarded, made safe, put elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..model import HIDING
from .nodes import asked, assigned, call, copied, guard, is_none, is_read, negated, read
from .scope import Scope

Choice = tuple[int, list[ast.stmt]]
"""Its tier, and what stands in the statement's place."""

_MAX_BOUND = 3
_LEFT_OUT = (ast.Assign, ast.AugAssign, ast.Expr, ast.Raise, ast.Return, ast.Delete)


def instead(node: ast.stmt, scope: Scope, in_loop: bool) -> Iterator[Choice]:
    """Yield what could stand in a statement's place."""
    if isinstance(node, ast.Break):
        yield 0, [ast.Continue()]
        yield 1, [ast.Pass()]
    elif isinstance(node, ast.Continue):
        yield 0, [ast.Break()]
        yield 1, [ast.Pass()]
    elif isinstance(node, _LEFT_OUT):
        yield 1, [ast.Pass()]
    if isinstance(node, ast.AugAssign):
        yield from _of_augmented(node)
    elif isinstance(node, ast.Return) and node.value is not None:
        yield from _of_return(node.value, scope)
    elif isinstance(node, ast.Raise):
        yield 1, [ast.Return(ast.Constant(None))]
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        yield from _of_loop(node)
    elif isinstance(node, ast.If):
        yield from _of_if(node)
    elif isinstance(node, ast.Try):
        yield from _of_try(node)
    elif isinstance(node, ast.Assign):
        yield from _of_assigned(node, scope, in_loop)
    elif isinstance(node, ast.Expr):
        yield 1, [ast.Return(node.value)]
    if isinstance(node, ast.Return):
        for name in scope.unread:
            yield 1, [_tried(node, ast.Return(read(name)))]
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr, ast.Return)):
        for refusal in scope.raises[:2]:
            yield 2, [_tried(node, refusal)]
        yield HIDING, [_tried(node, _way_out(in_loop))]
        yield HIDING, [_tried(node, ast.Pass())]


def before(scope: Scope) -> Iterator[Choice]:
    """Yield what could stand before the first statement of a function."""
    tier = 1 if scope.function.name == "__init__" else 2
    for one in scope.inherited:
        yield tier, [ast.Expr(one)]
    yield from ((1, [one]) for one in scope.unkept)
    for unread in scope.unread:
        for name in scope.parameters:
            if name != unread:
                yield 1, [guard(is_none(name), ast.Return(read(unread)))]
        yield 1, [guard(read(unread), ast.Return(ast.Constant(None)))]
        yield 1, [guard(negated(read(unread)), ast.Return(ast.Constant(None)))]
    for name in scope.parameters:
        yield 1, [guard(is_none(name), ast.Return(ast.Constant(None)))]
        yield 1, [guard(negated(read(name)), ast.Return(read(name)))]
        yield 1, [assigned(name, copied(read(name)))]
    for name in scope.parameters:
        yield 2, [guard(negated(read(name)), ast.Return(ast.Constant(None)))]
        for maker in ("list", "str", "int"):
            yield 2, [assigned(name, call(maker, read(name)))]
        for method in ("strip", "lower"):
            yield 2, [assigned(name, asked(read(name), method))]
        yield 2, [guard(is_none(name), assigned(name, ast.List([], ast.Load())))]
    for condition in scope.conditions:
        yield 2, [guard(condition, ast.Return(ast.Constant(None)))]
        for name in scope.parameters[:1]:
            yield 2, [guard(condition, ast.Return(read(name)))]
    yield from ((2, [one]) for one in (*scope.donors, *scope.resets))
    for refusal in scope.raises:
        for name in scope.parameters:
            yield 2, [guard(negated(read(name)), refusal)]
            negative = ast.Compare(read(name), [ast.Lt()], [ast.Constant(0)])
            yield 2, [guard(negative, refusal)]


def before_the_end(scope: Scope) -> Iterator[Choice]:
    """Yield what could stand before a function returns, or what it could return."""
    for one in scope.results:
        yield 1, [ast.Return(one)]
    yield from ((2, [one]) for one in (*scope.donors, *scope.resets))


def _of_assigned(node: ast.Assign, scope: Scope, in_loop: bool) -> Iterator[Choice]:
    """More of what is there already; nothing more where it is nothing; what it was wanted for."""
    target = node.targets[0]
    if isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
        yield 1, [ast.AugAssign(target, ast.Add(), node.value)]
    if isinstance(target, ast.Subscript):
        before = asked(target.value, "get", target.slice, ast.Constant(0))
        yield 1, [ast.Assign(node.targets, ast.BinOp(before, ast.Add(), node.value))]
    leave = _way_out(in_loop)
    bound = [one.id for one in ast.walk(target) if isinstance(one, ast.Name) and not is_read(one)]
    for name in bound[:_MAX_BOUND]:
        yield 1, [node, guard(negated(read(name)), leave)]
        yield 2, [node, guard(is_none(name), leave)]
        for user in scope.users(name) if name not in scope.names_read else ():
            yield 1, [node, user]


def _of_augmented(node: ast.AugAssign) -> Iterator[Choice]:
    swapped = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
               ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}  # fmt: skip
    other = swapped.get(type(node.op))
    if other is not None:
        yield 0, [ast.AugAssign(node.target, other(), node.value)]
    yield 1, [ast.Assign([node.target], node.value)]


def _of_return(value: ast.expr, scope: Scope) -> Iterator[Choice]:
    for constant in (None, True, False):
        if not (isinstance(value, ast.Constant) and value.value is constant):
            yield 1 if constant is None else 2, [ast.Return(ast.Constant(constant))]
    if isinstance(value, ast.Constant):
        for name in scope.names[:4]:
            yield 1, [ast.Return(read(name))]
        return
    yield 1, [ast.Return(copied(value))]
    for maker in ("list", "str", "tuple", "sorted"):
        yield 2, [ast.Return(call(maker, value))]
    for name in scope.parameters[:3]:
        if not (isinstance(value, ast.Name) and value.id == name):
            yield 2, [ast.Return(read(name))]


def _of_loop(node: ast.For | ast.AsyncFor) -> Iterator[Choice]:
    def over(iterable: ast.expr) -> list[ast.stmt]:
        return [type(node)(node.target, iterable, node.body, node.orelse)]

    targets = [one for one in ast.walk(node.target) if isinstance(one, ast.Name)]
    for target in targets[:2]:
        for condition in (negated(read(target.id)), is_none(target.id)):
            body = [guard(condition, ast.Continue()), *node.body]
            yield 1, [type(node)(node.target, node.iter, body, node.orelse)]
    if isinstance(node, ast.For):
        yield 1, over(call("list", node.iter))
        yield 2, over(call("reversed", call("list", node.iter)))
        yield 2, over(call("sorted", node.iter))
    last = node.body[-1]
    if len(node.body) > 1:  # out of the loop
        yield 2, [type(node)(node.target, node.iter, node.body[:-1], node.orelse), last]


def _of_if(node: ast.If) -> Iterator[Choice]:
    if node.orelse:
        yield 2, [ast.If(node.test, [*node.body, *node.orelse], [])]
    elif len(node.body) > 1:  # its last statement in any case
        yield 2, [ast.If(node.test, node.body[:-1], []), node.body[-1]]


def _of_try(node: ast.Try) -> Iterator[Choice]:
    yield 1, [*node.body, *node.orelse, *node.finalbody]
    for place, handler in enumerate(node.handlers):
        if handler.type is not None and ast.unparse(handler.type) != "Exception":
            wide = ast.ExceptHandler(read("Exception"), handler.name, handler.body)
            handlers = [*node.handlers[:place], wide, *node.handlers[place + 1 :]]
            yield HIDING, [ast.Try(node.body, handlers, node.orelse, node.finalbody)]
    if not node.finalbody:
        for donor in (*node.orelse, *node.body[1:])[:2]:
            yield 2, [ast.Try(node.body, node.handlers, node.orelse, [donor])]


def _way_out(in_loop: bool) -> ast.stmt:
    return ast.Continue() if in_loop else ast.Return(ast.Constant(None))


def _tried(node: ast.stmt, instead_of_it: ast.stmt) -> ast.stmt:
    handler = ast.ExceptHandler(read("Exception"), None, [instead_of_it])
    return ast.Try([node], [handler], [], [])
