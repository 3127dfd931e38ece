"""The search for what mends one cause: in which order edits are tried, and with which tests.

First with the smallest failing test, then with the cause's others, then with tests that passed, at
last with failing tests of other causes, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..model import MOST
from .asking import PATIENCE_S, Asking
from .choose import Attempt, attempts
from .forks import Result

MAX_SHARED = 4
"""Edits that explain a cause and are tried with the failing tests of others, too."""

Tried = tuple[Attempt, Result]
"""An attempt, and what is told of it."""


class Search:
    """The search for one cause, as the plan has it.

    `mended` are failing tests that an earlier cause's edit mends; this one's are put into it.
    """

    def __init__(self, asking: Asking, cause: dict[str, Any], mended: set[str]) -> None:
        self.asking = asking
        self.suspects = cause["suspects"]
        self.failing: list[str] = cause["failing"]
        self.mended = mended
        self.made = 0

    def results(self) -> Iterator[Result]:
        """Yield what the tests do without an edit, then each edit with which the first one passes.

        Failing tests that are left over by what explains most of them are searched for once more.
        """
        waiting = [name for name in self.failing if name not in self.mended]
        if not waiting:
            yield {"failing": self.failing, "refused": [], "made": 0}
            return
        known, refused = self.asking.unchanged(waiting)
        failing = {name: seconds for name, (how, seconds) in known.items() if how == "failed"}
        found: list[Tried] = []
        left, before = failing, len(failing) + 1
        while left and len(left) < before:
            before, made = len(left), list(self._tiers(left))
            explaining = [one for one in made if _explains(one[1])]
            self._ask_others(explaining)
            mended = {name for _, told in explaining for name in told["passed"]}
            left = {name: seconds for name, seconds in left.items() if name not in mended}
            found += made
        yield {"failing": list(failing), "refused": sorted(set(refused)), "made": self.made}
        yield from (told for _, told in found)

    def _tiers(self, failing: dict[str, float]) -> Iterator[Tried]:
        """Try tier by tier, the later ones of those alone who rank before who explains it all.

        `failing` are the tests to be mended, with the seconds that each takes.
        """
        before = len(self.suspects)
        for tier in attempts(self.suspects):
            for one in self._of_tier([one for one in tier if one.place < before], failing):
                if _explains(one[1]) and not one[1]["failed"]:
                    before = min(before, one[0].place)
                yield one

    def _of_tier(self, tier: list[Attempt], failing: dict[str, float]) -> Iterator[Tried]:
        """What helps the failing tests, then what it does to those that passed."""
        names, took = list(failing), list(failing.values())
        passing, made = self.asking.screened(tier, names[0], 0.3 + 3 * took[0])
        self.made += made
        helping: list[Tried] = []
        jobs = [(attempt, names) for attempt in passing]
        for number, outcomes in self.asking.with_edits(jobs, 1.0 + 8 * sum(took)):
            told = _told(passing[number], outcomes, names)
            if outcomes.get(names[0]) == "passed" and told["share"] >= MOST:
                helping.append((passing[number], told))
            elif outcomes.get(names[0]) == "passed":
                yield passing[number], told
        yield from self._kept(helping)

    def _kept(self, helping: list[Tried]) -> Iterator[Tried]:
        """What helps, each with how many passing tests still pass, and the first that does not."""
        every = {name for attempt, _ in helping for name in attempt.suspect["passing"]}
        sound = self.asking.sound(every)
        jobs = [
            (attempt, [name for name in attempt.suspect["passing"] if name in sound])
            for attempt, _ in helping
        ]
        for number, outcomes in self.asking.with_edits(jobs, PATIENCE_S, until=1):
            attempt, told = helping[number]
            told["kept"] = sum(how == "passed" for how in outcomes.values())
            told["broke"] = sorted(name for name, how in outcomes.items() if how != "passed")
            yield attempt, told

    def _ask_others(self, explaining: list[Tried]) -> None:
        """Try what explains this cause with failing tests of others: who pass with it share it.

        Where no other function has such a change, no more is looked for on their behalf.
        """
        asked = explaining[:MAX_SHARED]
        names = {name for attempt, _ in asked for name in attempt.suspect["elsewhere"]}
        known, _ = self.asking.unchanged(sorted(names - self.mended))
        others = {name: seconds for name, (how, seconds) in known.items() if how == "failed"}
        jobs = [
            (attempt, [name for name in attempt.suspect["elsewhere"] if name in others])
            for attempt, _ in asked
        ]
        seconds = 1.0 + 8 * sum(others.values())
        for number, outcomes in self.asking.with_edits(jobs, seconds):
            told = asked[number][1]
            passed = [name for name, how in outcomes.items() if how == "passed"]
            told["passed"] += passed
            told["failed"] += [name for name in outcomes if name not in passed]
            if len({attempt.place for attempt, _ in explaining}) == 1:
                self.mended.update(passed)


def _explains(told: Result) -> bool:
    return bool(told["share"] >= MOST and not told["broke"])


def _told(attempt: Attempt, outcomes: dict[str, str], names: list[str]) -> Result:
    """What is said of an edit with which some of the failing tests pass."""
    passed = [name for name in names if outcomes.get(name) == "passed"]
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
