"""The digest within a budget of tokens: the most telling facts first, and what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from .plain import cut_end, cut_path, many, safe

LETTERS_PER_TOKEN = 3.0
"""Paths and code have more tokens than prose: public tokenizers take 3.1 to 3.9 letters of them."""
TRACEBACK_LINES = 12
MAX_TITLE, MAX_FACT, MAX_PLACE = 160, 200, 70
MAX_TESTS = 3
RESERVED = 60
"""Tokens kept for the line that says what was left out."""

Traceback = Callable[[str], str]
"""From a failure's id to the text of its traceback, "" where there is none."""


class Piece(NamedTuple):
    """Some lines that stay together: of a cause (its number, 0: the run), at a place in it."""

    cause: int
    place: int
    rank: int  # pieces of lower rank are taken first
    what: str  # how it is called where it is left out
    lines: tuple[str, ...]


def tokens(text: str) -> int:
    """Return about how many tokens a text has, rather too many than too few."""
    return int(len(text) / LETTERS_PER_TOKEN) + 1


def brief(digest: dict[str, Any], budget: int, traceback: Traceback = lambda _: "") -> list[str]:
    """Return the lines of a digest (as digest.json has it) that fit into `budget` tokens.

    First what names each cause and runs it again, then how it came about, then the traceback of
    one exemplar, then the other suspects. The first cause is always told.
    """
    pieces = list(_pieces(digest, traceback))
    left = budget - RESERVED
    taken, out = [], []
    for piece in sorted(pieces, key=lambda piece: piece.rank):
        price = tokens("\n".join(piece.lines) + "\n")
        if price <= left or (piece.cause <= 1 and piece.place <= 1):
            taken.append(piece)
            left -= price
        else:
            out.append(piece)
    taken.sort(key=lambda piece: (piece.cause, piece.place))
    shown = [line for piece in taken for line in piece.lines]
    return [*shown, *_left_out(out)]


def within(lines: Iterable[str], budget: int) -> Iterator[str]:
    """Yield lines as long as they fit into `budget` tokens, and a word on what does not."""
    left = budget - RESERVED
    out = 0
    for line in lines:
        left -= tokens(line + "\n")
        if left >= 0:
            yield line
        else:
            out += 1
    if out:
        yield f"left out: {many(out, 'line')}; all: --budget {2 * (budget - left)}"


def same_as_before(before: dict[str, Any] | None, digest: dict[str, Any]) -> None:
    """Mark the causes whose failures are what they were in the run before: `unchanged` is true.

    The tests that fail are the same, and each with the same exception and message.
    """
    known = {
        cause["id"]: _failures_of(before, cause) for cause in (before or {}).get("root_causes", ())
    }
    for cause in digest["root_causes"]:
        cause["unchanged"] = known.get(cause["id"]) == _failures_of(digest, cause)


def _failures_of(digest: dict[str, Any] | None, cause: dict[str, Any]) -> dict[str, object]:
    failures = {one["id"]: one for one in (digest or {}).get("failures", ())}
    return {one: words_of(failures[one]) for one in cause["failures"] if one in failures}


def words_of(failure: dict[str, Any]) -> tuple[str, str]:
    """Return a failure's exception without what differs from run to run (addresses, times)."""
    from ..triage.signature import normalised  # only here: it loads the model, a command need not

    error = failure["exception"] or {"type": "", "message": ""}
    return error["type"], normalised(error["type"], error["message"])


def _pieces(digest: dict[str, Any], traceback: Traceback) -> Iterator[Piece]:
    failures = {failure["id"]: failure for failure in digest["failures"]}
    causes = digest["root_causes"]
    head = f"{many(len(failures), 'failure')}, {many(len(causes), 'cause')}"
    yield Piece(0, 0, 0, "", (head,))
    for number, cause in enumerate(causes, 1):
        yield from _of_cause(number, cause, failures, traceback)
    loose = [one for one in failures.values() if one["root_cause"] is None]
    if loose:
        names = [
            safe(f"- {one['nodeid']}: {one.get('why_no_cause') or 'no cause'}") for one in loose
        ]
        more = [f"- and {len(names) - MAX_TESTS} more"] if len(names) > MAX_TESTS else []
        yield Piece(len(causes) + 1, 0, 8, "failures without a cause", (*names[:MAX_TESTS], *more))


