"""An exception in a later stage: the camera, finishing, diagnosis, triage, a report."""

import json

import pytest

FINISH = (
    "session:trace",
    "session:footprint",
    "record.finish:call_site",
    "record.finish:value_class",
)

SNAPSHOT = (
    "snapshot.capture:Camera.take",
    "snapshot.frames:Frames._frame",
    "observe.detail:Detail.looks",
    "snapshot.capture:environment",
    "snapshot.assertion:from_compare",
    "observe.redaction:Redactor.text",
    "observe.redaction:Redactor.look",
)

CAUSES = (
    "pipeline:explain",
    "pipeline:diagnose_each",
    "pipeline:diagnose",
    "pipeline:cluster",
    "pipeline:chosen",
    "pipeline:upstream",
    "pipeline:cause_id",
    "triage.signature:normalised",
    "diagnose.rank:rank",
    "diagnose.spectrum:ochiai",
    "source:Source.__init__",
)

REPORTS = (
    "writing:digest",
    "writing:digest_md",
    "writing:diagnosis_json",
    "closing:attach",
    "closing:properties_of",
    "writing:prune",
    "writing:compare",
    "writing:remember",
    "filing:snapshot_json",
    "filing:trace_jsonl",
    "filing:trace_tree",
    "report.digest:suspect_json",
    "store:RunDirectory.finish",
    "plainjson:dumps",
)

TERMINAL = ("report.terminal:lines", "report.terminal:headline", "report.terminal:cost")


@pytest.mark.parametrize("where", FINISH + SNAPSHOT + REPORTS)
def test_the_digest_is_still_told(suite, where):
    if where.endswith("Redactor.text"):
        pytest.skip("what cannot be redacted is not shown: no digest")
    run = suite.check(f"pytest_autopsy.{where}")
    assert run.has_digest


def test_without_a_redactor(suite):
    suite.check("pytest_autopsy.observe.redaction:Redactor.text")


@pytest.mark.parametrize("where", CAUSES)
def test_without_causes_the_digest_counts_failures(suite, where):
    run = suite.check(f"pytest_autopsy.{where}")
    assert run.has_digest


@pytest.mark.parametrize("where", TERMINAL)
def test_the_digest_at_the_terminal(suite, where):
    suite.check(f"pytest_autopsy.{where}")
    (digest,) = suite.path.glob(".autopsy/runs/*/digest.json")
    assert json.loads(digest.read_bytes())["failures"]


def test_the_line_of_a_green_run(suite):
    suite.pytester.makepyfile(test_shop="def test_it():\n    pass\n")
    run = suite.run("pytest_autopsy.report.terminal:quiet_line")
    assert "quiet_line" in run.hits
    assert run.ret == 0 and run.counts == {"passed": 1, "warnings": 1}
    assert "Traceback" not in run.out


@pytest.mark.parametrize("where", ["integrations.junit:_amend", "integrations.junit:box"])
def test_junit(suite, where):
    args = ("--autopsy", "--junitxml=junit.xml")
    suite.check(f"pytest_autopsy.{where}", args=args)
    assert (suite.path / "junit.xml").read_text().count("<testcase") > 10


@pytest.mark.parametrize(
    "where", ["observe.detail:Detail.looks", "pipeline:explain", "writing:digest"]
)
def test_out_of_memory(suite, where):
    suite.check(f"pytest_autopsy.{where}", kind="MemoryError")


@pytest.mark.parametrize(
    "where",
    [
        "recording:Recording._examine",
        "record.recorder:Recorder.enter",
        "pipeline:explain",
        "writing:digest",
    ],
)
def test_warnings_as_errors(suite, where):
    args = ("--autopsy", "-W", "error", "-W", "default::PendingDeprecationWarning")
    suite.check(f"pytest_autopsy.{where}", args=args)
