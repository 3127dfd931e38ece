"""pytest-json-report: the cause among each failing test's properties, when it writes its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ..faults import Guard
from ..report.digest import Outcome
from ..report.properties import PREFIX, properties_of
from ..session import Session
from .redacting import redacted_json


class JsonReport:
    """Amends the report that pytest-json-report is about to save."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.outcome: Outcome | None = None

    def finish(self, outcome: Outcome) -> None:
        """Remember what is to be told: the report is made after this."""
        self.outcome = outcome

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        if self.outcome is not None:
            Guard(self.session.faults)(self._amend, json_report, self.outcome)

    def _amend(self, report: dict[str, Any], outcome: Outcome) -> None:
        redactor = self.session.redactor
        if self.session.settings.redact_reports:
            report.update(redacted_json(dict(report), redactor))
        first: dict[str, str] = {}
        for failure in outcome.failures:  # of a test's call before its setup or teardown
            first.setdefault(failure.nodeid, failure.id)
        for entry in _entries(report):
            failed = first.get(redactor.identifier(str(entry.get("nodeid", ""))))
            if failed is not None:
                held = entry.get("user_properties")
                others = [pair for pair in _list(held) if not _is_ours(pair)]
                told = [{name: value} for name, value in properties_of(outcome, failed)]
                entry["user_properties"] = [*others, *told]


def make(_: pytest.Config, session: Session) -> JsonReport:
    """Return the bridge."""
    return JsonReport(session)


def _entries(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The tests, and the collectors that failed; what others left there in another form is not ours."""
    for name in ("tests", "collectors"):
        for entry in _list(report.get(name)):
            if isinstance(entry, dict) and (name == "tests" or entry.get("outcome") == "failed"):
                yield entry


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_ours(pair: Any) -> bool:
    return isinstance(pair, dict) and any(str(name).startswith(PREFIX) for name in pair)
