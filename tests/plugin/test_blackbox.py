"""The black box: what ran when the process died, for `show` and for xdist's controller."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from .helpers import PLUGINS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")

FILES = {
    "blobs.py": """
        import os, time

        def inner(n, api_key="sk-proj-Zq8w7e6r5t4y3u2i1o0p"):
            n += 0
            return n

        def pack(blob, how):
            inner(1)
            if how == "exit":
                os._exit(3)
            if how == "segfault":
                import ctypes
                ctypes.string_at(0)
            open("ready", "w").close()
            time.sleep(60)

        def one(n):
            n += 0
            return n
        def two(n):
            n += 0
            return n
        def three(n):
            n += 0
            return n
        def four(n):
            n += 0
            return n

        def outer(how):
            for n in range(20):
                one(n), two(n), three(n)
            for n in range(2):
                four(n)
            return pack(b"xx", how)  # with the call in it the 128th event: arguments are written
        """,
    "test_blobs.py": """
        import os
        import blobs

        def test_before():
            assert blobs.inner(1) == 1

        def test_dies():
            blobs.outer(os.environ.get("HOW", "exit"))
        """,
}


def show(project, *args):
    command = [sys.executable, "-m", "pytest_autopsy", "show", *args]
    done = subprocess.run(command, cwd=project.path, capture_output=True, text=True, check=False)
    return done.stdout


def test_a_process_that_dies(project, monkeypatch):
    project.write(FILES).autopsy()
    (box,) = project.path.glob(".autopsy/runs/*/main.box")
    assert stat.S_IMODE(box.stat().st_mode) == 0o600
    assert b"sk-proj-Zq8w" not in box.read_bytes()
    told = show(project)
    assert "main, process" in told and "is gone; last heard of" in told
    assert "call      test_blobs.py::test_dies" in told
    opened = [line.split(maxsplit=2)[2] for line in told.splitlines() if line[2:6] == "open"]
    assert opened == ["test_dies(...)", "outer(how='exit')", "pack(blob=b'xx', how='exit')"]
    (found,) = json.loads(show(project, "--json"))["processes"]
    assert (found["phase"], found["test"]) == ("call", "test_blobs.py::test_dies")
    assert [call["function"] for call in found["open_calls"]] == ["test_dies", "outer", "pack"]
    assert found["age_s"] >= found["arguments_age_s"] - 1 >= -1

    monkeypatch.setenv("HOW", "ok")
    (project.path / "ready").unlink(missing_ok=True)
    ended = project.autopsy("-k", "test_before")
    assert "has not come to its end" not in show(project), "a run has ended since"
    assert not (ended.directory / "main.box").exists()


def test_a_run_that_is_killed_while_it_hangs(project, monkeypatch):
    monkeypatch.setenv("HOW", "hang")
    project.write(FILES)
    command = [
        sys.executable,
        "-m",
        "pytest",
        *(f"-p{name}" for name in PLUGINS),
        "--autopsy",
        "-q",
    ]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    process = subprocess.Popen(
        command, cwd=project.path, env=environment, stdout=subprocess.DEVNULL
    )
    for _ in range(600):
        if (project.path / "ready").exists():
            break
        time.sleep(0.1)
    assert "is still there; last heard of" in show(project)
    process.send_signal(signal.SIGKILL)
    process.wait()
    told = show(project)
    assert "is gone" in told and "pack(blob=b'xx', how='hang')" in told


def test_a_crashed_worker_of_xdist(project, monkeypatch):
    monkeypatch.setenv("HOW", "segfault")
    run = project.write(FILES).autopsy("-n", "1", plugins=(*PLUGINS, "xdist"))
    (failure,) = run.digest["failures"]
    assert failure["nodeid"] == "test_blobs.py::test_dies" and failure["why_no_cause"] is None
    opened = [
        (line["func"], line["args"])
        for line in run.trace("test_dies")
        if line["event"] == "call" and line.get("outcome") == "open"
    ]
    assert opened == [
        ("test_dies", {}), ("outer", {"how": "'segfault'"}), ("pack", {"blob": "b'xx'", "how": "'segfault'"}),
    ]  # fmt: skip
    (cause,) = run.digest["root_causes"]
    assert cause["suspects"][0]["function"] == "pack"
    assert "pack was the innermost open call" in cause["evidence"][0]["fact"]
    assert list(run.directory.glob("*.box")) == []


def test_it_can_be_switched_off(project):
    project.write(FILES).ini("autopsy_blackbox = false").autopsy()
    assert list(project.path.glob(".autopsy/runs/*/*.box")) == []
