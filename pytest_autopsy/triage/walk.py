"""Paths, globs and directories -> files, each once, in the order of their names."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..baseline import FOLDER as BASELINE
from ..history import NAME as HISTORY
from .incident import Trouble
from .readers.stream import STDIN

READ = (".json", ".jsonl", ".ndjson", ".xml", ".log")
"""What a file in a directory has to end with, .gz aside, to be looked at; a file that is named
itself may be called anything."""
_MAGIC = "*?["
DIGEST = "digest.json"
_RUN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


class Walk:
    """The files below the given paths. `troubles` names what leads nowhere, `aside` counts what was
    not looked at, by the end of its name.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = list(paths)
        self.troubles: list[Trouble] = []
        self.aside: Counter[str] = Counter()
        self._seen: set[tuple[int, int]] = set()

    def files(self) -> Iterator[str]:
        """Yield each file once. A run's directory is its digest: the other files are that again."""
        for path in sorted(set(self.paths)):
            if path == STDIN:
                yield path
                continue
            found = [path]
            if not os.path.lexists(path) and any(c in path for c in _MAGIC):
                found = sorted(glob.glob(path, recursive=True))
                if not found:
                    self.troubles.append(Trouble(path, 0, "the pattern matches no file"))
            for one in found:
                yield from self._given(one)

    def _given(self, path: str) -> Iterator[str]:
        if os.path.isdir(path):
            yield from self._below(path)
        elif os.path.exists(path):
            if self._is_new(path):
                yield path
        else:
            reason = "a link that leads nowhere" if os.path.islink(path) else "no such file"
            self.troubles.append(Trouble(path, 0, reason))

    def _below(self, folder: str) -> Iterator[str]:
        """The files of a directory; links are followed, each directory is entered once."""
        pending = [folder]
        while pending:
            here = pending.pop()
            try:
                if not self._is_new(here):
                    continue
                entries = sorted(os.scandir(here), key=lambda entry: entry.name)
            except OSError as error:
                self.troubles.append(Trouble(here, 0, error.strerror or str(error)))
                continue
            if any(entry.name == DIGEST for entry in entries):
                entries = [entry for entry in entries if entry.name == DIGEST]
            elif _RUN.fullmatch(os.path.basename(here)):
                reason = "a run that ended before its digest was written: its snapshots are read"
                self.troubles.append(Trouble(here, 0, reason, "rest"))
                entries = [entry for entry in entries if entry.name == "snapshots"]
            folders: list[str] = []
            if any(entry.name == "runs" for entry in entries):  # a store: the rest is of its runs
                entries = [entry for entry in entries if entry.name not in (HISTORY, BASELINE)]
            for entry in sorted(entries, key=lambda entry: entry.is_symlink()):
                yield from self._entry(entry, folders)
            pending += reversed(folders)

    def _entry(self, entry: os.DirEntry[str], folders: list[str]) -> Iterator[str]:
        try:
            if entry.is_symlink() and not os.path.exists(entry.path):
                self.troubles.append(Trouble(entry.path, 0, "a link that leads nowhere"))
            elif self._leads_back(entry):
                pass  # what it leads to is found there, or in its run
            elif entry.is_dir():
                folders.append(entry.path)
            elif not entry.is_file():
                self.aside["special files"] += 1
            elif not entry.name.lower().removesuffix(".gz").endswith(READ):
                self.aside[Path(entry.name).suffix or entry.name[:20]] += 1
            elif self._is_new(entry.path):
                yield entry.path
        except OSError as error:
            self.troubles.append(Trouble(entry.path, 0, error.strerror or str(error)))

    def _leads_back(self, entry: os.DirEntry[str]) -> bool:
        """Whether a link leads to what lies below the paths: it is found there, or in its run."""
        if not entry.is_symlink():
            return False
        target = os.path.realpath(entry.path)
        return any(
            target.startswith(os.path.realpath(path) + os.sep)
            for path in self.paths
            if path != STDIN
        )

    def _is_new(self, path: str) -> bool:
        status = os.stat(path)
        place = status.st_dev, status.st_ino
        new = place not in self._seen
        self._seen.add(place)
        return new
