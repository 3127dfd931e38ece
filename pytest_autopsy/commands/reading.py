"""What the commands share: find a run, a failure and its files, and print."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..plainjson import dumps, loads
from ..store import latest_run


def find_failure(digest: dict[str, Any], wanted: str) -> dict[str, Any] | None:
    """Return the failure of this id or node id; else the only one whose node id holds the text."""
    failures: list[dict[str, Any]] = digest.get("failures", [])
    for failure in failures:
        if wanted in (failure["id"], failure["nodeid"]):
            return failure
    holding = [failure for failure in failures if wanted in failure["nodeid"]]
    return holding[0] if len({failure["nodeid"] for failure in holding}) == 1 else None


def run_of(place: str) -> Path:
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
        sys.stdout.write(dumps(data, indent=True).decode() + "\n")
    else:
        for line in lines:
            print(line)
    sys.stdout.flush()
    return 0


def complain(message: object) -> int:
    """Say what is wrong on standard error; return the exit code 1."""
    print(f"pytest-autopsy: {message}", file=sys.stderr)
    return 1
