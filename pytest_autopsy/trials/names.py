"""What may be named where a function is edited: parameters, other names, attributes, functions."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from ..source import FunctionNode, parameters_of
from .nodes import attribute, is_read, is_self, read

MAX_FORGOTTEN = 4
MAX_METHODS = 6


@dataclass(frozen=True)
class Names:
    """A function, the class and the module around it, and what has a name in them."""

    function: ast.FunctionDef | ast.AsyncFunctionDef
    owner: ast.ClassDef | None
    module: ast.Module

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The function's parameters, without the object or class that it is called on."""
        names = [argument.arg for argument, _ in parameters_of(self.function)]
        return tuple(names[1:] if self.is_bound else names)

    @cached_property
    def is_bound(self) -> bool:
        """Whether it is called on an object, or on its class."""
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
            read(name) for name in self.names if name not in self._read and name[0] != "_"
        ]
        if self.is_bound:
            found += [attribute(name) for name in self.attributes if name not in self.asked]
        return found[:MAX_FORGOTTEN]

    @cached_property
    def asked(self) -> set[str]:
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
