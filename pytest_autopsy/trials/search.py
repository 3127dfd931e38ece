"""The search for what mends one cause: in which order edits are tried, and with which tests.

Each edit is tried in a fork: first with the smallest failing test, several edits in one fork, then
with the cause's others, then with tests that passed, at last with failing tests of other causes.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import CodeType, FunctionType
from typing import Any, Protocol

from ..model import MOST
from .choose import Attempt, attempts
from .forks import Result, in_forks
from .swap import Loaded, swap

MAX_WORKERS = 4
FIRST_PATIENCE_S = 30.0
BATCH = 8
"""Edits that are tried in one fork at first."""
MAX_SHARED = 4
"""Edits that explain a cause and are tried with the failing tests of others, too."""


class Tests(Protocol):
    """What has been collected, by node id."""

    def __contains__(self, name: str) -> bool: ...

    def run(self, names: Sequence[str], until: int = ...) -> dict[str, str]:
        """Run tests one after the other until so many have not passed; return their outcomes."""


class Search:
    """The search for one cause, as the plan has it."""

    def __init__(
        self, tests: Tests, loaded: Loaded, cause: dict[str, Any],
        folder: str | None, mended: set[str],
    ) -> None:  # fmt: skip
        self.tests = tests
        self.cause = cause
        self.loaded = loaded
        self.folder = folder
        self.mended = mended  # failing tests that an earlier cause's change mends
        self.workers = min(MAX_WORKERS, os.cpu_count() or 1)
        self.failing: list[str] = []
        self.asked: set[str] = set()  # passing tests that were run without an edit
        self.sound: set[str] = set()  # those that pass in a sandbox, too
        self.patience = FIRST_PATIENCE_S  # seconds for all failing tests with one edit
        self.alarm = 0.0  # and for the first of them
        self.made = 0

    def results(self) -> Iterator[Result]:
        """Yield what the tests do without an edit, then each edit with which the first one passes.

        Failing tests that are left over by what explains most of them are searched for once more.
        """
        waiting = [name for name in self.cause["failing"] if name not in self.mended]
        if not waiting:
            yield {"failing": self.cause["failing"], "refused": [], "made": 0}
            return
        known, refused = self._unchanged(waiting)
        failing = {name: seconds for name, (how, seconds) in known.items() if how == "failed"}
        found: list[tuple[Attempt, Result]] = []
        left, before = failing, len(failing) + 1
        while left and len(left) < before:
            before, made = len(left), self._search(left)
            mended = {name for _, told in made if _explains(told) for name in told["passed"]}
            left = {name: seconds for name, seconds in left.items() if name not in mended}
            found += made
        yield {"failing": list(failing), "refused": sorted(set(refused)), "made": self.made}
        yield from (told for _, told in found)

    def _search(self, failing: dict[str, float]) -> list[tuple[Attempt, Result]]:
        """Return what mends the first of failing tests, each with the seconds that it takes."""
        self.failing, took = list(failing), list(failing.values())
        self.alarm = 0.3 + 3 * took[0]
        self.patience = 1.0 + 8 * sum(took)
        found = list(self._tiers())
        self._ask_others([one for one in found if _explains(one[1])])
        return found

    def _unchanged(self, names: Iterable[str]) -> tuple[dict[str, tuple[str, float]], list[str]]:
        """Name -> outcome and seconds of tests alone in a sandbox; what others were refused."""
        jobs = [partial(self._run, [name]) for name in names if name in self.tests]
        found: dict[str, tuple[str, float]] = {}
        refused = []
        for _, one in self._forked(jobs, FIRST_PATIENCE_S):
            if one["refused"]:
                refused.append(one["refused"])
            else:
                found |= {name: (how, one["seconds"]) for name, how in one.get("tests", {}).items()}
        return found, refused

    def _passing(self, names: list[str]) -> set[str]:
        """Those that pass in a sandbox; where several in one fork do not all, each has its own."""
        waiting = [name for name in names if name in self.tests]
        batches = [waiting[place : place + BATCH] for place in range(0, len(waiting), BATCH)]
        found: set[str] = set()
        again: list[str] = []
        for number, one in self._forked([partial(self._run, b) for b in batches], FIRST_PATIENCE_S):
            outcomes = one.get("tests", {})
            if one["refused"] or set(outcomes.values()) != {"passed"}:
                again += batches[number]
            else:
                found.update(outcomes)
        known, _ = self._unchanged(again)
        return found | {name for name, (how, _) in known.items() if how == "passed"}

    def _tiers(self) -> Iterator[tuple[Attempt, Result]]:
        """Try tier by tier, the later ones of those alone who rank before who explains it."""
        before = len(self.cause["suspects"])
        for tier in attempts(self.cause["suspects"]):
            for attempt, told in self._of_tier([one for one in tier if one.place < before]):
                if not told["failed"] and not told["broke"]:
                    before = min(before, attempt.place)
                yield attempt, told

    def _of_tier(self, tier: list[Attempt]) -> Iterator[tuple[Attempt, Result]]:
        """What helps the failing tests, then what it does to those that passed."""
        helping = []
        for attempt in self._screened(tier):
            ((_, result),) = self._forked([partial(self._try, attempt)], self.patience)
            told = self._told(attempt, result)
            if told is not None and told["share"] >= MOST:
                helping.append((attempt, told))
            elif told is not None:
                yield attempt, told
        names = {name for attempt, _ in helping for name in attempt.suspect["passing"]}
        self.sound |= self._passing(sorted(names - self.asked))
        self.asked |= names
        jobs = [partial(self._keep, attempt) for attempt, _ in helping]
        for number, result in self._forked(jobs, FIRST_PATIENCE_S):
            attempt, told = helping[number]
            others = result.get("tests", {})
            told["kept"] = sum(how == "passed" for how in others.values())
            told["broke"] = sorted(name for name, how in others.items() if how != "passed")
            if not result["refused"] and "ended" not in result:
                yield attempt, told

    def _ask_others(self, explaining: list[tuple[Attempt, Result]]) -> None:
        """Try what explains this cause with failing tests of others: who pass with it share it.

        Where no other function has such a change, no more is looked for on their behalf.
        """
        asked = explaining[:MAX_SHARED]
        names = {name for attempt, _ in asked for name in attempt.suspect["elsewhere"]}
        known, _ = self._unchanged(sorted(names - self.mended))
        others = {name: seconds for name, (how, seconds) in known.items() if how == "failed"}
        jobs = [partial(self._share, attempt, others) for attempt, _ in asked]
        for number, result in self._forked(jobs, 1.0 + 8 * sum(others.values())):
            if not result["refused"] and "ended" not in result:
                passed = [name for name, how in result["tests"].items() if how == "passed"]
                asked[number][1]["passed"] += passed
                asked[number][1]["failed"] += sorted(result["tests"].keys() - set(passed))
                if len({attempt.place for attempt, _ in explaining}) == 1:
                    self.mended.update(passed)

    def _share(self, attempt: Attempt, others: Iterable[str]) -> Result:
        """In a fork: run failing tests of other causes with an edit."""
        attempt.edit.apply()
        self._swapped(attempt)
        names = [name for name in attempt.suspect["elsewhere"] if name in others]
        return self._run(names)

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
                    if self._passes(self.failing[0]):
                        passed.append(place)
            for function, code in taken:
                function.__code__ = code
            undo()
        return {"made": made, "passed": passed}

    def _forked(self, jobs: list[partial[Result]], seconds: float) -> Iterator[tuple[int, Result]]:
        return in_forks(jobs, self.workers, seconds, self.folder)

    def _run(self, names: Sequence[str], until: int = 1 << 30) -> Result:
        return {"tests": self.tests.run(names, until)}

    def _passes(self, name: str) -> bool:
        return set(self.tests.run([name]).values()) == {"passed"}

    def _swapped(self, attempt: Attempt) -> list[tuple[FunctionType, CodeType]]:
        try:
            return swap(attempt.top, attempt.suspect["path"], self.loaded)
        except (SyntaxError, ValueError, TypeError, RecursionError):
            return []  # the language does not take it

    def _try(self, attempt: Attempt) -> Result:
        """In a fork of its own: run the failing tests with an edit."""
        attempt.edit.apply()
        self._swapped(attempt)
        return self._run(self.failing)

    def _keep(self, attempt: Attempt) -> Result:
        """In a fork: run the tests that pass without an edit, until one does not with it."""
        attempt.edit.apply()
        self._swapped(attempt)
        names = [name for name in attempt.suspect["passing"] if name in self.sound]
        return self._run(names, until=1)

    def _told(self, attempt: Attempt, result: Result) -> Result | None:
        """What is said of an edit with which the first failing test passes."""
        tests, names = result.get("tests", {}), self.failing
        if result["refused"] or tests.get(names[0]) != "passed":
            return None
        passed = [name for name in names if tests.get(name) == "passed"]
        return {
            "file": attempt.suspect["file"],
            "function": attempt.suspect["function"],
            "first": attempt.suspect["line"],
            "line": attempt.edit.line,
            "tier": attempt.edit.tier,
            "before": attempt.edit.before,
            "after": attempt.edit.after,
            "passed": passed,
            "failed": [name for name in names if name not in passed],
            "share": len(passed) / len(names),
            "kept": 0,
            "broke": [],
        }


class _OutOfTime(BaseException):
    """No Exception: those a program handles."""


def _explains(told: Result) -> bool:
    return bool(told["share"] >= MOST and not told["broke"])


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise into what takes more processor time, again and again: a loop may catch what it meets.

    The timer of real time is pytest-timeout's.
    """

    def late(*_: object) -> None:
        raise _OutOfTime(f"{seconds} s are over")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
