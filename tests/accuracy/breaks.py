"""Breaks one function of a published library at a time, and says whether the digest names it.

    python -m tests.accuracy.breaks [--python 3.12] [-n 2] [LIBRARY ...]

A fault is RIGHT when the function it is in ranks first, and alone, among the suspects of the first
cause. Suspects with equal scores share the mean of the ranks they take up, as usual where fault
localisation is measured. ``--plain`` only counts the failing tests, without the plugin.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .faults import FAULTS, Fault
from .outcomes import Run, run_suite
from .suites import Environment, alone, find_suites, install_autopsy, keep, mend, prepare

ROW = "{:8} {:>6} {:>5} {:>7}  {}"


@dataclass(frozen=True)
class Verdict:
    """What the digest said of a fault."""

    fault: Fault
    failing: int
    cause: str = "-"
    confidence: str = "-"
    rank: float | None = None
    remark: str = ""

    def right(self) -> bool:
        """Whether the function at fault stands first, and alone."""
        return self.rank == 1

    def lines(self) -> str:
        """What is printed of it."""
        rank = "-" if self.rank is None else f"{self.rank:g}"
        word = "RIGHT" if self.right() else "WRONG"
        head = ROW.format(word, self.failing, rank, self.confidence, self.fault.name)
        remark = f" ({self.remark})" if self.remark else ""
        return f"{head}\n{'':30} fault: {self.fault.slip}\n{'':30} cause: {self.cause}{remark}"


@contextmanager
def broken(environment: Environment, fault: Fault) -> Iterator[None]:
    """Puts a fault into the installed library, and takes it out again."""
    target = environment.site_packages / fault.file
    text = target.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        raise SystemExit(f"{fault.name}: the text to replace occurs {text.count(fault.old)} times")
    keep(environment, fault.file)
    try:
        target.write_text(text.replace(fault.old, fault.new), encoding="utf-8")
        yield
    finally:
        mend(environment)


def plain_name(function: str) -> str:
    """A qualified name without the marks of nesting."""
    return function.replace("<locals>.", "")


def is_fault(suspect: dict[str, Any], fault: Fault) -> bool:
    """Whether a suspect is the function at fault; its file may be given from any folder on."""
    file = f"/{suspect['file']}"
    return file.endswith(f"/{fault.file}") and plain_name(suspect["function"]) == fault.function


def expected_rank(suspects: list[dict[str, Any]], fault: Fault) -> float | None:
    """The mean rank of the function at fault among all orders of suspects with equal scores.

    A function that is named more than once counts once, with its highest score.
    """
    found: list[float] = []
    others: dict[tuple[str, str], float] = {}
    for suspect in suspects:
        score = float(suspect["score"])
        if is_fault(suspect, fault):
            found.append(score)
        else:
            key = suspect["file"], plain_name(suspect["function"])
            others[key] = max(score, others.get(key, score))
    if not found:
        return None
    above = sum(other > max(found) for other in others.values())
    return above + 1 + list(others.values()).count(max(found)) / 2


def elsewhere(causes: list[dict[str, Any]], fault: Fault) -> str:
    """Where the function at fault is named, if not by the first cause."""
    for number, cause in enumerate(causes[1:], start=2):
        rank = expected_rank(cause["suspects"], fault)
        if rank is not None:
            return f"at rank {rank:g} of cause {number} of {len(causes)}"
    return f"in none of {len(causes)} causes"


def judge(fault: Fault, run: Run, folder: Path) -> Verdict:
    """Reads the digest that a run left in a folder."""
    failing = len(run.failed())
    path = folder / "latest" / "digest.json"
    if not path.exists():
        return Verdict(fault, failing, remark=f"no digest, exit code {run.exit_code}")
    causes = json.loads(path.read_text(encoding="utf-8"))["root_causes"]
    if not causes:
        return Verdict(fault, failing, remark="the digest has no causes")
    first = causes[0]
    rank = expected_rank(first["suspects"], fault)
    remark = f"{len(causes)} causes" if rank is not None else elsewhere(causes, fault)
    return Verdict(fault, failing, first["title"], str(first["confidence"]), rank, remark)


def try_fault(environment: Environment, fault: Fault, options: argparse.Namespace) -> Verdict:
    """Runs a suite with a fault in its library."""
    with tempfile.TemporaryDirectory(prefix="autopsy-") as name:
        folder = Path(name)
        with alone(environment), broken(environment, fault):
            run = run_suite(environment, None if options.plain else folder, options.workers)
        verdict = judge(fault, run, folder)
        if options.keep is not None and not options.plain:
            kept = options.keep / fault.name.replace("/", "_").replace(":", "-")
            shutil.copytree(folder, kept, dirs_exist_ok=True)
    return verdict


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.breaks", description=__doc__)
    parser.add_argument("libraries", nargs="*", metavar="LIBRARY", help="default: all")
    parser.add_argument("--python", default="3.12", help="default: 3.12")
    parser.add_argument("-n", dest="workers", type=int, help="xdist workers")
    parser.add_argument("--fault", help="only faults whose name contains this")
    parser.add_argument("--plain", action="store_true", help="only count the failing tests")
    parser.add_argument("--keep", type=Path, help="copy what autopsy wrote to a folder here")
    return parser.parse_args(arguments)


def run_faults(options: argparse.Namespace) -> Iterator[Verdict]:
    """Tries all the faults asked for, one after the other."""
    for suite in find_suites(options.libraries):
        environment = prepare(suite, options.python)
        if not options.plain:
            install_autopsy(environment)
        for fault in FAULTS:
            if fault.library == suite.name and (options.fault or "") in fault.name:
                yield try_fault(environment, fault, options)


def main(arguments: list[str] | None = None) -> int:
    """Tries faults and prints a verdict for each; 1 if a fault made no test fail."""
    options = parse_arguments(arguments)
    if not options.plain:
        print(ROW.format("", "failed", "rank", "confid.", "function at fault"))
    verdicts = []
    for verdict in run_faults(options):
        print(f"{verdict.failing:4}  {verdict.fault.name}" if options.plain else verdict.lines())
        sys.stdout.flush()
        verdicts.append(verdict)
    if not options.plain:
        right = sum(verdict.right() for verdict in verdicts)
        print(f"{right} of {len(verdicts)} faults found")
    return int(any(not verdict.failing for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
