"""--autopsy-dir, pruning, and each capability alone: what a run leaves."""

from __future__ import annotations

import json
import os
import stat

import pytest

from .checks import explained


def names(folder) -> set[str]:
    return {file.name for file in folder.iterdir()} if folder.is_dir() else set()


# -- each capability alone -------------------------------------------------------------------


def test_snapshot_alone(shop):
    ours = shop.run("--snapshot")
    assert ours.code == 1
    assert names(ours.directory / "snapshots")
    assert not names(ours.directory / "traces")
    assert not names(ours.directory / "diagnoses")
    assert ours.digest["root_causes"] == []
    assert ours.failure("::test_unknown")["why_no_cause"]
    assert ours.digest["run"]["engine"] == "none"


def test_triage_alone(shop):
    ours = shop.run("--triage")
    assert not names(ours.directory / "traces")
    assert not names(ours.directory / "snapshots")
    assert len(ours.digest["root_causes"]) == 1
    assert ours.digest["root_causes"][0]["suspects"]  # the stack is known without a trace
    explained(ours)


def test_target_alone(shop):
    ours = shop.run("--trace-target=shop")
    assert names(ours.directory / "traces")
    assert not names(ours.directory / "snapshots")
    assert ours.digest["root_causes"] == []


@pytest.mark.parametrize(
    "args", [("--snapshot",), ("--triage",), ("--trace-target=shop",)], ids=str
)
def test_one_alone_keeps_outcomes(shop, args):
    plain = shop.plain()
    ours = shop.run(*args)
    assert (plain.outcomes, plain.code, plain.counts) == (ours.outcomes, ours.code, ours.counts)
    assert ours.header


@pytest.mark.parametrize("taken", ["snapshot", "triage"])
def test_one_taken_out(shop, taken):
    ours = shop.autopsy(f"--no-{taken}")
    assert bool(names(ours.directory / "snapshots")) == (taken != "snapshot")
    assert bool(ours.digest["root_causes"]) == (taken != "triage")
    assert names(ours.directory / "traces")


# -- the store -------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["deep/er/runs", "with space \u00e4\u20ac"])
def test_directory(shop, where):
    ours = shop.autopsy(f"--autopsy-dir={where}")
    store = shop.path / where
    assert (store / "latest" / "digest.json").is_file()
    assert not (shop.path / ".autopsy").exists()
    assert f"store {where}" in ours.header
    assert ours.has_line(f"^evidence +{where}/runs/.*/digest.md")


def test_absolute_directory(shop, tmp_path):
    store = tmp_path / "elsewhere"
    ours = shop.autopsy(f"--autopsy-dir={store}")
    digest = json.loads((store / "latest" / "digest.json").read_bytes())
    assert digest["failures"]
    assert str(store) in ours.header


def test_directory_that_is_a_file(shop):
    shop.write({"taken": "text\n"})
    ours = shop.autopsy("--autopsy-dir=taken")
    assert ours.code == 4
    assert ours.has_line("^ERROR: .*--autopsy-dir.*taken")
    assert "Traceback" not in ours.text
    assert (shop.path / "taken").read_text() == "text\n"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_directory_that_cannot_be_written(shop):
    store = shop.path / "closed"
    store.mkdir(mode=0o500)
    plain, ours = shop.plain(), shop.autopsy("--autopsy-dir=closed")
    assert (plain.outcomes, plain.code) == (ours.outcomes, ours.code)
    assert ours.headline
    assert ours.has_line("--autopsy-dir")


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a place where nobody can write")
def test_directory_that_even_root_cannot_write(shop):
    plain, ours = shop.plain(), shop.autopsy("--autopsy-dir=/proc/autopsy")
    assert (plain.outcomes, plain.code) == (ours.outcomes, ours.code)
    assert ours.headline
    assert (
        len([line for line in ours.lines if "/proc/autopsy" in line and "PytestWarning" in line])
        == 1
    )
    assert ours.has_line("--autopsy-dir")


@pytest.mark.skipif(os.name == "nt", reason="no modes there")
def test_modes(shop_run):
    store = shop_run.store
    for place in (store, *store.rglob("*")):
        if not place.is_symlink():
            wanted = 0o700 if place.is_dir() else 0o600
            assert stat.S_IMODE(place.stat().st_mode) == wanted, place


@pytest.mark.skipif(os.name == "nt", reason="no modes there")
def test_directory_that_was_there_keeps_its_mode_and_files(shop):
    store = shop.path / "mine"
    store.mkdir()
    store.chmod(0o755)
    (store / "notes.txt").write_text("keep me")
    (store / ".gitignore").write_text("notes.txt\n")
    shop.autopsy("--autopsy-dir=mine")
    assert stat.S_IMODE(store.stat().st_mode) == 0o755
    assert (store / "notes.txt").read_text() == "keep me"
    assert (store / ".gitignore").read_text() == "notes.txt\n"


# -- pruning ---------------------------------------------------------------------------------


def runs(project) -> list[str]:
    return sorted(one.name for one in (project.path / ".autopsy" / "runs").iterdir())


def test_keep_runs(shop):
    shop.ini("autopsy_keep_runs = 2")
    kept = [shop.autopsy().digest["run"]["id"] for _ in range(4)]
    assert set(runs(shop)) == set(kept[-2:]) or len(runs(shop)) == 2
    assert kept[-1] in runs(shop)


def test_green_runs_go_first(shop):
    shop.ini("autopsy_keep_runs = 2")
    red = shop.autopsy().digest["run"]["id"]
    for _ in range(2):
        shop.autopsy("-k", "known and not unknown")
    assert red in runs(shop)  # the newest of an open cause
    assert len(runs(shop)) <= 3


def test_max_disk(shop):
    shop.autopsy()
    last = shop.ini("autopsy_max_disk = 1").autopsy().digest["run"]["id"]
    assert runs(shop) == [last]


def test_pruning_leaves_what_is_not_ours(shop):
    shop.autopsy()
    other = shop.path / ".autopsy" / "runs" / "my-notes"
    other.mkdir()
    shop.ini("autopsy_keep_runs = 1").autopsy()
    assert other.is_dir()
    assert len(runs(shop)) == 2


def test_a_home_that_cannot_be_written(shop):
    run = shop.autopsy(env={"HOME": "/proc/none", "XDG_CACHE_HOME": "/proc/none", "TERM": "dumb"})
    assert run.headline
    assert (run.directory / "digest.json").exists()
    assert run.warnings == []
