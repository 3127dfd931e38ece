"""Faults in the workers of pytest-xdist, and on the way from them to the controller."""

import pytest

ARGS = ("--autopsy", "-n", "2")

WORKER = (
    "recording:Recording._examine",
    "recording:Recording._begin",
    "session:Session.failed",
    "session:Session.end",
    "record.recorder:Recorder.enter",
    "record.recorder:Recorder.leave",
    "observe.values:Looker.look",
    "snapshot.capture:Camera.take",
    "session:trace",
)

BETWEEN = (
    "integrations.xdist:Writer.line",
    "integrations.xdist:Reader.read",
    "evidence:plain",
    "evidence:revived",
)

CONTROLLER = (
    "pipeline:explain",
    "writing:digest",
    "closing:Closing._finish",
    "display:Display.header",
)


@pytest.mark.parametrize("where", WORKER)
def test_in_a_worker(suite, where):
    run = suite.check(f"pytest_autopsy.{where}", args=ARGS)
    assert run.has_digest


@pytest.mark.parametrize("where", BETWEEN)
def test_on_the_way_to_the_controller(suite, where):
    run = suite.check(f"pytest_autopsy.{where}", args=ARGS)
    assert run.has_digest


@pytest.mark.parametrize("where", CONTROLLER)
def test_in_the_controller(suite, where):
    suite.check(f"pytest_autopsy.{where}", args=ARGS)


def test_a_message_that_is_no_utf8(suite):
    """It has to travel over execnet, which takes no lone surrogate."""
    suite.check("pytest_autopsy.evidence:dumps", kind="surrogate", args=ARGS)


def test_activation_in_workers(suite):
    plain = suite.plain(ARGS)
    run = suite.run("pytest_autopsy.tracer:start_engine", args=ARGS)
    assert "start_engine" in run.hits
    assert "INTERNALERROR" not in run.out
    assert (run.ret, run.outcomes) == (plain.ret, plain.outcomes)


def test_warnings_as_errors(suite):
    args = (*ARGS, "-W", "error", "-W", "default::PendingDeprecationWarning")
    suite.check("pytest_autopsy.record.recorder:Recorder.enter", args=args)
