"""The end of a run, in the process that sees all of it: diagnose, write, tell."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from time import perf_counter
from typing import Any

import pytest

from . import env, sweep
from .faults import Guard, warn
from .integrations.redacting import redact_report
from .integrations.telling import ask_plugins, report_to_plugins
from .model import Diagnosis, Failure, Phase, RootCause
from .observe.again import everywhere
from .observe.text import clean
from .options import has_workers, place_of
from .pipeline import diagnose_each, explain
from .report import terminal
from .report.digest import Outcome, diagnosis_json, diagnosis_path, digest
from .report.markdown import digest_md
from .report.properties import attach, properties_of
from .session import Session, failure_id
from .store import prune

_STYLES: dict[str, dict[str, bool]] = {
    "title": {"bold": True}, "bad": {"red": True}, "dim": {}, "": {},
}  # fmt: skip
_PHASES: dict[str, Phase] = {
    "setup": "setup", "teardown": "teardown", "collect": "collect",
}  # fmt: skip
UNSEEN = 1.3
"""What recording costs for each second inside callbacks: calling them, lines, re-arming."""


class Closing:
    """Gathers the reports of failures as they come, and makes the digest of them at the end."""

    def __init__(self, session: Session, config: pytest.Config) -> None:
        self.session = session
        self.guarded = Guard(session.faults)
        self.config = config
        self.outcome: Outcome | None = None
        self.counts: Counter[str] = Counter()
        self._failed: list[Any] = []
        self._stopped_by = ""
        self._headline = ""
        self._lines: list[terminal.Line] = []
        self._started = datetime.now(timezone.utc)

    # -- hooks ------------------------------------------------------------------------------

    def pytest_report_header(self) -> str | None:
        header: str | None = self.guarded(self._header)
        return header

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed.append(report)
        if not self.config.pluginmanager.hasplugin("terminalreporter"):
            self.guarded(self._count, report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._failed.append(report)

    def pytest_keyboard_interrupt(self) -> None:
        self._stopped_by = "keyboard interrupt"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        # A wrapper, so that it is done before any other plugin writes its report.
        self.guarded(self.session.stop)
        if not self.config.option.collectonly:
            self.guarded(self._finish, session)
            self.guarded(self._render)
            self.guarded(self._say_faults)
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Iterator[None]:
        yield
        told = len(self.session.faults)
        self.guarded(self._print, terminalreporter)
        for fault in self.session.faults[told:]:  # too late for a warning
            terminalreporter.write_line(f"pytest-autopsy: {fault}")

    # -- making the digest ------------------------------------------------------------------

    def _finish(self, session: pytest.Session) -> None:
        ours = self.session
        self.guarded(ours.redact_again)
        self.guarded(self._redact_reports)
        failures = self._known_failures()
        ours.run.failures[:] = failures
        ours.run.fixtures = frozenset(ours.recorder.targets.fixtures)
        began = perf_counter()
        causes: list[RootCause] = []
        diagnoses: dict[str, Diagnosis] = {}
        if ours.settings.triage and failures:
            ask_plugins(self.config, ours.run, ours.faults)
            path_of = ours.recorder.targets.absolute
            causes = self.guarded(explain, ours.run, path_of) or []
            diagnoses = self.guarded(diagnose_each, ours.run, causes, path_of) or {}
            text = ours.redactor.text  # they read the source, too
            causes, diagnoses = everywhere(causes, text), everywhere(diagnoses, text)
        outcome = Outcome(
            run=self._run_facts(session),
            totals=self._totals(session, failures),
            failures=failures,
            causes=causes,
            diagnoses=diagnoses,
            cost=self._cost(perf_counter() - began),
            notes=self._notes(),
            retried=ours.retried,
        )
        self.outcome = outcome
        self.guarded(self._write, outcome)
        self.guarded(self._attach, outcome)
        self.guarded(report_to_plugins, self.config, lambda: digest(outcome), ours.faults)

    def _redact_reports(self) -> None:
        """What the whole run knows to be secret leaves the reports that are not written yet."""
        if self.session.settings.redact_reports:
            reporter = self.config.pluginmanager.get_plugin("terminalreporter")
            kept = getattr(reporter, "stats", {}).values()
            for report in [*self._failed, *(one for reports in kept for one in reports)]:
                if getattr(report, "longrepr", None) or getattr(report, "sections", None):
                    redact_report(report, self.session.redactor)

    def _known_failures(self) -> list[Failure]:
        """The failures that pytest counts, each with the evidence of it that there is."""
        known = {failure.id: failure for failure in self.session.run.failures}
        chosen: dict[str, Failure] = {}
        redacted = self.session.redactor.text
        for report in self._failing_reports():
            stored = getattr(report, "autopsy", None) or {}
            failure = known.get(stored.get("failure", ""))
            if failure is None:
                failure = _bare_failure(report, len(chosen), redacted)
            if failure.id in chosen:  # --dist=each runs a test more than once
                continue
            chosen[failure.id] = failure
            report.autopsy = {"failure": failure.id}
        return sorted(
            chosen.values(), key=lambda failure: (failure.nodeid, failure.phase, failure.id)
        )

    def _failing_reports(self) -> list[Any]:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        stats = getattr(reporter, "stats", None)
        if isinstance(stats, dict):
            return [*stats.get("failed", ()), *stats.get("error", ())]
        return [report for report in self._failed if report.failed]

    def _run_facts(self, session: pytest.Session) -> dict[str, object]:
        ours = self.session
        exit_status = int(getattr(session, "exitstatus", 0))
        arguments = [str(argument) for argument in self.config.invocation_params.args]
        stopped = self._stopped_by or str(session.shouldstop or session.shouldfail or "") or None
        return {
            "id": ours.directory.run_id,
            "started_utc": self._started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "python": env.python_version(),
            "pytest": pytest.__version__,
            "argv": ["pytest", *(self.guarded(ours.redactor.argv, arguments) or ())],
            "mode": "all",
            "engine": ours.engine_name,
            "engine_reason": ours.engine_reason,
            "workers": self.config.option.numprocesses if has_workers(self.config) else 0,
            "complete": stopped is None and exit_status in (0, 1, 5),
            "stopped_by": stopped,
            "baseline": None,
            "commit": _git("rev-parse", "HEAD", at=str(ours.settings.rootdir)),
            "dirty": _dirty(str(ours.settings.rootdir)),
            "ci": None,
        }

    def _totals(self, session: pytest.Session, failures: list[Failure]) -> dict[str, int]:
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

    def _count(self, report: pytest.TestReport) -> None:
        """Count a report as the terminal does, where there is none."""
        status = self.config.hook.pytest_report_teststatus(report=report, config=self.config)
        plain = report.outcome if report.when == "call" or report.skipped else ""
        self.counts[status[0] if status else "error" if report.failed and not plain else plain] += 1

    def _cost(self, diagnose_s: float) -> dict[str, float]:
        ours = self.session
        recording = ours.recording_s * UNSEEN
        estimate = recording + ours.snapshot_s + diagnose_s
        return {
            "slowdown_s": round(estimate, 3),
            "snapshot_s": round(ours.snapshot_s, 3),
            "diagnose_s": round(diagnose_s, 3),
            "calls_seen": ours.calls_seen,
            "calls_kept": ours.calls_kept,
            "dropped": ours.dropped,
        }

    def _notes(self) -> list[str]:
        ours = self.session
        notes = []
        if ours.settings.trace and ours.engine_name == "none":
            notes.append(f"nothing was recorded: {ours.engine_reason}")
        for text in ours.settings.trace_targets if ours.settings.trace else ():
            if text not in ours.recorder.targets.matched:
                place = place_of(self.config, text, excluded=False)
                notes.append(
                    f"{place}: {text} matched no code that ran; a target is a path, a module or a function"
                )
        return notes

    # -- giving it out ----------------------------------------------------------------------

    def _write(self, outcome: Outcome) -> None:
        """Write the run directory; where that fails, what is known still goes to the terminal."""
        ours = self.session
        if not outcome.failures and not ours.directory.written and not ours.settings.active:
            return
        try:
            directory = ours.directory
            outcome.path = self._shown_path()
            for failure in outcome.failures:
                diagnosis = outcome.diagnoses.get(failure.id)
                if diagnosis is not None:
                    directory.write_json(
                        diagnosis_path(failure), diagnosis_json(failure, diagnosis), indent=True
                    )
            directory.write_json("digest.json", digest(outcome))
            text = self.guarded(digest_md, outcome)
            if text is not None:
                directory.write("digest.md", text.encode("utf-8", "replace"))
            exemplar = outcome.failure(outcome.causes[0].exemplar) if outcome.causes else None
            first = exemplar or next((f for f in outcome.failures if f.snapshot_path), None)
            directory.finish(first.snapshot_path if first is not None else None)
            sweep.forget(directory.path)
            for run in directory.store.glob("runs/*"):
                sweep.recover(run)
            prune(
                directory.store, ours.settings.keep_runs, ours.settings.max_disk, directory.run_id
            )
        except OSError as error:
            outcome.path = ""
            ours.cannot_write(error)

    def _shown_path(self) -> str:
        path, root = self.session.directory.path, self.session.settings.rootdir
        try:
            return path.relative_to(root).as_posix()
        except ValueError:
            return path.as_posix()

    def _attach(self, outcome: Outcome) -> None:
        """Put the causes on the stored reports and into other plugins' reports."""
        for report in self._failing_reports():
            stored = getattr(report, "autopsy", None) or {}
            if "failure" in stored:
                attach(report, properties_of(outcome, stored["failure"]))
        from .integrations.junit import amend

        amend(self.config, outcome, self.session)

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

    def _header(self) -> str:
        ours = self.session
        if not ours.settings.trace:
            what = " and ".join(n for n in ("snapshot", "triage") if getattr(ours.settings, n))
            return f"autopsy: {what}, no tracing; store {self._store_name()}"
        targets = ours.recorder.targets
        files, packages = targets.count()
        engine = ours.engine_name
        if has_workers(self.config):
            engine, reason = "in the workers", "xdist"
        else:
            reason = ours.engine_reason
        readings = (
            f" from {', '.join(r.reading for r in targets.include)}" if targets.include else ""
        )
        return (
            f"autopsy: {engine} ({reason}), mode all,"
            f" {files} files in {packages} packages{readings}, store {self._store_name()}"
        )

    def _store_name(self) -> str:
        store, root = self.session.settings.directory, self.session.settings.rootdir
        try:
            return store.relative_to(root).as_posix()
        except ValueError:
            return str(store)

    def _render(self) -> None:
        """Make the digest's lines now, so that a fault in them can still be told."""
        outcome, verbosity = self.outcome, self.session.settings.verbosity
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        silent = getattr(self.config.option, "no_summary", False)
        if outcome is None or reporter is None or silent:
            return
        if outcome.failures:
            self._headline = terminal.headline(outcome)
            cells = self.config.get_terminal_writer().fullwidth
            self._lines = terminal.lines(outcome, cells, everything=verbosity > 0)
        elif verbosity >= 0:
            self._lines = [terminal.Line(f"autopsy: {note}") for note in outcome.notes]
            self._lines.append(terminal.Line(terminal.quiet_line(outcome)))

    def _print(self, reporter: Any) -> None:
        if self._headline:
            reporter.write_sep("=", self._headline, bold=True)
        for line in self._lines:
            reporter.write_line(line.text, **_STYLES[line.style])


