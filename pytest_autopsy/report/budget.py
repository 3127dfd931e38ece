"""The digest within a budget of tokens: the most telling facts first, and what was left out."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

from .plain import cut_end, cut_front, cut_path, cut_short, many, safe

BYTES_PER_TOKEN = 3.0
"""Paths and code have more tokens than prose: public tokenizers take 3.1 to 3.9 bytes of them."""
LEAST_CAUSE = 7
"""Tokens that no title is told in fewer than: what follows on one that has no room has none."""
RESERVED = 60
"""Tokens kept for the line that says what was left out."""
TRACEBACK_LINES = 12
MAX_TITLE, MAX_FACT, MAX_PLACE, MAX_NAME, MAX_LINE = 160, 200, 70, 60, 300
MAX_TESTS = 3

Traceback = Callable[[str], str]
"""From a failure's id to the text of its traceback, "" where there is none."""


class Piece(NamedTuple):
    """Some lines that stay together: of a cause (its number), at a place in it."""

    cause: int
    place: int
    rank: int  # pieces of lower rank are taken first
    what: str  # how it is called where it is left out
    lines: Callable[[], Iterable[str]]


def tokens(text: str) -> int:
    """Return about how many tokens a text has, rather too many than too few."""
    return int(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN) + 1


def bounded(text: str, cells: int, cut: Callable[[str, int], str] = cut_end) -> str:
    """Return `text` in at most `cells` cells and half as many more bytes than that."""
    shown = cut(safe(text), cells)
    most = cells + cells // 2
    if len(shown) * 4 <= most or len(raw := shown.encode("utf-8", "replace")) <= most:
        return shown
    return raw[: most - 3].decode("utf-8", "ignore") + "..."


