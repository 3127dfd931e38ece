"""docs/snapshots.md shows what is printed: its code is run, and the table of options is the truth."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from pytest_autopsy.snapshot.options import SEED_NAMES

DOCS = Path(__file__).parents[2] / "docs" / "snapshots.md"
BLOCK = re.compile(r"```(\w+)\n(?:# (\w+\.py)\n)?(.*?)```", re.DOTALL)


def blocks():
    return [match.groups() for match in BLOCK.finditer(DOCS.read_text("utf-8"))]


def run(folder, *command):
    return subprocess.run(
        [sys.executable, *command], cwd=folder, capture_output=True, text=True, timeout=120
    )


def written(folder, name):
    text, expected = next(
        (block[2], following[2])
        for block, following in zip(blocks(), blocks()[1:])
        if block[1] == name
    )
    (folder / name).write_text(f"# {name}\n{text}", "utf-8")
    return expected


def test_the_program(tmp_path):
    expected = written(tmp_path, "report.py")
    done = run(tmp_path, "report.py")
    assert done.stdout == expected, done.stderr
    assert (tmp_path / ".autopsy" / "latest.json").exists()


def test_the_test(tmp_path):
    expected = written(tmp_path, "test_totals.py")
    run(tmp_path, "-m", "pytest", "--autopsy", "test_totals.py")
    text = (tmp_path / ".autopsy" / "latest.json").read_text("utf-8")
    for line in expected.strip().splitlines():
        assert line in text
    assert json.loads(text)["assertion"]["helper"] == "assertEqual"


def test_every_option_is_told_with_its_ini_key():
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (?:`(\w+)`)? ?\|", DOCS.read_text("utf-8"), re.M)
    assert {name: key or None for name, key in rows} == SEED_NAMES
