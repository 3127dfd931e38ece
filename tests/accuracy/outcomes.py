"""Compares the outcomes of published test suites run plain with those run with ``--autopsy``.

    python -m tests.accuracy.outcomes [--python 3.12] [-n 2] [--repeat 3] [LIBRARY ...]

The plain run has the plugin blocked (``-p no:autopsy``), so nothing of it is there to be seen. The
exit code is 1 if an outcome, a warning or an exit code differs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .suites import HIDDEN_VARIABLES, Environment, alone, find_suites, install_autopsy, prepare

RECORDER = Path(__file__).resolve().with_name("suite_outcomes.py")
LIMIT_SECONDS = 1800
TIMED_OUT = 124
SHOWN = 10
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
TEMPORARY = re.compile(r"pytest-of-[^/]+/pytest-\d+")


@dataclass
class Run:
    """What one run of a suite did."""

    exit_code: int
    seconds: float
    output: str
    reports: dict[str, list[list[Any]]] = field(default_factory=dict)
    warnings: Counter[str] = field(default_factory=Counter)

    def failed(self) -> list[str]:
        """The tests (or files) with a failed phase."""
        return [key for key, rows in self.reports.items() if any(r[1] == "failed" for r in rows)]


@dataclass
class Comparison:
    """Pairs of runs of one suite, and everything in which the second differed from the first.

    The suites pass, so an exit code other than 0 is put down even when it is the same in both.
    """

    environment: Environment
    tests: int = 0
    outcomes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    exits: list[str] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)

    def add(self, plain: Run, other: Run) -> None:
        """Notes what differs between two runs."""
        self.tests = max(self.tests, len(plain.reports))
        self.outcomes += differing_outcomes(plain, other)
        self.warnings += differing_warnings(plain, other)
        if plain.exit_code or other.exit_code:
            self.exits.append(f"exit code {plain.exit_code} -> {other.exit_code}")
        self.plain.append(plain.seconds)
        self.other.append(other.seconds)

    def line(self) -> str:
        """The one line that sums up the comparison; times are medians."""
        plain, other = statistics.median(self.plain), statistics.median(self.other)
        exits = f", {'; '.join(self.exits)}" if self.exits else ""
        return (
            f"{self.environment.label()}: {self.tests} tests, {len(self.outcomes)} outcomes differ,"
            f" {len(self.warnings)} warnings differ{exits},"
            f" plain {plain:.1f} s, autopsy {other:.1f} s, ratio {other / plain:.2f}"
        )

    def differs(self) -> bool:
        """Whether anything but the time is not the same."""
        return bool(self.outcomes or self.warnings or self.exits)


def neutral(text: str) -> str:
    """A text without what is different in every run: addresses and temporary folders."""
    return TEMPORARY.sub("pytest-of-user/pytest-0", ADDRESS.sub("0x", text))


def surroundings(record: Path) -> dict[str, str]:
    """The environment variables of a run."""
    kept = {key: value for key, value in os.environ.items() if key not in HIDDEN_VARIABLES}
    own = {
        "PYTHONPATH": str(record.parent),
        "SUITE_OUTCOMES_FILE": str(record),
        "PYTHONHASHSEED": "0",
    }
    return kept | own


def execute(environment: Environment, arguments: list[str], record: Path) -> Run:
    """Runs pytest in the tree of a suite; a run that takes too long ends with exit code 124."""
    command = [str(environment.executable), "-m", "pytest", "-p", "suite_outcomes", "-q"]
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [*command, *environment.deselections(), *arguments],
            cwd=environment.tests,
            env=surroundings(record),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=LIMIT_SECONDS,
            check=False,
        )
        code, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired:
        code, output = TIMED_OUT, f"not finished within {LIMIT_SECONDS} s"
    return Run(code, time.perf_counter() - start, output)


def read_record(run: Run, record: Path) -> Run:
    """Adds to a run what the recorder wrote, if it came to write anything."""
    if record.exists():
        data = json.loads(record.read_text(encoding="utf-8"))
        for nodeid, *row in data["reports"]:
            run.reports.setdefault(neutral(nodeid), []).append(
                [*row[:2], *map(neutral_or, row[2:])]
            )
        run.warnings.update(neutral(" | ".join(row)) for row in data["warnings"])
    return run


def neutral_or(value: Any) -> Any:
    """As `neutral`, for what may be absent."""
    return neutral(value) if isinstance(value, str) else value


def run_suite(environment: Environment, autopsy: Path | None, workers: int | None) -> Run:
    """Runs a suite once: plain, or with ``--autopsy`` writing to the folder given.

    The recorder runs as a copy outside this project: the environments have it installed editable,
    so that its files may count as code under test there.
    """
    switches = ["-p", "no:autopsy"]
    if autopsy is not None:
        # As one word: pytest would take a separate path for one of the tests', and change its root.
        switches = ["--autopsy", f"--autopsy-dir={autopsy}"]
    if workers is not None:
        switches += ["-n", str(workers)]
    with tempfile.TemporaryDirectory(prefix="suite-outcomes-") as folder:
        record = Path(folder) / "outcomes.json"
        shutil.copy(RECORDER, folder)
        return read_record(execute(environment, switches, record), record)


def phases(run: Run, nodeid: str) -> str:
    """What a test did, in a few words."""
    rows = run.reports.get(nodeid, [])
    return ", ".join(" ".join(str(part) for part in row if part) for row in rows) or "not run"


def differing_outcomes(plain: Run, other: Run) -> list[str]:
    """One description for each test that did not do the same in both runs."""
    return [
        f"{nodeid}: {phases(plain, nodeid)} -> {phases(other, nodeid)}"
        for nodeid in sorted(plain.reports.keys() | other.reports.keys())
        if plain.reports.get(nodeid) != other.reports.get(nodeid)
    ]


def differing_warnings(plain: Run, other: Run) -> list[str]:
    """One description for each warning that came a different number of times."""
    texts = sorted(plain.warnings.keys() | other.warnings.keys())
    return [
        f"{plain.warnings[text]} -> {other.warnings[text]} times: {text}"
        for text in texts
        if plain.warnings[text] != other.warnings[text]
    ]


def compare(environment: Environment, options: argparse.Namespace) -> Comparison:
    """Runs a suite in pairs, as often as asked for."""
    comparison = Comparison(environment)
    for _ in range(options.repeat):
        with alone(environment), tempfile.TemporaryDirectory(prefix="autopsy-") as folder:
            plain = run_suite(environment, None, options.workers)
            autopsy = None if options.self_check else Path(folder)
            other = run_suite(environment, autopsy, options.workers)
        comparison.add(plain, other)
        if not plain.reports or (comparison.differs() and options.verbose):
            print(plain.output, other.output, sep="\n")
    return comparison


def report(comparison: Comparison, verbose: bool) -> None:
    """Prints the line of a suite, and below it what differed."""
    print(comparison.line(), flush=True)
    differences = comparison.outcomes + comparison.warnings
    for difference in differences if verbose else differences[:SHOWN]:
        print(f"    {difference}")
    if len(differences) > SHOWN and not verbose:
        print(f"    ... and {len(differences) - SHOWN} more (--verbose shows all)")


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.outcomes", description=__doc__)
    parser.add_argument("libraries", nargs="*", metavar="LIBRARY", help="default: all")
    parser.add_argument("--python", action="append", help="such as 3.12; can be repeated")
    parser.add_argument("-n", dest="workers", type=int, help="xdist workers for both runs")
    parser.add_argument("--repeat", type=int, default=1, help="pairs of runs for each suite")
    parser.add_argument("--self-check", action="store_true", help="run plain both times")
    parser.add_argument("--verbose", action="store_true", help="show all differences and outputs")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Compares the suites asked for; 1 if anything differs."""
    options = parse_arguments(arguments)
    differs = False
    for python in options.python or ["3.12"]:
        for suite in find_suites(options.libraries):
            environment = prepare(suite, python)
            if not options.self_check:
                install_autopsy(environment)
            comparison = compare(environment, options)
            report(comparison, options.verbose)
            differs = differs or comparison.differs() or not comparison.tests
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
