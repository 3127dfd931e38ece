"""An exception in what a hook of ours calls: in Recording, in Closing, in the session."""

import pytest

from .helpers import WARNING, assert_untouched

PARTS = {
    "recording:Recording": ("add_marker_targets", "_begin", "_end", "_fixture_begins", "_examine"),
    "session:Session": (
        "stop", "begin", "phase", "fixture_begins", "fixture_ended", "fixture_gone", "failed", "end",
        "_shared", "_keep_failures",
    ),
    "witness:Witness": (
        "begin", "compared", "learn", "look_at", "_exception", "_snapshot", "_assertion",
    ),
    "tracer:Tracer": ("stop", "phase", "mend", "wake"),
    "filing:Files": ("made_at", "write", "redact_again", "_redacted", "_wrote"),
}  # fmt: skip

CLOSING = (
    "display:Display.header",
    "display:Display.render",
    "display:Display._store_name",
    "closing:Closing._finish",
    "closing:Closing._attach",
    "closing:cost",
    "closing:notes",
    "closing:run_facts",
    "closing:write_run",
    "tally:Tally.failures",
    "tally:Tally.failing_reports",
    "tally:Tally.totals",
    "writing:shown",
)

ACTIVATION = (
    "pytest_autopsy.activation:make_session",
    "pytest_autopsy.recording:marker_rules",
    "pytest_autopsy.record.project:Project.__init__",
    "pytest_autopsy.record.targets:Targets.__init__",
    "pytest_autopsy.session:Session.__init__",
    "pytest_autopsy.tracer:start_engine",
    "pytest_autopsy.integrations:register",
)


@pytest.mark.parametrize("where", [f"{part}.{n}" for part, names in PARTS.items() for n in names])
def test_recording(suite, where):
    suite.check(f"pytest_autopsy.{where}")


@pytest.mark.parametrize("where", CLOSING)
def test_closing(suite, where):
    suite.check(f"pytest_autopsy.{where}")


@pytest.mark.parametrize("where", ["changes:git", "recording:crash_of"])
def test_helpers_of_modules(suite, where):
    suite.check(f"pytest_autopsy.{where}")


@pytest.mark.parametrize("where", ACTIVATION)
def test_activation(suite, where):
    """Before anything of ours runs: there may be no run directory for a log yet."""
    plain = suite.plain()
    run = suite.run(where)
    assert where in run.hits
    assert "INTERNALERROR" not in run.out + run.err
    assert "Traceback (most recent call last)" not in run.out + run.err
    assert (run.ret, run.outcomes) == (plain.ret, plain.outcomes)
    assert "injected" in run.out


def test_a_module_that_cannot_be_collected(suite):
    suite.add_broken_module()
    suite.check("pytest_autopsy.recording:Recording._collection_failed")


def test_going_on_after_a_module_that_cannot_be_collected(suite):
    suite.add_broken_module()
    args = ("--autopsy", "--continue-on-collection-errors")
    run = suite.check("pytest_autopsy.session:Session.failed", args=args)
    assert run.has_digest


def test_many_faults_at_once_are_one_warning(suite):
    run = suite.check(
        "pytest_autopsy.recording:Recording._examine",
        "pytest_autopsy.witness:Witness.compared",
        "pytest_autopsy.pipeline:explain",
        "pytest_autopsy.record.recorder:Recorder.leave",
    )
    assert len(run.log.splitlines()) > 3


def test_the_warning_itself_fails(suite):
    """Nothing is left to say it with; the run is still untouched."""
    run = suite.run(
        "pytest_autopsy.closing:Closing._say_faults", "pytest_autopsy.recording:Recording._examine"
    )
    assert "_say_faults" in run.hits
    assert_untouched(run, suite.plain())


def test_a_message_that_is_no_utf8(suite):
    suite.check("pytest_autopsy.recording:Recording._examine", kind="surrogate")


@pytest.mark.parametrize("kind", ["MemoryError", "RecursionError"])
def test_other_errors(suite, kind):
    suite.check("pytest_autopsy.recording:Recording._examine", kind=kind)


def test_without_faults_there_is_no_warning(suite):
    run = suite.run()
    assert_untouched(run, suite.plain())
    assert WARNING not in run.out
    assert run.has_digest and run.hits == ""
    assert run.counts["warnings"] == suite.plain().counts["warnings"]
