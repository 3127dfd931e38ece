"""What the commands share: find a run, a failure and its files, and print."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..plainjson import dumps, loads
from ..report.plain import safe
from ..store import latest_run

NEAREST = 3
MAX_NAMES = 5000
"""How many names one that does not exist is compared with."""


def find_failure(digest: dict[str, Any], wanted: str) -> dict[str, Any]:
    """Return the failure of this id or node id; else the only one whose node id holds the text.

    Raises ValueError with the nearest names.
    """
    failures: list[dict[str, Any]] = digest["failures"]
    for failure in failures:
        if wanted in (failure["id"], failure["nodeid"]):
            return failure
    holding = {one["nodeid"]: one for one in failures if wanted in one["nodeid"]}
    named = {nodeid: one for nodeid, one in holding.items() if wanted in _names(nodeid)}
    for chosen in (named, holding):
        if len(chosen) == 1:
            return next(iter(chosen.values()))
    if holding:
        names = " or ".join(map(safe, [*(named or holding)][:NEAREST]))
        names += " or ..." if len(named or holding) > NEAREST else ""
        raise ValueError(f"{len(holding)} tests that failed hold {wanted!r}: say which, {names}")
    near = _nearest(wanted, [failure["nodeid"] for failure in failures])
    offer = f"; did you mean {' or '.join(map(safe, near))}?" if near else ""
    raise ValueError(f"no failure {wanted!r} in run {digest['run']['id']}{offer}")


def _names(nodeid: str) -> tuple[str, ...]:
    """What a test is called: with its class or without, with its parameters or without."""
    bare, bracket, parameters = nodeid.partition("::")[2].partition("[")
    last = bare.rpartition("::")[2]
    return tuple(name + more for name in (bare, last) for more in ("", bracket + parameters))


def _nearest(wanted: str, names: list[str]) -> list[str]:
    """The names most alike, by what stands after the file where that is alike."""
    from difflib import get_close_matches

    short: dict[str, str] = {}
    for name in names[:MAX_NAMES]:
        short.setdefault(name.partition("::")[2] or name, name)
    near = [short[one] for one in get_close_matches(wanted.partition("::")[2] or wanted, short)]
    return (near or get_close_matches(wanted, names[:MAX_NAMES]))[:NEAREST]


def run_of(place: str | Path) -> Path:
    """The run directory that `load_run` read."""
    path = Path(place)
    if path.is_file():
        return path.parent
    return path if (path / "digest.json").exists() else latest_run(path) or path


def stored(run: Path, failure: dict[str, Any]) -> dict[str, Any] | None:
    """The failure's own diagnosis, with every suspect; None where it was not written."""
    if not failure["diagnosis"]:
        return None
    try:
        found = loads((run / "diagnoses" / Path(failure["diagnosis"]).name).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def emit(data: object, lines: Iterable[str], as_json: bool) -> int:
    """Print `data` as JSON, or `lines`; return the exit code 0."""
    if as_json:
        sys.stdout.flush()
        sys.stdout.buffer.write(dumps(data, indent=True, newline=True))  # UTF-8, wherever it goes
    else:
        for line in lines:
            print(line)
    sys.stdout.flush()
    return 0


def complain(message: object) -> int:
    """Say what is wrong on standard error; return the exit code 1."""
    if isinstance(message, OSError) and message.filename is not None and message.strerror:
        message = f"{message.filename} cannot be read: {message.strerror}"
    print(f"pytest-autopsy: {message}", file=sys.stderr)
    return 1
