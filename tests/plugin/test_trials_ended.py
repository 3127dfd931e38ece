"""--autopsy-trials in a run that is broken off: none of its processes lives on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

fcntl = pytest.importorskip("fcntl", reason="trials need forks")

FILES = {
    "conftest.py": """
        import fcntl, os

        held = open("held", "w")
        if "PYTEST_AUTOPSY_TRIALS" in os.environ:  # the process of the trials; its forks hold it, too
            fcntl.flock(held, fcntl.LOCK_EX)
            held.write("begun")
            held.flush()
        """,
    "slow.py": """
        import time

        def twice(number):
            time.sleep(0.5)
            return number + number + 1
        """,
    "test_slow.py": """
        from slow import twice

        def test_twice():
            assert twice(twice(3)) == 12
        """,
}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left(project, how):
    project.write(FILES)
    held = project.path / "held"
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "autopsy", "--autopsy", "--autopsy-trials"],
        cwd=project.path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with run:
        wait_for(lambda: held.exists() and held.read_text("utf-8") == "begun")
        assert not is_free(held)
        time.sleep(0.7)  # into a fork
        run.send_signal(how)
        run.wait(30)
    wait_for(lambda: is_free(held))


def wait_for(what, seconds=30.0):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)


def is_free(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
