"""The digest at the terminal: lines and their styles; no more than a screen and a half."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import NamedTuple

from ..model import RootCause
from .digest import Outcome, rerun_of
from .divergence import sentence
from .phrases import after, extent, known
from .plain import cut_end, cut_path, cut_short, many, padded, safe, split, width

MAX_LINES = 60
FULL = 5
BRIEF = 10
MAX_ALSO = 3
_LABEL = 8  # cells of "culprit " and its kin


class Line(NamedTuple):
    """A line of the digest and how it is drawn where there are colours."""

    text: str
    style: str = ""  # title, good, bad, dim


def headline(outcome: Outcome) -> str:
    """Return the digest's first words: what failed, and how much of it is explained."""
    count = len(outcome.failures)
    if not outcome.causes:
        return f"autopsy: {many(count, 'failure')}"
    unexplained = sum(1 for c in outcome.causes if c.diagnosis.confidence == "none")
    causes = len(outcome.causes) - unexplained
    text = f"autopsy: {many(count, 'failure')}, {many(causes, 'cause')}"
    after = sum(1 for cause in outcome.causes if cause.downstream_of is not None)
    text += f" ({after} downstream)" if after else ""
    return text + (f", {unexplained} unexplained" if unexplained else "")


def lines(outcome: Outcome, cells: int = 80, *, everything: bool = False) -> list[Line]:
    """Return the digest's lines below its headline, each within `cells` cells.

    At most MAX_LINES of them unless `everything` is asked for: facts are told on two lines where
    there is room for that, on one where there is not.
    """
    explained = sorted(outcome.causes, key=lambda c: c.diagnosis.confidence == "none")
    full = len(explained) if everything else FULL
    later = enumerate(explained[full : full + BRIEF], full + 1)
    brief = [line for n, cause in later for line in _title(n, cause, outcome, cells, 1)]
    rest = max(len(explained) - full - len(brief), 0)
    footer = [*brief, *_footer(outcome, cells, rest)]
    room = 1 << 30 if everything else MAX_LINES - 1 - len(footer)
    shown = _fitted(explained[:full], outcome, cells, room)
    if len(shown) <= room:
        return shown + footer
    cut = len(shown) - room + 1
    return [*shown[: room - 1], Line(f"  ... {many(cut, 'line')} more with -v", "dim"), *footer]


def _fitted(causes: list[RootCause], outcome: Outcome, cells: int, room: int) -> list[Line]:
    """The causes in full: each fact on up to three lines, on fewer from where room runs out."""
    least = [list(_cause(n, cause, outcome, cells, 1)) for n, cause in enumerate(causes, 1)]
    used = sum(map(len, least))
    for place, cause in enumerate(causes):
        for rows in (3, 2):
            wider = list(_cause(place + 1, cause, outcome, cells, rows))
            if used - len(least[place]) + len(wider) <= room:
                used += len(wider) - len(least[place])
                least[place] = wider
                break
    return [line for block in least for line in block]


def quiet_line(outcome: Outcome) -> str:
    """Return the one line of a run without failures."""
    return f"autopsy: {cost(outcome)}"


def cost(outcome: Outcome) -> str:
    """Return what the run cost, in a few words."""
    seconds = outcome.cost.get("slowdown_s", 0.0)
    tests = _tests_run(outcome)
    dropped = int(outcome.cost.get("dropped", 0))
    text = f"about +{seconds:.1f} s, {many(tests, 'test')} run"
    calls = int(outcome.cost.get("calls_seen", 0))
    return f"{text}, {many(calls, 'call')} recorded, {dropped} dropped"


def _tests_run(outcome: Outcome) -> int:
    """How many tests ran: collection may have failed, or the run been stopped."""
    ended = ("passed", "failed", "skipped", "xfailed", "xpassed")
    ran = sum(outcome.totals.get(name, 0) for name in ended)
    ran += sum(failure.phase == "setup" for failure in outcome.failures)
    return min(ran, outcome.totals.get("tests", 0))


