"""Which edits of which suspects are tried, and in what order: the likeliest of each first."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from ..model import HIDING
from ..source import Source, bodies
from .edits import Edit, different, edits_of
from .scope import Scope


class Round(NamedTuple):
    """Edits of one tier that are tried: of the suspects `first` to `last`, so many of each."""

    tier: int
    first: int
    last: int
    edits: int


ROUNDS = (Round(0, 0, 20, 40), Round(1, 0, 8, 100), Round(2, 0, 5, 250), Round(HIDING, 0, 5, 20))
WIDER = (Round(1, 8, 16, 60), Round(2, 5, 10, 150))
"""Where none of these explains a cause."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Attempt(NamedTuple):
    """An edit of a suspect: `place` is the suspect's in the ranking, `top` what is compiled anew."""

    place: int
    suspect: Mapping[str, Any]
    edit: Edit
    top: ast.stmt


def attempts(suspects: list[dict[str, Any]]) -> Iterator[list[Attempt]]:
    """Yield what to try in each round: of suspects as a plan has them, each in turn."""
    known = [_of_suspect(suspect) for suspect in suspects]
    for tier, first, last, most in (*ROUNDS, *WIDER):
        chosen: list[tuple[int, Attempt]] = []
        for place, (edits, top) in enumerate(known[first:last], first):
            mine = different(edit for edit in edits if edit.tier == tier)
            for turn, edit in enumerate(islice(mine, most)):
                chosen.append((turn, Attempt(place, suspects[place], edit, top)))
        yield [one for _, one in sorted(chosen, key=lambda it: (it[0], it[1].place))]


def _of_suspect(suspect: Mapping[str, Any]) -> tuple[list[Edit], ast.stmt]:
    """All edits of a suspect, those of its most suspicious lines first; what to compile with them."""
    source = Source(suspect["path"])
    span = source.function(suspect["function"], suspect["line"])
    if span is None or source.tree is None or isinstance(span.node, ast.Lambda):
        return [], ast.Pass()
    top, owner = _around(source.tree, span.node)
    scope = Scope(span.node, owner, source.tree)
    try:
        found = edits_of(scope, frozenset(suspect["lines"]) or None)
    except RecursionError:  # a deeper tree than the interpreter's stack
        return [], top
    scores = {int(line): score for line, score in suspect["scores"].items()}
    found.sort(key=lambda edit: -scores.get(edit.line, 0.0))
    return found, top


def _around(module: ast.Module, wanted: ast.stmt) -> tuple[ast.stmt, ast.ClassDef | None]:
    """The least statement that a function compiles in as it does in its module; the class around it.

    Of classes no more than what names methods and mangles their names: to compile a large one takes
    longer than most tests.
    """
    chain = _way_to(module, wanted)
    owner = chain[-2] if isinstance(chain[-2], ast.ClassDef) else None
    outermost = next(place for place, one in enumerate(chain) if isinstance(one, _FUNCTIONS))
    top = chain[outermost]
    for one in reversed(chain[:outermost]):
        if isinstance(one, ast.ClassDef):
            inner, top = top, copy.copy(one)
            top.bases, top.keywords, top.decorator_list, top.body = [], [], [], [inner]
    return top, owner


def _way_to(module: ast.Module, wanted: ast.stmt) -> list[Any]:
    """The module and the statements of it that hold one another, down to the one wanted."""
    chain: list[Any] = [module]
    while chain[-1] is not wanted:
        inner = (one for block in bodies(chain[-1]) for one in block)
        chain.append(next(one for one in inner if wanted.lineno in range(one.lineno, _end(one))))
    return chain


def _end(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) + 1
