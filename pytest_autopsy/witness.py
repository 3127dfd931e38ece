"""Makes a Failure of what a phase raised, while the exception and its frames still live."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from .model import Assertion, Failure, Look, Phase
from .observe.describe import Describer
from .observe.detail import Describe, Detail
from .observe.exceptions import type_name
from .observe.redaction import Redactor
from .observe.text import shortened
from .record.recorder import Recorder
from .record.records import ARGUMENTS, END, INFO, VALUE
from .report.rerun import rerun
from .settings import Settings
from .snapshot import assertion as assertions
from .snapshot.capture import Camera
from .unfaked import blake2b

MAX_SAID = 200
"""Letters of what a runner says of a failure without an exception."""


class Crash(NamedTuple):
    """A phase of a test that failed, as its runner tells of it."""

    phase: Phase
    error: BaseException | None
    nodeid: str
    file: str
    line: int
    duration_s: float = 0.0
    attempt: int = 1
    text: str = ""
    """The runner's own text of the failure."""
    shown_message: str | None = None
    """The exception's message as the runner shows it."""
    snapshot: bool = True
    logs: Sequence[str] = ()


class Witness:
    """Looks at what failed in one process's tests, and numbers it."""

    def __init__(
        self,
        settings: Settings,
        worker: str | None,
        recorder: Recorder,
        camera: Camera,
        detail: Detail,
        faults: list[str],
    ) -> None:
        self.settings = settings
        self.worker = worker
        self.recorder = recorder
        self.camera = camera
        self.detail = detail
        self.redactor: Redactor = camera.redactor
        self.describer = Describer(faults)
        # Of what failed: number of the test that ran -> which one of its name it is.
        self._serials: dict[str, dict[int, int]] = {}
        self._compared: Assertion | None = None

    def begin(self) -> None:
        """A test begins: nothing has been compared."""
        self._compared = None

    def compared(self, operator: str, left: object, right: object) -> None:
        """A comparison was found false; the last one before a failure is its assertion."""
        self._compared = assertions.from_compare(operator, left, right, self._look)

    def look_at(self, crash: Crash, protocol: int, before: Sequence[Failure]) -> Failure:
        """Return the failure, with its snapshot and without a trace.

        `protocol` is the number of the test that runs, and `before` what has failed in it so far.
        """
        identity = f"{crash.nodeid}\0{crash.phase}\0"
        serials = self._serials.setdefault(identity, {})
        if serial := serials.setdefault(protocol, len(serials)):
            identity += f"\0{serial}"  # another test has the same name
        ordinal = sum(1 for one in before if one.phase == crash.phase)
        return Failure(
            id=failure_id(identity, ordinal),
            nodeid=self.redactor.identifier(crash.nodeid),
            phase=crash.phase,
            outcome="failed" if crash.phase == "call" else "error",
            file=crash.file,
            line=crash.line,
            duration_s=round(crash.duration_s, 4),
            exception=self._exception(crash),
            attempt=crash.attempt,
            worker=self.worker,
            **self._snapshot(crash),
        )

    def learn(self) -> None:
        """Learn what names say is secret before anything of a failure is shown."""
        if type(os.environ).__module__ == "os":  # not one that the program put there
            self.redactor.environment(list(os.environ.items()))
        running = self.recorder.running
        for entry in running.entries() if running is not None else ():
            info, end = entry[INFO], entry[END]
            if end is not None:
                self.redactor.learn(end[VALUE], info.function.name)
            for name, value in zip(info.arguments, entry[ARGUMENTS]):
                self.redactor.learn(value, name)

    def _exception(self, crash: Crash) -> tuple[str, str] | None:
        if crash.error is None:
            return None
        message = self.detail.message(crash.error, crash.shown_message)
        return type_name(crash.error), self.redactor.text(message)

    def _snapshot(self, crash: Crash) -> dict[str, Any]:
        if crash.error is None:
            said = shortened(self.redactor.text(crash.text.strip().partition("\n")[0]), MAX_SAID)
            return {"why_no_snapshot": "nothing was raised", "said": said}
        if not crash.snapshot:
            return {"why_no_snapshot": "marked no_snapshot"}
        assertion = self._assertion(crash.error)
        with self._asking() as self.camera.describe:
            taken = self.camera.take(
                crash.nodeid,
                crash.error,
                assertion=assertion,
                traceback=crash.text,
                shown_message=crash.shown_message,
                logs=crash.logs,
                rerun=rerun(crash.nodeid, self.settings),
            )
        return {"snapshot": taken}

    def _assertion(self, error: BaseException) -> Assertion | None:
        found, self._compared = self._compared, None
        return assertions.of_failure(
            error, found, self.camera.project, self.redactor, self.detail, self._look
        )

    def _look(self, value: object) -> Look:
        with self._asking() as describe:
            return self.detail.look(value, describe)

    @contextmanager
    def _asking(self) -> Iterator[Describe | None]:
        """Hand out who describes values, if anybody does: what it runs is not the test's."""
        if not self.describer.active or not self.detail.content:
            yield None
            return
        with self.recorder.unseen():
            yield self.describer


def failure_id(identity: str, ordinal: int) -> str:
    """Return a failure's id: `identity` holds node id and phase, with a 0 byte after each."""
    text = f"{identity}\0{ordinal}".encode("utf-8", "backslashreplace")
    return "f-" + blake2b(text, digest_size=5).hexdigest()
