"""The hooks of a run in which something of ours is on: they hand pytest's events to a Session.

Each hook guards itself: a fault of ours is noted, never raised into the user's run. The
controller of an xdist run records nothing itself; its workers do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from .faults import Guard
from .integrations.nodeids import plain_nodeid
from .integrations.redacting import redact_report
from .markers import check_marker, marker_rules
from .model import Failure
from .report.facts import crash_of, evidence_of, facts_of
from .report.properties import replace_properties
from .session import Session
from .snapshot import doctests
from .witness import Crash

MAX_LOG_TEXT = 20_000
"""Characters of a phase's log that are looked at for its last records."""


class Recording:
    """Begins and ends tests, names their phases, and takes what fails."""

    def __init__(self, session: Session, *, only_marked: bool, has_marker: bool) -> None:
        self.session = session
        self.guarded = Guard(session.faults)
        self.only_marked = only_marked
        self.has_marker = has_marker  # false where the project has a marker `trace` of its own
        self._running: pytest.Item | None = None
        self._passed = False
        self._retried = False
        self._attempts = 0

    # -- collection -------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.guarded(self.add_marker_targets, session.items)

    def add_marker_targets(self, items: list[pytest.Item]) -> None:
        """Record what markers name too: decided once, before the first test.

        Raises pytest.UsageError for a marker that cannot be read.
        """
        marked = [item for item in items if self._marker(item) is not None]
        self.session.expect(len(marked if self.only_marked else items))
        for item in marked:
            check_marker(item)
        rules = {item: marker_rules(item, self.session.project) for item in marked}
        named = dict.fromkeys(rule for found in rules.values() for rule in found)
        recorder = self.session.recorder
        own = recorder.targets.own and (not self.only_marked or not all(rules.values()))
        if named or own != recorder.targets.own:
            recorder.targets = recorder.targets.widened(named, own=own)
            if self.session.tracer.engine is not None:
                self.session.tracer.engine.widen()

    def _marker(self, item: pytest.Item) -> pytest.Mark | None:
        return item.get_closest_marker("trace") if self.has_marker else None

    def pytest_exception_interact(self, call: pytest.CallInfo[Any], report: Any) -> None:
        if isinstance(report, pytest.CollectReport) and call.excinfo is not None:
            self.guarded(self._collection_failed, call, report)

    def _collection_failed(self, call: pytest.CallInfo[Any], report: pytest.CollectReport) -> None:
        assert call.excinfo is not None
        error = call.excinfo.value
        if isinstance(error, pytest.Collector.CollectError) and error.__cause__ is not None:
            error = error.__cause__  # what it tells as text
        crash = Crash(
            "collect",
            error,
            nodeid=report.nodeid,
            file=report.nodeid.split("::")[0],
            line=1,
            duration_s=call.duration,
            text=str(report.longrepr),
        )
        failure = self.session.failed(crash)
        self._withhold(report, failure)
        self.session.collect_failed()
        self.session.after_test()
        self._tell(report, failure)
        self._redact(report)

    def _tell(self, report: Any, failure: Failure) -> dict[str, str]:
        """Put on the report what leaves at once; returns what of it also becomes properties."""
        evidence = evidence_of(failure, self.session.settings)
        told = {"failure": failure.id, **({"evidence": evidence} if evidence else {})}
        text = self.session.redactor.text
        facts = {name: text(fact) for name, fact in facts_of(failure).items()}
        vars(report)["autopsy"] = {**told, "facts": facts}
        return told

    def _redact(self, report: Any) -> None:
        if self.session.settings.redact_reports:
            redact_report(report, self.session.redactor)

    # -- one test ---------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._attempts = 0
        self.session.protocol += 1
        self.guarded(self._begin, item)
        try:
            return (yield)
        finally:
            if self._running is item:
                self.guarded(self._end, item)

    def _begin(self, item: pytest.Item) -> None:
        self._passed = self._retried = False
        hook = item.ihook.pytest_autopsy_describe
        asked = hook.get_hookimpls()
        self.session.witness.describer.ask = (lambda value: hook(value=value)) if asked else None
        nearest: dict[str, pytest.Mark] = {}
        for mark in item.iter_markers():  # once for both names: it walks up to the session
            nearest.setdefault(mark.name, mark)
        marker = nearest.get("trace") if self.has_marker else None
        traced = "no_trace" not in nearest
        if self.only_marked and (marker is None or not traced):
            return
        options = marker.kwargs if marker is not None else {}
        self._running = item
        self.session.begin(
            plain_nodeid(item),
            depth=options.get("depth"),
            values=bool(options.get("values", True)),
            traced=traced,
        )

    def _end(self, item: pytest.Item) -> None:
        self._running = None
        names = frozenset(getattr(item, "fixturenames", ()))
        self.session.end(names, self._passed and not self._retried, self._retried)
        self.session.after_test()

    # Plain hooks, no wrappers: a wrapper would stand in the tracebacks of what fails below it.

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._attempts += 1
        if self._running is item and self._attempts > 1:  # another plugin tries the test again
            self._retried = True
            replace_properties(item.user_properties, [])  # they are of the attempt before
            self.guarded(self._end, item)
            self.guarded(self._begin, item)
        self.guarded(self.session.phase, "setup")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self) -> None:
        self.guarded(self.session.phase, "call")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self) -> None:
        self.guarded(self.session.phase, "teardown")

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> None:
        self.guarded(self._fixture_begins, fixturedef)

    def _fixture_begins(self, fixturedef: Any) -> None:
        self.session.fixture_ended()
        if fixturedef.scope != "function":
            self.session.fixture_begins(id(fixturedef), fixturedef.argname)
        function = getattr(fixturedef.func, "__func__", fixturedef.func)
        code = getattr(function, "__code__", None)
        if code is not None:
            targets = self.session.recorder.targets
            found = targets.match(code, getattr(function, "__module__", ""))
            if found is not None:
                targets.fixtures.add((found.file, found.name))

    def pytest_fixture_post_finalizer(self, fixturedef: Any) -> None:
        is_common = fixturedef.scope == "session" and fixturedef.params is None
        self.guarded(self.session.fixture_gone, id(fixturedef), is_common)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> Iterator[Any]:
        """Keep what was compared; what explains it runs in failing tests alone, and is not theirs."""
        if self._running is not None or not self.only_marked:
            self.guarded(self.session.witness.compared, op, left, right)
        unseen = ExitStack()
        self.guarded(unseen.enter_context, self.session.recorder.unseen())
        try:
            return (yield)
        finally:
            self.guarded(unseen.close)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Iterator[Any]:
        self.guarded(self.session.phase_over)
        report = yield
        self.guarded(self._examine, item, call, report)
        return report

    def _examine(
        self, item: pytest.Item, call: pytest.CallInfo[Any], report: pytest.TestReport
    ) -> None:
        wanted = self._running is item or not self.only_marked
        if report.when == "call" and report.passed and not hasattr(report, "wasxfail"):
            self._passed = True
        if not report.failed or not wanted:
            return
        error = doctests.raised(call.excinfo and call.excinfo.value)
        crash = Crash(
            report.when,
            error,
            nodeid=plain_nodeid(item),
            file=report.location[0].replace("\\", "/"),
            line=doctests.line(error) or (report.location[1] or 0) + 1,
            duration_s=call.duration,
            attempt=getattr(item, "execution_count", 1),
            text=str(report.longrepr),
            shown_message=crash_of(report)[1] or doctests.message(error),
            snapshot=item.get_closest_marker("no_snapshot") is None,
            logs=_log_lines(report),
        )
        failure = self.session.failed(crash)
        self._withhold(report, failure)
        told = self._tell(report, failure)
        self._redact(report)
        for properties in (report.user_properties, item.user_properties):
            replace_properties(
                properties, [(f"autopsy.{name}", text) for name, text in told.items()]
            )

    def _withhold(self, report: Any, failure: Failure) -> None:
        """Where values are not shown, pytest's own text of the failure gives way to ours."""
        if self.session.detail.content:
            return
        said = ": ".join(filter(None, failure.exception or (failure.outcome,)))
        shown = failure.snapshot.traceback if failure.snapshot is not None else ""
        report.longrepr = f"{said}\n{shown}".rstrip()

    # -- the end ----------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_enter_pdb(self) -> None:
        self.guarded(self.session.rest)

    def pytest_unconfigure(self) -> None:
        self.guarded(self.session.stop)


def _log_lines(report: pytest.TestReport) -> list[str]:
    """The log records that pytest has caught and formatted, of all phases so far."""
    return [
        line
        for name, text in report.sections
        if name.startswith("Captured log")
        for line in text[-MAX_LOG_TEXT:].splitlines()
    ]
