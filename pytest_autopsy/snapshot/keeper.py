"""Takes the snapshots that the Python API asks for and writes them: in a pytest run into the run's
directory, elsewhere into a run of its own for each process and store.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from ..model import Look, Snapshot
from ..observe.exceptions import innermost, traceback_of, type_name
from ..observe.redaction import Redactor
from ..plainjson import loads
from ..record import current
from ..record.finish import shown_marks
from ..record.marks import Marks
from ..record.project import Project, repository_root
from ..report.snapshot import snapshot_json
from ..report.traceback import traceback_bytes, traceback_text
from ..settings import new_run_id
from ..store import RunDirectory, file_name, latest_run, point, prune
from .assertion import of_failure
from .capture import Camera
from .frames import is_machinery

ALIKE = 20
"""Snapshots of one name, type and place that are kept; then only the 32nd, 64th, ... and so on,
each in the place of the last: a loop that fails and goes on does not fill the disk."""


KEEP_RUNS = 20
MAX_DISK = 500_000_000
"""How much a store keeps outside pytest, where no ini says it."""


class Keeper:
    """Writes the snapshots of one process below one run."""

    def __init__(self, directory: RunDirectory, camera: Camera | None = None) -> None:
        self.directory = directory
        self.camera = camera  # None outside pytest: made for the code that failed
        self._cameras: dict[str, Camera] = {}
        self._counts: dict[tuple[str, ...], Iterator[int]] = {}
        self._newest: Path | None = None

    def keep(self, name: str, error: BaseException, given: Mapping[str, Any], marks: Marks) -> None:
        """Write the snapshot of `error`. Raises OSError, ValueError for a wrong option."""
        key = (name, type_name(error), _place(traceback_of(error)))
        occurrence = next(self._counts.setdefault(key, itertools.count(1)))
        if occurrence > ALIKE and occurrence & (occurrence - 1):
            return
        snapshot = self._taken(name, error, given, marks)
        shown = snapshot_json(snapshot)
        shown["occurrence"] = occurrence
        file = file_name(f"{name}", f"{os.getpid()} {key}", min(occurrence, ALIKE))
        self.directory.write(f"snapshots/{file}.traceback.txt", traceback_bytes(snapshot))
        self._newest = self.directory.write_json(f"snapshots/{file}.json", shown, indent=True)
        store = self.directory.store
        point(store / "latest.json", self._newest.relative_to(store))

    def latest(self) -> Mapping[str, Any] | None:
        """Return the newest snapshot that was written here, parsed."""
        if self._newest is None:
            return None
        return cast("Mapping[str, Any]", loads(self._newest.read_bytes()))

    def _taken(
        self, name: str, error: BaseException, given: Mapping[str, Any], marks: Marks
    ) -> Snapshot:
        base = self.camera or self._camera_for(traceback_of(error))
        redactor = base.redactor
        if given.get("redact"):
            redactor = Layered(redactor, given["redact"])
        camera = Camera(base.project, redactor, base.fixtures, base.options.with_seed(given))
        detail = camera.options.detail
        values = detail.values != "none"
        snapshot = camera.take(
            name,
            error,
            assertion=of_failure(error, None, base.project, redactor, detail),
            marks=shown_marks(marks, base.project, redactor) if values else (),
            rerun=sys.orig_argv,
        )
        snapshot = replace(snapshot, marks_left_out=marks.left_out())
        return replace(snapshot, traceback=traceback_text(snapshot))

    def _camera_for(self, traceback: TracebackType | None) -> Camera:
        """A camera for the project that the outermost frame belongs to."""
        root = _home(traceback)
        if root not in self._cameras:
            self._cameras[root] = Camera(Project(Path(root)), Redactor(), set())
        return self._cameras[root]


class Layered(Redactor):
    """A redactor that also hides what patterns of a single decorator or section match."""

    def __init__(self, base: Redactor, patterns: Any) -> None:
        super().__init__([patterns] if isinstance(patterns, str) else patterns)
        self._base = base

    def look(self, value: Look, name: str = "") -> Look:
        """Return `value` without what either of them takes for a secret."""
        return super().look(self._base.look(value, name), name)

    def text(self, text: str, name: str = "") -> str:
        """Return `text` without what either of them takes for a secret."""
        return super().text(self._base.text(text, name), name)


def keeper_outside(store: str) -> current.Keeper:
    """Return the keeper of this process for a store: one run for each."""
    folder = Path(store).absolute()
    key = (os.getpid(), str(folder))
    found = current.outside.get(key)
    if found is None:
        directory = RunDirectory(folder, new_run_id())
        found = current.outside.setdefault(key, Keeper(directory))
        newest = latest_run(folder)  # what pytest left last is not pushed out by programs
        spare = (newest.name,) if newest is not None else ()
        prune(folder, KEEP_RUNS, MAX_DISK, directory.run_id, spare)
    return found


def _home(traceback: TracebackType | None) -> str:
    """The root of the project that the outermost frame's file lies in; else where we are."""
    here = Path.cwd()
    while traceback is not None and is_machinery(traceback.tb_frame.f_code):
        traceback = traceback.tb_next
    name = traceback.tb_frame.f_code.co_filename if traceback is not None else "<none>"
    if name[:1] == "<":
        return str(here)
    folder = Path(os.path.realpath(name)).parent
    root = repository_root(folder)
    if root == folder:  # under no version control: the folder that holds the package
        while (root / "__init__.py").exists() and root.parent != root:
            root = root.parent
    real_here = Path(os.path.realpath(here))
    return str(here if real_here == root or real_here in root.parents else root)


def _place(traceback: TracebackType | None) -> str:
    place = innermost(traceback)
    return f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else ""
