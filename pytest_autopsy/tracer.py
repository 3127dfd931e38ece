"""What records in one process: an engine, the black box beside it, and what may take both away."""

from __future__ import annotations

from .filing import Files
from .observe.redaction import Redactor
from .record import current, forks
from .record.blackbox import BlackBox
from .record.engines import Engine, start_engine
from .record.recorder import Recorder
from .record.recovery import SUFFIX
from .settings import Settings
from .store import RunDirectory

MAX_NOTES = 20


class Tracer:
    """Starts and stops the engine of a recorder, and says what was not recorded and why."""

    def __init__(
        self, settings: Settings, recorder: Recorder, redactor: Redactor, files: Files
    ) -> None:
        self.settings = settings
        self.recorder = recorder
        self.redactor = redactor
        self.files = files
        self.engine: Engine | None = None
        self.box: BlackBox | None = None
        self.notes: list[str] = []  # what the digest has to say of the recording
        self._resting = False

    def start(self) -> tuple[str, str]:
        """Start recording; returns the engine's name, "none" where nothing can, and why this one."""
        self.engine, reason = start_engine(self.recorder, light=not self.settings.keeps_calls)
        current.recorders.push(self.recorder)
        return (self.engine.name if self.engine is not None else "none"), reason

    def open_box(self, directory: RunDirectory, worker: str | None) -> None:
        """Have the black box told of what happens from here on."""
        try:
            file = directory.folder(".") / f"{worker or 'main'}{SUFFIX}"
            self.box = self.recorder.tap = BlackBox(file, self.recorder, self.redactor)
        except OSError as error:
            self.files.cannot_write(error)
            return
        forks.watch(self)

    def forked(self) -> None:
        """Leave the black box to the parent: this process is a child that `os.fork` made."""
        if self.recorder.tap is self.box:
            self.recorder.tap = None
        self.box = None

    def stop(self) -> None:
        """Stop recording and give back what was taken; twice does nothing."""
        engine, self.engine = self.engine, None
        if engine is not None:
            engine.stop()
        box, self.box, self.recorder.tap = self.box, None, None
        if box is not None:
            box.close()
        current.recorders.pop(self.recorder)

    def phase(self, name: str) -> None:
        """Have the black box know which phase runs from here on."""
        if self.box is not None:
            self.box.phase(name)

    def mend(self, test: str) -> None:
        """Take back what the test took from the engine, and say what that cost."""
        if self.engine is None or self._resting:
            return
        taken = self.engine.mended()
        if taken and not self.recorder.lost:  # else the interpreter took it: no room for it
            self.note(
                f"{test} took {taken} from the recording: of its calls after that none is known"
            )
        lost, self.recorder.lost = self.recorder.lost, 0
        if lost:
            self.note(f"{test} left no room on the stack to record {lost} events")

    def rest(self, test: str) -> None:
        """A debugger is at work: nothing is recorded until the next test."""
        if self.engine is not None and not self._resting:
            self._resting = True
            self.engine.stop()
            self.note(f"{test} was debugged: its calls after that are not recorded")

    def wake(self, test: str) -> None:
        """Go on recording where a debugger had it rest: a test begins."""
        if self.engine is None or not self._resting:
            return
        refused = self.engine.start()
        self._resting = bool(refused)
        if refused:
            self.note(f"nothing was recorded of {test}: {refused}")

    def note(self, text: str) -> None:
        """Have the digest say what could not be recorded; at most a few of a kind are told."""
        if len(self.notes) < MAX_NOTES:
            self.notes.append(self.redactor.identifier(text))
