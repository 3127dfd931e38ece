"""Promise 2: whatever way a test ends, --autopsy changes no outcome and tells of each failure."""

from __future__ import annotations

import re

import pytest

from .checks import both, explained, same_outcomes, same_texts
from .helpers import PLUGINS, Project, Run
from .outcome_project import MATRIX

Pair = tuple[Run, Run]


@pytest.fixture(scope="module")
def matrix(tmp_path_factory) -> Project:
    return Project(tmp_path_factory.mktemp("matrix") / "work").write(MATRIX)


@pytest.fixture(scope="module")
def pair(matrix: Project) -> Pair:
    """The matrix with doctests, both ways."""
    return both(matrix, "--doctest-modules")


def test_outcomes_are_equal(pair):
    same_outcomes(*pair)


def test_failure_texts_are_equal(pair):
    same_texts(*pair)


def test_matrix_is_not_empty(pair):
    counts = pair[0].counts
    assert {"failed", "passed", "skipped", "xfailed", "xpassed", "error"} <= counts.keys()
    assert counts["failed"] > 15
    assert counts["error"] == 6


def test_each_failure_is_told(pair):
    explained(pair[1])


def test_totals_are_those_of_pytest(pair):
    plain, ours = pair
    totals = dict(ours.digest["totals"])
    assert totals.pop("tests") == len(
        {one["nodeid"] for one in plain.log if one["kind"] == "report"}
    )
    named = {"error": "errors", "rerun": "retried"}
    counted = {
        named.get(word, word): n for word, n in plain.counts.items() if "warning" not in word
    }
    assert counted == {name: n for name, n in totals.items() if n}


def test_headline_counts_failures_and_errors(pair):
    plain, ours = pair
    assert f" {plain.failure_count} failures, " in ours.headline


def test_digest_comes_last(pair):
    ours = pair[1]
    place = ours.lines.index(ours.headline)
    rest = "\n".join(ours.lines[place + 1 :])
    assert "short test summary" not in rest
    assert re.match(r"=+ .* in ", ours.lines[-1])


CULPRITS = [
    ("::test_fail", "call", {"price", "total"}),
    ("::test_wrong_value", "call", {"wrong_sum"}),
    ("::test_setup_error", "setup", {"price", "total"}),
    ("::test_teardown_error", "teardown", {"price", "total"}),
    ("::test_call_and_teardown", "call", {"wrong_sum"}),
    ("::test_call_and_teardown", "teardown", {"price", "total"}),
    ("::test_parametrised[3]", "call", {"wrong_sum"}),
    ("::test_asyncio_run", "call", {"price", "total"}),
    ("::test_chained", "call", {"price", "total", "test_chained"}),
    ("::TestCase::test_bad", "call", {"wrong_sum"}),
    ("::TestSetUp::test_never", "call", {"price", "total"}),
    ("::TestAsync::test_bad", "call", {"price", "total"}),
    ("shop.documented", "call", {"documented"}),
]


@pytest.mark.parametrize(("name", "phase", "culprits"), CULPRITS)
def test_first_suspect(pair, name, phase, culprits):
    found = [
        one
        for (nodeid, when), one in pair[1].failures.items()
        if nodeid.endswith(name) and when == phase
    ]
    assert len(found) == 1
    assert found[0]["suspects"], found[0]["why_no_cause"]
    assert found[0]["suspects"][0]["function"] in culprits


@pytest.mark.parametrize(
    ("name", "exception"),
    [
        ("test_fail", "TypeError"),
        ("test_explicit_fail", "Failed"),
        ("test_exit", "SystemExit"),
        ("test_module_fixture_two", "ConnectionError"),
        ("test_chained", "ValueError"),
    ],
)
def test_exception_is_named(pair, name, exception):
    assert pair[1].failure(f"::{name}")["exception"]["type"] == exception


