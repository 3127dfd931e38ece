"""pytest-reportlog: a stream, so each failure's own facts at once, and the causes in one last record.

What a failing report has of ours (`autopsy` and its properties) is written by pytest-reportlog
itself. The record at the end is a report of a type of its own: readers tell lines apart by
`$report_type`, as pytest-reportlog documents.
"""

from __future__ import annotations

from typing import Any

import pytest

from ..report.causes import causes_json
from ..report.digest import Outcome
from ..session import Session

REPORT_TYPE = "AutopsyRootCauses"


class RootCauses:
    """The record that closes the stream, as a report that pytest can be asked to serialize."""

    def __init__(self, outcome: Outcome) -> None:
        self.data: dict[str, Any] = {"$report_type": REPORT_TYPE, **causes_json(outcome)}


class ReportLog:
    """Hands the record to pytest-reportlog's plugin, and to nobody else."""

    def __init__(self, config: pytest.Config) -> None:
        self.plugins = config.pluginmanager

    def pytest_report_to_serializable(self, report: Any) -> dict[str, Any] | None:
        return report.data if isinstance(report, RootCauses) else None

    def finish(self, outcome: Outcome) -> None:
        """Write the closing record."""
        for plugin in self.plugins.get_plugins():
            if type(plugin).__module__.startswith("pytest_reportlog."):
                plugin.pytest_runtest_logreport(RootCauses(outcome))


def make(config: pytest.Config, _: Session) -> ReportLog:
    """Return the bridge."""
    return ReportLog(config)
