"""Pieces of trees that edits are made of."""

from __future__ import annotations

import ast

Choice = tuple[int, ast.expr]
"""What may stand in an expression's place: its tier, the lowest is tried first, and the piece."""


def read(text: str) -> ast.Name:
    """Return a name that is read."""
    return ast.Name(text, ast.Load())


def attribute(text: str) -> ast.Attribute:
    """Return an attribute of `self` that is read."""
    return ast.Attribute(read("self"), text, ast.Load())


def negated(value: ast.expr) -> ast.expr:
    """Return `not value`."""
    return ast.UnaryOp(ast.Not(), value)


def is_none(text: str) -> ast.expr:
    """Return `text is None`."""
    return ast.Compare(read(text), [ast.Is()], [ast.Constant(None)])


def moved(node: ast.expr | None, by: int) -> ast.expr | None:
    """Return `node + by`; itself where it is a constant, which has choices of its own."""
    if node is None or isinstance(node, ast.Constant):
        return node
    return ast.BinOp(node, ast.Add() if by > 0 else ast.Sub(), ast.Constant(abs(by)))


def call(text: str, value: ast.expr) -> ast.expr:
    """Return `text(value)`."""
    return ast.Call(read(text), [value], [])


def asked(value: ast.expr, method: str, *arguments: ast.expr) -> ast.expr:
    """Return `value.method(*arguments)`."""
    return ast.Call(ast.Attribute(value, method, ast.Load()), [*arguments], [])


def copied(value: ast.expr, how: str = "copy") -> ast.expr:
    """Return `copy.copy(value)`, or `copy.deepcopy(value)`, without an import in the module."""
    module = call("__import__", ast.Constant("copy"))
    return ast.Call(ast.Attribute(module, how, ast.Load()), [value], [])


def is_self(node: ast.expr) -> bool:
    """Whether a node is the object or the class that a method is called on."""
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def guard(test: ast.expr, body: ast.stmt) -> ast.stmt:
    """Return `if test: body`."""
    return ast.If(test, [body], [])


def assigned(text: str, value: ast.expr) -> ast.stmt:
    """Return `text = value`."""
    return ast.Assign([ast.Name(text, ast.Store())], value)


def is_read(node: ast.Name | ast.Attribute) -> bool:
    """Whether a name or attribute is read, not set or deleted."""
    return isinstance(node.ctx, ast.Load)


def names_read(node: ast.AST) -> set[str]:
    """Return the names that are read in a piece."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and is_read(one)}


def sets_attribute(node: ast.Assign | ast.AugAssign) -> bool:
    """Whether it sets nothing but attributes or items."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return all(isinstance(one, (ast.Attribute, ast.Subscript)) for one in targets)


def is_guard(node: ast.If) -> bool:
    """Whether it is an early way out, and nothing else."""
    leaves = isinstance(node.body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))
    return leaves and len(node.body) == 1 and not node.orelse


def is_constant_or_empty(value: ast.expr) -> bool:
    """Whether it is a constant, or makes something of at most one."""
    if isinstance(value, (ast.List, ast.Dict, ast.Set, ast.Tuple)):
        return not list(ast.iter_child_nodes(value))[1:]
    if isinstance(value, ast.Call):
        return not value.args and not value.keywords and isinstance(value.func, ast.Name)
    return isinstance(value, ast.Constant)


def default_of(value: ast.expr | None) -> ast.expr | None:
    """Return what a dataclass's field is set to, where it is a constant or something empty."""
    if isinstance(value, ast.Call):
        for keyword in value.keywords:
            if keyword.arg == "default":
                return default_of(keyword.value)
            if keyword.arg == "default_factory" and isinstance(keyword.value, ast.Name):
                return ast.copy_location(ast.Call(keyword.value, [], []), value)
    return value if value is not None and is_constant_or_empty(value) else None
