"""Says how well failures of several faults at once are put into buckets by cause.

    python -m tests.accuracy.buckets [--libs all|NAME,NAME] [--sets 20] [--verbose]
    python -m tests.accuracy.buckets --really [--trials]

Needs the evidence that `collect.py` stores; with `--really` that of `combine.py` is taken, and with
`--trials` those of its sets whose trials it has made. Two to eight faults of a library are in each
set. Truth: a failure belongs to the fault that breaks its test alone. Means over sets of B-cubed
precision, recall and F1, adjusted mutual information, and the share of sets in which every bucket is
right; beside them what text alone gives for the same failures.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator

from pytest_autopsy.model import RootCause
from pytest_autopsy.pipeline import explain

from .baselines import BASELINES
from .combine import combined, trials_of_set
from .libraries import Library, chosen
from .partitions import Match, match
from .together import Together, composed, sets_of, usable

ROW = "{:20} {:>5} {:>9} {:>9} {:>7} {:>7} {:>9}"


def of_library(library: Library, wanted: int, really: bool) -> Iterator[Together]:
    """The runs with several faults of a library."""
    if really:
        yield from combined(library)
        return
    for faults in sets_of(usable(library), wanted, library.name):
        made = composed(library, faults)
        if made is not None:
            yield made


def judge(together: Together, causes: list[RootCause]) -> dict[str, Match]:
    """Return for us and each baseline how the buckets match, over failures whose fault is known."""
    failures = [f for f in together.run.failures if f.id in together.true]
    bucket = {failure: number for number, c in enumerate(causes) for failure in c.failures}
    found: dict[str, dict[str, Hashable]] = {"autopsy": {f.id: bucket[f.id] for f in failures}}
    found |= {name: group(failures) for name, group in BASELINES.items()}
    return {name: match(partition, together.true) for name, partition in found.items()}


def show(together: Together, causes: list[RootCause], library: Library) -> None:
    """Print what went wrong in one set."""
    print(f"  {library.name}: {', '.join(fault.id for fault in together.faults)}")
    wrong = {fault.id: fault.functions[0].name for fault in together.faults}
    for number, cause in enumerate(causes):
        count = Counter(together.true.get(failure, "?") for failure in cause.failures)
        suspects = cause.diagnosis.suspects[:1]
        first = suspects[0].function.name if suspects else "-"
        told = ", ".join(f"{n} of {one} ({wrong.get(one)})" for one, n in count.items())
        print(f"    bucket {number} [{first}] {told}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.buckets", description=__doc__)
    parser.add_argument("--libs", default="all", help="all, or names with commas")
    parser.add_argument("--sets", type=int, default=20, help="sets of faults of each library")
    parser.add_argument("--really", action="store_true", help="only sets that were really run")
    parser.add_argument("--trials", action="store_true", help="also with their trials")
    parser.add_argument("--verbose", action="store_true", help="show the sets that are not perfect")
    options = parser.parse_args(arguments)
    matches: dict[str, list[Match]] = defaultdict(list)
    failures = faults = 0
    for library in chosen(options.libs):
        for together in of_library(library, options.sets, options.really):
            trials = trials_of_set(library, together) if options.trials else None
            if options.trials and trials is None:
                continue
            causes = explain(together.run, together.path_of)
            judged = judge(together, causes)
            failures += len(together.true)
            faults += len(set(together.true.values()))
            for name, one in judged.items():
                matches[name].append(one)
            if trials is not None:
                together.run.trials = trials
                causes = explain(together.run, together.path_of)
                judged["autopsy"] = judge(together, causes)["autopsy"]
                matches["with trials"].append(judged["autopsy"])
            if options.verbose and not judged["autopsy"].perfect:
                show(together, causes, library)
    if not matches:
        print("no sets: run `python -m tests.accuracy.collect` for these libraries first")
        return 2
    print(f"{len(matches['autopsy'])} sets, {faults} faults that show, {failures} failures")
    print(ROW.format("", "sets", "precision", "recall", "F1", "AMI", "perfect"))
    for name, every in matches.items():
        print(line(name, every))
    return 0


def line(name: str, every: list[Match]) -> str:
    """Return the row of the table for one way to group."""

    def mean(values: Iterator[float]) -> str:
        return f"{statistics.fmean(values):.3f}"

    return ROW.format(
        name,
        len(every),
        mean(m.precision for m in every),
        mean(m.recall for m in every),
        mean(m.f1 for m in every),
        mean(m.information for m in every),
        f"{sum(m.perfect for m in every) / len(every):.0%}",
    )


if __name__ == "__main__":
    sys.exit(main())
