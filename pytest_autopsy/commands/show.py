"""`pytest-autopsy show`: the latest digest, or one failing test."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from ..report.plain import cut_end, safe
from ..store import load_run
from .reading import complain, emit, find_failure, run_of, stored
from .wrecks import unfinished, wreck_json, wreck_lines

MAX_SUSPECTS = 5


def add(commands: Any) -> None:
    """Register the command with the parsers of `pytest-autopsy`."""
    parser = commands.add_parser("show", help="the latest digest, or one failing test")
    parser.add_argument(
        "test", nargs="?", metavar="TEST", help="a node id, a part of one, or a failure's id"
    )
    parser.add_argument("--dir", default=".autopsy", help="the store, a run, or a digest.json")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=show)


def show(options: argparse.Namespace) -> int:
    """Print what was asked for; return the exit code."""
    run, wrecks = unfinished(options.dir) if options.test is None else (None, [])
    if run is not None:
        return emit(wreck_json(run, wrecks), wreck_lines(run, wrecks), options.json)
    try:
        digest = load_run(options.dir)
    except (OSError, ValueError) as error:
        return complain(error)
    if options.test is None:
        return emit(digest, _digest_lines(digest), options.json)
    failure = find_failure(digest, options.test)
    if failure is None:
        return _no_such_test(digest, options.test)
    diagnosis = stored(run_of(options.dir), failure)
    return emit(diagnosis or failure, _failure_lines(failure, diagnosis), options.json)


def _no_such_test(digest: dict[str, Any], wanted: str) -> int:
    names = [failure["nodeid"] for failure in digest.get("failures", [])]
    near = [name for name in names if wanted in name] or get_close_matches(wanted, names, 3, 0.3)
    offer = "; did you mean " + " or ".join(near[:3]) if near else ""
    return complain(f"no failure {wanted!r} in the latest run{offer}")


def _digest_lines(digest: dict[str, Any]) -> Iterator[str]:
    run = digest["run"]
    count = len(digest["failures"])
    yield f"run {run['id']}: {count} failures, {len(digest['root_causes'])} causes"
    for number, cause in enumerate(digest["root_causes"], 1):
        yield ""
        tests = len(cause["failures"])
        yield safe(f"{number} {cause['confidence']:7} {cause['title']}  ({tests} tests)")
        yield from _story(cause["evidence"])
        yield from _suspects(cause["suspects"])
        if cause["hint"]:
            yield f"  hint    {safe(cause['hint'])}"
        yield f"  rerun   {' '.join(cause['rerun'])}"
    members = {failure["id"]: failure for failure in digest["failures"]}
    loose = [f for f in members.values() if f["root_cause"] is None]
    for failure in loose:
        yield safe(f"- {failure['nodeid']}: {failure['why_no_cause']}")


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
