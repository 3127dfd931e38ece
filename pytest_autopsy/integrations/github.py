"""GitHub Actions: annotations after the digest, and the step's summary.

pytest-github-actions-annotate-failures gives each failing test an error as it comes, and GitHub
shows ten of a level: beside it ours are notices, which have ten places of their own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ..ci import below, workspace
from ..faults import Guard
from ..report.digest import Outcome
from ..report.github import summary, workflow_commands
from ..session import Session

_OTHER = "annotate_errors"


class GitHub:
    """Tells the workflow; registered in a job of GitHub Actions only."""

    def __init__(self, config: pytest.Config, session: Session) -> None:
        self.plugins = config.pluginmanager
        self.session = session
        self.guarded = Guard(session.faults)
        self._commands: list[str] = []

    def finish(self, outcome: Outcome) -> None:
        """Make the annotations, and write the summary."""
        if not outcome.failures:
            return
        level = "notice" if self.plugins.hasplugin(_OTHER) else "error"
        root = self.session.settings.rootdir
        folder = below(root, workspace(root)) or "."
        self._commands = workflow_commands(outcome, level, "" if folder == "." else f"{folder}/")
        self._summarize(outcome)

    def _summarize(self, outcome: Outcome) -> None:
        name = os.environ.get("GITHUB_STEP_SUMMARY")
        if not name:
            return
        try:
            file = Path(name)
            text = summary(outcome, file.stat().st_size if file.exists() else 0)
            with file.open("a", encoding="utf-8") as stream:
                stream.write(text)
        except OSError as error:
            self.session.faults.append(
                f"GITHUB_STEP_SUMMARY {name}: could not be written: {error.strerror or error}"
            )

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Iterator[None]:
        yield
        self.guarded(self._write, terminalreporter.write)

    def pytest_unconfigure(self) -> None:
        self.guarded(self._write, sys.stderr.write)  # where the terminal has no summary

    def _write(self, write: Callable[[str], object]) -> None:
        commands, self._commands = self._commands, []
        for command in commands:
            write(f"{command}\n")


def make(config: pytest.Config, session: Session) -> GitHub:
    """Return the bridge."""
    return GitHub(config, session)
