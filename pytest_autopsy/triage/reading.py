"""Paths -> everything that failed in what lies there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..progress import Progress, at_stderr
from .gather import Gathered
from .incident import Incident, Trouble
from .readers import read
from .readers.stream import STDIN
from .walk import READ, Walk

_EVERY = 512


@dataclass(slots=True)
class Looked:
    """What was looked at: so many files, of which so many could be used; what was left aside."""

    files: int = 0
    used: int = 0
    aside: dict[str, int] = field(default_factory=dict)


def gather(paths: Iterable[str], into: Gathered, skip: frozenset[str] = frozenset()) -> Looked:
    """Read all failures below `paths` into `into`; files in `skip` were read already."""
    walk, looked, progress = Walk(paths), Looked(), at_stderr()
    progress.begin("looking for files")
    for path in walk.files():
        if path in skip:
            continue
        looked.files += 1
        whole = [False]
        into.take(_watched(path, progress, into, looked, whole))
        looked.used += not whole[0]
    progress.rest()
    into.troubles += walk.troubles
    looked.aside = dict(walk.aside)
    if not looked.files and not walk.troubles and not skip:
        for path in walk.paths:
            ends = ", ".join(READ)
            into.troubles.append(
                Trouble(
                    path, 0, f"nothing in it to read: no file ends with {ends} (or these with .gz)"
                )
            )
    return looked


def _watched(
    path: str, progress: Progress, into: Gathered, looked: Looked, whole: list[bool]
) -> Iterator[Incident | Trouble]:
    """What is in a file, with word of how far it is; notes whether none of it could be used."""
    for number, one in enumerate(read(path, "<stdin>" if path == STDIN else path)):
        if number % _EVERY == 0:
            progress.tell(_so_far(looked, into))
        if isinstance(one, Trouble) and one.lost == "file":
            whole[0] = True
        yield one
    progress.tell(_so_far(looked, into))


def _so_far(looked: Looked, into: Gathered) -> str:
    return f"{looked.files} files read, {into.incidents} failures"
