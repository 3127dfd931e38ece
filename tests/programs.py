"""Programs in a folder of their own, run by `pytest-autopsy run`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Ran:
    """What one run of a program left."""

    folder: Path
    code: int
    out: str
    err: str

    @property
    def directory(self) -> Path:
        return (self.folder / ".autopsy" / "latest").resolve()

    @property
    def digest(self) -> dict[str, Any]:
        return json.loads((self.directory / "digest.json").read_bytes())

    @property
    def lines(self) -> list[dict[str, Any]]:
        (file,) = self.directory.glob("traces/*.jsonl")
        return lines_of(file)

    @property
    def tree(self) -> str:
        (file,) = self.directory.glob("traces/*.txt")
        return file.read_text("utf-8")

    def calls(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == "call"]

    def names(self) -> list[str]:
        return [line["qualname"] for line in self.calls()]


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


class Program:
    """A folder with programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = folder.parent / "temporary"
        self.temporary.mkdir()

    def write(self, **files: str) -> Program:
        for name, text in files.items():
            (self.folder / f"{name}.py").write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")
        return self

    def environment(self, **more: str) -> dict[str, str]:
        noise = ("PYTEST_", "PYTHONPATH", "COV_")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(noise)}
        return {**kept, "TMPDIR": str(self.temporary), "PYTHONHASHSEED": "0", **more}

    def run(self, *arguments: str, **more: str) -> Ran:
        command = [sys.executable, "-m", "pytest_autopsy", "run", *arguments]
        return self.done(command, **more)

    def done(self, command: list[str], **more: str) -> Ran:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment(**more), capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        return Ran(self.folder, done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "pytest_autopsy", "run", *arguments]
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
