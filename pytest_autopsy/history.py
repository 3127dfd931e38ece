"""What earlier runs knew of each cause: .autopsy/history.jsonl, one line a run and cause.

A line carries all that is needed of the lines before it (when the cause was first seen, in how many
runs), so that the file can be cut. Written whole and renamed, under a lock; lines that cannot
be read are left out.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from .model import RootCause
from .observe.text import clean
from .plainjson import dumps, loads
from .source import source_of
from .store import write_atomically

NAME = "history.jsonl"
SCHEMA = "pytest-autopsy/history@1"
MAX_LINES = 1_000
MAX_BYTES = 4_000_000
LOCK_TRIES, LOCK_PAUSE_S = 40, 0.05


class Seen(NamedTuple):
    """What is known of a cause from earlier runs: `status` is new, known or back."""

    status: str
    first_seen: str
    runs_seen: int
    changed: bool | None = None  # whether the culprit's source is other than it was; None: unknown


class Earlier(NamedTuple):
    """A cause that this run does not have: `status` is gone or not run."""

    id: str
    status: str
    title: str
    first_seen: str
    runs_seen: int
    exemplar: str


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run says of itself for the history: `passed` are the node ids of its passed tests.

    `there` tells of a node id whether there still is such a test.
    """

    run_id: str
    started_utc: str
    causes: list[RootCause]
    exemplars: dict[str, str]  # id of a cause -> node id
    passed: Collection[str]
    failed: Collection[str]
    there: Callable[[str], bool] = bool


class History:
    """The causes of earlier runs as they were last seen."""

    def __init__(self, lines: Iterable[dict[str, Any]]) -> None:
        self.lines = list(lines)
        self.newest: dict[str, dict[str, Any]] = {}  # id of a cause -> its last line
        self._also: dict[str, str] = {}  # a former id -> the newest cause that bore it
        for line in self.lines:
            if line["cause"] is not None:
                self.newest[line["cause"]] = line
                self._also.update(dict.fromkeys(line["also"], line["cause"]))

    @classmethod
    def read(cls, store: Path) -> History:
        """Return the history in a store; where there is none it is empty. Raises OSError."""
        return cls(_read(store / NAME))

    def newest_of(self, id_: str) -> dict[str, Any] | None:
        """Return the last line of the cause that bears this id, or bore it."""
        return self.newest.get(id_) or self.newest.get(self._also.get(id_, ""))

    def line_of(self, cause: RootCause) -> dict[str, Any] | None:
        """Return the last line of a cause, which may have had another id then."""
        found = self.newest_of(cause.id)
        former = (self.newest[one] for one in cause.also_ids if one in self.newest)
        return found or next(former, None)

    def seen(self, ran: Ran, source: Callable[[RootCause], str]) -> dict[str, Seen]:
        """Return id -> what is known of each cause of a run; nothing without an earlier run."""
        if not self.lines:
            return {}
        found = {}
        for cause in ran.causes:
            line = self.line_of(cause)
            if line is None:
                found[cause.id] = Seen("new", ran.started_utc, 1)
                continue
            status = "back" if line["state"] == "gone" else "known"
            now = source(cause)
            same = _culprit(cause) == (line["file"], line["function"])
            changed = now != line["source"] if same and now and line["source"] else None
            found[cause.id] = Seen(status, line["first_seen"], line["runs_seen"] + 1, changed)
        return found

    def earlier(self, ran: Ran) -> list[Earlier]:
        """Return the open causes of earlier runs that this run does not have, gone ones first.

        One is gone only where its exemplar ran and passed. One whose exemplar fails otherwise now
        is neither gone nor not run, and not in the list, nor is one whose exemplar was deleted.
        """
        present = {id(self.line_of(cause)) for cause in ran.causes}
        found = []
        for line in self.newest.values():
            if line["state"] != "open" or id(line) in present or line["exemplar"] in ran.failed:
                continue
            status = "gone" if line["exemplar"] in ran.passed else "not run"
            if status == "not run" and not ran.there(line["exemplar"]):
                continue
            found.append(
                Earlier(
                    line["cause"], status, line["title"], line["first_seen"], line["runs_seen"],
                    line["exemplar"],
                )
            )  # fmt: skip
        return sorted(found, key=lambda one: (one.status, one.id))

    def open_runs(self) -> frozenset[str]:
        """Return the newest run of each open cause: those that are worth keeping."""
        return frozenset(line["run"] for line in self.newest.values() if line["state"] == "open")

    def lines_of(self, ran: Ran, source: Callable[[RootCause], str]) -> Iterator[dict[str, Any]]:
        """The lines that a run adds: its causes, and those that are gone."""
        seen = self.seen(ran, source)
        head = {"schema": SCHEMA, "run": ran.run_id, "started_utc": ran.started_utc}
        for cause in ran.causes:
            known = seen.get(cause.id) or Seen("new", ran.started_utc, 1)
            file, function = _culprit(cause)
            yield {
                **head,
                "cause": cause.id,
                "also": list(cause.also_ids),
                "state": "open",
                "title": clean(cause.diagnosis.title)[:200],
                "exemplar": clean(ran.exemplars.get(cause.id, "")),
                "failures": len(cause.failures),
                "first_seen": known.first_seen,
                "runs_seen": known.runs_seen,
                "file": file,
                "function": function,
                "source": source(cause),
            }
        for one in self.earlier(ran):
            if one.status == "gone":
                yield {**self.newest[one.id], **head, "state": "gone", "failures": 0}
        if not ran.causes:  # that there was a run is what makes a cause of the next one new
            yield {**head, "cause": None}


