"""Under pytest-xdist: the outcomes of plain pytest, the causes of a serial run."""

from __future__ import annotations

import pytest

from .checks import explained, needs, same_outcomes
from .helpers import PLUGINS, Project
from .outcome_project import MATRIX, stopping

# -- xdist -----------------------------------------------------------------------------------

XDIST = ("xdist",)


def causes(run):
    """What the causes say, in an order that does not depend on workers."""
    return sorted(
        (
            cause["id"],
            cause["title"],
            cause["confidence"],
            tuple(sorted(cause["failures"])),
            [(s["file"], s["function"], s["score"]) for s in cause["suspects"]],
            [e["fact"] for e in cause["evidence"]],
        )
        for cause in run.digest["root_causes"]
    )


@pytest.fixture(scope="module")
def distributed(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("distributed") / "work").write(MATRIX)
    serial = project.autopsy()
    _ = serial.digest
    plain = project.plain("-n2", plugins=XDIST)
    return serial, plain, project.autopsy("-n2", plugins=(*PLUGINS, *XDIST))


@needs("xdist")
def test_workers_keep_outcomes(distributed):
    _, plain, ours = distributed
    same_outcomes(plain, ours)
    explained(ours)
    assert ours.headline


@needs("xdist")
def test_workers_find_the_same_causes(distributed):
    serial, _, ours = distributed
    assert causes(serial) == causes(ours)


@needs("xdist")
def test_workers_are_named(distributed):
    serial, _, ours = distributed
    assert {one["worker"] for one in ours.digest["failures"] if one["exception"]} == {"gw0", "gw1"}
    assert {one["worker"] for one in serial.digest["failures"]} == {None}
    assert ours.digest["run"]["workers"] == 2
    assert ours.digest["run"]["engine"] == serial.digest["run"]["engine"]


@needs("xdist")
def test_workers_leave_one_run(distributed):
    ours = distributed[2]
    assert len(list((ours.store / "runs").iterdir())) == 2  # serial and this
    assert not list(ours.directory.glob("workers/*.json"))
    for one in ours.digest["failures"]:
        assert one["trace"] is None or (ours.path / one["trace"]).is_file()


@needs("xdist")
def test_failure_ids_are_those_of_the_serial_run(distributed):
    serial, _, ours = distributed
    assert {one["id"] for one in serial.digest["failures"]} == {
        one["id"] for one in ours.digest["failures"]
    }


@needs("xdist")
@pytest.mark.parametrize(
    "args", [("-n1",), ("-n0",), ("-n2", "-q"), ("-n2", "-p", "no:terminal")], ids=" ".join
)
def test_xdist_variants(shop, args):
    plain = shop.plain(*args, plugins=XDIST)
    ours = shop.autopsy(*args, plugins=(*PLUGINS, *XDIST))
    same_outcomes(plain, ours)
    explained(ours)
    assert ours.failure("::test_unknown")["suspects"][0]["function"] == "load_price"


@needs("xdist")
def test_crashed_worker(project):
    stopping(project, "import os; os._exit(7)")
    plain = project.plain("-n2", plugins=XDIST)
    ours = project.autopsy("-n2", plugins=(*PLUGINS, *XDIST))
    assert [one[::2] for one in plain.outcomes] == [one[::2] for one in ours.outcomes]
    assert plain.code == ours.code
    explained(ours)
    crashed = ours.failure("::test_stops")
    assert "crashed" in crashed["exception"]["message"]
    assert crashed["why_no_cause"] or crashed["root_cause"]  # what its black box told


@needs("xdist")
def test_what_a_crashed_worker_had_finished_is_diagnosed(project):
    """One worker runs a failing test, then dies in the next: the first one's evidence is on disk."""
    stopping(project, "import os; os._exit(7)")
    ours = project.autopsy("-n1", plugins=(*PLUGINS, *XDIST))
    before = ours.failure("::test_before")
    assert before["trace"], before["why_no_cause"]
    assert before["suspects"][0]["function"] in ("total", "price")


DISAGREEING = {
    "state.py": """\
        opened = []

        def open_store():
            if opened:
                return opened[0]
            opened.append("store")
            return "store"
    """,
    "conftest.py": """\
        import pytest

        from state import open_store

        @pytest.fixture(scope="session")
        def store():
            return open_store()
    """,
    "test_state.py": """\
        import pytest

        from state import open_store

        @pytest.mark.xdist_group("a")
        def test_opened():
            assert %s == "store"

        @pytest.mark.xdist_group("a")
        def test_after(store):
            assert store == "store"

        @pytest.mark.xdist_group("b")
        def test_alone(store):
            assert store == "shop"
    """,
}


@needs("xdist")
@pytest.mark.parametrize(("first", "told"), [("open_store()", True), ("'store'", False)])
def test_workers_that_disagree_are_told(project, first, told):
    text = DISAGREEING["test_state.py"] % first
    files = {**DISAGREEING, "test_state.py": text}
    run = project.write(files).autopsy("-n2", "--dist=loadgroup", plugins=(*PLUGINS, *XDIST))
    assert run.digest["totals"]["failed"] == 1
    said = "the fixture store did not run the same code in all workers"
    assert (said in " ".join(run.out.split())) is told
