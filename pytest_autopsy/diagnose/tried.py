"""What trials showed: which change of a function makes the failing tests pass, and breaks no other.

The highest rank of what repair-based fault localisation knows (Lou et al.: "Can automated program
repair refine fault localization? A unified debugging approach", ISSTA 2020): a clean fix. A change
after which tests pass shows where it matters, not that it is the right one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..model import HIDING, MOST, Evidence, Function, Trial
from ..observe.text import shortened
from .case import Case, Finding

MAX_TEXT = 70
_NOTHING = ("", "None", "True", "False", "return None", "return True", "return False")
_CONSTANT = re.compile(r"\b(?:if|while) (?:True|False)\b")
LIKELY = (1.0, 0.8, 0.6, 0.1)
"""How much a change of each tier counts. Set on the faults that weights are fitted on."""
SWITCHED_OFF = 0.8
"""What is left of that where each such change only leaves something out. Tests that run it show little
of why it is there (Tan et al.: "Anti-patterns in search-based program repair", FSE 2016)."""
WELL_KEPT = 5
"""Passing tests that still pass, from which on a change counts whole; with none it counts half."""


def find(case: Case) -> list[Finding]:
    """Return a finding for each function with a change that mends these failures, or others alone."""
    found: dict[Function, list[Trial]] = {}
    for trial in of_case(case):
        found.setdefault(case.with_kind(trial.function), []).append(trial)
    alone = sum(min(one.tier for one in trials) < HIDING for trials in found.values()) == 1
    findings = [_finding(case, one, trials, alone) for one, trials in found.items()]
    return [*findings, *_elsewhere(case, found.keys())]


def of_case(case: Case) -> Iterator[Trial]:
    """Yield the trials that explain the failures at hand, in the order in which they were made.

    One that mends most of them, where there is none that mends them all.
    """
    counted = _counted(case)
    least = MOST if all(unmended for _, mended, unmended in counted if mended) else 1.0
    for trial, mended, unmended in counted:
        if mended and mended >= least * (mended + unmended):
            yield trial


def _counted(case: Case) -> list[tuple[Trial, int, int]]:
    """Trials that explain some failures; how many of those at hand each mends, and does not."""
    names = {failure.nodeid for failure in case.failures}
    every = case.known.once("trials that explain", lambda: _not_outdone(case.run.trials))
    return [(one, *_counts(one, names)) for one in every]


def _not_outdone(trials: Collection[Trial]) -> list[Trial]:
    """Those that explain some failures; not one that another outdoes: one change says more than two."""
    every = [one for one in trials if one.explains]
    return [one for one in every if not any(_outdone(one, other) for other in every)]


def _outdone(trial: Trial, other: Trial) -> bool:
    """Whether a change of another function, as likely, mends all of the same and some that it does not."""
    return (
        other.function != trial.function
        and other.tier <= trial.tier
        and not set(trial.failed).isdisjoint(other.passed)
        and set(trial.passed).issubset(other.passed)
    )


def _counts(trial: Trial, names: set[str]) -> tuple[int, int]:
    """How many of these failing tests pass with a change, and how many still fail."""
    return len(names.intersection(trial.passed)), len(names.intersection(trial.failed))


def _elsewhere(case: Case, mending: Collection[Function]) -> Iterator[Finding]:
    """That what mends other failures in a function does nothing for these speaks for it."""
    seen: set[Function] = set(mending)
    for trial, mended, unmended in _counted(case):
        function = case.with_kind(trial.function)
        others_alone = trial.tier < HIDING and unmended and not mended
        if others_alone and function not in seen:
            seen.add(function)
            fact = f"{_change(trial)} mends other failures, and not this"
            yield Finding(function, "elsewhere", -LIKELY[trial.tier], fact)


def _finding(case: Case, function: Function, trials: list[Trial], alone: bool) -> Finding:
    """What the first change shows: the mechanism where no other function has one, and others were
    asked; else the change may only hide what is wrong elsewhere.
    """
    first = min(trials, key=lambda trial: (trial.tier, _switches_off(trial)))
    names = {failure.nodeid for failure in case.failures}
    mended, unmended = _counts(first, names)
    test = next(name for name in first.passed if name in names)
    outcome = _outcome(first, mended, unmended, len(names))
    fact = f"{_change(first)}: {outcome}"
    evidence = Evidence("tried", fact, "culprit", function.file, first.line, function.name, test)
    return Finding(
        function,
        "tried",
        _worth(first) * (mended / (mended + unmended)),
        fact,
        (evidence,),
        first.line,
        "mended by a change",
        f"{function.short}: tests pass {_short(first)}",
        f"is that what was meant: {_change(first)} at {function.file}:{first.line}?",
        mechanism=alone and not unmended and first.kept > 0 and first.tier < HIDING,
        tests=first.passed,
    )


def _worth(trial: Trial) -> float:
    kept = 0.5 + 0.5 * min(trial.kept, WELL_KEPT) / WELL_KEPT
    return LIKELY[trial.tier] * kept * (SWITCHED_OFF if _switches_off(trial) else 1.0)


def _switches_off(trial: Trial) -> bool:
    """Whether a change leaves something out, and puts nothing in its place."""
    return trial.after in _NOTHING or _CONSTANT.search(trial.after) is not None


def _change(trial: Trial) -> str:
    before, after = _quoted(trial.before), _quoted(trial.after)
    if not trial.after:
        return f"without {before}"
    return f"{after} in place of {before}" if trial.before else f"{after} put in"


def _short(trial: Trial) -> str:
    return f"with {_quoted(trial.after)}" if trial.after else f"without {_quoted(trial.before)}"


def _quoted(text: str) -> str:
    return f"`{shortened(text, MAX_TEXT)}`"


def _outcome(trial: Trial, mended: int, unmended: int, failing: int) -> str:
    """What came of it: of how many failing tests, and of how many that pass and run the function."""
    if unmended:
        told = f"{mended} of {mended + unmended} failing tests pass"
    elif mended < failing:
        verbs = "was asked passes" if mended == 1 else "were asked pass"
        told = f"of {failing} failing tests the {mended} that {verbs}"
    else:
        told = "the failing test passes" if mended == 1 else f"all {mended} failing tests pass"
    if not trial.kept:
        return told
    return f"{told}, {trial.kept} of {trial.kept} others that run it still do"
