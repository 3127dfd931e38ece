"""An exception in the recorder, whose callbacks run between two lines of the user's program."""

import sys

import pytest

RECORDER = "pytest_autopsy.record.recorder"

CALLBACKS = (
    "enter",
    "leave",
    "unwind",
    "raised",
    "suspend",
    "resume",
    "info_for",
    "_note",
    "is_cut",
    "_new_entry",
    "begin",
    "end",
    "push_owner",
    "pop_owner",
    "_own",
)

SIGHT = ("afresh", "affordable", "result", "before", "after")

LOOKS = (
    "pytest_autopsy.observe.detail:message",
    f"{RECORDER}:type_name",
    f"{RECORDER}:context_id",
)


@pytest.mark.parametrize("name", CALLBACKS)
def test_callbacks(suite, name):
    run = suite.check(f"{RECORDER}:Recorder.{name}")
    assert run.has_digest


@pytest.mark.parametrize("name", SIGHT)
def test_sight(suite, name):
    run = suite.check(f"pytest_autopsy.record.sight:Sight.{name}")
    assert run.has_digest


@pytest.mark.parametrize("name", LOOKS)
def test_looking_at_values(suite, name):
    run = suite.check(name)
    assert run.has_digest


@pytest.mark.parametrize("kind", ["RuntimeError", "MemoryError", "RecursionError"])
def test_looking_fails(suite, kind):
    run = suite.check("pytest_autopsy.observe.values:Looker.look", kind=kind)
    assert run.has_digest


def test_out_of_memory(suite):
    suite.check("pytest_autopsy.record.recorder:Recorder.enter", kind="MemoryError")


def test_rows_of_lines(suite):
    run = suite.check("rows")
    assert run.has_digest


def test_the_targets(suite):
    suite.check("pytest_autopsy.record.targets:Targets.match")


def test_what_is_known_of_a_code_object(suite):
    suite.check("pytest_autopsy.record.codes:CodeInfo.look_around")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring came with 3.12")
@pytest.mark.parametrize("name", ["_rearm", "_switch_on", "_wanted", "stop"])
def test_the_monitoring_engine(suite, name):
    where = f"pytest_autopsy.record.monitoring:MonitoringEngine.{name}"
    if name == "_switch_on":
        suite.pytester.makepyfile(
            test_hot="import shop\n\ndef test_hot():\n    for _ in range(1100):\n"
            "        shop.safe('1')\n    shop.total(['a'])\n"
        )
        run = suite.run(where)
        assert where in run.hits and run.counts["passed"] == suite.plain().counts["passed"] + 1
        return
    suite.check(where)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="settrace is for what came before 3.12")
@pytest.mark.parametrize("name", ["info", "enter", "leave", "_first_instruction"])
def test_the_settrace_engine(suite, name):
    suite.check(f"pytest_autopsy.record.tracing:_FrameEngine.{name}")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="setprofile is for what came before 3.12")
@pytest.mark.parametrize("name", ["enter", "leave", "suspend", "resume", "unwind"])
def test_the_profile_engine(suite, name):
    """Chosen where another tool holds settrace, as this conftest does."""
    conftest = suite.path / "conftest.py"
    holder = "\n\nimport sys\nsys.settrace(lambda frame, event, argument: None)\n"
    conftest.write_text(conftest.read_text() + holder)
    run = suite.check(f"{RECORDER}:Recorder.{name}")
    assert "sys.setprofile" in run.out
