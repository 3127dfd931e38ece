"""`pytest-autopsy skill`: the guide for coding agents."""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path
from typing import Any

from . import add_command
from .reading import complain

NAME = "pytest-autopsy"
EXAMPLES = """\
examples:
  pytest-autopsy skill                            print it
  pytest-autopsy skill --install .claude/skills   write it where an agent looks for skills
"""


def add(commands: Any) -> None:
    """Register the command with the parsers of `pytest-autopsy`."""
    parser = add_command(commands, run, "skill", "print the guide for coding agents", EXAMPLES)
    parser.add_argument(
        "--install", metavar="DIR", help=f"write it to DIR/{NAME}/SKILL.md (e.g. .claude/skills)"
    )


def text() -> str:
    """Return the guide."""
    return (files("pytest_autopsy") / "assets" / "SKILL.md").read_text("utf-8")


def run(options: argparse.Namespace) -> int:
    """Print the guide, or write it where it was asked for; return the exit code."""
    if options.install is None:
        print(text(), end="")
        return 0
    target = Path(options.install) / NAME / "SKILL.md"
    if target.exists() and target.read_text("utf-8", "replace") != text():
        return complain(
            f"{target} is there and differs: remove it first, or give another directory"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text(), "utf-8")
    except OSError as error:
        return complain(f"--install {options.install}: {error.strerror or error}")
    print(f"wrote {target}")
    return 0
