"""Take a Snapshot of an exception: its whole chain, each with frames, locals and source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..model import Assertion, ExceptionRecord, Mark, Snapshot
from ..observe.detail import Describe
from ..observe.exceptions import (
    linked,
    notes,
    oddities,
    qualified_name,
    suppressed,
    traceback_of,
    type_name,
)
from ..observe.redaction import Redactor
from ..record.project import Project
from ..report.traceback import traceback_text
from ..unfaked import now
from .frames import Eye, Frames
from .options import ShotOptions
from .where import environment, task_name, thread_name

MAX_CHAIN = 30
MAX_LOGS = 20
MAX_LOG_LINE = 500


class Camera:
    """Takes snapshots for one project with one redactor."""

    def __init__(
        self,
        project: Project,
        redactor: Redactor,
        fixtures: set[tuple[str, str]],
        options: ShotOptions | None = None,
    ) -> None:
        self.project = project
        self.redactor = redactor
        self.fixtures = fixtures
        self.options = options or ShotOptions()
        self.describe: Describe | None = None

    def take(
        self,
        name: str,
        error: BaseException,
        *,
        assertion: Assertion | None = None,
        traceback: str = "",
        shown_message: str | None = None,
        logs: Iterable[str] = (),
        marks: Iterable[Mark] = (),
        rerun: Iterable[str] = (),
    ) -> Snapshot:
        """Return the snapshot of `error`.

        `shown_message` is the message as somebody else has already rendered it (pytest's report
        has run the exception's own `__str__`); `traceback` their traceback as text.
        """
        detail = self.options.detail
        exceptions, left_out = self._chain(error)
        if not detail.content:
            shown_message, logs = None, ()
        if shown_message is not None and exceptions:
            why = tuple(text for text in exceptions[0].why if "in place of" not in text)
            why = tuple(text for text in why if not text.endswith("__str__: it was not asked"))
            shown = self.redactor.text(shown_message)
            exceptions[0] = replace(exceptions[0], message=shown, why=why)
        taken = Snapshot(
            name=name,
            timestamp_utc=now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            exceptions=tuple(exceptions),
            assertion=assertion,
            traceback=self.redactor.text(traceback),
            env=self._environment(),
            thread=thread_name(),
            task=task_name(traceback_of(error)),
            exceptions_left_out=left_out,
            logs=tuple(self.redactor.text(line[:MAX_LOG_LINE]) for line in list(logs)[-MAX_LOGS:]),
            marks=tuple(marks),
            rerun=tuple(self.redactor.argv(rerun)),
        )
        if not detail.content:  # somebody else's text of it shows values
            taken = replace(taken, traceback=self.redactor.text(traceback_text(taken)))
        return taken

    def _environment(self) -> dict[str, object]:
        found = environment() if self.options.include_env else {}
        argv = found.get("argv")
        if isinstance(argv, list):
            found["argv"] = self.redactor.argv(argv)
        return found

    def _chain(self, error: BaseException) -> tuple[list[ExceptionRecord], int]:
        """Every exception that leads to this one or is a member of it, each once."""
        eye = Eye(self.options.detail, self.redactor, self.describe)
        frames = Frames(self.project, eye, self.fixtures, self.options)
        found: list[ExceptionRecord] = []
        waiting: list[tuple[str, int, BaseException]] = [("raised", 0, error)]
        numbers: dict[int, int] = {id(error): 0}
        left_out = 0
        while waiting:
            relation, of, one = waiting.pop(0)
            if len(found) == MAX_CHAIN:
                left_out += 1
                continue
            record = self._exception(one, relation, of, frames)
            for how, other in linked(one):
                if id(other) in numbers:
                    back = f"its {how} is exception {numbers[id(other)]} again"
                    record = replace(record, why=(*record.why, back))
                else:
                    numbers[id(other)] = len(numbers)
                    waiting.append((how, len(found), other))
            found.append(record)
        return found, left_out

    def _exception(
        self, error: BaseException, relation: str, of: int, frames: Frames
    ) -> ExceptionRecord:
        detail = self.options.detail
        shown, left_out, libraries = frames.read(traceback_of(error))
        why = [*oddities(error)]
        hidden = suppressed(error)
        if hidden is not None:
            text = self.redactor.text(detail.message(hidden))[:200]
            why.append(f"raised `from None` while handling {type_name(hidden)}: {text}")
        return ExceptionRecord(
            type=type_name(error),
            message=self.redactor.text(detail.message(error)),
            relation=relation,
            frames=tuple(shown),
            frames_left_out=left_out,
            qualified=qualified_name(error),
            of=of,
            notes=tuple(map(self.redactor.text, notes(error))) if detail.content else (),
            why=tuple(why),
            library_frames=libraries,
        )