def remember(store: Path, ran: Ran, source: Callable[[RootCause], str]) -> History:
    """Add a run to the history, and return it with that run. Raises OSError."""
    with _locked(store) as alone:
        known = History.read(store)
        added = list(known.lines_of(ran, source))
        if alone:
            kept = _bounded([*known.lines, *added])
            write_atomically(store / NAME, b"".join(map(_line, kept)))
        else:  # somebody holds the lock for long: a line is added whole or not at all
            handle = os.open(store / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "ab") as stream:
                stream.write(b"\n" + b"".join(map(_line, added)))
        return History([*known.lines, *added])


def source_hash(cause: RootCause, path_of: Callable[[str], str]) -> str:
    """Return a hash of the source of a cause's culprit; empty where there is none."""
    if not cause.diagnosis.suspects:
        return ""
    function = cause.diagnosis.suspects[0].function
    source = source_of(path_of(function.file))
    span = source.function(function.name, function.line)
    lines = source.lines[span.first - 1 : span.last] if span is not None else ()
    text = "\n".join(lines).encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=8).hexdigest() if lines else ""


def _culprit(cause: RootCause) -> tuple[str, str]:
    if not cause.diagnosis.suspects:
        return "", ""
    function = cause.diagnosis.suspects[0].function
    return clean(function.file), clean(function.name)


def _bounded(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest lines, and of older ones the last of each cause that is still open."""
    if len(lines) <= MAX_LINES:
        return lines
    rest, newest = lines[:-MAX_LINES], lines[-MAX_LINES:]
    later = {line["cause"] for line in newest}
    last = {line["cause"]: line for line in rest if line["cause"] not in later}
    kept = [line for line in last.values() if line["cause"] and line["state"] == "open"]
    return [*kept[-MAX_LINES:], *newest]


def _line(line: dict[str, Any]) -> bytes:
    return dumps(line, newline=True)


def _read(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(stream.tell() - MAX_BYTES, 0))
            raw = stream.read(MAX_BYTES)
    except FileNotFoundError:
        return
    for text in raw.splitlines():
        with contextlib.suppress(ValueError):
            line = loads(text)
            if _is_line(line):
                yield line


_TYPES = {
    "cause": str, "also": list, "state": str, "title": str, "exemplar": str, "first_seen": str,
    "runs_seen": int, "file": str, "function": str, "source": str,
}  # fmt: skip


def _is_line(line: object) -> bool:
    if not isinstance(line, dict) or not str(line.get("schema")).startswith(SCHEMA[:-1]):
        return False
    if not isinstance(line.get("run"), str) or "cause" not in line:
        return False
    if line["cause"] is None:
        return True
    whole = all(isinstance(line.get(name), kind) for name, kind in _TYPES.items())
    return whole and all(isinstance(one, str) for one in line["also"])


@contextlib.contextmanager
def _locked(store: Path) -> Iterator[bool]:
    """Keep other runs out, if that is possible within two seconds; yields whether it was."""
    try:
        import fcntl
    except ImportError:  # not there on Windows
        yield False
        return
    handle = os.open(store, os.O_RDONLY)  # the folder itself: no file to leave behind
    try:
        for _ in range(LOCK_TRIES):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                time.sleep(LOCK_PAUSE_S)
                continue
            yield True
            return
        yield False
    finally:
        os.close(handle)