def _of_cause(
    number: int, cause: dict[str, Any], failures: dict[str, Any], traceback: Traceback
) -> Iterator[Piece]:
    members = [failures[one] for one in cause["failures"] if one in failures]
    yield Piece(number, 0, number, "causes", (_title(number, cause),))
    yield Piece(number, 1, number + 1, "culprits", tuple(_essence(cause)))
    yield Piece(number, 2, number + 3, "how they came about", tuple(_story(cause)))
    exemplar = failures.get(cause["exemplar"])
    if exemplar is not None:
        text = traceback(exemplar["id"]).rstrip().splitlines()[-TRACEBACK_LINES:]
        shown = tuple(f"  | {cut_end(safe(line), MAX_FACT)}" for line in text)
        yield Piece(number, 3, number + 6, "tracebacks", shown)
    names = [safe(f"  test    {one['nodeid']}") for one in members[:MAX_TESTS]]
    if len(members) > MAX_TESTS:
        names.append(f"          and {len(members) - MAX_TESTS} more")
    yield Piece(number, 5, number + 5, "tests", tuple(names))
    also = [
        f"{s['function']} {cut_path(safe(s['file']), MAX_PLACE)}:{s['line']}"
        for s in cause["suspects"][1:4]
    ]
    if also:
        yield Piece(
            number, 4, number + 9, "other suspects", (f"  also    {safe('; '.join(also))}",)
        )


def _title(number: int, cause: dict[str, Any]) -> str:
    count = many(len(cause["failures"]), "test")
    word = cause["confidence"]
    same = ", same failure as your last attempt" if cause.get("unchanged") else ""
    return f"{number} {word}: {cut_end(safe(cause['title']), MAX_TITLE)} ({count}{same})"


def _essence(cause: dict[str, Any]) -> Iterator[str]:
    if cause["suspects"]:
        first = cause["suspects"][0]
        place = f"{cut_path(safe(first['file']), MAX_PLACE)}:{first['line']}"
        yield safe(f"  culprit {first['function']} at {place}")
    facts = [fact for fact in cause["evidence"] if fact["role"] == "culprit"]
    for fact in facts[:1]:
        yield f"          {cut_end(safe(fact['fact']), MAX_FACT)}"
    yield f"  rerun   {safe(' '.join(cause['rerun']))}"


def _story(cause: dict[str, Any]) -> Iterator[str]:
    culprits = 0
    for fact in cause["evidence"]:
        culprits += fact["role"] == "culprit"
        if fact["role"] == "culprit" and culprits == 1:
            continue  # it stands beside the culprit's name
        place = f"{cut_path(safe(fact['file']), MAX_PLACE)}:{fact['line']}"
        yield f"  {fact['role']:7} {place}  {cut_end(safe(fact['fact']), MAX_FACT)}"
    if cause["hint"]:
        yield f"  hint    {cut_end(safe(cause['hint']), MAX_FACT)}"


def _left_out(out: list[Piece]) -> list[str]:
    if not out:
        return []
    kinds: dict[str, int] = {}
    for piece in out:
        kinds[piece.what] = kinds.get(piece.what, 0) + 1
    told = ", ".join(
        f"{what} of {many(count, 'cause')}" for what, count in kinds.items() if what != "causes"
    )
    if kinds.get("causes"):
        told = f"{many(kinds['causes'], 'cause')} whole" + (f", {told}" if told else "")
    more = 2 * sum(tokens("\n".join(piece.lines)) for piece in out)
    return [f"left out: {told}; all: pytest-autopsy show --budget {max(more, 4000)}"]
