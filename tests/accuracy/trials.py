"""Makes the trials of each fault's suspects, as `--autopsy-trials` does, and stores what they showed.

    python -m tests.accuracy.trials --set fit|report|all|NAME,NAME [--only FAULT,FAULT] [--again]
    python -m tests.accuracy.trials --set report --rank [-v]

``--rank`` says where the faulty functions stand without and with what is stored.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pytest_autopsy.integrations.trials import read_trials, tests_of
from pytest_autopsy.integrations.trials_child import PLAN, RESULTS
from pytest_autopsy.model import Run, Trial
from pytest_autopsy.pipeline import explain
from pytest_autopsy.trials.plan import plan_of

from .faults import Fault
from .intervals import share_interval, sign_test
from .kept import fault_folder, path_of
from .libraries import Library, copy_of, run_tests
from .ranks import ROW, Told, line, numbers, run_of, tell, usable, words

LIMIT_SECONDS = 600
READINGS = ("without trials", "with trials")
ARGUMENTS = ("-p", "pytest_autopsy.integrations.trials_child", "-s", "--tb=no")


def results_path(library: Library, fault: Fault) -> Path:
    """Where what the trials of a fault showed is kept."""
    return (fault_folder(library, fault) / "trials").with_suffix(RESULTS)


def trials_of(library: Library, fault: Fault, run: Run) -> list[Trial]:
    """Return the stored trials of a fault."""
    return read_trials(run, results_path(library, fault))[0]


def make(library: Library, fault: Fault) -> str:
    """Make the trials of a fault's causes; returns what is to be said of it."""
    text = (library.checkout / fault.file).read_text(encoding="utf-8")
    return make_of(
        library, run_of(library, fault), path_of(library, fault),
        {fault.file: fault.apply(text)}, results_path(library, fault),
    )  # fmt: skip


def make_of(
    library: Library, run: Run, path_of: Callable[[str], str], texts: dict[str, str], to: Path
) -> str:
    """Make the trials of a run's causes in a copy with the texts given; returns what to say of it."""
    causes = explain(run, path_of)
    to.unlink(missing_ok=True)
    began = time.perf_counter()
    with copy_of(library, texts) as copy:
        planned = plan_of(run, causes, lambda file: str(copy / file))
        if not planned:
            return "nothing to be tried"
        plan = to.with_suffix(".json")
        plan.write_text(json.dumps({"causes": planned}), encoding="utf-8")
        tests = {name for cause in planned for name in tests_of(cause)}
        code, output = run_tests(
            library, copy, tests, ARGUMENTS, LIMIT_SECONDS, **{PLAN: str(plan)}
        )
    seconds = time.perf_counter() - began
    if not to.exists():
        return f"exit {code}: {output[-1000:]}"
    found, controls = read_trials(run, to)
    made = sum(one["made"] for one in controls)
    explain_it = sum(trial.explains for trial in found)
    return f"{seconds:5.1f} s, {made} made, {len(found)} help, {explain_it} explain"


def ranked(library: Library, fault: Fault) -> tuple[Told, Told]:
    """What is told of a fault without its trials, and with them."""
    run = run_of(library, fault)
    plain = tell(library, fault, run)
    run.trials = trials_of(library, fault, run)
    return plain, tell(library, fault, run)


def told_of(told: Sequence[tuple[Told, Told]]) -> Iterator[str]:
    """Rates of all, of mutants and of omissions; and what the words were worth."""
    yield ROW.format("n", "@1", "@3", "@5", "@10", "MRR", "missed", "")
    for kind in ("", "mutant", "omission"):
        chosen = [one for one in told if kind in ("", one[0].fault.kind)]
        for name, those in zip(READINGS, zip(*chosen)):
            yield numbers(f"{kind or 'all'} {name}", [one.place for one in those])
    for name, those in zip(READINGS, zip(*told)):
        yield from (f"{name}: {said}" for said in words(list(those)))
    old, new = ([one.place == 1 for one in those] for those in zip(*told))
    low, high = share_interval(list(map(float, new)))
    yield f"@1 with trials lies within {100 * low:.0f}% and {100 * high:.0f}%"
    only_new, only_old, p = sign_test(new, old)
    yield f"only with trials right {only_new}, only without {only_old}, p = {p:.2g}"


def main(arguments: list[str] | None = None) -> int:
    """Make the trials that are not stored yet, or rank with those that are."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.trials", description=__doc__)
    parser.add_argument("--set", default="all", help="fit, report, all, or names with commas")
    parser.add_argument("--only", default="", help="ids of faults, with commas")
    parser.add_argument("--again", action="store_true", help="also what is stored")
    parser.add_argument("--rank", action="store_true", help="rank with what is stored")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args(arguments)
    wanted = options.only.split(",") if options.only else []
    every = [(lib, f) for lib, f in usable(options.set) if not wanted or f.id in wanted]
    told = []
    for library, fault in every:
        stored = results_path(library, fault).exists()
        if options.rank and stored:
            told.append(ranked(library, fault))
            if options.verbose:
                print(*map(line, told[-1]), f"       {told[-1][1].title}", sep="\n", flush=True)
        elif not options.rank and (options.again or not stored):
            print(f"{fault.id:20} {make(library, fault)}", flush=True)
    if told:
        print(*told_of(told), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
