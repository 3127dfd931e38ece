"""Trials: small changes of the suspects, made in memory of a process apart, and what comes of them.

After the last test, for each of the first causes: which change of one expression or statement makes its
failing tests pass, and lets those pass that passed. Nothing is changed on disk, and what a test
does in a trial stays in a sandbox (`trials/sandbox.py`).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ..model import Function, RootCause, Run, Trial
from ..session import Session
from ..trials.plan import plan_of
from ..unfaked import perf_counter
from .process import refusal, run_once_more
from .trials_child import PLAN, RESULTS

SECONDS_A_CAUSE = 240
_WORDS = ("-p", "pytest_autopsy.integrations.trials_child", "--no-autopsy", "-s", "--tb=no")


def make_trials(
    session: Session, config: pytest.Config, causes: Sequence[RootCause]
) -> list[Trial]:
    """Return what was tried for the causes and helped a failing test; notes say how much there was.

    Raises OSError, ValueError where the process could not be started or its results not be read.
    """
    refused = refusal(config, "trials") or ("" if hasattr(os, "fork") else _NO_FORK)
    planned = [] if refused else plan_of(session.run, causes, session.recorder.targets.absolute)
    if refused or not planned:
        session.notes += [refused] if refused else []
        return []
    began = perf_counter()
    with tempfile.TemporaryDirectory(prefix="autopsy-trials-") as folder:
        trials, controls, broken = _made(session, config, planned, Path(folder))
    session.trials_s = perf_counter() - began
    session.notes += [broken] if broken else []
    session.notes.append(summary(controls))
    return trials


def _made(
    session: Session, config: pytest.Config, planned: list[dict[str, Any]], folder: Path
) -> tuple[list[Trial], list[dict[str, Any]], str]:
    """Trials, what each cause's tests do, and why the process did not come to its end."""
    path = folder / "plan.json"
    plan = {"causes": planned, "folder": str(folder), "parent": os.getpid()}
    path.write_text(json.dumps(plan), encoding="utf-8")
    # Files, not tests: one name that is not found (made anew in each run) would be the end of all.
    files = dict.fromkeys(n.partition("::")[0] for cause in planned for n in tests_of(cause))
    broken = run_once_more(
        session, config, _WORDS, list(files), folder, {PLAN: str(path)},
        SECONDS_A_CAUSE * len(planned), "the process of the trials",
    )  # fmt: skip
    return *read_trials(session.run, path.with_suffix(RESULTS)), broken


_NO_FORK = "no trials: this system cannot fork processes"


def tests_of(cause: dict[str, Any]) -> list[str]:
    """Return the node ids of all tests that a cause of a plan asks."""
    others = [name for one in cause["suspects"] for name in (*one["passing"], *one["elsewhere"])]
    return [*cause["failing"], *others]


def read_trials(run: Run, path: Path) -> tuple[list[Trial], list[dict[str, Any]]]:
    """Return the trials with which a test passed, and what each cause's tests do without."""
    if not path.exists():
        return [], []
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    results = [json.loads(line) for line in whole.splitlines()]
    controls = [one for one in results if "made" in one]
    known = {function[:3]: function for function in run.functions}
    trials = _joined(_trial(known, one) for one in results if "first" in one)
    return trials, controls


def _trial(known: dict[tuple[str, str, int], Function], one: dict[str, Any]) -> Trial:
    place = (one["file"], one["function"], one["first"])
    function = known.get(place, Function(*place))
    return Trial(
        function, one["line"], one["before"], one["after"], tuple(one["passed"]),
        tuple(one["failed"]), one["kept"], tuple(one["broke"]), one["tier"], one["share"],
    )  # fmt: skip


def _joined(trials: Iterable[Trial]) -> list[Trial]:
    """A change that was tried for several causes as one, with the tests of all of them."""
    found: dict[tuple[object, ...], Trial] = {}
    for trial in trials:
        key = trial.function, trial.line, trial.before, trial.after
        known = found.get(key)
        found[key] = (
            trial
            if known is None
            else known._replace(
                passed=tuple(dict.fromkeys((*known.passed, *trial.passed))),
                failed=tuple(dict.fromkeys((*known.failed, *trial.failed))),
                share=max(known.share, trial.share),
                kept=max(known.kept, trial.kept),
                broke=tuple(dict.fromkeys((*known.broke, *trial.broke))),
            )
        )
    return list(found.values())


def summary(controls: list[dict[str, Any]]) -> str:
    """Return how much was tried, and of how many causes nothing could be, or not all."""
    made = sum(one["made"] for one in controls)
    count = len(controls)
    told = f"trials: {made} changes of suspects tried for {count} cause{'s' * (count != 1)}"
    late = sum(one["late"] for one in controls)
    if late:
        told += f"; time ran out for {late} of them"
    gone = sum(not one["failing"] and not one["refused"] for one in controls)
    if gone:
        told += f"; the failing tests of {gone} did not fail in a process of their own"
    refused = sorted({what for one in controls if not one["failing"] for what in one["refused"]})
    if refused:
        told += f"; a trial may not {' or '.join(refused)}, and their tests do"
    return told
