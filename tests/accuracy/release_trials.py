"""Makes the trials of what patch releases mended, and ranks with them.

    python -m tests.accuracy.release_trials [--half fit|report] [--rank] [-v]

Of pairs whose evidence `tests.accuracy.releases --collect` has stored, in their environments.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from functools import partial

from pytest_autopsy.integrations.trials import read_trials, tests_of
from pytest_autopsy.integrations.trials_child import PLAN, RESULTS
from pytest_autopsy.pipeline import explain
from pytest_autopsy.trials.plan import plan_of

from .positions import position, scores_of
from .ranks import numbers
from .releases import Pair, _path, _pytest, _size, folder, known_pairs, run_of, truth
from .trials import ARGUMENTS, LIMIT_SECONDS


def make(pair: Pair) -> str:
    """Make the trials of a pair's causes; returns what is to be said of it."""
    run, path_of = run_of(pair), partial(_path, pair.root / "bad")
    if not truth(pair, run) or not run.failures:
        return "nothing to be found"
    python = folder() / "venvs" / f"{pair.project}-{pair.new.rpartition('.')[0]}" / "bin" / "python"
    planned = plan_of(run, explain(run, path_of), path_of)
    plan = pair.root / "trials.json"
    plan.write_text(json.dumps({"causes": planned}), encoding="utf-8")
    began = time.perf_counter()
    names = {name for cause in planned for name in tests_of(cause)}
    chosen = pair.root / "trials.txt"
    chosen.write_text("\n".join(sorted(names)), encoding="utf-8")
    files = dict.fromkeys(name.partition("::")[0] for name in sorted(names))
    output = _pytest(
        python, pair.root / "bad", [*ARGUMENTS, *files],
        {PLAN: str(plan), "ACCURACY_TESTS": str(chosen)}, LIMIT_SECONDS,
    )  # fmt: skip
    found, controls = read_trials(run, plan.with_suffix(RESULTS))
    made = sum(one["made"] for one in controls)
    explaining = sum(trial.explains for trial in found)
    seconds = time.perf_counter() - began
    return f"{seconds:5.1f} s, {made} made, {explaining} explain" + (
        "" if controls else f": {output[-200:]}"
    )


def rank(half: str, verbose: bool) -> None:
    """Print where the mended functions stand without and with trials."""
    places: dict[str, list[float | None]] = {"without": [], "with trials": []}
    right: dict[str, list[bool]] = {}
    for pair in known_pairs(half):
        stored = pair.root / f"trials{RESULTS}"
        if not stored.exists():
            continue
        run, path_of = run_of(pair), partial(_path, pair.root / "bad")
        true = truth(pair, run)
        for name, told in places.items():
            if name != "without":
                run.trials = read_trials(run, stored)[0]
            cause = max(explain(run, path_of), key=_size)
            told.append(position(scores_of(cause.diagnosis.suspects), true))
        right.setdefault(cause.diagnosis.confidence, []).append(told[-1] == 1)
        if verbose:
            print(pair.id, [told[-1] for told in places.values()], cause.diagnosis.title)
    for name, told in places.items():
        print(numbers(name, told))
    for word, all_of in sorted(right.items()):
        print(f"with trials {word:7} {sum(all_of)} of {len(all_of)} right")


def main(arguments: list[str] | None = None) -> int:
    """Make the trials, or rank with those that are stored."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.accuracy.release_trials", description=__doc__
    )
    parser.add_argument("--half", default="fit")
    parser.add_argument("--rank", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore", SyntaxWarning)  # what is not ours to mend
    for pair in known_pairs(options.half) if not options.rank else ():
        has_evidence = (pair.root / "evidence.jsonl.gz").exists()
        if has_evidence and not (pair.root / f"trials{RESULTS}").exists():
            print(f"{pair.id:40} {make(pair)}", flush=True)
    if options.rank:
        rank(options.half, options.verbose)
    return 0


if __name__ == "__main__":
    sys.exit(main())
