"""What may stand where a function is edited: pieces of it, of its class, of what stands beside it."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import TypeVar

from ..source import FunctionNode, parameters_of
from .names import Names
from .nodes import attribute, is_constant_or_empty, is_guard, names_read, read, sets_attribute
from .patterns import compiled

Node = TypeVar("Node", bound=ast.AST)
MAX_DONORS = 12
MAX_LOOKED_AT = 200
MAX_USERS = 4
MAX_RAISES = 3
MAX_ALIKE = 6
_YIELDS = (ast.Yield, ast.YieldFrom)
_ASKS = re.compile("_*(is|has|have|can|should|must|needs|are)_")
_BUILTINS = ("len", "str", "int", "list", "tuple", "sorted", "set", "bool")


class Scope(Names):
    """A function, the class and the module around it, and the pieces at hand there."""

    @cached_property
    def donors(self) -> list[ast.stmt]:
        """Statements of siblings that could stand here as well: calls, what sets state, ways out."""
        return list(_first(self._donors(), MAX_DONORS))

    def users(self, name: str) -> list[ast.stmt]:
        """Those statements of siblings that read this name."""
        near = islice(self._donors(), MAX_LOOKED_AT)
        return list(_first((one for one in near if name in names_read(one)), MAX_USERS))

    @cached_property
    def conditions(self) -> list[ast.expr]:
        """Conditions of this function and its siblings that could be asked here as well."""
        every = (
            node.test
            for around in (self.function, *self.siblings)
            for node in ast.walk(around)
            if isinstance(node, (ast.If, ast.IfExp, ast.While))
        )
        return list(_first(filter(self._is_at_hand, every), MAX_DONORS))

    @cached_property
    def makers(self) -> list[ast.expr]:
        """What makes something of one argument: the class, its functions, the module's, builtins."""
        found = [*self._takers[:MAX_DONORS], *(read(name) for name in _BUILTINS)]
        return [read("cls"), *found] if self.receiver == "cls" else found

    @cached_property
    def predicates(self) -> list[ast.expr]:
        """Functions of one argument that are named like a question."""
        asking = (
            one for one in self._takers if _ASKS.match(ast.unparse(one).removeprefix("self."))
        )
        return list(islice(asking, MAX_DONORS))

    def alike(self, name: str) -> list[str]:
        """The other functions that could be called where this one is: of as many arguments."""
        called = self.functions.get(name)
        if called is None:
            return []
        return [
            other
            for other, node in self.functions.items()
            if other != name
            and not other.startswith("__")
            and len(_required(node)) == len(_required(called))
            and self._is_method(node) == self._is_method(called)
        ][:MAX_ALIKE]

    def _is_method(self, node: FunctionNode) -> bool:
        return self.owner is not None and node in self.owner.body

    @cached_property
    def patterns(self) -> dict[str, ast.Call]:
        """What makes the patterns that the module compiles once, by their names."""
        found: dict[str, ast.Call] = {}
        for one in self.module.body:
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
                made = compiled(one.value)
                if made is not None:
                    found[one.targets[0].id] = made
        return found

    @cached_property
    def _takers(self) -> list[ast.expr]:
        """The functions of the class and the module that take one argument."""
        found: list[ast.expr] = []
        for name, node in self.functions.items():
            is_method = self._is_method(node)
            if len(_required(node)) == 1 + is_method and not name.startswith("__"):
                found.append(attribute(name) if is_method else read(name))
        return found

    @cached_property
    def unkept(self) -> list[ast.stmt]:
        """Assignments of parameters to attributes of their names that methods of the class read."""
        known = self.read_attributes.union(self.attributes)
        found: list[ast.stmt] = []
        for name in self.parameters:
            for kept in (name, f"_{name}", f"__{name}"):
                if kept in known and self.owner is not None:
                    target = ast.Attribute(ast.Name("self", ast.Load()), kept, ast.Store())
                    found.append(ast.Assign([target], ast.Name(name, ast.Load())))
        return found

    @cached_property
    def inherited(self) -> list[ast.expr]:
        """Calls of the method that it overrides, without arguments and with its own.

        By the class's name: the code of a function without `super()` has no place for its class.
        """
        bases = self.owner.bases if self.owner is not None and self.is_bound else []
        if not bases or not isinstance(bases[0], (ast.Name, ast.Attribute)):
            return []
        method = ast.Attribute(bases[0], self.function.name, ast.Load())
        if ast.unparse(method) in map(ast.unparse, ast.walk(self.function)):
            return []
        alone: list[ast.expr] = [read(self.receiver)]
        given = [*alone, *map(read, self.parameters)]
        return [
            ast.Call(method, one, []) for one in ([alone, given] if self.parameters else [alone])
        ]

    @cached_property
    def results(self) -> list[ast.expr]:
        """What a function that returns nothing may have been meant to: names bound last, and itself."""
        nodes = list(ast.walk(self.function))
        made = any(isinstance(n, _YIELDS) or (isinstance(n, ast.Return) and n.value) for n in nodes)
        if made or self.function.name == "__init__":
            return []
        return [*map(read, self.names[:-3:-1]), *([read(self.receiver)] if self.is_bound else [])]

    @cached_property
    def raises(self) -> list[ast.stmt]:
        """How this function and its siblings refuse what they were given."""
        every = (
            node
            for around in (self.function, *self.siblings)
            for node in ast.walk(around)
            if isinstance(node, ast.Raise) and node.exc is not None
        )
        at_hand = (one for one in every if self._is_at_hand(one))
        return list(_first(at_hand, MAX_RAISES))

    @cached_property
    def resets(self) -> list[ast.stmt]:
        """What the constructor, or a dataclass's field, sets to a constant or something empty."""
        if not self.is_bound or self.function.name == "__init__":
            return []
        made = self.functions.get("__init__")
        fields = (
            _set([ast.Attribute(read("self"), name, ast.Store())], default)
            for name, default in self.fields.items()
            if default is not None
        )
        plain = (
            _set(one.targets if isinstance(one, ast.Assign) else [one.target], one.value)
            for one in (made.body if made is not None else [])
            if isinstance(one, (ast.Assign, ast.AnnAssign))
            and one.value is not None
            and is_constant_or_empty(one.value)
        )
        return list(_first((*fields, *plain), MAX_DONORS))

    def _donors(self) -> Iterator[ast.stmt]:
        for around in self.siblings:
            for node in _statements(around):
                is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
                sets = isinstance(node, (ast.Assign, ast.AugAssign)) and sets_attribute(node)
                guards = isinstance(node, ast.If) and is_guard(node)
                if (is_call or sets or guards) and self._is_at_hand(node):
                    yield node

    def _is_at_hand(self, node: ast.AST) -> bool:
        """Whether all local names of a piece of a sibling mean something here."""
        named = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        return named.isdisjoint(self._foreign)

    @cached_property
    def _foreign(self) -> set[str]:
        """The names that siblings bind for themselves, and this function does not."""
        return _local_names(self.siblings) - {*self.names, "self", "cls"}


def _set(targets: list[ast.expr], value: ast.expr) -> ast.Assign:
    return ast.copy_location(ast.Assign(targets, value), value)  # without a line it is not told


def _required(function: FunctionNode) -> list[ast.arg]:
    return [one for one, default in parameters_of(function) if default is None]


def _statements(function: FunctionNode) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(function) if isinstance(node, ast.stmt))


def _local_names(functions: Iterable[FunctionNode]) -> set[str]:
    found: set[str] = set()
    for function in functions:
        for node in ast.walk(function):
            if isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return found


def _first(found: Iterable[Node], count: int) -> Iterator[Node]:
    """Copies of the first so many that read differently: a piece must not come to hold itself."""
    seen: set[str] = set()
    for node in found:
        text = ast.unparse(node)
        if text not in seen and len(seen) < count:
            seen.add(text)
            yield copy.deepcopy(node)
