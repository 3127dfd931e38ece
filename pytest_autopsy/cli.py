"""The command `pytest-autopsy`: read what a run left behind.

Exit codes: 0 done, 1 nothing to show (no run, no such test), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from . import __version__
from .plainjson import dumps, loads
from .report.plain import cut_end, safe
from .store import latest_run, load_run

EXAMPLES = """\
examples:
  pytest-autopsy show                        the latest digest
  pytest-autopsy show test_cart.py::test_sum one failure: suspects, evidence, files
  pytest-autopsy show --json                 the digest as it is stored
"""
MAX_SUSPECTS = 5


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="pytest-autopsy",
        description="Read what `pytest --autopsy` left behind.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("show", help="the latest digest, or one failing test")
    show.add_argument(
        "test", nargs="?", metavar="TEST", help="a node id, a part of one, or a failure's id"
    )
    show.add_argument("--dir", default=".autopsy", help="the store, a run, or a digest.json")
    show.add_argument("--json", action="store_true", help="as JSON")
    options = parser.parse_args(argv)
    try:
        return _show(options)
    except BrokenPipeError:  # `| head`
        sys.stderr.close()
        return 0


def _show(options: argparse.Namespace) -> int:
    try:
        digest = load_run(options.dir)
    except (OSError, ValueError) as error:
        print(f"pytest-autopsy: {error}", file=sys.stderr)
        return 1
    if options.test is None:
        return _print(digest, _digest_lines(digest), options.json)
    failure = find_failure(digest, options.test)
    if failure is None:
        return _no_such_test(digest, options.test)
    diagnosis = _stored(_run_of(options.dir), failure)
    return _print(diagnosis or failure, _failure_lines(failure, diagnosis), options.json)


def find_failure(digest: dict[str, Any], wanted: str) -> dict[str, Any] | None:
    """Return the failure of this id or node id; else the only one whose node id holds the text."""
    failures: list[dict[str, Any]] = digest.get("failures", [])
    for failure in failures:
        if wanted in (failure["id"], failure["nodeid"]):
            return failure
    holding = [failure for failure in failures if wanted in failure["nodeid"]]
    return holding[0] if len({failure["nodeid"] for failure in holding}) == 1 else None


def _no_such_test(digest: dict[str, Any], wanted: str) -> int:
    names = [failure["nodeid"] for failure in digest.get("failures", [])]
    near = [name for name in names if wanted in name] or get_close_matches(wanted, names, 3, 0.3)
    offer = "; did you mean " + " or ".join(near[:3]) if near else ""
    print(f"pytest-autopsy: no failure {wanted!r} in the latest run{offer}", file=sys.stderr)
    return 1


def _print(data: object, lines: Iterator[str], as_json: bool) -> int:
    if as_json:
        sys.stdout.write(dumps(data, indent=True).decode() + "\n")
    else:
        for line in lines:
            print(line)
    sys.stdout.flush()
    return 0


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


def _run_of(place: str) -> Path:
    """The run directory that `load_run` read."""
    path = Path(place)
    if path.is_file():
        return path.parent
    return path if (path / "digest.json").exists() else latest_run(path) or path


def _stored(run: Path, failure: dict[str, Any]) -> dict[str, Any] | None:
    """The failure's own diagnosis, with every suspect; None where it was not written."""
    if not failure["diagnosis"]:
        return None
    try:
        found = loads((run / "diagnoses" / Path(failure["diagnosis"]).name).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


if __name__ == "__main__":
    raise SystemExit(main())
