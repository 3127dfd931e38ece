"""Whose source spells a text that only one has of what came and what was wanted."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

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
    places = case.known.once("constants", partial(_places, case))
    telling = {
        text
        for failure in case.followed
        for text in case.known.once(("spelt", failure.id), partial(_telling, failure, places))
    }
    ran = {i for f in case.failures if f.footprint is not None for i in f.footprint.lines}
    findings = []
    for text in sorted(telling):
        mine = [(case.function(index), line) for index, line in places[text] if index in ran]
        findings += [_finding(function, line, text, len(mine)) for function, line in mine]
    return findings


def _finding(function: Function, line: int, constant: str, times: int) -> Finding:
    shown = to_text(constant, 30)
    fact = f"line {line} spells {shown}, which only one has of what came and what was wanted"
    return Finding(function, "spelt", 1 / math.sqrt(times), fact, line=line)


def _places(case: Case) -> dict[str, list[tuple[int, int]]]:
    """Text -> (function's index, line) wherever code that a failing test ran spells it."""
    ran = {i for f in case.run.failures if f.footprint is not None for i in f.footprint.lines}
    found: dict[str, list[tuple[int, int]]] = {}
    for index in sorted(ran):
        function = case.function(index)
        span = case.span(function) if function.kind == "code" else None
        for text, line in (texts_of(span.node) if span is not None else {}).items():
            found.setdefault(text, []).append((index, line))
    return found


def _telling(failure: Failure, constants: Iterable[str]) -> list[str]:
    """Those that only one has of what came and what was wanted."""
    sides = _sides(failure)
    if sides is None:
        return []
    came, wanted = sides
    return [text for text in constants if _in(text, came) != _in(text, wanted)]


def _in(constant: str, texts: Texts) -> bool:
    return any(constant in text for text in texts)


def _sides(failure: Failure) -> tuple[Texts, Texts] | None:
    """The texts of what came and of what was wanted, as far as they differ; None without both."""
    assertion = failure.snapshot.assertion if failure.snapshot is not None else None
    if assertion is None or assertion.operator in ("in", "not in"):
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


@lru_cache(maxsize=4096)
def texts_of(node: FunctionNode) -> dict[str, int]:
    """Return the texts that a function spells, with their first lines; no docstring."""
    return {text: line for text, line in reversed(list(_spelt(node))) if text}


def _spelt(node: FunctionNode) -> Iterator[tuple[str, int]]:
    for statement in node.body if isinstance(node.body, list) else [node.body]:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        for inner in ast.walk(statement):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield inner.value, inner.lineno
