"""What may be named where a function is edited: parameters, other names, attributes, functions."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from ..source import parameters_of
from .nodes import attribute, default_of, is_read, is_self, names_read, read

MAX_FORGOTTEN = 4
MAX_METHODS = 6
MAX_NAMES = 6
"""Names, of those at hand, that are tried in one place."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Names:
    """A function, the class and the module around it, and what has a name in them."""

    function: Definition
    owner: ast.ClassDef | None
    module: ast.Module

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The function's parameters, without the object or class that it is called on."""
        names = [argument.arg for argument, _ in parameters_of(self.function)]
        return tuple(names[1:] if self.is_bound else names)

    @cached_property
    def receiver(self) -> str:
        """The first parameter, where its name says that it is the object or its class; or nothing."""
        first = [argument.arg for argument, _ in parameters_of(self.function)][:1]
        return first[0] if first in (["self"], ["cls"]) else ""

    @cached_property
    def is_bound(self) -> bool:
        """Whether it is called on an object, or on its class."""
        return self.owner is not None and bool(self.receiver)

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """The parameters that the function never reads: something may have been forgotten."""
        return tuple(name for name in self.parameters if name not in self.names_read)

    @cached_property
    def names_read(self) -> set[str]:
        """The names that the function reads."""
        return names_read(self.function)

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
    def forgotten(self) -> list[ast.expr]:
        """What is at hand and read nowhere: parameters, other names, attributes that the class sets."""
        found: list[ast.expr] = [
            read(name) for name in self.names if name not in self.names_read and name[0] != "_"
        ]
        if self.is_bound:
            found += [
                attribute(name) for name in self.attributes if name not in self.read_attributes
            ]
        return found[:MAX_FORGOTTEN]

    @cached_property
    def read_attributes(self) -> set[str]:
        """The attributes that methods of the class read, of whatever object."""
        nodes = ast.walk(self.owner or ast.Pass())
        return {one.attr for one in nodes if isinstance(one, ast.Attribute) and is_read(one)}

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
    def fields(self) -> dict[str, ast.expr | None]:
        """What the class's body says that objects have, with the default where it is plain."""
        found: dict[str, ast.expr | None] = {}
        for node in self.owner.body if self.owner is not None else []:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found[node.target.id] = default_of(node.value)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = default_of(node.value)
        return found

    @cached_property
    def read_of(self) -> dict[str, dict[str, None]]:
        """Name of an object -> the attributes that this function and its siblings read of it."""
        found: dict[str, dict[str, None]] = {}
        for around in (self.function, *self.siblings):
            for node in ast.walk(around):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    if is_read(node):
                        found.setdefault(node.value.id, {})[node.attr] = None
        return found

    @cached_property
    def functions(self) -> dict[str, Definition]:
        """Functions of the class and the module by name, the nearest first: what a call may mean."""
        of_class = self._nearest(self.owner.body) if self.owner is not None else []
        found = {node.name: node for node in of_class}
        for node in self._nearest(self.module.body):
            found.setdefault(node.name, node)
        return found

    @cached_property
    def siblings(self) -> list[Definition]:
        """The other functions of the class, or of the module where there is none, the nearest first."""
        body = self.owner.body if self.owner is not None else self.module.body
        return [one for one in self._nearest(body) if one is not self.function]

    def _nearest(self, body: list[ast.stmt]) -> list[Definition]:
        """The functions that a body defines, those first that stand nearest to this one."""
        every = [n for n in body if isinstance(n, Definition)]
        return sorted(every, key=lambda one: abs(one.lineno - self.function.lineno))

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """The methods that this function and its siblings call without arguments, not on themselves."""
        called = (
            node.func.attr
            for around in (self.function, *self.siblings)
            for node in ast.walk(around)
            if isinstance(node, ast.Call) and not node.args and not node.keywords
            and isinstance(node.func, ast.Attribute) and not is_self(node.func.value)
        )  # fmt: skip
        return tuple(islice(dict.fromkeys(called), MAX_METHODS))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The texts that the function names, in order."""
        constants = (one for one in ast.walk(self.function) if isinstance(one, ast.Constant))
        return tuple(dict.fromkeys(one.value for one in constants if isinstance(one.value, str)))
