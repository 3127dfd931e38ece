"""The child processes of a run's tests: told where to leave their parts, and these taken in.

Between tests nothing of the environment is changed: what pytest and its plugins start is not the
test's. Nobody is waited for: a child that outlives its test has told of itself what it had by then.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .child import Child
from .injection import VARIABLE, Injection, told
from .model import Footprint, Trace
from .observe.again import everywhere
from .parts import Part, joined, read_parts
from .record import forks
from .record.births import Births
from .record.records import START, Recording
from .traceconfig import TraceConfig

if TYPE_CHECKING:
    from .session import Session

FOLDER = "children"


class TestChildren:
    """What `--autopsy-children` does around each test."""

    __test__ = False  # pytest: no test

    def __init__(self, session: Session) -> None:
        self.session = session
        self.counts: Counter[str] = Counter()
        self.parts: list[Part] = []
        self._config = TraceConfig()
        self._injection: Injection | None = None
        self._folder: Path | None = None
        self._number = 0
        self._before: str | None = None
        self._births: Births = Births()

    # -- the run ----------------------------------------------------------------------------

    def start(self) -> None:
        """Make what children find when they start. Raises OSError."""
        ours = self.session
        self._injection = Injection()
        known = told(ours.project, ours.recorder.targets, ours.detail)
        known |= {
            "parts": str(ours.directory.folder(FOLDER).absolute()),
            "test": str(self._injection.folder / "test"),
            "redact": list(ours.settings.redact),
            "key": ours.key,
        }
        self._config = TraceConfig(autopsy=known)
        self._set_test("")
        self._injection.write(self._config)
        ours.recorder.births = self._births
        forks.watch(self)

    def stop(self) -> None:
        """Leave nothing behind, and say what came of it."""
        injection, self._injection = self._injection, None
        if injection is None:
            return
        forks.leave(self)
        self._restore(injection)
        injection.remove()
        shutil.rmtree(self.session.directory.path / FOLDER, ignore_errors=True)
        lost, seen = self.counts["lost"], self.counts["seen"]
        if lost:
            self.session.notes.append(
                f"{lost} of {seen} child processes did not live to their end, or outlived their test:"
                " of them the calls up to there are known"
            )
        if self.counts["unread"]:
            self.session.notes.append(f"{self.counts['unread']} child processes were not read")

    # -- a test -----------------------------------------------------------------------------

    def begin(self) -> None:
        """A test begins: its children will find us. Raises OSError."""
        if self._injection is None:
            return
        self._number += 1
        self.parts = []
        self._births.clear()
        self.session.recorder.births = self._births
        self._folder = self.session.directory.folder(f"{FOLDER}/{self._number}")
        self._set_test(str(self._number))
        if type(os.environ).__module__ == "os":
            self._before = os.environ.get(VARIABLE)
            os.environ[VARIABLE] = self._injection.path(os.environ)

    def end(self) -> None:
        """The test is over: read what its children have left. Raises OSError."""
        folder, self._folder = self._folder, None
        if folder is None or self._injection is None:
            return
        self._restore(self._injection)
        self._set_test("")
        self.parts, unread = read_parts(folder)
        shutil.rmtree(folder, ignore_errors=True)
        redactor = self.session.redactor
        for part in self.parts:
            if part.taint:
                redactor.know(bytes.fromhex(self.session.key), [list(one) for one in part.taint])
        self.counts["seen"] += len(self.parts)
        self.counts["lost"] += sum(not p.whole and bool(p.trace.calls) for p in self.parts)
        self.counts["unread"] += unread

    def rows(self) -> list[dict[int, int]]:
        """Return what the children ran, as rows of this process's functions."""
        return [lines for lines, _ in self._footprints()]

    def added(self, footprint: Footprint) -> Footprint:
        """Return a footprint with what the children's values showed."""
        features = dict(footprint.features)
        for _, found in self._footprints():
            for index, more in found.items():
                features[index] = features.get(index, frozenset()) | more
        return Footprint(footprint.lines, features)

    def joined(self, trace: Trace, recording: Recording) -> Trace:
        """Return the test's trace with its children's calls below the calls that started them."""
        if not self.parts:
            return trace
        whole = joined(trace, recording.started_ns, self._births.started, self.parts)
        shown: Trace = everywhere(whole, self.session.redactor.known)
        return replace(shown, test=trace.test)

    def _footprints(self) -> list[tuple[dict[int, int], dict[int, frozenset[str]]]]:
        index_of = self.session.recorder.index_of
        found = []
        for part in self.parts:
            if part.footprint is not None:
                number = [index_of(function) for function in part.functions]
                lines = {number[i]: mask for i, mask in part.footprint.lines.items()}
                features = {number[i]: held for i, held in part.footprint.features.items()}
                found.append((lines, features))
        return found

    # -- parts ------------------------------------------------------------------------------

    def forked(self) -> None:
        """Record this child that `os.fork` made for itself; the session is its parent's."""
        ours, folder = self.session, self._folder
        ours.recorder.tap = None
        self._injection = None  # it is the parent's
        engine, ours.tracer.engine = ours.tracer.engine, None
        if folder is None or engine is None:
            return
        recorder = ours.recorder
        recorder.go_on()
        call = recorder.opened(sys._getframe(1))  # noqa: SLF001
        child = Child(self._config, recorder, ours.redactor, folder)
        child.engine, child.reason = engine, ours.engine_reason
        child.fork_of(call[START] if call is not None else None)

    def _set_test(self, number: str) -> None:
        assert self._injection is not None
        (self._injection.folder / "test").write_text(number, "ascii")

    def _restore(self, injection: Injection) -> None:
        """Give PYTHONPATH back; what the program has made of it meanwhile stays."""
        if type(os.environ).__module__ != "os":
            return
        value = os.environ.get(VARIABLE)
        if value is None or str(injection.folder) not in value:
            return
        left = injection.without(value)
        if left or self._before is not None:
            os.environ[VARIABLE] = left
        else:
            del os.environ[VARIABLE]
