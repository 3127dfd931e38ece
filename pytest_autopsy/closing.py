"""The end of a run, in the process that sees all of it: diagnose, write, tell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from .atonce import uncollected
from .changes import changed_lines
from .display import Display
from .earlier import consult, leave
from .export import export_run
from .faults import Guard, warn
from .integrations import bridges
from .integrations.telling import ask_plugins, report_to_plugins
from .kept import keep
from .model import Diagnosis, Failure, RootCause
from .observe.again import everywhere
from .observe.text import clean
from .progress import at_terminal
from .report.digest import Outcome, digest
from .report.facts import told_by
from .report.properties import attach, properties_of
from .runfacts import cost, notes, run_facts
from .session import Session
from .shards import shard_of
from .tally import Tally
from .unfaked import now, perf_counter
from .writing import ran_of, unchanged_since, write_run

if TYPE_CHECKING:  # a green run does without
    from .diagnose.divergence import Divergence


class Closing:
    """Gathers the reports of failures as they come, and makes the digest of them at the end."""

    def __init__(self, session: Session, config: pytest.Config) -> None:
        self.session = session
        self.guarded = Guard(session.faults)
        self.config = config
        self.outcome: Outcome | None = None
        self.tally = Tally(session, config)
        self.display = Display(session, config)
        session.progress = at_terminal(config.pluginmanager)
        self._stopped_by = ""
        self._started = now()

    # -- hooks ------------------------------------------------------------------------------

    def pytest_report_header(self) -> str | None:
        header: str | None = self.guarded(self.display.header)
        return header

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.tally.failed.append(report)
        if not self.config.pluginmanager.hasplugin("terminalreporter"):
            self.guarded(self.tally.count, report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.tally.failed.append(report)

    def pytest_keyboard_interrupt(self) -> None:
        self._stopped_by = "keyboard interrupt"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        # A wrapper, so that it is done before any other plugin writes its report.
        self.guarded(self.session.stop)
        if not self.config.option.collectonly:
            try:
                self.guarded(self._finish, session)
            except KeyboardInterrupt:  # pytest's own reports are still to come
                self.session.faults.append("the digest was ended by a keyboard interrupt")
            self.guarded(self.session.progress.rest)
            self.guarded(self.display.render, self.outcome)
            self.guarded(self._say_faults)
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Iterator[None]:
        with self.display.alone(terminalreporter):
            yield
        told = len(self.session.faults)
        self.guarded(self.display.show, terminalreporter)
        for fault in self.session.faults[told:]:  # too late for a warning
            terminalreporter.write_line(f"pytest-autopsy: {fault}")

    # -- making the digest ------------------------------------------------------------------

    def _finish(self, session: pytest.Session) -> None:
        ours = self.session
        ours.progress.begin("looking for secrets in what was written")
        self.guarded(ours.redact_again)
        self.guarded(self.tally.redact_reports)
        failures = self.tally.failures()
        if ours.settings.trace and ours.settings.mode == "second-run" and failures:
            ours.progress.begin("running failing tests once more, for their values")
            failures = self.guarded(self._second_run, failures) or failures
        ours.run.failures[:] = failures
        if ours.second_run_s:
            self.guarded(ours.redact_again)  # of what the second run has learned to be secret
            failures = list(ours.run.failures)
        ours.run.fixtures = frozenset(ours.recorder.targets.fixtures)
        if failures:
            self.guarded(consult, ours)
        began = perf_counter()
        causes: list[RootCause] = []
        diagnoses: dict[str, Diagnosis] = {}
        parted: dict[str, Divergence] = {}
        if ours.settings.triage and failures:
            ask_plugins(self.config, ours.run, ours.faults)
            ours.run.changed = self.guarded(changed_lines, ours.project.root) or {}
            causes, diagnoses, parted = self._diagnosed()
        outcome = Outcome(
            run=run_facts(ours, session, self._started, self._stopped_by),
            totals=self.tally.totals(session, failures),
            failures=failures,
            causes=causes,
            diagnoses=diagnoses,
            divergences=parted,
            cost=cost(ours, perf_counter() - began - ours.trials_s),
            notes=notes(ours, self.config),
            retried=ours.retried,
            store_option=ours.settings.store_option,
        )
        outcome.unchanged = self.guarded(unchanged_since, ours.directory.store, outcome)
        self.outcome = outcome
        ran = (
            ran_of(outcome, self.tally.passed(), ours.settings.rootdir)
            if ours.settings.triage
            else None
        )
        self.guarded(self._look_elsewhere, outcome)
        self.guarded(write_run, ours, outcome, ran)
        self.guarded(keep, ours, outcome, shard_of(self.config.option, os.environ))
        self.guarded(export_run, ours, outcome)
        self.guarded(leave, ours)
        self.guarded(self._attach, outcome)
        self.guarded(report_to_plugins, self.config, lambda: digest(outcome), ours.faults)

    @uncollected()
    def _diagnosed(self) -> tuple[list[RootCause], dict[str, Diagnosis], dict[str, Divergence]]:
        """Causes, diagnoses and divergences of the run's failures, without secrets."""
        from .pipeline import Known, diagnose_each, divergences, explain  # a green run does without

        ours = self.session
        path_of = ours.recorder.targets.absolute
        step, known = ours.progress.step, Known(ours.run, path_of)
        causes: list[RootCause] = []
        diagnoses: dict[str, Diagnosis] = {}
        parted: dict[str, Divergence] = {}
        ours.progress.begin(f"looking for causes, failures: {len(ours.run.failures)}")
        try:
            causes = self.guarded(explain, ours.run, path_of, step, known) or []
            if ours.settings.trials and self.guarded(self._trials, causes):
                known = Known(ours.run, path_of)  # with what they showed
                causes = self.guarded(explain, ours.run, path_of, step, known) or causes
            ours.progress.begin("diagnosing each failure")
            diagnoses = self.guarded(diagnose_each, ours.run, causes, path_of, step, known) or {}
            parted = self.guarded(divergences, ours.run, causes, known) or {}
        except KeyboardInterrupt:  # who waits for pytest's own summary is to have it
            ours.notes.append("causes were looked for until a keyboard interrupt: not all was done")
        ours.progress.begin("writing the digest")
        # They read the source, too.
        causes, diagnoses = everywhere((causes, diagnoses), ours.redactor.text)
        return causes, diagnoses, everywhere(parted, ours.redactor.identifier)

    # Loaded only where they are asked for: most runs do without.

    def _second_run(self, failures: list[Failure]) -> list[Failure]:
        from .integrations.second_run import second_run

        return second_run(self.session, self.config, failures)

    def _trials(self, causes: list[RootCause]) -> bool:
        """Try changes of the causes' suspects; return whether one helped."""
        from .integrations.trials import make_trials

        self.session.progress.begin("trying changes of the suspects")
        self.session.run.trials = make_trials(self.session, self.config, causes)
        return bool(self.session.run.trials)

    def _look_elsewhere(self, outcome: Outcome) -> None:
        if self.session.settings.triage_from:
            from .elsewhere import look_elsewhere

            look_elsewhere(self.session, outcome)

    # -- giving it out ----------------------------------------------------------------------

    def _attach(self, outcome: Outcome) -> None:
        """Put the causes on the stored reports and into other plugins' reports."""
        for report in self.tally.failing_reports():
            told = told_by(report)
            if told:
                attach(report, properties_of(outcome, told["failure"]))
        for bridge in bridges(self.config):
            self.guarded(bridge.finish, outcome)

    def _say_faults(self) -> None:
        """One warning for all faults of ours, with the log that tells them."""
        faults = self.session.faults
        if not faults:
            return
        try:
            faults[:] = self.guarded(self._redacted, tuple(faults)) or faults
            text = "\n".join(map(clean, faults))
            log = str(self.session.directory.write("autopsy.log", text.encode() + b"\n"))
        except OSError:
            log = ""
        warn(self.config, faults, log)

    def _redacted(self, texts: tuple[str, ...]) -> list[str]:
        return [self.session.redactor.identifier(text) for text in texts]
