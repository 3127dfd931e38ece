"""`pytest-autopsy triage PATH...`: the root causes of what failed in files, ours and others'.

Exit codes: 0 all of it was used, 1 nothing could be used, 2 wrong usage, 3 the report is there, but
a file could not be used or a shard is missing or incomplete.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from typing import Any

from ..report.foreign import Inputs, triage_json
from ..report.foreign_text import triage_lines, triage_md
from ..triage.gather import Gathered
from ..triage.readers import FORMATS
from ..triage.reading import gather
from .reading import complain, emit

DONE, NOTHING, PARTLY = 0, 1, 3
HELP = "the root causes of what failed in runs, reports and logs"


def add(commands: Any) -> None:
    """Register the command with the parsers of `pytest-autopsy`."""
    parser = commands.add_parser(
        "triage", help=HELP, description=f"{HELP[0].upper()}{HELP[1:]}: {FORMATS}.",
        epilog="exit codes: 0 all of it was used, 1 nothing could be used, 2 wrong usage, 3 a file"
        " could not be used, or a shard is missing or incomplete",
    )  # fmt: skip
    parser.add_argument(
        "paths", nargs="+", metavar="PATH",
        help="a file, a directory, a pattern, or - for standard input; gzip too",
    )  # fmt: skip
    parser.add_argument(
        "--buckets", type=_at_least_one, metavar="N", help="at most N causes, the last one a rest"
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--markdown", action="store_true", help="as Markdown")
    parser.set_defaults(run=triage)


def triage(options: argparse.Namespace) -> int:
    """Print the root causes; return the exit code."""
    gathered = Gathered()
    looked = gather(options.paths, gathered)
    inputs = Inputs(options.paths, looked.files, looked.aside)
    if not looked.used:
        for trouble in gathered.troubles:
            complain(
                f"{trouble.file}{f':{trouble.line}' if trouble.line else ''}: {trouble.reason}"
            )
        return NOTHING
    report = triage_json(gathered, inputs, options.buckets)
    if options.markdown:
        sys.stdout.write(triage_md(report))
    else:
        cells = shutil.get_terminal_size((100, 24)).columns
        emit(report, triage_lines(report, cells), options.json)
    return PARTLY if any(trouble.whole for trouble in gathered.troubles) else DONE


def _at_least_one(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"takes a whole number of at least 1, not {text!r}")
    return number
