"""Who waits at a terminal is told what is being done; a log or a pipe is not."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from .checks import needs
from .helpers import PLUGINS

IMPATIENT = "import pytest_autopsy.progress as p\np.AFTER = p.EVERY = 0.0\n"


def at_a_terminal(project, *args: str) -> str:
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "pytest", "--autopsy", "-p", "no:cacheprovider"]
    command += [part for name in PLUGINS for part in ("-p", name)]
    env = {**project._environment(project.path.parent / "log", autoload=False), "TERM": "xterm"}
    child = subprocess.Popen(
        [*command, *args], cwd=project.path, env=env, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    seen = b""
    try:
        while part := os.read(controller, 65536):
            seen += part
    except OSError:  # the other end is closed
        pass
    os.close(controller)
    child.wait(60)
    return seen.decode("utf-8", "replace")


WORK = ("looking for secrets", "looking for causes, failures: 1", "writing the digest")


@pytest.mark.skipif(sys.platform == "win32", reason="no pty")
def test_at_a_terminal(shop):
    shop.write({"conftest.py": IMPATIENT})
    shown = at_a_terminal(shop)
    for what in WORK:
        assert f"\rautopsy: {what}" in shown
    last = max(shown.rindex(f"\rautopsy: {what}") for what in WORK)
    assert shown.index("= FAILURES =") > last
    cleared = shown[last + 1 :].partition("\r")[2].partition("\r")[0]
    assert not cleared.strip(" \n")


def test_short_work_is_not_told(shop):
    assert "looking for causes" not in at_a_terminal(shop)


def test_elsewhere(shop):
    shop.write({"conftest.py": IMPATIENT})
    assert not any(what in shop.autopsy().text for what in WORK)


@needs("xdist")
def test_merging(shop):
    shop.write({"conftest.py": IMPATIENT})
    assert "\rautopsy: reading what worker gw" in at_a_terminal(shop, "-p", "xdist", "-n2")
