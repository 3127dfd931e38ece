"""docs/tutorial.md: its commands, run in order on the library that it speaks of."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "tutorial.md").read_text("utf-8")
BLOCK = re.compile(r"```console\n(.*?)```", re.S)
NAME = "isodate-0.7.2"
INSTALLING = ("pip", "tar", "cd")
"""Done by the fixture: where this runs, the library is found by its path."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked; its tests run on its own source."""
    folder = tmp_path_factory.mktemp("tutorial")
    wanted = ["--no-deps", "--no-binary", "isodate", "isodate==0.7.2", "-d", str(folder)]
    pip = [sys.executable, "-m", "pip"]
    got = subprocess.run([*pip, "download", "-q", *wanted], capture_output=True, text=True)
    if got.returncode:
        pytest.skip(f"isodate's sdist cannot be had: {got.stderr.strip()[-200:]}")
    subprocess.run(["tar", "xf", f"{NAME}.tar.gz"], cwd=folder, check=True)
    return folder / NAME


def commands() -> list[tuple[str, list[str]]]:
    found = []
    for block in BLOCK.findall(TEXT):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, *output = part.splitlines()
            if command.split()[0] not in INSTALLING:
                found.append((command, output))
    return found


def run(command: str, where: Path) -> str:
    words = shlex.split(command)
    module = {"pytest": "pytest", "pytest-autopsy": "pytest_autopsy"}.get(words[0])
    if module:
        words[:1] = [sys.executable, "-m", module]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "CI", "BUILD_"))}
    done = subprocess.run(
        words, cwd=where, capture_output=True, text=True, timeout=300, check=False,
        env={**kept, "PYTHONPATH": "src", "COLUMNS": "80", "NO_COLOR": "1", "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.skipif(sys.version_info[:2] != (3, 12), reason="the page shows 3.12's output")
def test_every_command_prints_what_the_page_shows(library: Path) -> None:
    asked = commands()
    assert len(asked) == 7
    for command, output in asked:
        printed = run(command, library)
        for line in output:
            assert line in printed, command