def _cause(
    number: int, cause: RootCause, outcome: Outcome, cells: int, rows: int
) -> Iterator[Line]:
    found = cause.diagnosis
    yield from _title(number, cause, outcome, cells, min(rows, 2))
    for fact in found.evidence:
        place = cut_path(safe(f"{fact.file}:{fact.line}"), cells // 3 if rows == 1 else cells // 2)
        style = "bad" if fact.role == "culprit" else ""
        yield from _labelled(fact.role, f"{place}  {safe(fact.fact)}", cells, rows, style)
    parted = outcome.parted(cause)
    if parted is not None and found.confidence != "shown":  # else the mechanism tells more
        yield from _labelled("beside", safe(sentence(parted)), cells, rows)
    functions = [s.function for s in found.suspects[1:] if s.function.name != "<module>"]
    if others := [function.short for function in functions[:MAX_ALSO]]:
        yield from _labelled("also", safe(", ".join(others)), cells, 1, "dim")
    if found.hint:
        yield from _labelled("hint", safe(found.hint), cells, rows)
    elif found.why_none:
        yield from _labelled("why", safe(found.why_none), cells, rows)
    exemplar = outcome.failure(cause.exemplar)
    again = outcome.rerun(cause) if outcome.path else rerun_of(exemplar)
    rerun = f"  {padded('rerun', _LABEL)}{safe(shlex.join(again))}"
    before = known(outcome.seen[cause.id]) if cause.id in outcome.seen else ""
    if before and width(rerun) + 2 + len(before) <= cells:
        rerun, before = padded(rerun, cells - len(before)) + before, ""
    yield Line(rerun, "dim")
    if before:
        yield from _labelled("seen", before, cells, 1, "dim")


def _title(
    number: int, cause: RootCause, outcome: Outcome, cells: int, rows: int
) -> Iterator[Line]:
    found = cause.diagnosis
    tests = extent(cause, outcome)
    head = f"{number} {padded(after(cause, outcome) or found.confidence, _LABEL - 1)}"
    room = cells - width(head) - len(tests) - 3
    title = safe(found.title)
    text, rest = split(title, room) if rows > 1 else (cut_end(title, room), "")
    yield Line(f"{head} {padded(text, room)}  {tests}", "title")
    if rest:
        yield Line(f"{' ' * width(head)} {cut_end(rest, cells - width(head) - 1)}", "title")


def _labelled(label: str, text: str, cells: int, rows: int, style: str = "") -> Iterator[Line]:
    """A label and its text on at most `rows` lines; what does not fit loses its end."""
    head, room = f"  {padded(label, _LABEL)}", max(cells - _LABEL - 2, 20)
    for row in range(1, rows + 1):
        first, text = (cut_end(text, room), "") if row == rows else split(text, room)
        yield Line(head + first, style)
        if not text:
            return
        head = " " * (_LABEL + 2)


def _footer(outcome: Outcome, cells: int, rest: int) -> Iterator[Line]:
    if rest:
        yield Line(f"  ... and {many(rest, 'cause')} more: pytest-autopsy show", "dim")
    for status in ("gone", "not run"):
        ids = [one.id for one in outcome.earlier if one.status == status]
        if ids:
            rest_of = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
            yield from _labelled(status, f"{', '.join(ids[:3])}{rest_of} of earlier runs", cells, 1)
    stopped = cut_short(outcome.run)
    if stopped:
        yield from _labelled("note", f"the run is {safe(stopped)}", cells, 1)
    for note in outcome.notes:
        yield from _labelled("note", safe(note), cells, 3)
    if outcome.path:
        place, page = f"evidence  {outcome.path}/digest.md", "report.html" if outcome.page else ""
        if page and width(place) + 2 + len(page) <= cells:
            place, page = f"{place}, {page}", ""
        yield Line(place, "dim")
        if page:
            yield Line(f"          {page}", "dim")
    yield Line(cut_end(f"cost      {cost(outcome)}", cells), "dim")
