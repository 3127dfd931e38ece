"""pytest-json-report: the cause among each failing test's properties, when it writes its file."""

from __future__ import annotations

from typing import Any

import pytest

from ..closing import Closing
from ..observe.redaction import Redactor
from ..report.properties import properties_of

_PLACES = ("nodeid", "outcome", "path", "root", "type", "when", "filename", "pathname", "keywords")


class JsonReport:
    """Amends the report that pytest-json-report is about to save."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        closing = self.config.pluginmanager.get_plugin("autopsy-closing")
        if not isinstance(closing, Closing) or closing.outcome is None:
            return
        closing.guarded(self._amend, json_report, closing)

    def _amend(self, json_report: dict[str, Any], closing: Closing) -> None:
        outcome = closing.outcome
        assert outcome is not None
        redactor = closing.session.redactor
        if closing.session.settings.redact_reports:
            json_report.update(_redacted(dict(json_report), redactor))
        by_nodeid = {failure.nodeid: failure.id for failure in outcome.failures}
        for test in json_report.get("tests", ()):
            failure = by_nodeid.get(redactor.identifier(test.get("nodeid", "")))
            if failure is None:
                continue
            held = test.setdefault("user_properties", [])
            names = {name for pair in held for name in pair}
            held.extend(
                {name: value}
                for name, value in properties_of(outcome, failure)
                if name not in names
            )


def _redacted(data: Any, redactor: Redactor, key: str = "") -> Any:
    """The report without secrets; what tests are found by is no text to ask other plugins about."""
    if isinstance(data, dict):
        return {name: _redacted(held, redactor, str(name)) for name, held in data.items()}
    if isinstance(data, (list, tuple)):
        return [_redacted(held, redactor, key) for held in data]
    if not isinstance(data, str):
        return data
    return redactor.held(data, key) if key not in _PLACES else redactor.identifier(data)
