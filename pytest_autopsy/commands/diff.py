"""`pytest-autopsy diff`: what two runs have in common and what not."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from ..report.budget import words_of
from ..report.plain import many, safe
from ..store import damage, load_run
from . import add_command, add_json, add_store
from .reading import complain, emit
from .runs import find_run

EXAMPLES = """\
examples:
  pytest-autopsy diff                        the run before against the latest
  pytest-autopsy diff 3f2a9c1e latest        two runs, by id
"""
MAX_TESTS = 5


def add(commands: Any) -> None:
    """Register the command with the parsers of `pytest-autopsy`."""
    parser = add_command(commands, run, "diff", "what changed between two runs", EXAMPLES)
    parser.add_argument(
        "before",
        nargs="?",
        default="previous",
        metavar="RUN",
        help="an id, a part of one, or a path (the run before)",
    )
    parser.add_argument(
        "after", nargs="?", default="latest", metavar="RUN", help="the same (the latest run)"
    )
    add_store(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print what differs; return the exit code."""
    try:
        folders = [find_run(Path(options.dir), name) for name in (options.before, options.after)]
        before, after = map(load_run, folders)
        with damage(options.dir):
            found = compare(before, after)
    except (OSError, ValueError) as error:
        return complain(error)
    return emit(found, diff_lines(found), options.json)


def compare(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return what differs between two digests: causes by id, failures by id.

    What the later run knows to be gone, or not to have run, is said so; of the rest nothing is known.
    """
    was = {failure["id"]: failure for failure in before["failures"]}
    now = {failure["id"]: failure for failure in after["failures"]}
    old, new = _by_any_id(before), _by_any_id(after)
    left = _left(before, after, new.keys())
    unrun = {one for cause in left["not run"] for one in cause["failures"]}
    missing = was.keys() - now.keys()
    return {
        "schema": "pytest-autopsy/diff@1",
        "before": before["run"]["id"],
        "after": after["run"]["id"],
        "causes": {
            "new": [_named(c) for c in after["root_causes"] if not _ids(c) & old.keys()],
            "known": [_named(c) for c in after["root_causes"] if _ids(c) & old.keys()],
            "gone": [_named(c) for c in left["gone"]],
            "not_run": [_named(c) for c in left["not run"]],
            "no_longer": [_named(c) for c in left[""]],
        },
        "failures": {
            "new": sorted(now[one]["nodeid"] for one in now.keys() - was.keys()),
            "no_longer": sorted(was[one]["nodeid"] for one in missing - unrun),
            "not_run": sorted(was[one]["nodeid"] for one in missing & unrun),
            "other_exception": sorted(
                now[one]["nodeid"]
                for one in now.keys() & was.keys()
                if words_of(now[one]) != words_of(was[one])
            ),
            "same": sum(words_of(now[o]) == words_of(was[o]) for o in now.keys() & was.keys()),
        },
    }  # fmt: skip


def _left(
    before: dict[str, Any], after: dict[str, Any], present: Set[str]
) -> dict[str, list[dict[str, Any]]]:
    """The causes of the first that the second does not have: gone, not run, or neither is known."""
    status = {one["id"]: one["status"] for one in after.get("earlier_causes", ())}
    left: dict[str, list[dict[str, Any]]] = {"gone": [], "not run": [], "": []}
    for cause in before["root_causes"]:
        if not _ids(cause) & present:
            left[next((status[one] for one in _ids(cause) if one in status), "")].append(cause)
    return left


def _ids(cause: dict[str, Any]) -> set[str]:
    return {cause["id"], *cause["also_ids"]}


def _by_any_id(digest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one: cause for cause in digest["root_causes"] for one in _ids(cause)}


def _named(cause: dict[str, Any]) -> dict[str, Any]:
    return {"id": cause["id"], "title": cause["title"], "failures": len(cause["failures"])}


def diff_lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield what differs, as `compare` returns it, as lines to read."""
    yield f"{found['before']} -> {found['after']}"
    for word, causes in found["causes"].items():
        for cause in causes:
            tests = many(cause["failures"], "test")
            yield safe(f"  {word.replace('_', ' '):10} {cause['id']}  {cause['title']}  ({tests})")
    for word in ("new", "no_longer", "not_run", "other_exception"):
        names = found["failures"][word]
        if names:
            yield f"  {many(len(names), 'failure')} {word.replace('_', ' ')}:"
            yield from (f"    {safe(name)}" for name in names[:MAX_TESTS])
            if len(names) > MAX_TESTS:
                yield f"    and {len(names) - MAX_TESTS} more, with --json"
    yield f"  {many(found['failures']['same'], 'failure')} as before"
