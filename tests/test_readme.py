"""The README's commands are run as they stand there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXTS = (
    "README.md",
    "docs/accuracy.md",
    "docs/trials.md",
    "docs/programs.md",
    "docs/commands.md",
    "docs/agents.md",
)
LINKED = (*TEXTS, "docs/comparison.md", "docs/faq.md", "docs/tutorial.md")
BLOCK = re.compile(r"```console\n(.*?)```", re.S)
INSTALLS = "pip install"  # .ci/run runs these, in a fresh clone and environment


def commands() -> list[tuple[str, str, str]]:
    """Return (page, command, output) of every console block, but those that install."""
    found = []
    for name in TEXTS:
        for block in BLOCK.findall((ROOT / name).read_text("utf-8")):
            for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
                command, _, output = part.partition("\n")
                if INSTALLS not in command and "tests.accuracy" not in command:
                    found.append((name, command, output))
    return found


@pytest.fixture(scope="module")
def clones(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A clone for each page, made when it is first asked for."""
    return {}


@pytest.fixture
def clone(page: str, clones: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the examples as a clone does, after two runs of one of them."""
    if page not in clones:
        clones[page] = make_clone(tmp_path_factory.mktemp("clone"))
    return clones[page]


def make_clone(folder: Path) -> Path:
    shutil.copytree(ROOT / "examples", folder / "examples")
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, folder / name)
    for _ in range(2):
        run("pytest --autopsy examples/none_propagation -q", folder)
    return folder


def run(command: str, where: Path) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(command)
    module = {"pytest": "pytest", "pytest-autopsy": "pytest_autopsy"}[program]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "CI", "BUILD_"))}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=where, capture_output=True, text=True, check=False,
        env={**kept, "COLUMNS": "80", "NO_COLOR": "1"},
    )  # fmt: skip


def plain(text: str) -> str:
    text = re.sub(r"runs/\d{8}T\d{6}Z-[0-9a-f]{8}", "runs/<run>", text)
    text = re.sub(r"about \+[\d.]+ s", "about +<time> s", text)
    text = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{8}", "<run>", text)
    text = re.sub(r"[\d.]+ MB", "<size> MB", text)
    return re.sub(r"(\d+ failed, \d+ passed) in [\d.]+s", r"\1", text)


@pytest.mark.parametrize(("page", "command", "output"), commands(), ids=lambda text: text[:50])
def test_command_prints_what_the_readme_shows(command: str, output: str, clone: Path) -> None:
    done = run(command, clone)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    if sys.version_info[:2] == (3, 12):
        for line in plain(output).splitlines():
            assert line in plain(done.stdout + done.stderr)
    assert (done.stdout + done.stderr).strip()


def test_links_lead_somewhere() -> None:
    for name in LINKED:
        for link in re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text("utf-8")):
            assert ((ROOT / name).parent / link).exists(), link
