"""`pytest-autopsy show`: the latest digest, one failing test, or one call of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..plainjson import loads
from ..report.budget import Traceback, brief, within
from ..report.plain import cut_end, safe
from ..report.stored import stored_text
from ..settings import LEAST_BUDGET
from ..store import damage, load_run
from . import add_command, add_json, add_store
from .beside import side_by_side
from .calls import call_lines, call_of, events_of
from .reading import complain, emit, find_failure, run_of, stored
from .runs import later_runs

EXAMPLES = """\
examples:
  pytest-autopsy show                          the latest digest, within 2000 tokens
  pytest-autopsy show test_cart.py::test_sum   one failure: suspects, evidence, locals
  pytest-autopsy show test_sum --call 17       one call: arguments, result, what it called
"""
MAX_SUSPECTS = 5
MAX_FRAMES, MAX_LOCALS = 3, 8


def add(commands: Any) -> None:
    """Register the command with the parsers of `pytest-autopsy`."""
    told = "the latest digest, one failing test, or one call of it"
    parser = add_command(commands, show, "show", told, EXAMPLES)
    parser.add_argument(
        "test", nargs="?", metavar="TEST", help="a node id, a part of one, or a failure's id"
    )
    parser.add_argument("--call", type=int, metavar="N", help="one call of the test, by its id")
    parser.add_argument(
        "--budget", type=_tokens, default=2000, metavar="TOKENS",
        help="about how much to print at most (2000)",
    )  # fmt: skip
    add_store(parser, "the store, a run, or a digest.json")
    add_json(parser)


def _tokens(text: str) -> int:
    if not text.isdigit() or int(text) < LEAST_BUDGET:
        raise argparse.ArgumentTypeError(f"a whole number of at least {LEAST_BUDGET}, not {text!r}")
    return int(text)


def show(options: argparse.Namespace) -> int:
    """Print what was asked for; return the exit code."""
    if options.test is None and (later := later_runs(options.dir)):
        # Only here: reading a black box takes half of the package.
        from . import wrecks

        run, held = wrecks.unfinished(later)
        if run is not None:
            return emit(wrecks.wreck_json(run, held), wrecks.wreck_lines(run, held), options.json)
    try:
        with damage(options.dir):
            found, lines = asked_for(Path(options.dir), options.test, options.call, options.budget)
    except (OSError, ValueError) as error:
        return complain(error)
    return emit(found, lines, options.json)


def asked_for(
    place: Path, test: str | None, call: int | None, budget: int
) -> tuple[dict[str, Any], list[str]]:
    """Return a digest, a failure's diagnosis or one call, as JSON and as lines within `budget`.

    Raises OSError, or ValueError with what would be right.
    """
    digest = load_run(place)
    run = run_of(place)
    if test is None:
        if call is not None:
            raise ValueError("--call is of one test: pytest-autopsy show TEST --call N")
        return digest, brief(digest, budget, tracebacks(run, digest))
    failure = find_failure(digest, test)
    if call is not None:
        event = _call(run, failure, call)
        return event, list(within(call_lines(event), budget))
    diagnosis = stored(run, failure)
    lines = [*_failure_lines(run, failure, diagnosis), *_crash(run, failure)]
    return diagnosis or failure, list(within(lines, budget))


def tracebacks(run: Path, digest: dict[str, Any]) -> Traceback:
    """Return how to read the traceback of a failure of a run."""
    snapshots = {failure["id"]: failure["snapshot"] for failure in digest["failures"]}

    def read(failure_id: str) -> str:
        name = Path(snapshots.get(failure_id) or "none").name.removesuffix(".json")
        try:
            return (run / "snapshots" / f"{name}.traceback.txt").read_text("utf-8", "replace")
        except OSError:
            return ""

    return read


def _call(run: Path, failure: dict[str, Any], call: int) -> dict[str, Any]:
    if not failure["trace"]:
        raise ValueError(f"{safe(failure['nodeid'])} has no trace")
    events = events_of(run / "traces" / Path(failure["trace"]).name)
    found = call_of(events, call)
    if found is None:
        ids = [event["call_id"] for event in events if event.get("event") == "call"]
        known = f"they go from {ids[0]} to {ids[-1]}" if ids else "it has none"
        raise ValueError(f"no call {call} in the trace of {safe(failure['nodeid'])}: {known}")
    return found


def _crash(run: Path, failure: dict[str, Any]) -> Iterator[str]:
    """The innermost frames of the crash with what they held."""
    try:
        name = Path(failure["snapshot"] or "none").name
        snapshot = loads((run / "snapshots" / name).read_bytes())
    except (OSError, ValueError):
        return
    for frame in snapshot.get("frames", ())[:MAX_FRAMES]:
        yield safe(
            f"  in {frame['function']}  {frame['file']}:{frame['line']}  {frame['code'].strip()}"
        )
        for operand in frame.get("operands", ()):  # what the failing expression is made of
            if not operand["text"].isidentifier():  # else it stands among the locals
                yield f"       {_named(operand['text'], operand['value'])}"
        for name, value in list(frame.get("locals", {}).items())[:MAX_LOCALS]:
            yield f"       {_named(name, value)}"


def _named(name: str, value: object) -> str:
    return f"{safe(name)} = {cut_end(safe(stored_text(value)), 120)}"


def _failure_lines(
    run: Path, failure: dict[str, Any], diagnosis: dict[str, Any] | None
) -> Iterator[str]:
    yield safe(f"{failure['nodeid']} ({failure['phase']}): {failure['outcome']}")
    if failure["exception"]:
        first = (failure["exception"]["message"].strip().splitlines() or [""])[0]
        yield f"  {failure['exception']['type']}: {cut_end(safe(first), 160)}"
    if diagnosis is not None:
        yield safe(f"  {diagnosis['confidence']}: {diagnosis['title']}")
        yield from _story(diagnosis["evidence"])
        yield from _suspects(diagnosis["suspects"])
        if diagnosis["hint"]:
            yield f"  hint    {safe(diagnosis['hint'])}"
        if diagnosis.get("divergence"):  # files of earlier versions have none
            yield from side_by_side(diagnosis["divergence"])
    elif failure["why_no_cause"]:
        yield f"  no cause: {safe(failure['why_no_cause'])}"
    for what in ("trace", "snapshot", "diagnosis"):
        if path := failure[what]:
            there = run.joinpath(*Path(path).parts[-2:]).exists()
            yield safe(f"  {what:9} {path}{'' if there else ' (not there any more)'}")
    yield f"  rerun     {safe(' '.join(failure['rerun']))}"


def _story(evidence: list[dict[str, Any]]) -> Iterator[str]:
    for fact in evidence:
        call = f" (call {fact['call']})" if fact["call"] is not None else ""
        yield safe(f"  {fact['role']:7} {fact['file']}:{fact['line']}  {fact['fact']}{call}")


def _suspects(suspects: list[dict[str, Any]]) -> Iterator[str]:
    for place, suspect in enumerate(suspects[:MAX_SUSPECTS], 1):
        where = f"{suspect['file']}:{suspect['line']}"
        yield safe(f"  {place}. {suspect['function']}  {where}  score {suspect['score']:.2f}")
        yield from (f"       {safe(reason)}" for reason in suspect["why"][:3])
