"""--autopsy-cause: the tests of a cause."""

from __future__ import annotations

import shutil

import pytest

from pytest_autopsy.store import load_run

TWO_BUGS = """
    from shop.cart import Cart


    def test_known():
        cart = Cart()
        cart.add("tea")
        assert cart.total() == 6


    def test_other():
        {}["missing"]
    """


@pytest.fixture
def two(shop):
    """Two causes in two files, and their digest."""
    shop.write({"test_two.py": TWO_BUGS})
    return shop, shop.autopsy().digest


def selected(run) -> set[str]:
    return {one["nodeid"] for one in run.log if one["kind"] == "report"}


def members(digest, cause) -> set[str]:
    return {one["nodeid"] for one in digest["failures"] if one["id"] in cause["failures"]}


def test_cause_by_id(two):
    shop, digest = two
    assert len(digest["root_causes"]) == 2
    for cause in digest["root_causes"]:
        assert selected(shop.run("--autopsy-cause", cause["id"])) == members(digest, cause)


def test_cause_by_number(two):
    shop, digest = two
    for number, cause in enumerate(digest["root_causes"], 1):
        assert selected(shop.run(f"--autopsy-cause={number}")) == members(digest, cause)


def test_the_command_that_the_digest_gives(two):
    shop, digest = two
    cause = digest["root_causes"][1]
    ours = shop.run(*cause["rerun"][1:])
    assert selected(ours) == members(digest, cause)
    assert [one["id"] for one in ours.digest["root_causes"]] == [cause["id"]]


def test_a_failures_own_command(two):
    shop, digest = two
    failure = digest["failures"][0]
    assert selected(shop.run(*failure["rerun"][1:])) == {failure["nodeid"]}


def test_cause_with_arguments_of_ones_own(two):
    shop, digest = two
    number = next(
        n
        for n, c in enumerate(digest["root_causes"], 1)
        if "test_two.py::test_other" in members(digest, c)
    )
    assert selected(shop.run(f"--autopsy-cause={number}", "test_two.py")) == {
        "test_two.py::test_other"
    }


@pytest.mark.parametrize("wrong", ["c1-00000000", "0", "3", ""])
def test_wrong_cause(two, wrong):
    shop, digest = two
    ours = shop.run(f"--autopsy-cause={wrong}")
    assert ours.code == 4
    assert ours.has_line("^ERROR: .*--autopsy-cause")
    assert all(ours.has_line(cause["id"]) for cause in digest["root_causes"])
    assert "Traceback" not in ours.text


def test_cause_without_a_run(shop):
    ours = shop.run("--autopsy-cause=1")
    assert ours.code == 4
    assert ours.has_line(r"^ERROR: --autopsy-cause 1: .*no run")
    assert "Traceback" not in ours.text


@pytest.mark.parametrize("damaged", ["{", '{"schema": "pytest-autopsy/digest@1"}'])
def test_cause_with_a_damaged_digest(two, damaged):
    shop, _ = two
    (shop.path / ".autopsy" / "latest" / "digest.json").write_text(damaged)
    ours = shop.run("--autopsy-cause=1")
    assert ours.code == 4
    assert "Traceback" not in ours.text


def test_an_id_is_found_in_an_earlier_run(two):
    """The documented loop: one cause is run again, then the next one."""
    shop, digest = two
    first, second = digest["root_causes"]
    assert len(shop.run(*first["rerun"][1:]).digest["root_causes"]) == 1
    assert selected(shop.run(*second["rerun"][1:])) == members(digest, second)


def test_of_a_run_that_is_gone_the_exemplar_is_run(two):
    shop, digest = two
    first, second = digest["root_causes"]
    before = shop.run(*first["rerun"][1:])
    for run in (before.store / "runs").iterdir():
        if run.name == digest["run"]["id"]:
            shutil.rmtree(run)
    exemplar = next(f["nodeid"] for f in digest["failures"] if f["id"] == second["exemplar"])
    assert selected(shop.run(*second["rerun"][1:])) == {exemplar}


def test_the_command_names_a_store_of_ones_own(shop):
    ours = shop.run("--autopsy", "--autopsy-dir=build/runs")
    (cause,) = load_run(shop.path / "build/runs")["root_causes"]
    assert ours.has_line("rerun +pytest --autopsy --autopsy-dir=build/runs --autopsy-cause c1-")
    assert selected(shop.run(*cause["rerun"][1:]))
