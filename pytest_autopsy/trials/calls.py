"""What a call might have been meant to be, and what a value might have been asked for by one."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from ..source import parameters_of
from . import patterns
from .names import MAX_NAMES
from .nodes import Choice, asked, attribute, is_self, moved, negated, read
from .scope import Scope

_ALIKE = (
    ("startswith", "endswith"), ("strip", "lstrip", "rstrip"), ("find", "rfind"),
    ("index", "rindex"), ("split", "rsplit"), ("partition", "rpartition"), ("append", "extend"),
    ("append", "appendleft"), ("pop", "popleft"), ("lower", "upper", "casefold"), ("min", "max"),
    ("any", "all"), ("add", "discard"), ("keys", "values", "items"), ("union", "intersection"),
    ("floor", "ceil", "round"), ("ljust", "rjust"), ("match", "fullmatch", "search"),
    ("removeprefix", "removesuffix"), ("copy", "deepcopy"), ("isdigit", "isdecimal", "isnumeric"),
    ("update", "setdefault"), ("int", "float"), ("sorted", "list"), ("get", "pop"),
)  # fmt: skip
_ASKS = ("isspace", "isalnum", "isalpha", "isdigit", "isupper", "islower", "isidentifier")
_KINDS = ("str", "bytes", "int", "float", "list", "tuple", "dict", "set")


def of_call(node: ast.Call, scope: Scope) -> Iterator[Choice]:
    """Yield what a call could be instead."""
    name = _called(node.func)
    for family in _ALIKE:
        if name in family:
            for other in family:
                if other != name:
                    yield 1, ast.Call(_renamed(node.func, other), node.args, node.keywords)
    yield from ((1, one) for one in node.args if not isinstance(one, ast.Starred))
    if isinstance(node.func, ast.Attribute) and not is_self(node.func.value):
        yield 1, node.func.value
    yield from ((1, ast.Call(node.func, args, node.keywords)) for args in _arguments(node, scope))
    for place in range(len(node.keywords)):
        kept = [*node.keywords[:place], *node.keywords[place + 1 :]]
        yield 1, ast.Call(node.func, node.args, kept)
    yield from _with_more(node, name, scope)
    yield from _with_fields(node, scope)
    yield from patterns.in_call(node)
    for other in scope.alike(name):
        yield 2, ast.Call(_renamed(node.func, other), node.args, node.keywords)
    for other in _ASKS if name in _ASKS else ():
        too = ast.Call(_renamed(node.func, other), node.args, node.keywords)
        if other != name:
            yield 2, ast.BoolOp(ast.Or(), [node, too])
            yield 2, ast.BoolOp(ast.And(), [node, negated(too)])
    if name == "isinstance" and len(node.args) == 2:
        yield from (
            (2, ast.Call(node.func, [node.args[0], one], [])) for one in _wider(node.args[1])
        )
    if isinstance(scope.function, ast.AsyncFunctionDef):
        yield 1, ast.Await(node)


def finished(node: ast.expr, scope: Scope) -> Iterator[Choice]:
    """Yield a value asked for what a method of the same name, or one that is called near by, gives."""
    if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
        return
    if scope.owner is not None and not is_self(node) and not scope.parameters:
        yield 1, asked(node, scope.function.name)
    yield from ((2, asked(node, method)) for method in scope.methods)
    if not isinstance(node, ast.Call) or _called(node.func) == "len":
        yield from ((2, moved(node, by) or node) for by in (1, -1))


def _wider(kind: ast.expr) -> Iterator[ast.expr]:
    """A class, or several, and one of the builtins more."""
    known = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    named = set(map(ast.unparse, known))
    for more in _KINDS:
        if more not in named:
            yield ast.Tuple([*known, read(more)], ast.Load())


def _arguments(node: ast.Call, scope: Scope) -> Iterator[list[ast.expr]]:
    """Other arguments by position: one fewer, two swapped, those of a range moved, one more."""
    args = node.args
    for place in range(len(args)):
        yield [*args[:place], *args[place + 1 :]]
        if place:
            yield [*args[: place - 1], args[place], args[place - 1], *args[place + 1 :]]
    for place, one in enumerate(args if _called(node.func) == "range" else ()):
        for by in (1, -1):
            yield [*args[:place], moved(one, by) or one, *args[place + 1 :]]
    given = set(map(ast.unparse, args))
    for other in [one for one in scope.names if one not in given][:MAX_NAMES]:
        yield [*args, read(other)]


def _with_more(node: ast.Call, name: str, scope: Scope) -> Iterator[Choice]:
    """The call with one more argument that the called function has and this one could give."""
    called = scope.functions.get(name)
    if called is None:
        return
    given = {keyword.arg for keyword in node.keywords}
    for place, (parameter, default) in enumerate(parameters_of(called)):
        known = parameter.arg in scope.names
        if default is not None and place >= len(node.args) and parameter.arg not in given:
            values: list[ast.expr] = []
            if known or parameter.arg in scope.attributes:
                values.append(read(parameter.arg) if known else attribute(parameter.arg))
            if isinstance(default, ast.Constant) and isinstance(default.value, bool):
                values.append(ast.Constant(not default.value))
            for value in values:
                more = [*node.keywords, ast.keyword(parameter.arg, value)]
                yield 1, ast.Call(node.func, node.args, more)


def _with_fields(node: ast.Call, scope: Scope) -> Iterator[Choice]:
    """The call with a field of the class that it leaves out, given as it gives another one."""
    known = tuple(dict.fromkeys((*scope.fields, *scope.attributes)))
    given = {keyword.arg for keyword in node.keywords}
    left_out = [one for one in known if one not in given][:MAX_NAMES]
    for keyword in node.keywords[:MAX_NAMES]:
        for other in left_out if keyword.arg in known else ():
            more = _of_field(keyword, other)
            if more is not None:
                yield 1, ast.Call(node.func, node.args, [*node.keywords, more])


def _of_field(keyword: ast.keyword, other: str) -> ast.keyword | None:
    """What `b=dict(self.b)` is to `a=dict(self.a)`; None where the value is of no such attribute."""
    value = copy.deepcopy(keyword.value)
    named = [n for n in ast.walk(value) if isinstance(n, ast.Attribute) and n.attr == keyword.arg]
    for one in named:
        one.attr = other
    return ast.keyword(other, value) if named else None


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _renamed(function: ast.expr, text: str) -> ast.expr:
    if isinstance(function, ast.Attribute):
        return ast.Attribute(function.value, text, ast.Load())
    return read(text)
