"""The command `pytest-autopsy`: read what a run left behind.

Exit codes: 0 done, 1 nothing to show (no run, no such test), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import __version__
from .commands import run, show, triage

COMMANDS = (show, triage, run)
EXAMPLES = """\
examples:
  pytest-autopsy show                        the latest digest
  pytest-autopsy show test_cart.py::test_sum one failure: suspects, evidence, files
  pytest-autopsy show --json                 the digest as it is stored
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
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.add(commands)
    options = parser.parse_args(argv)
    try:
        code: int = options.run(options)
    except BrokenPipeError:  # `| head`
        sys.stderr.close()
        return 0
    return code


if __name__ == "__main__":
    raise SystemExit(main())
