"""The failures and totals that pytest counts, from the reports that it made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from .integrations.nodeids import reported_nodeid
from .integrations.redacting import redact_report
from .model import Failure, Phase
from .observe.text import shortened
from .report.facts import crash_of, told_by
from .session import Session
from .witness import failure_id
from .wreckage import salvaged

_PHASES: dict[str, Phase] = {
    "setup": "setup", "teardown": "teardown", "collect": "collect",
}  # fmt: skip


_SHOWN = ("longrepr", "sections", "wasxfail", "message")
"""What of a kept report, or a warning, is shown."""


class Tally:
    """Gathers the reports of failures as they come, and joins them with the evidence of them."""

    def __init__(self, session: Session, config: pytest.Config) -> None:
        self.session = session
        self.config = config
        self.counts: Counter[str] = Counter()
        self.failed: list[Any] = []

    def redact_reports(self) -> None:
        """What the whole run knows to be secret leaves the reports that are not written yet."""
        if self.session.settings.redact_reports:
            reporter = self.config.pluginmanager.get_plugin("terminalreporter")
            kept = getattr(reporter, "stats", {}).values()
            for report in [*self.failed, *(one for reports in kept for one in reports)]:
                if any(getattr(report, name, None) for name in _SHOWN):
                    redact_report(report, self.session.redactor)

    def failures(self) -> list[Failure]:
        """The failures that pytest counts, each with the evidence of it that there is."""
        every = self.session.run.failures
        known = {(failure.id, failure.worker): failure for failure in every}
        by_id = {failure.id: failure for failure in every}
        chosen: dict[str, Failure] = {}
        redacted = self.session.redactor.text
        for report in sorted(self.failing_reports(), key=_worker):  # else in order of speed
            told = told_by(report).get("failure", "")
            failure = known.get((told, _worker(report))) or by_id.get(told)
            if failure is None:
                nodeid = reported_nodeid(report, self.config)
                bare = _bare_failure(report, nodeid, len(chosen), redacted)
                failure = salvaged(self.session, bare)
            if failure.id in chosen:  # --dist=each: the same test in another worker
                failure = replace(failure, id=failure_id(failure.id, len(chosen)))
            chosen[failure.id] = failure
            report.autopsy = {"failure": failure.id}
        return sorted(
            chosen.values(), key=lambda failure: (failure.nodeid, failure.phase, failure.id)
        )

    def passed(self) -> frozenset[str]:
        """Return the node ids of the tests that passed."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        stats = getattr(reporter, "stats", None)
        if isinstance(stats, dict):
            return frozenset(report.nodeid for report in stats.get("passed", ()))
        return frozenset(one.nodeid for one in self.session.run.passed)

    def failing_reports(self) -> list[Any]:
        """Return the reports that pytest counts as failed or as errors."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        stats = getattr(reporter, "stats", None)
        if isinstance(stats, dict):
            return [*stats.get("failed", ()), *stats.get("error", ())]
        return [report for report in self.failed if report.failed]

    def totals(self, session: pytest.Session, failures: list[Failure]) -> dict[str, int]:
        """Return the `totals` part of digest.json, as the terminal counts."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        stats: dict[str, list[Any]] = getattr(reporter, "stats", {})
        count = {
            name: len([r for r in stats.get(name, ()) if getattr(r, "count_towards_summary", True)])
            for name in ("passed", "failed", "error", "skipped", "xfailed", "xpassed", "rerun")
        }
        if reporter is None:  # -p no:terminal
            count.update((name, self.counts[name]) for name in count)
            count["error"] += sum(failure.phase == "collect" for failure in failures)
        return {
            "tests": int(getattr(session, "testscollected", 0)),
            "passed": count["passed"],
            "failed": count["failed"],
            "errors": count["error"],
            "skipped": count["skipped"],
            "xfailed": count["xfailed"],
            "xpassed": count["xpassed"],
            "retried": count["rerun"],
        }

    def count(self, report: pytest.TestReport) -> None:
        """Count a report as the terminal does, where there is none."""
        status = self.config.hook.pytest_report_teststatus(report=report, config=self.config)
        plain = report.outcome if report.when == "call" or report.skipped else ""
        self.counts[status[0] if status else "error" if report.failed and not plain else plain] += 1


def _worker(report: Any) -> str:
    """The id of the worker that xdist has a test's report from, else "" (collectors have none)."""
    return str(getattr(report, "worker_id", ""))


def _bare_failure(
    report: Any, nodeid: str, ordinal: int, redacted: Callable[[str], str]
) -> Failure:
    """A failure that only its report tells of: a crashed worker, a strict xpass."""
    phase = _PHASES.get(getattr(report, "when", None) or "collect", "call")
    location = getattr(report, "location", None) or (nodeid.split("::")[0], 0, "")
    said = redacted(str(report.longrepr or "").strip()).partition("\n")[0]
    failed = ("Failed", shortened(said, 300)) if said else None
    kind, message = crash_of(report)
    return Failure(
        id=failure_id(f"{nodeid}\0{phase}\0report", ordinal),
        nodeid=redacted(nodeid),
        phase=phase,
        outcome="failed" if phase == "call" else "error",
        file=str(location[0]).replace("\\", "/"),
        line=(location[1] or 0) + 1,
        duration_s=round(getattr(report, "duration", 0.0), 4),
        exception=(redacted(kind), redacted(message)) if kind else failed,
        why_no_trace=f"only its report is known: {shortened(said, 120) or 'no text'}",
        why_no_snapshot="only its report is known",
    )
