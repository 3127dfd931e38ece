"""`pytest-autopsy triage PATH...`: the root causes of what failed in files, ours and others'.

Exit codes: 0 all of it was used, 1 nothing could be used, 2 wrong usage, 3 the report is there, but
of a file something could not be used, or a shard is missing or incomplete.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from ..joining import join_shards
from ..merging import export
from ..plainjson import dumps
from ..report.digest import Outcome
from ..report.foreign import Inputs, triage_json
from ..report.foreign_text import triage_lines, triage_md
from ..store import publish
from ..triage.gather import Gathered
from ..triage.readers import FORMATS
from ..triage.reading import gather
from . import add_command, add_json
from .reading import complain, emit

DONE, NOTHING, PARTLY = 0, 1, 3
EXAMPLES = """\
examples:
  pytest-autopsy triage reports/ logs/ --buckets 5    of what failed in files, at most 5 causes
  pytest-autopsy triage 'shards/*' --export out       the parts of a divided run, joined

exit codes: 0 all of it was used, 1 nothing could be used, 2 wrong usage, 3 of a file something could not be used,
or a shard is missing or incomplete
"""
HELP = "the root causes of what failed in runs, reports and logs"


def add(commands: Any) -> None:
    """Register the command with the parsers of `pytest-autopsy`."""
    parser = add_command(
        commands, triage, "triage", HELP, EXAMPLES, f"{HELP[0].upper()}{HELP[1:]}: {FORMATS}."
    )
    parser.add_argument(
        "paths", nargs="+", metavar="PATH",
        help="a file, a directory, a pattern, or - for standard input; gzip too",
    )  # fmt: skip
    parser.add_argument(
        "--buckets", type=_at_least_one, metavar="N", help="at most N causes, the last one a rest"
    )
    add_json(parser)
    parser.add_argument("--markdown", action="store_true", help="as Markdown")
    parser.add_argument(
        "--export", metavar="DIR",
        help="write it below DIR too: triage.json, triage.md, and the digest that shards make together",
    )  # fmt: skip


def triage(options: argparse.Namespace) -> int:
    """Print the root causes; return the exit code."""
    gathered = Gathered()
    joined = join_shards(options.paths, gathered, Path.cwd())
    looked = gather(options.paths, gathered, joined.digests)
    files = looked.files + len(joined.digests)
    inputs = Inputs(files, looked.aside, joined.shards, joined.missing)
    if not looked.used and not joined.outcomes:
        for trouble in gathered.troubles:
            complain(
                f"{trouble.file}{f':{trouble.line}' if trouble.line else ''}: {trouble.reason}"
            )
        return NOTHING
    report = triage_json(gathered, inputs, options.buckets)
    if options.export is not None:
        try:
            _export(Path(options.export), report, joined.outcomes)
        except OSError as error:
            return complain(f"--export {options.export}: {error.strerror or error}")
    if options.markdown:
        sys.stdout.write(triage_md(report))
    else:
        cells = shutil.get_terminal_size((100, 24)).columns
        emit(report, triage_lines(report, cells), options.json)
    partly = any(trouble.lost != "nothing" for trouble in gathered.troubles)
    return PARTLY if partly or inputs.missing or any(s["why"] for s in inputs.shards) else DONE


def _export(folder: Path, report: dict[str, Any], outcomes: list[Outcome]) -> None:
    """Write the report, and the digest of each divided run, below `folder`. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, outcome in enumerate(outcomes, 1):
        export(outcome, folder if len(outcomes) == 1 else folder / f"run-{number}")
    publish(folder / "triage.json", dumps(report, indent=True, newline=True))
    publish(folder / "triage.md", triage_md(report).encode())


def _at_least_one(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"takes a whole number of at least 1, not {text!r}")
    return number
