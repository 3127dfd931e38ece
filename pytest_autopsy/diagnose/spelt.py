"""Whose source spells a text that only one has of what came and what was wanted."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from functools import lru_cache

from ..model import Failure, Function, Look, Value
from ..observe.text import to_text
from ..source import FunctionNode
from .atoms import Atom, difference
from .case import Case, Finding
from .origin import rejected

Texts = tuple[str, ...]


def find(case: Case) -> list[Finding]:
    """Return a finding for each function that failing tests ran and that spells such a text.

    One that many functions spell says little about each: its strength falls with the root of
    their number.
    """
    pairs = [pair for failure in case.followed if (pair := _sides(failure)) is not None]
    if not pairs:
        return []
    spelling: dict[str, list[tuple[Function, int]]] = {}
    for function in _run(case):
        for constant, line in _constants(case, function).items():
            if any(_in(constant, came) != _in(constant, wanted) for came, wanted in pairs):
                spelling.setdefault(constant, []).append((function, line))
    return [
        _finding(function, line, constant, len(every))
        for constant, every in spelling.items()
        for function, line in every
    ]


def _finding(function: Function, line: int, constant: str, times: int) -> Finding:
    shown = to_text(constant, 30)
    fact = f"line {line} spells {shown}, which only one has of what came and what was wanted"
    return Finding(function, "spelt", 1 / math.sqrt(times), fact, line=line)


def _in(constant: str, texts: Texts) -> bool:
    return any(constant in text for text in texts)


def _run(case: Case) -> list[Function]:
    """The functions that failing tests ran, in a fixed order."""
    indexes = {i for f in case.failures if f.footprint is not None for i in f.footprint.lines}
    return [one for i in sorted(indexes) if (one := case.function(i)).kind == "code"]


def _sides(failure: Failure) -> tuple[Texts, Texts] | None:
    """The texts of what came and of what was wanted, as far as they differ; None without both."""
    assertion = failure.snapshot.assertion if failure.snapshot is not None else None
    if assertion is None:
        return None
    left, right = (_text(look) for look in rejected(failure))
    if left is not None and right is not None:
        return (left,), (right,)
    found = difference(*rejected(failure))
    came, wanted = _texts(found.extra), _texts(found.missing)
    return (came, wanted) if came or wanted else None


def _text(look: Look) -> str | None:
    if isinstance(look, Value) and look.kind == "text":
        return str(look.items[0])
    return look if isinstance(look, str) else None


def _texts(atoms: tuple[Atom, ...]) -> Texts:
    return tuple(atom.value for atom in atoms if isinstance(atom.value, str))


def _constants(case: Case, function: Function) -> dict[str, int]:
    span = case.span(function)
    return constants_of(span.node) if span is not None else {}


@lru_cache(maxsize=4096)
def constants_of(node: FunctionNode) -> dict[str, int]:
    """Return the texts that a function spells, with their first lines; no docstring."""
    return {text: line for text, line in reversed(list(_spelt(node))) if text}


def _spelt(node: FunctionNode) -> Iterator[tuple[str, int]]:
    for statement in node.body if isinstance(node.body, list) else [node.body]:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        for inner in ast.walk(statement):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield inner.value, inner.lineno
