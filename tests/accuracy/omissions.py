"""Omissions in a file: what a programmer forgets. Each leaves one thing out of the text.

Found in the syntax tree, made in the text, so that all else keeps its place and its comments.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Omission(NamedTuple):
    """A range of the text, in bytes, and what is left of it."""

    operator: str
    line: int
    start: int
    end: int
    left: bytes = b""

    @property
    def family(self) -> str:
        """The operator's name: they have no variants."""
        return self.operator

    def text(self, code: str) -> str | None:
        """Return the code without what is left out; None where that is no program."""
        raw = code.encode()
        try:
            after = (raw[: self.start] + self.left + raw[self.end :]).decode()
            return after if ast.dump(ast.parse(after)) != ast.dump(ast.parse(code)) else None
        except SyntaxError:
            return None


def omissions(code: str) -> list[Omission]:
    """Return everything that can be left out of a file."""
    text = Text(code)
    return [found for node in ast.walk(ast.parse(code)) for found in _of(text, node)]


class Text:
    """A file's text with the places of its nodes."""

    def __init__(self, code: str) -> None:
        self.raw = code.encode()
        self.lines = self.raw.split(b"\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def start(self, node: ast.AST) -> int:
        """Where a node begins."""
        return self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined,no-any-return]

    def end(self, node: ast.AST) -> int:
        """Where a node ends."""
        return self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined,no-any-return]

    def of(self, node: ast.AST) -> bytes:
        """A node's text."""
        return self.raw[self.start(node) : self.end(node)]

    def range(self, first: int, last: int) -> tuple[int, int]:
        """Where whole lines, the last one too, begin and end."""
        return self._starts[first - 1], self._starts[last]

    def without(self, operator: str, first: int, last: int, left: bytes = b"") -> Omission:
        """Whole lines left out."""
        return Omission(operator, first, *self.range(first, last), left)

    def statement(self, operator: str, node: ast.stmt) -> Omission:
        """A statement left out; `pass` stays where it may be the only one."""
        indent = self.lines[node.lineno - 1][: node.col_offset]
        if indent.strip():  # it shares its line
            return Omission(operator, node.lineno, self.start(node), self.end(node), b"pass")
        last = node.end_lineno or node.lineno
        return self.without(operator, node.lineno, last, indent + b"pass\n")

    def keyword(self, word: str, after: ast.stmt, before: ast.stmt) -> int | None:
        """The line of a keyword that stands between two statements."""
        for number in range((after.end_lineno or 0) + 1, before.lineno + 1):
            if re.match(rb"\s*%s\b" % word.encode(), self.lines[number - 1]):
                return number
        return None


def _of(text: Text, node: ast.AST) -> Iterator[Omission]:
    if isinstance(node, ast.If):
        yield from _of_if(text, node)
    elif isinstance(node, ast.Try):
        yield from _of_try(text, node)
    elif isinstance(node, ast.Call):
        yield from _of_call(text, node)
    elif isinstance(node, ast.BoolOp):
        yield from _of_clauses(text, node)
    elif isinstance(node, ast.IfExp):
        for kept in (node.body, node.orelse):
            yield _expression(text, "branch", node, kept)
    elif isinstance(node, ast.comprehension) and len(node.ifs) == 1:
        test = node.ifs[0]
        yield Omission("clause", test.lineno, text.end(node.iter), text.end(test))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield text.statement("call", node)
    elif isinstance(node, (ast.Assign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if isinstance(node, ast.AugAssign) or not isinstance(targets[0], ast.Name):
            yield text.statement("assignment", node)


def _of_if(text: Text, node: ast.If) -> Iterator[Omission]:
    alternative = node.orelse[0] if node.orelse else None
    indent = text.lines[node.lineno - 1][: node.col_offset]
    if indent.strip():
        return
    is_elif = text.of(node).startswith(b"elif")
    last = node.body[-1].end_lineno or node.lineno
    if is_elif:
        yield text.without("elif", node.lineno, last)
    elif alternative is None:
        ends = isinstance(node.body[-1], ENDS)
        returns = isinstance(node.body[-1], ast.Return)
        yield text.statement("early return" if returns else "guard" if ends else "branch", node)
    if alternative is None:
        return
    if isinstance(alternative, ast.If) and text.of(alternative).startswith(b"elif"):
        if not is_elif:
            start, _ = text.range(node.lineno, last)
            yield Omission("branch", node.lineno, start, text.start(alternative) + 2, indent)
        return
    line = text.keyword("else", node.body[-1], alternative)
    if line is not None:
        yield text.without("else", line, node.orelse[-1].end_lineno or line)


def _of_try(text: Text, node: ast.Try) -> Iterator[Omission]:
    for handler in node.handlers:
        last = handler.end_lineno or handler.lineno
        if len(node.handlers) > 1:
            yield text.without("handler", handler.lineno, last)
        elif not node.orelse and not node.finalbody:
            first, end = node.body[0].lineno, node.body[-1].end_lineno or node.lineno
            body = b"".join(line[4:] + b"\n" for line in text.lines[first - 1 : end])
            yield text.without("handler", node.lineno, last, body)
        if isinstance(handler.type, ast.Tuple) and len(handler.type.elts) > 1:
            for kind in handler.type.elts:
                yield _item(text, "handler", handler.type.elts, kind)


def _of_call(text: Text, node: ast.Call) -> Iterator[Omission]:
    given: list[ast.AST] = [*node.args, *node.keywords]
    for keyword in node.keywords:
        if keyword.arg is not None:
            yield _item(text, "argument", given, keyword)
    if len(node.args) > 1 and not node.keywords:
        yield _item(text, "argument", given, node.args[-1])
    if len(given) == 1 and node.args and not isinstance(node.args[0], ast.Starred):
        yield _expression(text, "call", node, node.args[0])
    if not given and isinstance(node.func, ast.Attribute):
        yield _expression(text, "call", node, node.func.value)


def _of_clauses(text: Text, node: ast.BoolOp) -> Iterator[Omission]:
    for value in node.values:
        yield _item(text, "clause", node.values, value)


def _item(text: Text, operator: str, items: Sequence[ast.AST], one: ast.AST) -> Omission:
    """One of several left out, with what parts it from the next or the one before."""
    index = [id(item) for item in items].index(id(one))
    line: int = one.lineno  # type: ignore[attr-defined]
    if index:
        return Omission(operator, line, text.end(items[index - 1]), text.end(one))
    end = text.start(items[1]) if len(items) > 1 else text.end(one)
    return Omission(operator, line, text.start(one), end)


def _expression(text: Text, operator: str, whole: ast.expr, kept: ast.expr) -> Omission:
    """A part of an expression stands for all of it."""
    left = text.of(kept)
    if not isinstance(kept, (ast.Name, ast.Constant, ast.Attribute, ast.Call, ast.Subscript)):
        left = b"(" + left + b")"
    return Omission(operator, whole.lineno, text.start(whole), text.end(whole), left)
