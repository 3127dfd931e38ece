"""What the terminal shows of a run: a line in its header, and the digest at its end."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from .only import hidden
from .options import has_workers
from .report import terminal
from .report.digest import Outcome
from .session import Session
from .writing import shown

_STYLES: dict[str, dict[str, bool]] = {
    "title": {"bold": True}, "bad": {"red": True}, "dim": {}, "": {},
}  # fmt: skip


class Display:
    """The terminal's part of a run, where it has a terminal."""

    def __init__(self, session: Session, config: pytest.Config) -> None:
        self.session = session
        self.config = config
        self._headline = ""
        self._told = False
        self._lines: list[terminal.Line] = []

    def header(self) -> str:
        """Return the line in which a run says how it records, what, and where to."""
        ours = self.session
        if not ours.settings.trace:
            what = " and ".join(n for n in ("snapshot", "triage") if getattr(ours.settings, n))
            return f"autopsy: {what}, no tracing; store {self._store_name()}"
        targets = ours.recorder.targets
        files, packages = targets.count()
        engine = ours.engine_name
        if has_workers(self.config):
            engine, reason = "in the workers", "xdist"
        else:
            reason = ours.engine_reason
        readings = (
            f" from {', '.join(r.reading for r in targets.include)}" if targets.include else ""
        )
        return (
            f"autopsy: {engine} ({reason}), mode {ours.settings.mode},"
            f" {files} files in {packages} packages{readings}, store {self._store_name()}"
        )

    def _store_name(self) -> str:
        return shown(self.session.settings.directory, self.session.settings.rootdir)

    def render(self, outcome: Outcome | None) -> None:
        """Make the digest's lines now, so that a fault in them can still be told."""
        verbosity = self.session.settings.verbosity
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        silent = getattr(self.config.option, "no_summary", False)
        if outcome is None or reporter is None or silent:
            return
        self._told = True
        settings = self.session.settings
        if outcome.failures and settings.only:
            from .report.only import only_lines  # a green run does without

            self._headline = terminal.headline(outcome)
            warnings = len(getattr(reporter, "stats", {}).get("warnings", ()))
            self._lines = only_lines(outcome, settings.budget, settings.causes, warnings)
        elif outcome.failures:
            self._headline = terminal.headline(outcome)
            cells = self.config.get_terminal_writer().fullwidth
            self._lines = terminal.lines(outcome, cells, everything=verbosity > 0)
        elif verbosity >= 0:
            self._lines = [terminal.Line(f"autopsy: {note}") for note in outcome.notes]
            self._lines.append(terminal.Line(terminal.quiet_line(outcome)))

    def alone(self, reporter: Any) -> AbstractContextManager[None]:
        """Return what keeps pytest from telling failures itself, where we tell them instead."""
        told = self.session.settings.only and self._told  # not where a fault of ours lost it
        return hidden(reporter) if told else nullcontext()

    def show(self, reporter: Any) -> None:
        """Write the digest to the terminal."""
        if self._headline:
            reporter.write_sep("=", self._headline, bold=True)
        for line in self._lines:
            reporter.write_line(line.text, **_STYLES[line.style])
