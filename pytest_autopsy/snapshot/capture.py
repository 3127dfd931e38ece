"""Take a Snapshot of an exception: its whole chain, each with frames, locals and source.

Project frames keep their locals and source; frames of libraries are folded to a line each.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import threading
from datetime import datetime, timezone
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Literal

from ..model import Assertion, ExceptionRecord, Frame, Look, Site, Snapshot
from ..observe.detail import Describe, Detail
from ..observe.exceptions import linked, qualified_name, traceback_of, type_name
from ..observe.redaction import Redactor
from ..record.codes import call_site
from ..record.project import Project
from ..source import Source, source_of

MAX_CHAIN = 8
MAX_LOCALS = 60
NODES = 8_000
"""Nodes of values that one snapshot walks: each frame may take a quarter of what is left."""
FRAME_NODES = 160
"""What a frame may take where that is less."""


class Camera:
    """Takes snapshots for one project with one redactor."""

    def __init__(
        self,
        project: Project,
        redactor: Redactor,
        fixtures: set[tuple[str, str]],
        detail: Detail | None = None,
    ) -> None:
        self.project = project
        self.redactor = redactor
        self.fixtures = fixtures
        self.detail = detail or Detail()
        self.describe: Describe | None = None
        self._nodes = NODES

    def take(
        self,
        name: str,
        error: BaseException,
        *,
        assertion: Assertion | None = None,
        traceback: str = "",
        shown_message: str | None = None,
    ) -> Snapshot:
        """Return the snapshot of `error`.

        `shown_message` is the message as somebody else has already rendered it (pytest's report
        has run the exception's own `__str__`); `traceback` their traceback as text.
        """
        self._nodes = NODES
        exceptions = self._chain(error)
        if not self.detail.content:  # somebody else's text of it shows values
            shown_message, traceback = None, text_of(exceptions)
        if shown_message is not None and exceptions:
            first = exceptions[0]
            exceptions[0] = _with_message(first, self.redactor.text(shown_message))
        return Snapshot(
            name=name,
            timestamp_utc=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            exceptions=tuple(exceptions),
            assertion=assertion,
            traceback=self.redactor.text(traceback),
            env=environment(),
            thread=threading.current_thread().name,
        )

    def _chain(self, error: BaseException) -> list[ExceptionRecord]:
        found: list[ExceptionRecord] = []
        waiting: list[tuple[str, BaseException]] = [("raised", error)]
        seen: set[int] = set()
        while waiting and len(found) < MAX_CHAIN:
            relation, one = waiting.pop(0)
            if id(one) in seen:
                continue
            seen.add(id(one))
            found.append(self._exception(one, relation))
            waiting.extend(linked(one))
        return found

    def _exception(self, error: BaseException, relation: str) -> ExceptionRecord:
        frames, left_out = self._frames(traceback_of(error))
        return ExceptionRecord(
            type=type_name(error),
            message=self.redactor.text(self.detail.message(error)),
            relation=relation,
            frames=tuple(frames),
            frames_left_out=left_out,
            qualified=qualified_name(error),
        )

    def _frames(self, traceback: TracebackType | None) -> tuple[list[Frame], int]:
        """Innermost first. A deep recursion keeps both of its ends."""
        found: list[TracebackType] = []
        while traceback is not None and len(found) < 5_000:
            found.append(traceback)
            traceback = traceback.tb_next
        found = [tb for tb in found if not _is_machinery(tb.tb_frame.f_code)]
        most = self.detail.frames
        left_out = max(len(found) - most, 0)
        if left_out:
            found = found[: most // 2] + found[len(found) - most + most // 2 :]
        return [self._frame(tb) for tb in reversed(found)], left_out

    def _frame(self, traceback: TracebackType) -> Frame:
        frame, line = traceback.tb_frame, traceback.tb_lineno
        code = frame.f_code
        generated = code.co_filename[:1] == "<"
        path = code.co_filename if generated else os.path.realpath(code.co_filename)
        shown = path if generated else self.project.shown(path)
        name = getattr(code, "co_qualname", None) or _name_before_311(path, code)
        kind = self._kind(path, shown, name)
        source = source_of(path)
        site, expression = _expression(code, traceback.tb_lasti, source)
        text = "".join(self.redactor.lines(source.lines, line - 1, line)).strip()
        if kind == "library":
            return Frame(shown, line, name, kind, code.co_firstlineno, text)
        start, snippet = self._snippet(source, line)
        chosen, left_out = self._locals(frame, snippet)
        return Frame(
            file=shown,
            line=line,
            function=name,
            kind=kind,
            first_line=code.co_firstlineno,
            code=text,
            source_start=start,
            source=snippet,
            locals=chosen,
            locals_left_out=left_out,
            site=site,
            expression=self.redactor.source(expression),
            why=source.why,
        )

    def _kind(
        self, path: str, shown: str, name: str
    ) -> Literal["code", "test", "fixture", "library"]:
        if path[:1] == "<" or not self.project.owns(path):
            return "library"
        if (shown, name) in self.fixtures:
            return "fixture"
        return "test" if self.project.is_test(shown) else "code"

    def _snippet(self, source: Source, line: int) -> tuple[int, tuple[str, ...]]:
        context = self.detail.source_context
        start = max(line - context, 1)
        end = min(line + context, len(source.lines))
        return start, self.redactor.lines(source.lines, start - 1, end)

    def _locals(
        self, frame: FrameType, snippet: tuple[str, ...]
    ) -> tuple[tuple[tuple[str, Look], ...], int]:
        """Variables that the shown lines name come first; pytest's own are left out."""
        if frame.f_code.co_name == "<module>":
            return (), len(frame.f_globals)
        held = frame.f_locals
        names = [name for name in list(held) if type(name) is str and not name.startswith("@")]
        if self.detail.values == "none":
            return (), len(names)
        words = set(re.findall(r"\w+", "\n".join(snippet)))
        names.sort(key=lambda name: name not in words)
        left_out = max(len(names) - MAX_LOCALS, 0)
        del names[MAX_LOCALS:]
        nodes = max(self._nodes // 4, FRAME_NODES)
        looks, spent = self.detail.looks([held.get(name) for name in names], nodes, self.describe)
        self._nodes = max(self._nodes - spent, 0)
        return tuple((n, self.redactor.look(look, n)) for n, look in zip(names, looks)), left_out


def text_of(exceptions: list[ExceptionRecord]) -> str:
    """Return exceptions as the interpreter prints them, of what snapshots hold of them."""
    lines = []
    for record in reversed(exceptions):
        relation = "" if record.relation == "raised" else f"{record.relation}: "
        lines.append(f"{relation}Traceback (most recent call last):")
        for frame in reversed(record.frames):
            lines.append(f'  File "{frame.file}", line {frame.line}, in {frame.function}')
            lines.append(f"    {frame.code}")
        lines.append(f"{record.qualified or record.type}: {record.message}".rstrip(": "))
    return "\n".join(lines)


def environment() -> dict[str, object]:
    """Return what a reader needs to know of the machine."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cwd": _cwd(),
        "argv": [Path(sys.argv[0]).name, *sys.argv[1:]] if sys.argv else [],
    }


def _cwd() -> str:
    try:
        return Path.cwd().name
    except OSError:  # deleted under us
        return ""


def _is_machinery(code: CodeType) -> bool:
    """Pytest's and pluggy's own frames: how every test is called."""
    parts = code.co_filename.replace("\\", "/").split("/")
    return not {"_pytest", "pluggy", "pytest_autopsy"}.isdisjoint(parts)


def _name_before_311(path: str, code: CodeType) -> str:
    span = source_of(path).starting_at(code.co_name, code.co_firstlineno)
    return span.name if span else code.co_name


def _with_message(record: ExceptionRecord, text: str) -> ExceptionRecord:
    return ExceptionRecord(
        record.type, text, record.relation, record.frames, record.frames_left_out, record.qualified
    )


def _expression(code: CodeType, offset: int, source: Source) -> tuple[Site | None, str]:
    """The range that was being evaluated, and its text; its line before 3.11."""
    site = call_site(code, offset) if offset >= 0 else None
    if site is None or site.column is None or site.end_line is None or site.end_column is None:
        return site, ""
    if site.end_line - site.line > 10:
        return site, ""
    return site, source.segment(site.line, site.column, site.end_line, site.end_column)
