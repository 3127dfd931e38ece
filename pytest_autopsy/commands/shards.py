"""The parts of a divided run among the paths that `triage` was given: joined and handed on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..kept import NAME
from ..merging import Divided, divided, merged
from ..report.digest import Outcome, digest
from ..triage.gather import Gathered
from ..triage.readers.documents import Item
from ..triage.readers.recorded import Digest
from ..triage.walk import DIGEST, Walk


def join_shards(
    paths: Iterable[str], into: Gathered
) -> tuple[list[tuple[Divided, Outcome]], frozenset[str]]:
    """Merge the shards below `paths`, and take their failures into `into`.

    Returns each divided run with its outcome, and the digests that were read thereby.
    """
    folders = [
        Path(file).parent
        for file in Walk(path for path in paths if path != "-").files()
        if Path(file).name == DIGEST and (Path(file).parent / NAME).is_file()
    ]
    found = [(run, merged(run, Path.cwd())) for run in divided(folders)]
    read = set()
    for run, outcome in found:
        told = digest(outcome)
        name = f"shards {', '.join(str(part.index) for part in run.parts)} of {run.total}"
        into.take(Digest(name).feed(Item(0, "", told, told)))
        read |= {str(part.folder / DIGEST) for part in run.parts}
    return found, frozenset(read)
