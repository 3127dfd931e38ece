"""Lines that a recorded process writes as it goes: they stay when it is killed in the next moment."""

from __future__ import annotations

import os
from pathlib import Path

from .model import Call
from .parts import Part, call_bytes, part_bytes
from .plainjson import dumps
from .report.trace import call_line, end_lines
from .traceconfig import TraceConfig

AT_ONCE = 1000
"""Lines that are written one by one; those after them by sixty-four."""
TOGETHER = 64


class Appender:
    """Appends lines to a file that is opened each time: the program may close every descriptor,
    and what it opens next under the same number is no file of ours.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.written = 0
        self.works = True
        self._waiting: list[bytes] = []

    def write(self, line: bytes) -> None:
        """Write a line, or keep it for the next few; after an error nothing more."""
        self._waiting.append(line)
        self.written += 1
        if self.written <= AT_ONCE or len(self._waiting) >= TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        lines, self._waiting = self._waiting, []
        if not lines or not self.works:
            return
        try:
            handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, b"".join(lines))
            finally:
                os.close(handle)
        except OSError:  # its folder is gone: the test is over
            self.works = False


class Lines:
    """A sink of a stream that writes lines."""

    def __init__(self, config: TraceConfig, appender: Appender) -> None:
        self.config = config
        self.appender = appender

    def __call__(self, call: Call, ended: bool) -> None:
        """Write what is to be shown of a call that begins, and again when it has ended."""
        if self.config.wants(call):
            self.write(self.config.shaped(call), ended)

    def write(self, call: Call, ended: bool) -> None:
        """Write it."""
        raise NotImplementedError


class CallLines(Lines):
    """Each call as evidence, for whoever joins the parts of a test."""

    def __init__(self, config: TraceConfig, appender: Appender, part: Part) -> None:
        super().__init__(config, appender)
        appender.write(part_bytes(part))

    def write(self, call: Call, ended: bool) -> None:  # noqa: ARG002
        """Write it whole: the last line of a call counts."""
        self.appender.write(call_bytes(call))


class LogLines(Lines):
    """Seed 1's log: an event a line, of all processes of a program in one file."""

    def __init__(self, config: TraceConfig, appender: Appender, pid: int) -> None:
        super().__init__(config, appender)
        self.pid = pid

    def write(self, call: Call, ended: bool) -> None:
        """Write the line of a call that begins, or those of its end."""
        limit = self.config.max_repr_length
        for line in end_lines(call, limit)[::-1] if ended else [call_line(call, limit)]:
            if self.config.trace_exceptions or line["event"] in ("call", "return"):
                self.appender.write(dumps({**line, "pid": self.pid}, newline=True))
