"""`pytest-autopsy clean`: take runs out of a store."""

from __future__ import annotations

import argparse
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..report.plain import many
from ..store import is_live, latest_run
from . import add_command, add_store
from .reading import complain
from .runs import all_runs

EXAMPLES = """\
examples:
  pytest-autopsy clean --keep 5              all but the newest five runs
  pytest-autopsy clean --all --dry-run       what would go
"""


def add(commands: Any) -> None:
    """Register the command with the parsers of `pytest-autopsy`."""
    parser = add_command(commands, run, "clean", "take old runs out of the store", EXAMPLES)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "--keep", type=_count, default=1, metavar="N", help="newest runs to keep (1)"
    )
    chosen.add_argument("--all", action="store_true", help="every run that is not going on")
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")
    add_store(parser)


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"a whole number of at least 0, not {text!r}")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Remove runs; return the exit code. Nothing but runs is touched, and none that goes on."""
    store = Path(options.dir)
    if not (store / "runs").is_dir():
        return complain(f"{store} is no store: it has no runs; give one with --dir")
    runs = all_runs(store)
    keep = 0 if options.all else options.keep
    going = [one for one in runs[: max(len(runs) - keep, 0)] if not is_live(one)]
    size = sum(file.stat().st_size for one in going for file in one.rglob("*") if file.is_file())
    for one in going:
        if not options.dry_run:
            shutil.rmtree(one, ignore_errors=True)
    if not options.dry_run and latest_run(store) is None:
        for name in ("latest", "latest.json"):
            with suppress(OSError):  # a link that leads nowhere, which every reader takes for none
                (store / name).unlink()
    left = [one for one in going if one.exists() and not options.dry_run]
    if left:
        return complain(f"{many(len(left), 'run')} could not be removed, the first is {left[0]}")
    verb, stay = "would take" if options.dry_run else "took", len(runs) - len(going)
    print(f"{verb} {many(len(going), 'run')} out of {store}, {size / 1e6:.1f} MB; {stay} stay")
    return 0
