"""docs/triage.md: its commands are run as they stand there, and print what it shows.

`python -m tests.triage.test_docs` writes the output into it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DOC = ROOT / "docs" / "triage.md"
BLOCK = re.compile(r"(```console\n)(.*?)(```)", re.S)
FILE = re.compile(r"```jsonl (\S+)\n(.*?)```", re.S)
_IDS = re.compile(r"\bc\d+-[0-9a-f]{8}\b")
_VARYING = (
    (re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}"), "<run>"),
    (re.compile(r"about \+[\d.]+ s"), "about +<time> s"),
    (re.compile(r" in [\d.]+s\b"), " in <time>"),
)


def prepare(folder: Path) -> None:
    """Make what the page speaks of: the examples, and the log that it shows."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, folder / name)
    for name, text in FILE.findall(DOC.read_text("utf-8")):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def output_of(command: str, folder: Path) -> str:
    """What a command prints, without what varies."""
    words = shlex.split(command)
    given = {}
    while "=" in words[0]:
        name, _, given[name] = words.pop(0).partition("=")
    module = {"pytest": "pytest", "pytest-autopsy": "pytest_autopsy"}[words[0]]
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("PYTEST_", "CI", "BUILD_", "GITHUB_"))
    }
    more = ["--tb=no", "-rN", "-p", "no:cacheprovider"] if module == "pytest" else []
    done = subprocess.run(
        [sys.executable, "-m", module, *words[1:], *more],
        cwd=folder, capture_output=True, text=True, check=False,
        env={**kept, "COLUMNS": "90", "NO_COLOR": "1", "PYTHONHASHSEED": "0", **given},
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    text = done.stdout
    for pattern, plain in _VARYING:
        text = pattern.sub(plain, text)
    return text


def gist(command: str, out: str) -> str:
    """Of what pytest prints what this page is about: the notes."""
    if not command.startswith("pytest "):
        return out
    lines = out.splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith("  note "))
    end = next(n for n, line in enumerate(lines) if line.startswith("evidence "))
    return "".join(["...\n", *lines[start:end], "...\n"])


def shown(folder: Path, text: str) -> str:
    """The page with the output of its commands as they print it now."""

    def block(match: re.Match[str]) -> str:
        commands = [line for line in match[2].splitlines() if line.startswith("$ ")]
        outputs = [output_of(command[2:], folder) for command in commands]
        printed = "".join(
            f"{command}\n"
            + (
                gist(command[2:], out)
                if command.startswith("$ pytest-autopsy") or len(commands) == 1
                else ""
            )
            for command, out in zip(commands, outputs)
        )
        return f"{match[1]}{printed}{match[3]}"

    return BLOCK.sub(block, text)


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 12), reason="texts of exceptions vary with the version"
)
def test_the_page_shows_what_its_commands_print(tmp_path) -> None:
    prepare(tmp_path)
    text = DOC.read_text("utf-8")
    assert _IDS.sub("<id>", shown(tmp_path, text)) == _IDS.sub("<id>", text)


def test_the_page_names_every_kind_and_its_links_lead_somewhere() -> None:
    from pytest_autopsy.triage.kinds import KINDS

    text = " ".join(DOC.read_text("utf-8").split())
    assert all(kind in text for kind in KINDS)
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (DOC.parent / link).exists(), link


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name))
        DOC.write_text(shown(Path(name), DOC.read_text("utf-8")), "utf-8")
