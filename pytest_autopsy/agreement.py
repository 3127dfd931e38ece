"""Whether the workers of a run did the same in what each of them does: imports, session's fixtures.

What a module or a fixture runs is joined to every test that depends on it, whichever worker ran
them. Where it is not the same in all of them, tests share state, and what fails may depend on who
ran beside whom.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from .model import Function

MAX_TOLD = 3
_DIFFERS = (
    "{} did not run the same code in all workers: where tests share state, which ones fail depends"
    " on which of them run in one worker"
)


class Agreement:
    """What each process says of the imports and fixtures that all of them run."""

    def __init__(self) -> None:
        self._seen: dict[str, set[int]] = {}
        self._told: set[str] = set()

    def add(self, name: str, functions: Sequence[Function], rows: Mapping[int, int]) -> None:
        """Note what this process ran for `name`: rows by the index of their function."""
        ran = sorted((functions[index][:3], mask) for index, mask in rows.items())
        print_of = zlib.crc32(repr(ran).encode("utf-8", "backslashreplace"))
        self._seen.setdefault(name, set()).add(print_of)

    def news(self) -> dict[str, list[int]]:
        """Return what was noted since this was last asked, as JSON types."""
        fresh = {name: sorted(seen) for name, seen in self._seen.items() if name not in self._told}
        self._told |= fresh.keys()
        return fresh

    def join(self, told: Mapping[str, Sequence[int]]) -> None:
        """Take in what another process has noted."""
        for name, prints in told.items():
            self._seen.setdefault(name, set()).update(prints)

    def notes(self) -> list[str]:
        """Return a sentence for each of the first that workers do not agree on."""
        differing = sorted(name for name, seen in self._seen.items() if len(seen) > 1)
        return [_DIFFERS.format(name) for name in differing[:MAX_TOLD]]
