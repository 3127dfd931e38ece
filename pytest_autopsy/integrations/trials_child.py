"""The pytest plugin of the trials' process: collects the tests once, and forks for each trial."""

from __future__ import annotations

import gc
import json
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from ..trials.choose import Attempt, attempts
from ..trials.forks import Result, in_forks
from ..trials.swap import Loaded, loaded_functions, swap

PLAN = "PYTEST_AUTOPSY_TRIALS"
"""The environment variable with the path of the plan; results are written beside it."""
RESULTS = ".jsonl"
MAX_WORKERS = 4
FIRST_PATIENCE_S = 30.0
BATCH = 8
"""Edits that are tried in one fork at first."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Make the trials instead of running the tests."""
    path = os.environ.pop(PLAN, "")
    if not path or session.config.option.collectonly:
        return None
    plan = json.loads(Path(path).read_text(encoding="utf-8"))
    _dismiss_writers(session.config.pluginmanager)
    loaded = loaded_functions()
    gc.freeze()  # else every fork's first collection copies what it shares
    with Path(path).with_suffix(RESULTS).open("w", encoding="utf-8") as told:
        for cause in plan["causes"]:
            for result in Trials(session.items, loaded, cause, plan.get("folder")).results():
                told.write(json.dumps({"cause": cause["cause"], **result}) + "\n")
                told.flush()
    return True


def _dismiss_writers(plugins: pytest.PytestPluginManager) -> None:
    """Unregister who else is told of results: what they write down would be refused, or be wrong."""
    for plugin in list(plugins.get_plugins()):
        module = getattr(plugin, "__name__", type(plugin).__module__)
        stays = module.startswith(("_pytest.", "conftest")) or module.endswith("conftest")
        if hasattr(plugin, "pytest_runtest_logreport") and not stays:
            plugins.unregister(plugin)


