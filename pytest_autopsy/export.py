"""A copy of a run that is worth uploading: no hidden names, no links, readable by everybody.

CI's upload steps leave out hidden files, follow no links, and often run as another user.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from .ci import below, workspace
from .model import Failure
from .plainjson import dumps, loads
from .report.digest import Outcome, diagnosis_path, digest
from .session import Session
from .store import publish

SCHEMA = "pytest-autopsy/export@1"
MANIFEST = "export.json"
MAX_BYTES = 50_000_000
"""Of all files together; GitLab takes artifacts of 100 MB by default."""
MAX_FILES = 2_000
_FIRST = ("digest.md", "report.html", "evidence.jsonl.gz")
_INNER = ("workers",)


def export_run(ours: Session, outcome: Outcome) -> None:
    """Copy the run to where `--autopsy-export` says, if it was given.

    What does not fit the limits is left out, last causes first, and named in `export.json`.
    """
    target = ours.settings.export
    if target is None or not outcome.path:
        return
    try:
        _copy(ours.directory.path, target, outcome)
    except OSError as error:
        ours.faults.append(
            f"--autopsy-export {target}: could not be written: {error.strerror or error};"
            " give a directory that can be"
        )
    else:
        outcome.export = below(target, workspace(ours.settings.rootdir)) or ""


def attachments(outcome: Outcome, failure_id: str) -> list[str]:
    """Return the exported files of a failure, by their paths from the CI service's checkout.

    The one to read first is first. Each has a name of its own: Jenkins keeps one file a name.
    """
    if not outcome.export:
        return []
    failure = outcome.failure(failure_id)
    names = [name for name in _texts(failure) if name in outcome.exported]
    if failure_id in outcome.diagnoses and diagnosis_path(failure) in outcome.exported:
        names.append(diagnosis_path(failure))
    return [f"{outcome.export}/{name}" for name in names]


def _texts(failure: Failure) -> Iterator[str]:
    if failure.trace_path:
        yield failure.trace_path.replace(".jsonl", ".txt")
    if failure.snapshot_path:
        yield failure.snapshot_path.replace(".json", ".traceback.txt")


def _copy(run: Path, target: Path, outcome: Outcome) -> None:
    _make(target)
    _remove_last(target)
    files: list[str] = []
    left_out: list[str] = []
    size = 0
    here = dumps(digest(replace(outcome, path="")), newline=True)  # its paths: from the export
    for name in ("digest.json", *_names(run, outcome)):
        data = here if name == "digest.json" else (run / name).read_bytes()
        if size + len(data) > MAX_BYTES or len(files) >= MAX_FILES:
            left_out.append(name)
            continue
        _write(target / name, data)
        files.append(name)
        size += len(data)
    limits = {"max_bytes": MAX_BYTES, "max_files": MAX_FILES}
    told = {"schema": SCHEMA, "files": files, "bytes": size, "left_out": left_out, **limits}
    _write(target / MANIFEST, dumps(told, indent=True, newline=True))
    outcome.exported = frozenset(files)


def _names(run: Path, outcome: Outcome) -> Iterator[str]:
    """What there is to export, most telling first: digest, exemplars, other failures, the rest."""
    there = dict.fromkeys(sorted(_there(run)))
    there.pop("digest.json", None)
    exemplars = [cause.exemplar for cause in outcome.causes]
    others = [failure.id for failure in outcome.failures if failure.id not in set(exemplars)]
    by_id = {failure.id: failure for failure in outcome.failures}
    known = [name for one in (*exemplars, *others) for name in _files_of(by_id[one])]
    for name in (*_FIRST, *known, *there):
        if name in there:
            del there[name]
            yield name


def _files_of(failure: Failure) -> Iterator[str]:
    yield diagnosis_path(failure)
    yield from _texts(failure)
    yield from filter(None, (failure.snapshot_path, failure.trace_path))


def _there(run: Path) -> Iterator[str]:
    for place, folders, names in os.walk(run):
        folders[:] = [one for one in folders if one[:1] != "." and one not in _INNER]
        for name in names:
            file = Path(place, name)
            if name[:1] != "." and not file.is_symlink():
                yield file.relative_to(run).as_posix()


def _remove_last(target: Path) -> None:
    """Remove what the last export left here, and nothing else: the directory may hold more."""
    with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
        told: dict[str, Any] = loads((target / MANIFEST).read_bytes())
        if told.get("schema") != SCHEMA:
            return
        for name in (*told["files"], MANIFEST):
            place = PurePosixPath(name)
            if not place.is_absolute() and ".." not in place.parts:
                with contextlib.suppress(OSError):
                    (target / place).unlink()


def _write(file: Path, data: bytes) -> None:
    _make(file.parent)
    publish(file, data)


def _make(folder: Path) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        one.chmod(0o755)
