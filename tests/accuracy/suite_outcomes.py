"""A pytest plugin that writes down what every test did, as JSON, for `outcomes.py` to compare.

It is copied to a folder of its own, which holds nothing that a library's tests could import by
mistake, and loaded from there with ``-p suite_outcomes``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

Row = list[Any]


class Recorder:
    """Collects reports and warnings, and writes them to a file when the session ends."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.reports: list[Row] = []
        self.warnings: list[Row] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes one phase of one test (or one of its subtests)."""
        subtest = str(getattr(report, "context", "") or "")
        xfail = getattr(report, "wasxfail", None)
        self.reports.append([report.nodeid, report.when, report.outcome, xfail, subtest])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notes a file that could not be collected, or was skipped as a whole."""
        if report.outcome != "passed":
            self.reports.append([report.nodeid, "collect", report.outcome, None, ""])

    def pytest_warning_recorded(self, warning_message: Any, when: str, nodeid: str) -> None:
        """Notes one warning, with the place it points to."""
        text = str(warning_message.message)
        place = f"{warning_message.filename}:{warning_message.lineno}"
        self.warnings.append([nodeid, when, warning_message.category.__name__, text, place])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Writes everything that was noted."""
        record = {"exit": int(exitstatus), "reports": self.reports, "warnings": self.warnings}
        self.target.write_text(json.dumps(record), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Switches the recorder on, except in an xdist worker, whose reports reach the controller."""
    if not hasattr(config, "workerinput"):
        recorder = Recorder(Path(os.environ["SUITE_OUTCOMES_FILE"]))
        config.pluginmanager.register(recorder, "suite-outcomes-recorder")
