"""The commands of `pytest-autopsy`: a module each, loaded when it is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any


def add_command(
    commands: Any,
    run: Callable[[argparse.Namespace], int],
    name: str,
    told: str,
    examples: str,
    description: str | None = None,
) -> argparse.ArgumentParser:
    """Register a command with the parsers of `pytest-autopsy`: `run` does it, `told` says what."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=told, description=description or f"{told[0].upper()}{told[1:]}.", epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.set_defaults(run=run)
    return parser


def add_store(parser: argparse.ArgumentParser, told: str = "the store") -> None:
    """Add `--dir`."""
    parser.add_argument("--dir", default=".autopsy", help=f"{told} (.autopsy)")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="as JSON")
