"""A failing test's way beside that of a passing one, at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..report.plain import cut_end, padded, ranges, safe, width

COLUMN = 46
"""Cells of the failing test's way, beside the other one."""


def side_by_side(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that show a divergence (as diagnoses/ has it) at a terminal."""
    kind, test = found["reference"], found["test"]
    rows = [(row["failing"], row["passing"]) for row in found["rows"]]
    room = min(max(map(width, ["this test", *(_place(one) for one, _ in rows)])), COLUMN)
    yield safe(f"  beside  {found['fact']}")
    yield f"       {padded('this test', room)}  {safe(kind)}{'' if kind == 'last pass' else f': {safe(test)}'}"
    if found["start"]:
        yield f"       ... {found['start']} functions alike"
    for one, other in rows:
        mark = " " if _key(one) == _key(other) else "!"
        mine = padded(cut_end(_place(one), room), room)
        yield f"     {mark} {mine}  {cut_end(_place(other), COLUMN)}"
    for one in found["lines"]:
        mine, theirs = (ranges(one[side]) or "-" for side in ("failing", "passing"))
        yield safe(f"       {one['function']}: only this test ran {mine}; only that one {theirs}")


def _key(one: dict[str, Any] | None) -> tuple[str, str] | None:
    """A function as the one that it is: it may have moved since the last pass."""
    return (one["file"], one["function"]) if one else None


def _place(one: dict[str, Any] | None) -> str:
    """A function and its place; two have to stand beside each other, so the folder is left out."""
    return (
        safe(f"{one['function']}  {one['file'].rpartition('/')[2]}:{one['line']}") if one else "-"
    )
