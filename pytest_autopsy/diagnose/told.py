"""What other plugins tell of a failure, by the hook `pytest_autopsy_diagnose`."""

from __future__ import annotations

from ..model import Evidence
from .case import Case, Finding


def find(case: Case) -> list[Finding]:
    """Return a finding for each fact that was told of the failures at hand."""
    findings = []
    for failure in case.failures:
        for told in case.run.told.get(failure.id, ()):
            function = case.with_kind(told.function)
            line = told.line or function.line
            evidence = Evidence(
                "told", told.fact, "culprit", function.file, line, function.name, failure.nodeid
            )
            findings.append(
                Finding(function, "told", told.strength, told.fact, (evidence,), told.line)
            )
    return findings
