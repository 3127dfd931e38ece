"""Which edits of which suspects are tried, and in what order: the likeliest of each first."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..source import Source
from .edits import Edit, edits_of
from .scope import Scope

LIMITS = ((20, 40), (8, 60), (5, 160), (5, 20))
"""For each tier: of how many suspects edits are tried, and how many of each."""


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
        found = _of_suspect(place, suspect)
        for tier, (most_suspects, most_edits) in enumerate(LIMITS):
            mine = [one for one in found if one.edit.tier == tier and place < most_suspects]
            tiers[tier] += enumerate(mine[:most_edits])
    return [[one for _, one in sorted(tier, key=lambda it: (it[0], it[1].place))] for tier in tiers]


def _of_suspect(place: int, suspect: Mapping[str, Any]) -> list[Attempt]:
    """All edits of a suspect, those of its most suspicious lines first."""
    source = Source(suspect["path"])
    span = source.function(suspect["function"], suspect["line"])
    if span is None or source.tree is None or isinstance(span.node, ast.Lambda):
        return []
    top, owner = _around(source.tree, span.node)
    scope = Scope(span.node, owner, source.tree)
    try:
        found = edits_of(scope, frozenset(suspect["lines"]) or None)
    except RecursionError:  # a deeper tree than the interpreter's stack
        return []
    scores = {int(line): score for line, score in suspect["scores"].items()}
    found.sort(key=lambda edit: -scores.get(edit.line, 0.0))
    return [Attempt(place, suspect, edit, top) for edit in found]


def _around(module: ast.Module, wanted: ast.stmt) -> tuple[ast.stmt, ast.ClassDef | None]:
    """The statement of the module that a function is in, and the class right around it, if any."""
    owner = None
    for top in module.body:
        if top.lineno <= wanted.lineno <= (top.end_lineno or top.lineno):
            for node in ast.walk(top):
                if isinstance(node, ast.ClassDef) and any(one is wanted for one in node.body):
                    owner = node
            return top, owner
    raise ValueError("the function is not of the module")
