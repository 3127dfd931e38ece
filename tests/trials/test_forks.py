"""Forks and their sandbox: results in order, nothing that outlives them, and nothing that hangs us."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import pytest

from pytest_autopsy.trials.forks import in_forks

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")


def results(*jobs, workers=2, seconds=10.0):
    found = list(in_forks(jobs, workers, seconds))
    assert [number for number, _ in found] == list(range(len(jobs)))
    return [result for _, result in found]


def test_results_come_in_the_order_of_the_jobs():
    def slow(number):
        time.sleep(0.05 * (3 - number % 4))
        return {"number": number}

    found = results(*(partial(slow, number) for number in range(8)), workers=4)
    assert [one["number"] for one in found] == list(range(8))


def test_what_a_job_changes_is_gone_with_it():
    kept = []
    assert results(lambda: {"there": kept.append(1)}, lambda: {"there": len(kept)})[1]["there"] == 0
    assert kept == []


def test_a_result_of_any_size():
    (found,) = results(lambda: {"text": "x" * 1_000_000})
    assert len(found["text"]) == 1_000_000


def test_one_that_hangs_is_ended_and_the_others_are_not():
    def hang():
        while True:
            pass

    found = results(hang, lambda: {"there": True}, seconds=0.5)
    assert found[0]["ended"] == "too long"
    assert found[1]["there"]


def test_one_that_dies_says_nothing_and_is_told():
    found = results(lambda: os._exit(3), lambda: {}["x"], lambda: {"there": True})
    assert [one.get("ended") for one in found] == ["died", "died", None]


def test_one_that_eats_memory_meets_an_end():
    def eat():
        held = []
        try:
            while True:
                held.append(bytearray(1 << 26))
        except MemoryError:
            return {"count": len(held)}

    (found,) = results(eat, seconds=30.0)
    assert found.get("count", 0) < 100


def outcome(action):
    """What an action comes to within a sandbox, and whether that was refused."""

    def job():
        try:
            action()
        except PermissionError as error:
            return {"error": str(error)}
        return {"error": ""}

    return results(job)[0]


def _rename_from(folder):
    os.chdir(tempfile.gettempdir())  # where the names alone would be the sandbox's own
    os.rename("there.txt", "b", src_dir_fd=folder, dst_dir_fd=folder)


def test_files_are_written_below_the_sandbox_only(tmp_path):
    there = tmp_path / "there.txt"
    there.write_text("as it was")
    folder = os.open(tmp_path, os.O_RDONLY)
    refused = {
        "write": lambda: there.write_text("other"),
        "append": lambda: there.open("a"),
        "by descriptor": lambda: os.open(there, os.O_WRONLY),
        "remove": there.unlink,
        "remove beside": lambda: os.unlink("there.txt", dir_fd=folder),
        "rename beside": lambda: _rename_from(folder),
        "truncate": lambda: os.truncate(there, 1),
        "rename": lambda: there.rename(tmp_path / "b"),
        "folder": lambda: (tmp_path / "new").mkdir(),
        "tree": lambda: shutil.rmtree(tmp_path),
        "mode": lambda: there.chmod(0o777),
        "link": lambda: (tmp_path / "c").symlink_to(there),
        "database": lambda: sqlite3.connect(tmp_path / "d.sqlite"),
    }
    for name, action in refused.items():
        found = outcome(action)
        assert found["refused"], name
        assert "refused in a trial" in found["error"], name
    os.close(folder)
    assert there.read_text() == "as it was"
    assert os.listdir(tmp_path) == ["there.txt"]


def test_a_link_out_of_the_sandbox_does_not_help(tmp_path):
    def leave():
        link = Path(tempfile.mkdtemp()) / "out"
        link.symlink_to(tmp_path)
        (link / "there.txt").write_text("x")

    assert outcome(leave)["refused"]
    assert not list(tmp_path.iterdir())


def test_reading_and_temporary_files_are_nobodys_business(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "there.txt").write_text("text")

    def work():
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "a").write_text((tmp_path / "there.txt").read_text())
            shutil.copy(Path(folder) / "a", Path(folder) / "b")
            (Path(folder) / "b").unlink()
        with sqlite3.connect(":memory:") as database:
            database.execute("select 1")
        os.chdir(tempfile.gettempdir())
        Path("c").write_text("some text")
        os.truncate("c", 4)
        with open(os.devnull, "w") as nothing:
            nothing.write("x")

    assert outcome(work) | {"seconds": 0} == {"error": "", "refused": "", "seconds": 0}
    assert not list(Path(tempfile.gettempdir()).glob("autopsy-trial-*"))


def test_no_process_and_no_network():
    refused = [
        lambda: subprocess.run([sys.executable, "-c", ""], check=False),
        lambda: os.system("true"),
        os.fork,
        lambda: multiprocessing.get_context("spawn").Process(target=print).start(),
        lambda: os.kill(os.getppid(), 0),
        lambda: socket.create_connection(("127.0.0.1", 9)),
        lambda: socket.getaddrinfo("localhost", 80),
    ]
    for action in refused:
        assert outcome(action)["refused"]


def test_what_was_refused_is_told_although_the_program_caught_it(tmp_path):
    def quietly():
        try:
            (tmp_path / "a").write_text("x")
        except OSError:
            pass
        return {}

    assert results(quietly)[0]["refused"] == "write files"


def test_it_ends_with_who_asked():
    asked = in_forks([dict, lambda: time.sleep(60) or {}], 2, 60.0)
    next(asked)
    began = time.perf_counter()
    asked.close()
    assert time.perf_counter() - began < 20
