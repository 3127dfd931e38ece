"""pytest-xdist: every way to distribute tests gives the digest of the serial run."""

from __future__ import annotations

import json
import os
import re
import shutil

import pytest

from pytest_autopsy.integrations.nodeids import without_group

from ..plugin.checks import explained, needs, same_outcomes
from ..plugin.helpers import PLUGINS, Project
from ..plugin.outcome_project import MATRIX

pytestmark = needs("xdist")

XDIST = ("xdist",)
BOTH = (*PLUGINS, *XDIST)

GROUPS = """
    import pytest

    from stock.shop import total, wrong_sum


    @pytest.mark.xdist_group("prices")
    class TestPrices:
        def test_tea(self):
            assert total("tea", 1) == 3

        def test_jam(self):
            assert total("jam", 1) == 3


    @pytest.mark.xdist_group(name="sums")
    @pytest.mark.parametrize("text", ["a@b", "a@c", "]x@y["])
    def test_sums(text):
        assert wrong_sum([len(text)]) == len(text)


    @pytest.mark.xdist_group("prices")
    @pytest.mark.xdist_group("sums")
    def test_in_two_groups():
        assert total("jam", 2) == 6


    def test_in_none():
        assert total("tea", 2) == 6
    """

MODES = {
    "load": ("-n2", "--dist=load"),
    "loadscope": ("-n2", "--dist=loadscope"),
    "loadfile": ("-n2", "--dist=loadfile"),
    "loadgroup": ("-n2", "--dist=loadgroup"),
    "worksteal": ("-n2", "--dist=worksteal"),
    "maxprocesses": ("-n4", "--maxprocesses=2"),
    "tx": ("--tx=2*popen", "--dist=load"),
    "one": ("-n1",),
    "no": ("--dist=no",),
    "n0": ("-n0",),
}


def facts(run):
    """The digest without what is a run's own: its facts, times, paths and workers."""
    text = json.dumps(run.digest).replace(run.digest["run"]["id"], "RUN")
    digest = json.loads(re.sub("0x[0-9a-f]{6,}", "0x", text))
    del digest["run"], digest["cost"]
    for failure in digest["failures"]:
        del failure["worker"], failure["duration_s"]
    return digest


def differences(one, other, place=""):
    """Where two digests differ, as (place, one, other)."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from differences(one.get(key), other.get(key), f"{place}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other)):
            yield from differences(*pair, f"{place}[{number}]")
    elif one != other:
        yield place, one, other


def made(folder):
    return Project(folder / "work").write({**MATRIX, "test_groups.py": GROUPS})


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return made(tmp_path_factory.mktemp("modes"))


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    run = made(tmp_path_factory.mktemp("serial")).autopsy(plugins=BOTH)
    assert run.digest["root_causes"]
    return run


@pytest.fixture(autouse=True)
def without_a_past(project):
    """Forget what earlier runs left: a digest says what was known before, and what is as it was."""
    shutil.rmtree(project.path / ".autopsy", ignore_errors=True)


@pytest.mark.parametrize("args", MODES.values(), ids=MODES.keys())
def test_the_digest_is_that_of_the_serial_run(project, serial, args):
    plain = project.plain(*args, plugins=XDIST)
    ours = project.autopsy(*args, plugins=BOTH)
    same_outcomes(plain, ours)
    assert list(differences(facts(serial), facts(ours))) == []
    assert ours.digest["totals"]["failed"] + ours.digest["totals"]["errors"] == ours.failure_count


def test_each_counts_a_test_once_a_worker(project, serial):
    args = ("--tx=2*popen", "--dist=each")
    plain = project.plain(*args, plugins=XDIST)
    ours = project.autopsy(*args, plugins=BOTH)
    same_outcomes(plain, ours)
    explained(ours)
    digest, once = ours.digest, serial.digest
    assert len(digest["failures"]) == ours.failure_count == 2 * serial.failure_count
    assert len({one["id"] for one in digest["failures"]}) == len(digest["failures"])
    assert f"autopsy: {ours.failure_count} failures" in ours.headline
    assert {one["worker"] for one in digest["failures"] if one["trace"]} == {"gw0", "gw1"}
    told = [{cause["id"] for cause in one["root_causes"]} for one in (digest, once)]
    assert told[0] == told[1]


def test_a_group_is_no_part_of_a_name(project, serial):
    ours = project.autopsy("-n2", "--dist=loadgroup", plugins=BOTH)
    failure = ours.failure("::test_in_two_groups")
    assert failure["rerun"][-1] == "test_groups.py::test_in_two_groups"
    again = project.autopsy(*failure["rerun"][2:])
    assert again.counts == {"failed": 1}
    chosen = project.autopsy("-n2", "--dist=loadgroup", "--autopsy-cause=1", plugins=BOTH)
    assert chosen.counts["failed"] == 1


@pytest.mark.parametrize(
    "given, plain",
    [
        ("a.py::test_it@one", "a.py::test_it"),
        ("a.py::test_it[x@y]@one", "a.py::test_it[x@y]"),
        ("a.py::test_it[x@y]", "a.py::test_it[x@y]"),
        ("a.py::test_it[]@]@a@b", "a.py::test_it[]@]"),
        ("d@x/a.py::T::test_it", "d@x/a.py::T::test_it"),
        ("d@x/a.py::T::test_it@g", "d@x/a.py::T::test_it"),
    ],
)
def test_without_group(given, plain):
    assert without_group(given) == plain


def test_x_and_maxfail(project):
    for args in (("-n2", "-x"), ("-n2", "--maxfail=3")):
        plain = project.plain(*args, plugins=XDIST)
        ours = project.autopsy(*args, plugins=BOTH)
        assert plain.code == ours.code
        explained(ours)
        assert ours.digest["run"]["complete"] is False


def test_little_travels_between_processes(project):
    """What execnet carries of us: the run's id and a key there; a failure's id, its own facts as
    a few lines of text, and "" back.
    """
    project.write(
        {
            "spy/spy.py": """
            import json, os

            import pytest


            @pytest.hookimpl(optionalhook=True, trylast=True)
            def pytest_configure_node(node):
                note("to", {k: v for k, v in node.workerinput.items() if "autopsy" in k})


            @pytest.hookimpl(optionalhook=True, tryfirst=True)
            def pytest_testnodedown(node):
                note("end", {k: v for k, v in node.workeroutput.items() if "autopsy" in k})


            def pytest_runtest_logreport(report):
                own = getattr(report, "autopsy", None)
                names = [p for p in report.user_properties if "autopsy" in p[0]]
                if own or names:
                    note("report", [own, names])


            def note(kind, what):
                with open(os.environ["SPY"], "a") as stream:
                    stream.write(json.dumps([kind, what]) + "\\n")
            """
        }
    )
    out = project.path.parent / "spied.jsonl"
    os.environ["SPY"] = str(out)
    try:
        project.autopsy("-n2", "-o", "pythonpath=spy", "-p", "spy", plugins=BOTH)
    finally:
        del os.environ["SPY"]
    told = [json.loads(line) for line in out.read_text().splitlines()]
    assert [set(what) for kind, what in told if kind == "to"] == [
        {"autopsy_run", "autopsy_key"}
    ] * 2
    assert [what for kind, what in told if kind == "end"] == [{"autopsy": ""}] * 2
    reports = [what for kind, what in told if kind == "report"]
    assert reports
    assert {key for own, _ in reports if own for key in own} <= {"failure", "evidence", "facts"}
    assert max(len(json.dumps(one)) for one in reports) < 2_000