def test_strict_xpass_says_why_it_has_no_cause(pair):
    """Nothing in it failed: no function is to blame, least of all that of another test."""
    found = pair[1].failure("::test_strict_xpass")
    assert found["why_no_cause"]
    assert found["snapshot"] is None
    cause = [c for c in pair[1].digest["root_causes"] if found["id"] in c["failures"]]
    assert not cause or cause[0]["failures"] == [found["id"]]


def test_what_did_not_fail_is_not_told(pair):
    told = {nodeid.rsplit("::", 1)[-1] for nodeid, _ in pair[1].failures}
    assert not told & {"test_pass", "test_xfail", "test_xpass", "test_skip_inside", "test_warns"}


def test_setup_and_teardown_are_errors(pair):
    for (_, phase), one in pair[1].failures.items():
        assert one["outcome"] == ("failed" if phase == "call" else "error")


def test_no_fault_of_ours(pair):
    ours = pair[1]
    assert not (ours.directory / "autopsy.log").exists(), (
        ours.directory / "autopsy.log"
    ).read_text()
    assert "pytest-autopsy met" not in ours.text


# -- the same tests under pytest's own options -----------------------------------------------

SHOWN = [
    ("-p", "no:terminal"),
    ("-q",),
    ("-qq",),
    ("-v",),
    ("--tb=no",),
    ("--no-summary",),
    ("--no-header", "--color=yes"),
]
"""Options that change what is shown: outcomes are those of the one plain run."""

RUN = [
    ("-x",),
    ("--maxfail=4",),
    ("-k", "nothing_of_this_name"),
    ("--setup-only",),
    ("-p", "no:assertion"),
    ("-W", "error"),
    ("--runxfail",),
    ("--import-mode=importlib", "-s"),
]
"""Options that change what is run."""


@pytest.fixture(scope="module")
def plain_run(matrix) -> Run:
    return matrix.plain()


@pytest.mark.parametrize("args", SHOWN, ids=" ".join)
def test_under_options_of_showing(matrix, plain_run, args):
    ours = matrix.autopsy(*args)
    assert ours.outcomes == plain_run.outcomes
    assert ours.warnings == plain_run.warnings
    assert ours.code == plain_run.code
    explained(ours)
    assert not ours.err


@pytest.mark.parametrize("args", RUN, ids=" ".join)
def test_under_options_of_running(matrix, args):
    plain, ours = both(matrix, *args)
    same_outcomes(plain, ours)
    explained(ours)
    assert ours.err == plain.err


@pytest.mark.parametrize("args", [("-vv", "-rA"), ("--tb=native", "-s")], ids=" ".join)
def test_failure_texts_under(matrix, args):
    same_texts(*both(matrix, *args))


def test_headline_without_header_and_summary(matrix):
    ours = matrix.autopsy("--no-header", "--tb=no", "-k", "test_fail")
    assert ours.headline
    assert not ours.header


def test_no_summary_silences_the_digest(matrix):
    ours = matrix.autopsy("--no-summary", "-k", "test_fail")
    assert not ours.headline
    assert ours.failure("::test_fail")["root_cause"]


def test_green_run_prints_one_line(matrix):
    ours = matrix.autopsy("-k", "test_pass")
    assert not ours.headline
    assert len([line for line in ours.lines if line.startswith("autopsy: ")]) == 2  # and the header


def test_quiet_green_run_prints_nothing(matrix):
    ours = matrix.autopsy("-q", "-k", "test_pass")
    assert "autopsy" not in ours.out


def test_collect_only(matrix):
    plain, ours = both(matrix, "--collect-only", "-q")
    same_outcomes(plain, ours)
    named = [line for line in ours.lines if "::" in line]
    assert named == [line for line in plain.lines if "::" in line]
    assert not ours.headline


def test_last_failed(project):
    project.write(MATRIX)
    runs = []
    for prefix, plugins in (((), ()), (("--autopsy",), PLUGINS)):
        project.run(
            *prefix, "--cache-clear", "-k", "test_fail or test_pass", plugins=plugins, cache=True
        )
        runs.append(project.run(*prefix, "--lf", plugins=plugins, cache=True))
    same_outcomes(*runs)
    explained(runs[1])
