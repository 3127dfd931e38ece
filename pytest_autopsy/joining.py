"""The parts of divided runs among the paths that triage was given: joined, and their failures taken."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from .kept import NAME
from .merging import Divided, Part, divided, merged
from .report.digest import Outcome, digest
from .triage.gather import Gathered
from .triage.incident import Trouble
from .triage.readers.documents import Item
from .triage.readers.recorded import Digest
from .triage.readers.stream import STDIN
from .triage.walk import DIGEST, Walk


class Joined(NamedTuple):
    """What became of the parts: outcomes, the digests that need not be read again, and for the report
    a word on each part and each that is missing.
    """

    outcomes: list[Outcome]
    digests: frozenset[str]
    shards: list[dict[str, Any]]
    missing: list[str]


def join_shards(paths: Iterable[str], into: Gathered, root: Path) -> Joined:
    """Diagnose the parts of each divided run below `paths` together, and take their failures in.

    Sources are read below `root`. Parts whose evidence misleads us are noted; their digests stay.
    """
    found = Joined([], frozenset(), [], [])
    for run in divided(_folders(paths)):
        try:
            outcome = merged(run, root)
            told = digest(outcome)
        except Exception as error:  # noqa: BLE001  # evidence is a file: anything may stand in it
            reason = f"its evidence cannot be joined: {type(error).__name__}"
            into.troubles += [Trouble(str(part.folder / NAME), 0, reason) for part in run.parts]
            continue
        into.take(Digest(_name(run)).feed(Item(0, "", told, told)))
        found = Joined(
            [*found.outcomes, outcome],
            found.digests | {str(part.folder / DIGEST) for part in run.parts},
            found.shards + [_shard(part) for part in run.parts],
            found.missing + run.missing,
        )
    return found


def _folders(paths: Iterable[str]) -> list[Path]:
    files = map(Path, Walk(path for path in paths if path != STDIN).files())
    return [file.parent for file in files if file.name == DIGEST and (file.parent / NAME).is_file()]


def _name(run: Divided) -> str:
    return f"shards {', '.join(str(part.index) for part in run.parts)} of {run.total}"


def _shard(part: Part) -> dict[str, Any]:
    """What the report says of a part."""
    return {
        "index": part.index,
        "path": str(part.folder),
        "complete": not part.why,
        "why": part.why or None,
    }
