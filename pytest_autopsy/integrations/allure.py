"""allure-pytest: writes each test's result as it ends, so that gets the failure's own facts; the
causes follow at the end, attached to the run as a whole.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from ..faults import Guard
from ..options import has_workers
from ..report.causes import causes_text, facts_text
from ..report.digest import Outcome
from ..report.facts import told_by
from ..session import Session
from . import is_worker

NAME = "autopsy"
CAUSES = "autopsy root causes"


class Allure:
    """Attaches text by Allure's own API, in the process that writes the result."""

    def __init__(self, config: pytest.Config, session: Session) -> None:
        self.guarded = Guard(session.faults)
        self.writes = not has_workers(config)
        self.closes = not is_worker(config)
        self.api = import_module("allure")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        if self.writes and report.failed:  # the test's result is open until after its teardown
            self.guarded(self._attach, report)

    def _attach(self, report: Any) -> None:
        told = told_by(report)
        if told:
            kind = self.api.attachment_type.TEXT
            self.api.attach(facts_text(told), name=NAME, attachment_type=kind)

    def finish(self, outcome: Outcome) -> None:
        """Attach the causes to the run; an Allure before 2.16 has no place for that."""
        attach = getattr(self.api, "global_attach", None)
        if self.closes and outcome.failures and attach is not None:
            kind = self.api.attachment_type.TEXT
            attach(causes_text(outcome), name=CAUSES, attachment_type=kind)


def make(config: pytest.Config, session: Session) -> Allure:
    """Return the bridge."""
    return Allure(config, session)
