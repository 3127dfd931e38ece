"""What recording costs on published suites: `python -m tests.benchmarks.suites [--rounds N] [NAME...]`.

Every configuration is run once per round, one after the other, so that what else the machine does
falls on all of them; each is divided by its base of the same round, and the median of these ratios is
printed. Times are processor time (user and system) of the process with its children. The first
round only fills caches. Libraries come from `tests.accuracy.suites`; this working tree is what is run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import geometric_mean, median

from tests.accuracy.suites import PROJECT, Environment, call, find_suites, install_autopsy, prepare

COVERAGE = ("pytest-cov==7.1.0", "coverage==7.17.3")
LIGHT = ("--autopsy", "--autopsy-mode=light")


@dataclass(frozen=True)
class Setup:
    """One way to run a suite."""

    name: str
    options: tuple[str, ...]
    covered: str = ""  # what follows --cov=PACKAGE: "plain", "contexts", or nothing

    def arguments(self, environment: Environment, folder: Path) -> list[str]:
        """The command line after `pytest`."""
        arguments = ["-q", "-p", "no:cacheprovider", *environment.deselections(), *self.options]
        if self.covered:
            arguments += [f"--cov={environment.suite.package}", "--cov-report="]
        if self.covered == "contexts":
            arguments.append("--cov-context=test")
        if "--autopsy" in self.options:
            return [*arguments, f"--autopsy-dir={folder / 'store'}"]
        return [*arguments, "-p", "no:autopsy"]


SETUPS = (
    Setup("plain", ()),
    Setup("--autopsy", ("--autopsy",)),
    Setup("light", LIGHT),
    Setup("--cov contexts", (), "contexts"),
    Setup("--cov", (), "plain"),
    Setup("--cov --autopsy", ("--autopsy",), "plain"),
    Setup("--cov light", LIGHT, "plain"),
)
BY_NAME = {setup.name: setup for setup in SETUPS}


@dataclass(frozen=True)
class Goal:
    """A ratio to reach: of `what` to `base`, in the geometric mean over suites, and in each."""

    what: str
    base: str
    mean: float | None = None
    each: float | None = None

    def told(self, ratios: list[float]) -> str:
        """A line on how near the ratios are to the goal."""
        found = geometric_mean(ratios)
        parts = [f"mean {found:.2f}", f"worst {max(ratios):.2f}"]
        missed = (self.mean is not None and found > self.mean) or (
            self.each is not None and max(ratios) > self.each
        )
        if self.mean is not None:
            parts[0] += f" (goal {self.mean:.2f})"
        if self.each is not None:
            parts[1] += f" (goal {self.each:.2f})"
        verdict = "" if self.mean is None and self.each is None else "missed" if missed else "met"
        return f"{self.what} / {self.base}: {', '.join(parts)} {verdict}".rstrip()


GOALS = (
    Goal("--autopsy", "plain"),
    Goal("light", "plain", mean=1.15),
    Goal("--autopsy", "--cov contexts", mean=0.7, each=1.0),
    Goal("--cov --autopsy", "--cov", mean=1.6),
    Goal("--cov light", "--cov", mean=1.15),
)


def processor_time(environment: Environment, setup: Setup, folder: Path) -> float:
    """Run the suite once; seconds of processor time. Raises SystemExit where it does not pass."""
    variables = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "COVERAGE_FILE": str(folder / "coverage"),
    }
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # else each run would compile us anew
    command = [str(environment.executable), "-m", "pytest", *setup.arguments(environment, folder)]
    with (folder / "output").open("w+b") as output:
        process = subprocess.Popen(
            command, cwd=environment.tests, env=variables, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{output.read().decode()[-2000:]}")
    return usage.ru_utime + usage.ru_stime


Times = dict[str, list[float]]
TOLD = " told"
"""Ends the names of the slowdowns that our own digests have stated, in seconds."""


def measure(environment: Environment, setups: tuple[Setup, ...], rounds: int) -> Times:
    """Return the seconds of each setup, and what its digest said that we cost: a list by round."""
    times: Times = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds + 1):
            for setup in setups:
                seconds = processor_time(environment, setup, Path(name))
                if number:
                    times[setup.name].append(seconds)
                if number and "--autopsy" in setup.options:
                    digest = Path(name) / "store" / "latest" / "digest.json"
                    cost = json.loads(digest.read_text(encoding="utf-8"))["cost"]
                    times[setup.name + TOLD].append(cost["slowdown_s"])
    return times


def estimates(times: Times) -> str:
    """How far the slowdowns that digests state are from those measured, setup by setup."""
    told = []
    for name in [name.removesuffix(TOLD) for name in times if name.endswith(TOLD)]:
        base = "--cov" if name.startswith("--cov") else "plain"
        if base in times:
            slower = [a - b for a, b in zip(times[name], times[base])]
            stated = median(times[name + TOLD])
            share = median(a / b for a, b in zip(times[name + TOLD], slower))
            told.append(f"{name} +{stated:.1f} s for +{median(slower):.1f} s ({share:.2f})")
    return ", ".join(told)


def ratio(times: Times, what: str, base: str) -> float:
    """The median over rounds of one setup's time divided by another's."""
    return median(a / b for a, b in zip(times[what], times[base]))


def ready(names: list[str], python: str) -> Iterator[Environment]:
    """The suites' environments, with what is measured beside us."""
    for suite in find_suites(names):
        environment = prepare(suite, python)
        if not list(environment.site_packages.glob("pytest_autopsy-*.dist-info")):
            install_autopsy(environment)
        if not (environment.site_packages / "pytest_cov").is_dir():
            call(environment.executable, "-m", "pip", "install", *COVERAGE)
        yield environment


def report(python: str, names: list[str], setups: tuple[Setup, ...], rounds: int) -> None:
    """Measure the suites on one interpreter and print what was found."""
    found: list[Times] = []
    for environment in ready(names, python):
        times = measure(environment, setups, rounds)
        found.append(times)
        shown = "  ".join(f"{s.name} {ratio(times, s.name, 'plain'):.2f}" for s in setups[1:])
        print(f"{environment.label()}: plain {median(times['plain']):.2f} s;  {shown}", flush=True)
        print(f"  stated in the digest: {estimates(times)}", flush=True)
    there = {setup.name for setup in setups}
    for goal in GOALS:
        if {goal.what, goal.base} <= there:
            print("  " + goal.told([ratio(times, goal.what, goal.base) for times in found]))


def main() -> None:
    """Print a line for each suite, and one for each goal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", help="libraries (default: all)")
    parser.add_argument("--python", action="append", help="interpreters (default: 3.12 and 3.13)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", choices=BY_NAME, help="beside plain; repeatable")
    options = parser.parse_args()
    chosen = tuple(s for s in SETUPS[1:] if not options.only or s.name in options.only)
    for python in options.python or ("3.12", "3.13"):
        report(python, options.names, (SETUPS[0], *chosen), options.rounds)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
