"""The run directory: what it looks like, who may read it, what goes when it is full."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from pytest_autopsy import store as stores
from pytest_autopsy.settings import new_run_id
from pytest_autopsy.store import (
    LIVE,
    RunDirectory,
    file_name,
    latest_run,
    load_run,
    prune,
    write_atomically,
)

posix = pytest.mark.skipif(os.name != "posix", reason="modes are posix'")
DIGEST = {"schema": "pytest-autopsy/digest@1", "run": {}}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def raising(error: BaseException) -> Any:
    def fails(*_: object) -> None:
        raise error

    return fails


def run_id(number: int) -> str:
    return f"20260101T0000{number:02}Z-{number:08x}"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / ".autopsy"


def finished(store: Path, number: int, *, failed: bool = True, size: int = 10) -> RunDirectory:
    run = RunDirectory(store, run_id(number))
    run.write_json("digest.json", DIGEST)
    run.write("traces/t.jsonl" if failed else "digest.md", b"x" * size)
    run.finish(None)
    return run


def test_the_layout(store: Path) -> None:
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", new_run_id())
    run = RunDirectory(store, run_id(1))
    assert not store.exists(), "nothing is made before the first write"
    written = run.write("snapshots/t.json", b"{}")
    assert written == store / "runs" / run_id(1) / "snapshots" / "t.json"
    assert written.read_bytes() == b"{}" and run.written == 2
    assert (store / ".gitignore").read_text() == "*\n"
    assert (run.path / LIVE).read_text() == str(os.getpid())
    run.write_json("digest.json", {"a": 1}, indent=True)
    assert json.loads((run.path / "digest.json").read_bytes()) == {"a": 1}
    assert (run.path / "digest.json").read_bytes().endswith(b"}\n")
    run.finish("snapshots/t.json")
    assert not (run.path / LIVE).exists()
    assert latest_run(store) == run.path.resolve()
    assert (store / "latest.json").read_bytes() == b"{}"
    assert not list(store.rglob(".tmp-*"))


@posix
def test_modes(store: Path) -> None:
    before = os.umask(0o000)
    try:
        finished(store, 1)
    finally:
        os.umask(before)
    for path in (store, *store.rglob("*")):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


@posix
def test_what_was_there_keeps_its_mode_and_its_gitignore(store: Path) -> None:
    store.mkdir(mode=0o755)
    store.chmod(0o755)
    (store / ".gitignore").write_text("mine\n")
    finished(store, 1)
    assert mode(store) == 0o755
    assert (store / ".gitignore").read_text() == "mine\n"
    assert mode(store / "runs") == 0o700


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()], ids=["os", "key"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with monkeypatch.context() as patched:
        patched.setattr(stores.os, "replace", raising(error))
        with pytest.raises(type(error)):
            write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_store_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where the store would be")
    with pytest.raises(OSError):
        RunDirectory(tmp_path / "file", run_id(1)).write("digest.json", b"{}")


@pytest.mark.parametrize("links", [(True, True), (False, False), (True, False, True)])
def test_latest_moves_on(store: Path, monkeypatch: pytest.MonkeyPatch, links: Any) -> None:
    for number, allowed in enumerate(links):
        with monkeypatch.context() as patched:
            if not allowed:
                patched.setattr(Path, "symlink_to", raising(OSError("no links")))
            run = finished(store, number)
        assert latest_run(store).resolve() == run.path.resolve()  # type: ignore[union-attr]
        assert load_run(store) == DIGEST
        assert (store / "latest").is_symlink() == allowed
        if not allowed:
            assert (store / "latest").read_text() == f"runs/{run_id(number)}\n"
        assert not list(store.glob(".tmp-*"))


def test_a_directory_of_somebody_else_is_left_alone(store: Path) -> None:
    (store / "latest").mkdir(parents=True)
    (store / "latest" / "keep").write_text("mine")
    finished(store, 1)
    assert (store / "latest" / "keep").read_text() == "mine"


def test_latest_where_there_is_none(store: Path) -> None:
    assert latest_run(store) is None
    store.mkdir()
    assert latest_run(store) is None
    (store / "latest").write_bytes(b"\xff\xfe")
    assert latest_run(store) is None
    (store / "latest").write_text("runs/gone\n")
    assert latest_run(store) is None


def test_a_run_is_loaded_by_store_directory_or_file(store: Path) -> None:
    run = finished(store, 1)
    for place in (store, str(store), run.path, run.path / "digest.json", store / "latest"):
        assert load_run(place) == DIGEST
    assert load_run(store.rename(store.with_name("moved"))) == DIGEST, "links are relative"


@pytest.mark.parametrize("place", ["missing", ".", "run"])
def test_where_there_is_no_run_that_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(FileNotFoundError):
        load_run(tmp_path / place)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"1", b"{}", b"not json", b"\xff", b'{"schema": "other@1"}',
            b'{"schema": null}', b'{"schema": ["x"]}'],
)  # fmt: skip
def test_what_is_no_digest_is_a_value_error(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "digest.json").write_bytes(raw)
    with pytest.raises(ValueError):
        load_run(tmp_path)


def test_pruning_takes_green_runs_first_then_the_oldest(store: Path) -> None:
    for number in range(1, 7):
        finished(store, number, failed=number % 2 == 1)
    assert prune(store, 6, 10**9, run_id(6)) == []
    assert prune(store, 5, 10**9, run_id(6)) == [run_id(2)]
    assert prune(store, 3, 10**9, run_id(6)) == [run_id(4), run_id(1)]
    assert prune(store, 1, 10**9, run_id(6)) == [run_id(3), run_id(5)]
    assert prune(store, 0, 0, run_id(6)) == []
    assert [run.name for run in (store / "runs").iterdir()] == [run_id(6)]


def test_pruning_counts_bytes(store: Path) -> None:
    for number in range(1, 6):
        finished(store, number, size=10_000)
    assert prune(store, 99, 35_000, run_id(5)) == [run_id(1), run_id(2)]
    finished(store, 6, failed=False, size=30_000)
    assert prune(store, 99, 45_000, run_id(6)) == [run_id(3), run_id(4)]


def test_a_failing_run_without_traces_is_not_green(store: Path) -> None:
    run = RunDirectory(store, run_id(1))
    run.write_json("digest.json", {**DIGEST, "failures": [{}], "totals": {"failed": 1}})
    run.finish(None)
    finished(store, 2, failed=False)
    assert prune(store, 2, 10**9, run_id(3)) == [run_id(2)]


def test_a_live_run_is_never_pruned(store: Path) -> None:
    RunDirectory(store, run_id(1)).write("digest.md", b"x")
    assert prune(store, 1, 0, run_id(2)) == []


def test_nor_is_one_of_another_user(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    RunDirectory(store, run_id(1)).write("digest.md", b"x")
    monkeypatch.setattr(stores.os, "kill", raising(PermissionError()))
    assert prune(store, 1, 0, run_id(2)) == []


def test_a_store_whose_only_run_was_broken_off_says_where_its_evidence_is(store: Path) -> None:
    run = finished(store, 1).path
    (run / "digest.json").unlink()
    for link in ("latest", "latest.json"):
        (store / link).unlink(missing_ok=True)
    (run / LIVE).write_text("0")
    with pytest.raises(
        FileNotFoundError, match=f"has not ended, or was killed.*triage .*{run.name}"
    ):
        load_run(store)


@pytest.mark.parametrize("pid", ["", "nonsense", "99999999999999999999", str(2**22 + 1)])
def test_a_run_whose_process_is_gone_is_not_live(store: Path, pid: str) -> None:
    (finished(store, 1).path / LIVE).write_text(pid)
    assert prune(store, 1, 0, run_id(2)) == [run_id(1)]


def test_pruning_leaves_what_is_not_ours(store: Path, tmp_path: Path) -> None:
    mine = {store / "baseline" / "x", store / "runs" / "notes" / "x", tmp_path / "outside" / "x"}
    for path in (*mine, store / "runs" / f"{run_id(2)}.bak" / "x"):
        path.parent.mkdir(parents=True)
        path.write_text("mine")
    (store / "runs" / run_id(3)).symlink_to(tmp_path / "outside")
    (store / "runs" / run_id(4)).write_text("a file")
    before = set(store.rglob("*"))
    finished(store, 1)
    assert prune(store, 0, 0, "none") == [run_id(1)]
    assert before <= set(store.rglob("*")) and all(path.read_text() == "mine" for path in mine)
    assert prune(tmp_path / "missing", 0, 0, "none") == []


NODEIDS = ["", "a", "A", "t.py::test[a/b]", "t.py::test[a\\b]", "t.py::test[\0]", "t.py::test[\1]",
           "t.py::test[é]", "t.py::test[ö]", "..", "../../etc/passwd", "CON", "x" * 10_000,
           "x" * 10_001, "a\nb", "-rf", " ", "t.py::Test", "t.py::test", "?"]  # fmt: skip


def test_file_names_are_safe_bounded_and_unique_also_without_case() -> None:
    keys = [(one, phase, n) for one in NODEIDS for phase in ("call", "setup") for n in (1, 2)]
    names = [file_name(*key) for key in keys]
    assert names == [file_name(*key) for key in keys]
    assert all(re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{8,99}", name) for name in names)
    lower = [name.lower() for name in names]
    assert [key for key, name in zip(keys, lower) if lower.count(name) > 1] == []
    assert file_name("tests/test_cart.py::test_add[a-1]").startswith("test_cart.py_test_add_a-1")


def test_file_names_of_lone_surrogates_differ() -> None:
    assert len({file_name(one) for one in ("\ud800", "\ud801", "?")}) == 3
