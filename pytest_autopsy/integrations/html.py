"""pytest-html: a short box in the row of each failure, the causes above the table, links to more.

Rows are filled as tests report; what is told at the end is put into them by way of the object that
pytest-html hands to `pytest_html_report_title`, the causes by `pytest_html_results_summary`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ..ci import below
from ..faults import Guard
from ..report.digest import Outcome
from ..report.facts import told_by
from ..report.fragment import causes_html, row_html
from ..session import Session
from .redacting import redacted_json


class Html:
    """Amends pytest-html's page through its hooks."""

    def __init__(self, config: pytest.Config, session: Session) -> None:
        self.guarded = Guard(session.faults)
        self.session = session
        self.folder = (
            Path(os.path.expandvars(config.option.htmlpath)).expanduser().absolute().parent
        )
        self.page: Any = None
        self.outcome: Outcome | None = None
        self._failed: list[Any] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_report_title(self, report: Any) -> None:
        self.page = report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self._failed.append(report)
            self.guarded(self._link, report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._failed.append(report)

    def _link(self, report: Any) -> None:
        """A link beside the row; the file is there when the page is written."""
        link = self._from_page(told_by(report).get("evidence", "").partition("/latest/")[2])
        if link:
            extra = {"format_type": "url", "name": "autopsy", "content": link, "mime_type": None}
            report.extras = [*getattr(report, "extras", []), {**extra, "extension": None}]

    def finish(self, outcome: Outcome) -> None:
        """Put the box of its cause into each failing row."""
        self.outcome = outcome
        if self.page is None:
            return
        tests = self.page.data["tests"]
        for report in self._failed:
            told = told_by(report)
            rows = tests.get(report.nodeid, [])
            row = next((one for one in rows if _is_row_of(one, report)), None)
            if row is not None and told:
                row["log"] = row_html(outcome, told["failure"]) + row.get("log", "")
        if self.session.settings.redact_reports:
            self._redact(self.page.data)

    def _redact(self, data: dict[str, Any]) -> None:
        """Take secrets out of the page's data: rows, and the names that they stand under."""
        redactor = self.session.redactor
        data["environment"] = redacted_json(data.get("environment", {}), redactor)
        for nodeid in list(data["tests"]):  # put back in their order
            rows = redacted_json(data["tests"].pop(nodeid), redactor)
            data["tests"].setdefault(redactor.identifier(nodeid), []).extend(rows)

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        if self.outcome is not None and self.outcome.failures:
            self.guarded(self._summarize, prefix, self.outcome)

    def _summarize(self, prefix: list[str], outcome: Outcome) -> None:
        whole = "report.html" if outcome.page else "digest.md"
        prefix.append(causes_html(outcome, self._from_page(whole) if outcome.path else ""))

    def _from_page(self, name: str) -> str:
        """The link to a file of the run, in the export where there is one; "" where none is right.

        Relative to the page, for page and evidence may be moved together.
        """
        settings = self.session.settings
        folder = settings.export or settings.directory / "latest"
        if not name or (settings.export is None and below(folder, settings.rootdir) is None):
            return ""
        try:
            return quote(Path(os.path.relpath(folder / name, self.folder)).as_posix())
        except ValueError:  # on another drive
            return ""


def _is_row_of(row: dict[str, Any], report: Any) -> bool:
    """Whether a row of a test is that of this phase of it, by the name that it shows."""
    suffix = "" if report.when == "call" else f"::{report.when}"
    return bool(row.get("testId") == report.nodeid + suffix)


def make(config: pytest.Config, session: Session) -> Html:
    """Return the bridge."""
    return Html(config, session)
