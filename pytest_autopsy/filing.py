"""What one process has on disk of its failures, written at once: a kill later loses none of it.

Each file is remembered with what was known to be secret when it was written, so that what is
learned later is taken out of it as well: at the end of the run, or by a reader after a kill.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import sweep
from .model import Failure
from .observe.again import everywhere
from .observe.redaction import Redactor
from .report.snapshot import snapshot_json
from .report.trace import trace_jsonl, trace_tree
from .report.traceback import traceback_bytes
from .settings import Settings
from .store import RunDirectory, file_name


class Files:
    """The traces and snapshots of one process's failures, below its run's directory.

    `key` is that of the hashes by which other processes know secrets; `faults` takes what could
    not be written, to be told at the end.
    """

    def __init__(
        self,
        directory: RunDirectory,
        redactor: Redactor,
        settings: Settings,
        worker: str | None,
        key: str,
        faults: list[str],
    ) -> None:
        self._directory = directory
        self._redactor = redactor
        self._settings = settings
        self._worker = worker
        self._key = key
        self._faults = faults
        self._written_at: dict[str, int] = {}  # file -> what the redactor knew
        self._redacted_at: dict[tuple[str, int], int] = {}  # failure -> the same
        self._saved = 0

    def made_at(self, failure: Failure, version: int) -> None:
        """Remember what the redactor knew when the evidence of a failure was made."""
        self._redacted_at[failure.id, failure.attempt] = version

    def write(self, failure: Failure, with_snapshot: bool) -> Failure:
        """Write a failure's trace and snapshot; returns it redacted anew, with their paths."""
        failure = self._redacted(failure)
        name = file_name(failure.nodeid, failure.id, failure.attempt)
        changes: dict[str, Any] = {}
        try:
            if failure.trace is not None:
                changes["trace_path"] = f"traces/{name}.jsonl"
                self._directory.write(f"traces/{name}.jsonl", trace_jsonl(failure.trace))
                self._directory.write(f"traces/{name}.txt", trace_tree(failure.trace).encode())
            if failure.snapshot is not None and with_snapshot:
                changes["snapshot_path"] = f"snapshots/{name}.json"
                shown = snapshot_json(failure.snapshot, failure)
                self._directory.write_json(f"snapshots/{name}.json", shown, indent=True)
                text = traceback_bytes(failure.snapshot)
                self._directory.write(f"snapshots/{name}.traceback.txt", text)
            self._wrote(f"traces/{name}.jsonl", f"traces/{name}.txt")
            self._wrote(f"snapshots/{name}.json", f"snapshots/{name}.traceback.txt")
        except OSError as error:
            changes = {}
            self.cannot_write(error)
        return replace(failure, **changes)

    def redact_again(self, *kept: list[Failure]) -> None:
        """Take out of failures and of all that was written what was learned to be secret since."""
        for failures in kept:
            failures[:] = map(self._redacted, failures)
        version, path = self._redactor.version, self._directory.path
        if path.is_dir():
            sweep.sweep(
                path, self._redactor.known, lambda name: self._written_at.get(name, -1) < version
            )

    def cannot_write(self, error: OSError) -> None:
        """Note that the store cannot be written, once, with what would be right."""
        fault = (
            f"could not write to {self._settings.directory}: {error.strerror or error};"
            " give a directory that can be written with --autopsy-dir"
        )
        if fault not in self._faults:
            self._faults.append(fault)

    def _redacted(self, failure: Failure) -> Failure:
        """The failure without what was learned since its evidence was made."""
        key, version = (failure.id, failure.attempt), self._redactor.version
        if self._redacted_at.get(key) == version:
            return failure
        self._redacted_at[key] = version
        again: Failure = everywhere(failure, self._redactor.known)
        return again

    def _wrote(self, *names: str) -> None:
        """Remember what was known then, and leave it as hashes for a reader after a kill."""
        self._written_at.update(dict.fromkeys(names, self._redactor.version))
        taint = self._redactor.taint
        if len(taint) > self._saved and self._directory.path.is_dir():
            entries = taint.hashed(bytes.fromhex(self._key), self._saved)
            self._saved = len(taint)
            sweep.save(self._directory.path, self._worker, self._key, entries)
