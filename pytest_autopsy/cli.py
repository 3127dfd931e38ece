"""The command `pytest-autopsy`: read what a run left behind.

Exit codes: 0 done, 1 nothing to show (no run, no such test), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

from . import __version__

COMMANDS = ("show", "triage", "diff", "run", "clean", "skill", "mcp")
"""Modules of `commands`; only the one that is asked for is loaded."""
EXAMPLES = """\
examples:
  pytest-autopsy show                        the latest digest
  pytest-autopsy show test_cart.py::test_sum one failure: suspects, evidence, files
  pytest-autopsy show --json                 the digest as it is stored
  pytest-autopsy show test_sum --call 17     one call of it
  pytest-autopsy diff                        the run before against the latest
  pytest-autopsy run -- python script.py     trace a program
  pytest-autopsy triage reports/ logs/       the root causes of what failed in files
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="pytest-autopsy",
        description="Read what `pytest --autopsy` left behind.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, prog=parser.prog)
    given = sys.argv[1:] if argv is None else list(argv)
    for name in given[:1] if given[:1] and given[0] in COMMANDS else COMMANDS:
        import_module(f".commands.{name}", __package__).add(commands)
    options = parser.parse_args(given)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not have every letter
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head`: what is left is written nowhere, nor at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


if __name__ == "__main__":
    raise SystemExit(main())