class Trials:
    """The trials of one cause, as the plan has it."""

    def __init__(
        self, items: list[pytest.Item], loaded: Loaded, cause: dict[str, Any], folder: str | None
    ) -> None:
        self.items = {item.nodeid: item for item in items}
        self.cause = cause
        self.loaded = loaded
        self.folder = folder
        self.workers = min(MAX_WORKERS, os.cpu_count() or 1)
        self.failing: list[pytest.Item] = []
        self.asked: set[str] = set()  # passing tests that were run without an edit
        self.sound: set[str] = set()  # those that pass in a sandbox, too
        self.patience = FIRST_PATIENCE_S  # seconds for all failing tests with one edit
        self.alarm = 0.0  # and for the first of them
        self.made = 0

    def results(self) -> Iterator[Result]:
        """Yield what the tests do without an edit, then each edit with which the first one passes."""
        known, refused = self._unchanged(self.cause["failing"])
        failing = [name for name, (how, _) in known.items() if how == "failed"]
        self.failing = [self.items[name] for name in failing]
        took = [known[name][1] for name in failing]
        self.alarm = 0.3 + 3 * took[0] if took else 0.0
        self.patience = 1.0 + 8 * sum(took)
        found = list(self._tiers()) if failing else []
        yield {"failing": failing, "refused": sorted(set(refused)), "made": self.made}
        yield from found

    def _unchanged(self, names: Iterable[str]) -> tuple[dict[str, tuple[str, float]], list[str]]:
        """Name -> outcome and seconds of tests alone in a sandbox; what others were refused."""
        jobs = [partial(_outcomes, [self.items[name]]) for name in names if name in self.items]
        found: dict[str, tuple[str, float]] = {}
        refused = []
        for _, one in self._forked(jobs, FIRST_PATIENCE_S):
            if one["refused"]:
                refused.append(one["refused"])
            else:
                found |= {name: (how, one["seconds"]) for name, how in one.get("tests", {}).items()}
        return found, refused

    def _tiers(self) -> Iterator[Result]:
        """Try tier by tier, the later ones of those alone who rank before who explains it."""
        before = len(self.cause["suspects"])
        for tier in attempts(self.cause["suspects"]):
            for attempt, told in self._of_tier([one for one in tier if one.place < before]):
                if not told["failed"] and not told["broke"]:
                    before = min(before, attempt.place)
                yield told

    def _of_tier(self, tier: list[Attempt]) -> Iterator[tuple[Attempt, Result]]:
        """What helps the failing tests, then what it does to those that passed."""
        helping = []
        for attempt in self._screened(tier):
            ((_, result),) = self._forked([partial(self._try, attempt)], self.patience)
            told = self._told(attempt, result)
            if told is not None and not told["failed"]:
                helping.append((attempt, told))
            elif told is not None:
                yield attempt, told
        names = {name for attempt, _ in helping for name in attempt.suspect["passing"]}
        known, _ = self._unchanged(sorted(names - self.asked))
        self.asked |= names
        self.sound |= {name for name, (how, _) in known.items() if how == "passed"}
        jobs = [partial(self._keep, attempt) for attempt, _ in helping]
        for number, result in self._forked(jobs, FIRST_PATIENCE_S):
            attempt, told = helping[number]
            others = result.get("tests", {})
            told["kept"] = sum(how == "passed" for how in others.values())
            told["broke"] = sorted(name for name, how in others.items() if how != "passed")
            if not result["refused"] and "ended" not in result:
                yield attempt, told

    def _screened(self, tier: list[Attempt]) -> list[Attempt]:
        """Those with which the first failing test passes, several tried in one fork.

        A fork costs more than most tests. Where one of several ends it, each gets its own.
        """
        found = []
        batches = [tier[place : place + BATCH] for place in range(0, len(tier), BATCH)]
        while batches:
            again = []
            jobs = [partial(self._screen, batch) for batch in batches]
            seconds = 1.0 + 2 * self.alarm * len(batches[0])  # what a handler cannot end
            for number, result in self._forked(jobs, seconds):
                batch = batches[number]
                if len(batch) > 1 and (result["refused"] or "ended" in result):
                    again += [[one] for one in batch]
                    continue
                self.made += result.get("made", 1)
                found += [batch[place] for place in result.get("passed", ())]
            batches = again
        return sorted(found, key=tier.index)

    def _screen(self, batch: list[Attempt]) -> Result:
        """In a fork: run the first failing test with one edit after the other."""
        made, passed = 0, []
        for place, attempt in enumerate(batch):
            undo = attempt.edit.apply()
            taken = self._swapped(attempt)
            if taken:
                made += 1
                with _alarm(self.alarm):
                    if _passes(self.failing[0]):
                        passed.append(place)
            for function, code in taken:
                function.__code__ = code
            undo()
        return {"made": made, "passed": passed}

    def _forked(self, jobs: list[partial[Result]], seconds: float) -> Iterator[tuple[int, Result]]:
        return in_forks(jobs, self.workers, seconds, self.folder)

    def _swapped(self, attempt: Attempt) -> list[tuple[FunctionType, CodeType]]:
        try:
            return swap(attempt.top, attempt.suspect["path"], self.loaded)
        except (SyntaxError, ValueError, TypeError, RecursionError):
            return []  # the language does not take it

    def _try(self, attempt: Attempt) -> Result:
        """In a fork of its own: run the failing tests with an edit."""
        attempt.edit.apply()
        self._swapped(attempt)
        return _outcomes(self.failing)

    def _keep(self, attempt: Attempt) -> Result:
        """In a fork: run the tests that pass without an edit, until one does not with it."""
        attempt.edit.apply()
        self._swapped(attempt)
        names = [name for name in attempt.suspect["passing"] if name in self.sound]
        return _outcomes([self.items[name] for name in names], until=1)

    def _told(self, attempt: Attempt, result: Result) -> Result | None:
        """What is said of an edit with which the first failing test passes."""
        tests = result.get("tests", {})
        names = [item.nodeid for item in self.failing]
        if result["refused"] or tests.get(names[0]) != "passed":
            return None
        return {
            "file": attempt.suspect["file"],
            "function": attempt.suspect["function"],
            "first": attempt.suspect["line"],
            "line": attempt.edit.line,
            "before": attempt.edit.before,
            "after": attempt.edit.after,
            "passed": [name for name in names if tests.get(name) == "passed"],
            "failed": [name for name in names if tests.get(name) != "passed"],
            "kept": 0,
            "broke": [],
        }


class _Listener:
    """The outcome of each test that runs meanwhile."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        before = self.outcomes.get(report.nodeid, "passed")
        if before == "passed":
            self.outcomes[report.nodeid] = report.outcome


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise into what takes more processor time, again and again: a loop may catch what it meets.

    The timer of real time is pytest-timeout's.
    """

    def late(*_: object) -> None:
        raise TimeoutError(f"{seconds} s are over")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _passes(item: pytest.Item) -> bool:
    return set(_outcomes([item])["tests"].values()) == {"passed"}


def _outcomes(items: list[pytest.Item], until: int = 1 << 30) -> Result:
    """Run tests one after the other, until so many have not passed."""
    listener = _Listener()
    for item, following in zip(items, [*items[1:], None]):
        item.config.pluginmanager.register(listener, "autopsy-trial")
        try:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        finally:
            item.config.pluginmanager.unregister(listener)
        if sum(how != "passed" for how in listener.outcomes.values()) >= until:
            break
    return {"tests": listener.outcomes}
