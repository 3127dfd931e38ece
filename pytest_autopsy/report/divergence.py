"""First divergence as data, as a sentence, and as two ways beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model import Function
from ..observe.text import clean
from .plain import cut_end, padded, safe, width

if TYPE_CHECKING:
    from ..diagnose.divergence import Divergence, Parted

SAID = {
    "last pass": "its last pass",
    "sibling": "{}, which passed with other parameters",
    "nearest": "{}, the passing test most like it",
}
MAX_RANGES = 4
"""Ranges of lines that a sentence names."""
COLUMN = 46
"""Cells of the failing test's way, beside the other one."""


def divergence_json(found: Divergence) -> dict[str, object]:
    """Return where a failing test leaves its reference as plain JSON, both ways beside each other."""
    return {
        **divergence_brief(found),
        "run": found.run or None,
        "common": found.common,
        "start": found.start,
        "rows": [
            {"failing": one and _function(one), "passing": other and _function(other)}
            for one, other in found.rows
        ],
        "lines": [
            {
                **_function(one.function),
                "after": one.after,
                "failing": list(one.failing),
                "passing": list(one.passing),
            }
            for one in found.lines
        ],
    }


def divergence_brief(found: Divergence) -> dict[str, object]:
    """Return which test it is compared with, and what differs in a sentence."""
    return {
        "reference": found.reference,
        "test": clean(found.test),
        "fact": clean(sentence(found)),
    }


def sentence(found: Divergence) -> str:
    """Return what differs: the lines of a function that both ran, else the next call."""
    who = SAID[found.reference].format(_bare(found.test))
    if found.lines:
        return _lines(found.lines[0], who)
    if found.parted is None:
        what = "functions and lines" if found.by_lines else "functions"
        return f"it ran the same {what} as {who}: the values differ"
    mine, theirs = found.parted
    after = f"after {found.last.short} it" if found.last else "first it"
    if mine is None and theirs is not None:
        return f"{after} does not call {theirs.short}, which came next in {who}"
    other = f"where {theirs.short} came" if theirs else "which did not come there"
    return f"{after} calls {mine.short if mine else ''}, {other} in {who}"


def side_by_side(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that show a divergence (as diagnoses/ has it) at a terminal."""
    kind, test = found["reference"], found["test"]
    ways = [[_place(row[side]) for row in found["rows"]] for side in ("failing", "passing")]
    room = min(max(map(width, ["this test", *ways[0]])), COLUMN)
    yield safe(f"  beside  {found['fact']}")
    yield f"       {padded('this test', room)}  {safe(kind)}{'' if kind == 'last pass' else f': {safe(test)}'}"
    if found["start"]:
        yield f"       ... {found['start']} functions alike"
    for mine, theirs in zip(*ways):
        mark = " " if mine == theirs else "!"
        yield f"     {mark} {padded(cut_end(mine, room), room)}  {cut_end(theirs, COLUMN)}"
    for one in found["lines"]:
        mine, theirs = (ranges(one[side]) or "-" for side in ("failing", "passing"))
        yield safe(f"       {one['function']}: only this test ran {mine}; only that one {theirs}")


def ranges(lines: Sequence[int], most: int = MAX_RANGES) -> str:
    """Return line numbers in few words: `3-5, 9`."""
    found: list[list[int]] = []
    for line in lines:
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    said = [str(a) if a == b else f"{a}-{b}" for a, b in found[:most]]
    return ", ".join([*said, "..."] if len(found) > most else said)


def _lines(parted: Parted, who: str) -> str:
    name = parted.function.short
    failing, passing = _counted(parted.failing), _counted(parted.passing)
    if failing and passing:
        return f"{name} ran {failing}, where {passing} ran in {who}"
    if failing:
        return f"{name} ran {failing}, which did not run in {who}"
    return f"{name} did not run {passing}, which ran in {who}"


def _counted(lines: Sequence[int]) -> str:
    return f"line{'s' if len(lines) > 1 else ''} {ranges(lines)}" if lines else ""


def _function(function: Function) -> dict[str, object]:
    return {"file": function.file, "function": clean(function.name), "line": function.line}


def _place(one: dict[str, Any] | None) -> str:
    """A function and its place; two have to stand beside each other, so the folder is left out."""
    return safe(f"{one['function']}  {Path(one['file']).name}:{one['line']}") if one else "-"


def _bare(nodeid: str) -> str:
    """A node id without its file."""
    return nodeid.partition("::")[2] or nodeid