def _bare_failure(report: Any, ordinal: int, redacted: Callable[[str], str]) -> Failure:
    """A failure that only its report tells of: a crashed worker, a strict xpass."""
    nodeid = report.nodeid
    phase = _PHASES.get(getattr(report, "when", None) or "collect", "call")
    location = getattr(report, "location", None) or (nodeid.split("::")[0], 0, "")
    text = redacted(str(report.longrepr or "").strip())
    return Failure(
        id=failure_id(f"{nodeid}\0{phase}\0report", ordinal),
        nodeid=redacted(nodeid),
        phase=phase,
        outcome="failed" if phase == "call" else "error",
        file=str(location[0]).replace("\\", "/"),
        line=(location[1] or 0) + 1,
        duration_s=round(getattr(report, "duration", 0.0), 4),
        exception=("Failed", text.splitlines()[0][:300]) if text else None,
        why_no_trace="only its report is known: "
        + (text.splitlines()[0][:120] if text else "no text"),
        why_no_snapshot="only its report is known",
    )


def _git(*arguments: str, at: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  # fixed words and a path, no shell
            ["git", "-C", at, *arguments],  # noqa: S607  # the user's own git
            capture_output=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    text = done.stdout.decode("utf-8", "replace").strip()
    return text if done.returncode == 0 else None


def _dirty(root: str) -> bool | None:
    status = _git("status", "--porcelain", "--untracked-files=no", at=root)
    return None if status is None else bool(status)
