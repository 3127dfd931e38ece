"""First divergence as data, and as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..model import Function
from ..observe.text import clean
from .plain import cut_end, ranges

if TYPE_CHECKING:
    from ..diagnose.divergence import Divergence, Parted

SAID = {
    "last pass": "its last pass",
    "sibling": "{}, which passed with other parameters",
    "nearest": "{}, the passing test most like it",
}
MAX_NAME = 80
"""Characters of a test's name in a sentence."""


def divergence_json(found: Divergence) -> dict[str, object]:
    """Return where a failing test leaves its reference as plain JSON, both ways beside each other."""
    return {
        **divergence_brief(found),
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


def _bare(nodeid: str) -> str:
    """A node id without its file, no longer than a sentence can bear."""
    return cut_end(nodeid.partition("::")[2] or nodeid, MAX_NAME)
