"""`pytest-autopsy show`: the latest digest, one failing test, or one call of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..plainjson import dumps, loads
from ..report.budget import brief, within
from ..report.plain import cut_end, safe
from ..store import load_run
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
    parser = commands.add_parser(
        "show", help="the latest digest, one failing test, or one call of it", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "test", nargs="?", metavar="TEST", help="a node id, a part of one, or a failure's id"
    )
    parser.add_argument("--call", type=int, metavar="N", help="one call of the test, by its id")
    parser.add_argument(
        "--budget", type=_tokens, default=2000, metavar="TOKENS",
        help="about how much to print at most (2000)",
    )  # fmt: skip
    parser.add_argument("--dir", default=".autopsy", help="the store, a run, or a digest.json")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=show)


def _tokens(text: str) -> int:
    if not text.isdigit() or int(text) < 100:
        raise argparse.ArgumentTypeError(f"a whole number of at least 100, not {text!r}")
    return int(text)


def show(options: argparse.Namespace) -> int:
    """Print what was asked for; return the exit code."""
    if options.test is None and (later := later_runs(options.dir)):
        # Only here: reading a black box takes half of the package.
        from . import wrecks

        found, held = wrecks.unfinished(later)
        if found is not None:
            return emit(
                wrecks.wreck_json(found, held), wrecks.wreck_lines(found, held), options.json
            )
    try:
        digest = load_run(options.dir)
    except (OSError, ValueError) as error:
        return complain(error)
    if options.test is None:
        if options.call is not None:
            return complain("--call is of one test: pytest-autopsy show TEST --call N")
        head = f"run {digest['run']['id']}"
        return emit(digest, [head, *brief(digest, options.budget)], options.json)
    failure = find_failure(digest, options.test)
    if failure is None:
        return _no_such_test(digest, options.test)
    run = run_of(options.dir)
    if options.call is not None:
        return _call(run, failure, options)
    diagnosis = stored(run, failure)
    lines = [*_failure_lines(failure, diagnosis), *_crash(run, failure)]
    return emit(diagnosis or failure, within(lines, options.budget), options.json)


def _call(run: Path, failure: dict[str, Any], options: argparse.Namespace) -> int:
    if not failure["trace"]:
        return complain(f"{failure['nodeid']} has no trace")
    try:
        events = events_of(run / "traces" / Path(failure["trace"]).name)
    except OSError as error:
        return complain(f"{failure['trace']}: {error.strerror or error}")
    found = call_of(events, options.call)
    if found is None:
        ids = [event["call_id"] for event in events if event.get("event") == "call"]
        known = f"they go from {ids[0]} to {ids[-1]}" if ids else "it has none"
        return complain(f"no call {options.call} in the trace of {failure['nodeid']}: {known}")
    return emit(found, call_lines(found), options.json)


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
        for name, value in list(frame.get("locals", {}).items())[:MAX_LOCALS]:
            yield f"       {safe(name)} = {cut_end(safe(_text(value)), 120)}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else dumps(value).decode("utf-8", "replace")


def _no_such_test(digest: dict[str, Any], wanted: str) -> int:
    names = [failure["nodeid"] for failure in digest.get("failures", [])]
    near = [name for name in names if wanted in name] or get_close_matches(wanted, names, 3, 0.3)
    offer = "; did you mean " + " or ".join(near[:3]) if near else ""
    return complain(f"no failure {wanted!r} in the latest run{offer}")


def _failure_lines(failure: dict[str, Any], diagnosis: dict[str, Any] | None) -> Iterator[str]:
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
    elif failure["why_no_cause"]:
        yield f"  no cause: {safe(failure['why_no_cause'])}"
    for what in ("trace", "snapshot", "diagnosis"):
        if failure[what]:
            yield f"  {what:9} {failure[what]}"
    yield f"  rerun     {safe(' '.join(failure['rerun']))}"


def _story(evidence: list[dict[str, Any]]) -> Iterator[str]:
    for fact in evidence:
        yield safe(f"  {fact['role']:7} {fact['file']}:{fact['line']}  {fact['fact']}")


def _suspects(suspects: list[dict[str, Any]]) -> Iterator[str]:
    for place, suspect in enumerate(suspects[:MAX_SUSPECTS], 1):
        where = f"{suspect['file']}:{suspect['line']}"
        yield safe(f"  {place}. {suspect['function']}  {where}  score {suspect['score']:.2f}")
        yield from (f"       {safe(reason)}" for reason in suspect["why"][:3])