def brief(
    digest: dict[str, Any],
    budget: int,
    traceback: Traceback = lambda _: "",
    full: int | None = None,
) -> list[str]:
    """Return the lines of a digest (as digest.json has it) that fit into `budget` tokens.

    First what names each cause and runs it again, then how it came about, then the traceback of
    one exemplar, then the other suspects; past the first `full` causes (None: no limit) only what
    names them. From a budget of LEAST_BUDGET (settings.py) on the first cause is always told.
    """
    failures = {failure["id"]: failure for failure in digest["failures"]}
    causes = digest["root_causes"]
    found = f"{many(len(failures), 'failure')}, {many(len(causes), 'cause')}"
    stopped = cut_short(digest["run"])
    head = f"run {bounded(digest['run']['id'], MAX_NAME)}: {found}"
    head += f"; the run is {bounded(stopped, MAX_FACT)}" if stopped else ""
    left = budget - RESERVED - tokens(head + "\n")
    taken: list[tuple[int, int, list[str]]] = []
    told, out = {len(causes) + 1, len(causes) + 2}, []
    pieces = _pieces(digest, failures, traceback, budget // LEAST_CAUSE)
    for piece in sorted(pieces, key=attrgetter("rank")):
        due = left > 0 and (piece.place == 0 or piece.cause in told)
        due = due and (full is None or piece.place == 0 or piece.cause <= full)
        lines = list(piece.lines()) if due else []
        price = tokens("\n".join(lines) + "\n")
        if due and price <= left:
            told.add(piece.cause)
            left -= price if lines else 0
            taken.append((piece.cause, piece.place, lines))
        else:
            out.append(piece)
    shown = [line for _, _, lines in sorted(taken) for line in lines]
    return [head, *shown, *_left_out(out, told, 4 * budget)]


def within(lines: Iterable[str], budget: int, more: str = "") -> Iterator[str]:
    """Yield lines as long as they fit into `budget` tokens, and a word on what does not.

    `more` says how to get the rest; without it, a larger `--budget` does.
    """
    left = budget - RESERVED
    out = 0
    for whole in lines:
        line = bounded(whole, MAX_LINE)
        price = tokens(line + "\n")
        if out or price > left:
            out += 1
        else:
            left -= price
            yield line
    if out:
        yield f"left out: {many(out, 'line')}; more: {more or f'--budget {4 * budget}'}"


def unchanged(before: dict[str, Any], digest: dict[str, Any]) -> frozenset[str]:
    """Return the ids of the causes whose failures are what they were in the run before.

    The tests that fail are the same, and each with the same exception and message.
    """
    known = {cause["id"]: _failures_of(before, cause) for cause in before["root_causes"]}
    now = {cause["id"]: _failures_of(digest, cause) for cause in digest["root_causes"]}
    return frozenset(one for one, failures in now.items() if known.get(one) == failures)


def _failures_of(digest: dict[str, Any], cause: dict[str, Any]) -> dict[str, object]:
    failures = {one["id"]: one for one in digest["failures"]}
    return {one: words_of(failures[one]) for one in cause["failures"] if one in failures}


def words_of(failure: dict[str, Any]) -> tuple[str, str]:
    """Return a failure's exception without what differs from run to run (addresses, times)."""
    from ..triage.signature import normalised  # only here: it loads the model, a command need not

    error = failure["exception"] or {"type": "", "message": ""}
    return error["type"], normalised(error["type"], error["message"])


def _pieces(
    digest: dict[str, Any], failures: dict[str, dict[str, Any]], traceback: Traceback, most: int
) -> Iterator[Piece]:
    """The pieces; of causes past the first `most` only their titles."""
    causes = digest["root_causes"]
    places = {cause["id"]: number for number, cause in enumerate(causes, 1)}
    for number, cause in enumerate(causes, 1):
        yield Piece(number, 0, number, "", partial(_title, number, cause, places))
        if number <= most:
            yield Piece(number, 1, number, "culprits", partial(_essence, cause))
            yield Piece(number, 2, number + 1, "evidence", partial(_story, cause, failures))
            yield Piece(number, 3, number + 6, "tracebacks", partial(_traceback, traceback, cause))
            yield Piece(number, 4, number + 4, "divergences", partial(_beside, cause))
            yield Piece(number, 5, number + 9, "suspects", partial(_also, cause))
            yield Piece(number, 6, number + 5, "tests", partial(_tests, cause, failures))
    loose = [one for one in failures.values() if one["root_cause"] is None]
    if loose:
        what = f"{many(len(loose), 'failure')} without a cause"
        yield Piece(len(causes) + 1, 0, 8, what, partial(_loose, loose))
    gone = [one for one in digest.get("earlier_causes", ()) if one["status"] == "gone"]
    if gone:
        yield Piece(len(causes) + 2, 0, 4, "causes that are gone", partial(_gone, gone))


def _title(number: int, cause: dict[str, Any], places: dict[str, int]) -> list[str]:
    known = f", {cause['status']}" if cause["status"] in ("new", "known", "back") else ""
    same = ", same failure as your last attempt" if cause.get("unchanged") else known
    first = places.get(cause["downstream_of"] or "")
    text = f"{number} {f'after {first}' if first else cause['confidence']}: {bounded(cause['title'], MAX_TITLE)}"
    return [f"{text} ({many(len(cause['failures']), 'test')}{same})"]


def _essence(cause: dict[str, Any]) -> Iterator[str]:
    for first in cause["suspects"][:1]:
        yield f"  culprit {_name(first)} at {_place(first)}"
    yield f"  rerun   {bounded(' '.join(cause['rerun']), MAX_PLACE)}"


def _story(cause: dict[str, Any], failures: dict[str, Any]) -> Iterator[str]:
    for fact in cause["evidence"]:
        call = f" (call {fact['call']})" if fact["call"] is not None else ""
        yield f"  {fact['role']:7} {_place(fact)}  {bounded(fact['fact'], MAX_FACT)}{call}"
    if cause["hint"]:
        yield f"  hint    {bounded(cause['hint'], MAX_FACT)}"
    ids = {failures[one]["nodeid"]: one for one in cause["failures"] if one in failures}
    for fact in cause["evidence"]:
        if fact["role"] == "culprit" and fact["call"] is not None and fact["test"] in ids:
            yield f"  call    pytest-autopsy show{_store(cause)} {ids[fact['test']]} --call {fact['call']}"
            break


def _store(cause: dict[str, Any]) -> str:
    """Where runs are kept, if that is not where they are looked for."""
    name = "--autopsy-dir="
    given = (word.removeprefix(name) for word in cause["rerun"] if word.startswith(name))
    return next((f" --dir {shlex.quote(place)}" for place in given), "")


def _traceback(traceback: Traceback, cause: dict[str, Any]) -> list[str]:
    text = traceback(cause["exemplar"]).splitlines()
    telling = [line for line in text if line.strip(" _")]  # pytest parts frames by lines of "_ _"
    return [f"  | {bounded(line, MAX_FACT)}" for line in telling[-TRACEBACK_LINES:]]


def _beside(cause: dict[str, Any]) -> list[str]:
    found = cause.get("divergence")
    return [f"  beside  {bounded(found['fact'], MAX_FACT)}"] if found else []


def _also(cause: dict[str, Any]) -> list[str]:
    also = [f"{_name(suspect)} {_place(suspect)}" for suspect in cause["suspects"][1:4]]
    return [f"  also    {'; '.join(also)}"] if also else []


def _tests(cause: dict[str, Any], failures: dict[str, Any]) -> list[str]:
    ids = sorted(cause["failures"], key=lambda one: one != cause["exemplar"])  # it comes first
    names = [failures[one]["nodeid"] for one in ids if one in failures]
    return _listed(names, "  test    ", "          ")


def _loose(failures: list[dict[str, Any]]) -> list[str]:
    names = [
        f"{bounded(one['nodeid'], MAX_FACT, cut_front)}:"
        f" {bounded(one['why_no_cause'] or 'no cause', MAX_FACT)}"
        for one in failures
    ]
    return _listed(names, "- ", "- ", MAX_TESTS * 3)


def _gone(causes: list[dict[str, Any]]) -> list[str]:
    names = [f"{one['id']} {bounded(one['title'], MAX_TITLE)}" for one in causes]
    return _listed(names, "gone: ", "gone: ")


def _listed(names: list[str], mark: str, last: str, most: int = MAX_TESTS) -> list[str]:
    more = [f"{last}and {len(names) - most} more"] if len(names) > most else []
    return [*(f"{mark}{bounded(name, 2 * MAX_FACT, cut_front)}" for name in names[:most]), *more]


def _name(where: dict[str, Any]) -> str:
    return bounded(where["function"], MAX_NAME, cut_front)


def _place(where: dict[str, Any]) -> str:
    return f"{bounded(where['file'], MAX_PLACE, cut_path)}:{where['line']}"


def _left_out(out: list[Piece], told: set[int], more: int) -> list[str]:
    """What was left out: whole causes by their number, of the others what kinds of facts."""
    if not out:
        return []
    whole = {piece.cause for piece in out} - told
    said = [many(len(whole), "cause")] if whole else []
    parts = [piece for piece in out if piece.cause in told]
    of = many(len({piece.cause for piece in parts if piece.place}), "cause")
    kinds = ", ".join(dict.fromkeys(piece.what for piece in parts if piece.place))
    said += [f"{kinds} of {of}"] if kinds else []
    said += [piece.what for piece in parts if not piece.place]
    return [f"left out: {'; '.join(said)}; more: pytest-autopsy show --budget {more}"]
