"""Which edits of which suspects are tried, and in what order: the likeliest of each first."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from itertools import islice
from typing import Any, NamedTuple

from ..source import Source, bodies
from .edits import Edit, different, edits_of
from .scope import Scope

LIMITS = ((20, 40), (8, 100), (5, 250), (5, 20))
"""For each tier: of how many suspects edits are tried, and how many of each."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Attempt(NamedTuple):
    """An edit of a suspect: `place` is the suspect's in the ranking, `top` what is compiled anew."""

    place: int
    suspect: Mapping[str, Any]
    edit: Edit
    top: ast.stmt


def attempts(suspects: list[dict[str, Any]]) -> list[list[Attempt]]:
    """Return what to try in each tier: of suspects as a plan has them, each in turn."""
    tiers: list[list[tuple[int, Attempt]]] = [[] for _ in LIMITS]
    for place, suspect in enumerate(suspects):
        edits, top = _of_suspect(suspect)
        for tier, (most_suspects, most_edits) in enumerate(LIMITS):
            mine = [one for one in edits if one.tier == tier] if place < most_suspects else []
            for turn, edit in enumerate(islice(different(mine), most_edits)):
                tiers[tier].append((turn, Attempt(place, suspect, edit, top)))
    return [[one for _, one in sorted(tier, key=lambda it: (it[0], it[1].place))] for tier in tiers]


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
