"""A line for people who wait at a terminal: what is being done, once it takes long."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .unfaked import monotonic

AFTER = 2.0
"""Seconds of work before anything is said."""
EVERY = 0.5
"""Seconds between two lines."""
_WIDTH = 78


class Progress:
    """Says what is going on when a step is taken; no thread, no timer, nothing off a terminal."""

    def __init__(
        self, write: Callable[[str], None] | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        self._write = write  # shows a line in the place of the last one; None where nobody looks
        self._clock = clock
        self._since: float | None = None
        self._spent = 0.0  # seconds of work before that
        self._last = 0.0
        self._shown = False
        self._what = ""
        self._steps = 0

    def begin(self, what: str) -> None:
        """A piece of work begins; pieces that follow one another are waited for together."""
        if self._since is None:
            self._since = self._clock()
        self._what, self._steps = what, -1
        self.step()

    def step(self) -> None:
        """A part of the work is done."""
        self._steps += 1
        self._show()

    def tell(self, what: str) -> None:
        """The work goes on, and is now best described so."""
        self._what = what
        self._show()

    def _show(self) -> None:
        if self._write is None or self._since is None:
            return
        now = self._clock()
        waited = self._spent + now - self._since
        if waited >= AFTER and now - self._last >= EVERY:
            self._last, self._shown = now, True
            done = f", {self._steps} done" if self._steps else ""
            self._write(f"autopsy: {self._what}{done} ({waited:.0f} s)")

    def rest(self) -> None:
        """Others work now: their time does not count; the line goes."""
        if self._since is not None:
            self._spent += self._clock() - self._since
            self._since = None
        if self._shown and self._write is not None:
            self._write("")
        self._shown = False


def at_stderr() -> Progress:
    """Return a Progress that writes to standard error, where that is a terminal."""

    def write(line: str) -> None:
        sys.stderr.write(f"\r{line:<{_WIDTH}}" if line else f"\r{' ' * _WIDTH}\r")
        sys.stderr.flush()

    return Progress(write if sys.stderr.isatty() else None, monotonic)


def at_terminal(plugins: Any) -> Progress:
    """Return a Progress that writes by pytest's terminal reporter, where that has a terminal.

    `plugins` is pytest's plugin manager: it is asked when there is something to say.
    """

    def write(line: str) -> None:
        reporter = plugins.get_plugin("terminalreporter")
        if getattr(reporter, "isatty", False):
            reporter.ensure_newline()
            reporter.rewrite(line, erase=True)

    return Progress(write)
