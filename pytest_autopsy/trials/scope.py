"""What may be named where a function is edited: its own names, its class's, what stands beside it."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from ..source import FunctionNode, parameters_of
from .nodes import attribute, is_constant_or_empty, is_guard, is_read, read, sets_attribute

Node = TypeVar("Node", bound=ast.AST)
MAX_DONORS = 12
MAX_RAISES = 3
MAX_FORGOTTEN = 4
_ASKS = re.compile("_*(is|has|have|can|should|must|needs|are)_")
_BUILTINS = ("len", "str", "int", "list", "tuple", "sorted", "set", "bool")


@dataclass(frozen=True)
class Scope:
    """A function, the class and the module around it."""

    function: ast.FunctionDef | ast.AsyncFunctionDef
    owner: ast.ClassDef | None
    module: ast.Module

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The function's parameters, without the object or class that it is called on."""
        names = [argument.arg for argument, _ in parameters_of(self.function)]
        return tuple(names[1:] if self._is_bound else names)

    @cached_property
    def _is_bound(self) -> bool:
        first = [argument.arg for argument, _ in parameters_of(self.function)][:1]
        return self.owner is not None and first in (["self"], ["cls"])

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """The parameters that the function never reads: something may have been forgotten."""
        return tuple(name for name in self.parameters if name not in self._read)

    @cached_property
    def _read(self) -> set[str]:
        nodes = ast.walk(self.function)
        return {one.id for one in nodes if isinstance(one, ast.Name) and is_read(one)}

    @cached_property
    def forgotten(self) -> list[ast.expr]:
        """What is at hand and read nowhere: parameters, other names, attributes that the class sets."""
        found: list[ast.expr] = [
            read(name) for name in self.names if name not in self._read and name[0] != "_"
        ]
        if self._is_bound:
            found += [attribute(name) for name in self.attributes if name not in self._asked]
        return found[:MAX_FORGOTTEN]

    @cached_property
    def _asked(self) -> set[str]:
        """The attributes that methods of the class read, of whatever object."""
        nodes = ast.walk(self.owner or ast.Pass())
        return {one.attr for one in nodes if isinstance(one, ast.Attribute) and is_read(one)}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Parameters and names that the function binds, in order."""
        bound = [
            node.id
            for node in ast.walk(self.function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]
        return tuple(dict.fromkeys((*self.parameters, *bound)))

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that methods of the class set on themselves, in order."""
        return tuple(
            dict.fromkeys(
                node.attr
                for node in ast.walk(self.owner or ast.Pass())
                if isinstance(node, ast.Attribute)
                and isinstance(node.ctx, ast.Store)
                and isinstance(node.value, ast.Name)
                and node.value.id == "self"
            )
        )

    @cached_property
    def functions(self) -> dict[str, FunctionNode]:
        """Functions of the class and the module by name: what a call of a name may mean."""
        found: dict[str, FunctionNode] = {}
        for body in (self.module.body, self.owner.body if self.owner else []):
            for node in body:
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    found[node.name] = node
        return found

    @cached_property
    def siblings(self) -> list[FunctionNode]:
        """The other functions of the class, or of the module where there is none."""
        body = self.owner.body if self.owner is not None else self.module.body
        every = [n for n in body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
        return [one for one in every if one is not self.function]

    @cached_property
    def donors(self) -> list[ast.stmt]:
        """Statements of siblings that could stand here as well: calls, what sets state, ways out."""
        return list(_first(self._donors(), MAX_DONORS))

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
        found: list[ast.expr] = []
        first = [argument.arg for argument, _ in parameters_of(self.function)][:1]
        if first == ["cls"]:
            found.append(ast.Name("cls", ast.Load()))
        for name, node in self.functions.items():
            required = [one for one, default in parameters_of(node) if default is None]
            is_method = self.owner is not None and node in self.owner.body
            if len(required) != 1 + is_method or name.startswith("__"):
                continue
            called: ast.expr = ast.Name(name, ast.Load())
            if is_method:
                called = ast.Attribute(ast.Name("self", ast.Load()), name, ast.Load())
            found.append(called)
        found += (ast.Name(name, ast.Load()) for name in _BUILTINS)
        return found[: MAX_DONORS + len(_BUILTINS)]

    @cached_property
    def predicates(self) -> list[ast.expr]:
        """Those makers that are named like a question."""
        return [one for one in self.makers if _ASKS.match(ast.unparse(one).removeprefix("self."))]

    @cached_property
    def unkept(self) -> list[ast.stmt]:
        """Assignments of parameters to attributes of their names that methods of the class read."""
        known = self._asked.union(self.attributes)
        found: list[ast.stmt] = []
        for name in self.parameters:
            for kept in (name, f"_{name}", f"__{name}"):
                if kept in known and self.owner is not None:
                    target = ast.Attribute(ast.Name("self", ast.Load()), kept, ast.Store())
                    found.append(ast.Assign([target], ast.Name(name, ast.Load())))
        return found

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
        """What the constructor sets to a constant or something empty."""
        made = self.functions.get("__init__") if self.owner is not None else None
        if made is None or made is self.function or isinstance(made, ast.Lambda):
            return []
        plain = (
            one
            for one in made.body
            if isinstance(one, ast.Assign) and is_constant_or_empty(one.value)
        )
        return list(_first(plain, MAX_DONORS))

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
