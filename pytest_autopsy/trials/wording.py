"""What an edit is in words: a line of what stood there, and of what stands there now."""

from __future__ import annotations

import ast
from typing import Any

MAX_TEXT = 120
VAGUE = (ast.Constant, ast.Name, ast.Attribute, ast.UnaryOp, ast.Slice, ast.Starred)
"""What tells little by itself: a change of it is told with the expression around it."""


def of_put_in(new: list[ast.stmt]) -> tuple[str, str]:
    """Before and after, where statements are put in."""
    return "", _all(new)


def of_statement(node: ast.stmt, new: list[ast.stmt]) -> tuple[str, str]:
    """Before and after, where others stand in the place of a statement; `pass` is nothing."""
    return _headers(_text(node), "" if isinstance(new[0], ast.Pass) else _all(new))


def of_order(first: ast.stmt, second: ast.stmt) -> tuple[str, str]:
    """Before and after, where two statements change places."""
    return _all([first, second]), _all([second, first])


def of_expression(new: ast.expr, old: ast.expr, around: ast.AST, slot: Any) -> tuple[str, str]:
    """Before and after, where another expression stands in a slot; what is vague with what is around."""
    if not isinstance(old, VAGUE):
        return _text(old), _text(new)
    before = _text(around)
    slot.put(new if slot.field else [new])
    after = _text(around)
    slot.put(old if slot.field else [old])
    return before, after


def _all(nodes: list[ast.stmt]) -> str:
    """Statements in one line, of compound ones the first lines."""
    return "; ".join(map(_text, nodes))[: MAX_TEXT * 2]


def _headers(before: str, after: str) -> tuple[str, str]:
    """Of compound statements the first lines, where these tell the difference."""
    old, new = (text.partition(": ")[0] for text in (before, after))
    is_block = before.startswith(("for ", "async for ")) and after.startswith(old.split()[0])
    return (old, new) if is_block and old != new else (before, after)


def _text(node: ast.AST) -> str:
    """A piece in one line: of a compound statement as many lines as there is room for."""
    whole = ast.unparse(node).replace("__import__('copy')", "copy")
    lines = [line.strip() for line in whole.splitlines()]
    text = lines[0]
    for place, line in enumerate(lines[1:]):
        joint = " " if lines[place].endswith(":") else "; "
        if len(text) + len(line) > MAX_TEXT:
            return f"{text}{joint}..."
        text += joint + line
    return text
