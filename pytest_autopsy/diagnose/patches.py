"""What a test replaces by name: unittest.mock.patch, pytest-mock's mocker, monkeypatch.setattr."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ..model import Function
from ..source import FunctionNode

_CALLS_THROUGH = ("wraps", "side_effect")


class Patch(NamedTuple):
    """That a test replaces `target`, by the statement at `line`, for what its `lines` call."""

    target: str  # dotted, as far as the source spells it
    line: int
    lines: range

    def names(self, function: Function) -> bool:
        """Whether this is the function that the target names."""
        parts = function.file.removesuffix(".py").removesuffix("/__init__").split("/")
        spelt = self.target.split(".")
        own = function.name.split(".")
        if len(spelt) <= len(own) or spelt[-len(own) :] != own:
            return False
        module = spelt[: -len(own)]
        return parts[-len(module) :] == module


@lru_cache(maxsize=1024)
def patches_of(node: FunctionNode) -> tuple[Patch, ...]:
    """Return what a test function replaces by name; nothing that calls the original by itself."""
    return tuple(_patches(node))


def _patches(node: FunctionNode) -> Iterator[Patch]:
    if isinstance(node, ast.Lambda):
        return
    end = node.end_lineno or node.lineno
    for decorator in node.decorator_list:
        yield from _patch(decorator, range(node.lineno, end + 1))
    for inner in ast.walk(node):
        if isinstance(inner, (ast.With, ast.AsyncWith)):
            lines = range(inner.lineno, (inner.end_lineno or inner.lineno) + 1)
            for item in inner.items:
                yield from _patch(item.context_expr, lines)
        elif isinstance(inner, (ast.Expr, ast.Assign)):
            yield from _patch(inner.value, range(inner.lineno, end + 1), started=True)


def _patch(node: ast.expr, lines: range, started: bool = False) -> Iterator[Patch]:
    """The patch that an expression makes; `started` where it stands alone and lasts."""
    if not isinstance(node, ast.Call) or any(k.arg in _CALLS_THROUGH for k in node.keywords):
        return
    called = _dotted(node.func).split(".")
    if called[-1] == "setattr" and started and "monkeypatch" in called:
        target = _target(node.args)
    elif called[-1] in ("patch", "object") and (not started or called[0] == "mocker"):
        if called[-1] == "object" and "patch" not in called:
            return
        target = _target(node.args)
    else:
        return
    if "." in target:
        yield Patch(target, node.lineno, lines)


def _target(arguments: list[ast.expr]) -> str:
    """`"a.b.c"`, or `b, "c"`: the dotted name that is replaced, or an empty text."""
    texts = [
        one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else ""
        for one in arguments[:2]
    ]
    if texts and texts[0]:
        return texts[0]
    if len(texts) == 2 and texts[1]:
        return f"{_dotted(arguments[0])}.{texts[1]}"
    return ""


def _dotted(node: ast.expr) -> str:
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))
