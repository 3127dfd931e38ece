"""The search for what mends one cause: in which order edits are tried, and with which tests.

First with the smallest failing test, then with the cause's others, then with a few tests that
passed and, where it breaks none, with many, at last with failing tests of other causes, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import inf
from typing import Any

from ..model import HIDING, MOST
from .asking import PATIENCE_S, Asking
from .choose import ROUNDS, Attempt, attempts
from .forks import Result

SEARCHED_S = 120.0
"""Seconds for the search of one cause: tests that take seconds are soon asked often enough."""
SHARED_S = 30.0
"""Seconds for trying what was found with the failing tests of other causes."""
FEW = 40
"""Tests that passed, with which each edit is tried that helps."""
CHECKED_S = 3.0
"""Seconds for the others, of one edit that has broken none of these: what switches something off
does that for few tests."""
MAX_PARTS = 3
"""Causes that one may turn out to be."""
MAX_SHARED = 6
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
        """Yield what the tests do without an edit, then the edits with which some of them pass."""
        waiting = [name for name in self.failing if name not in self.mended]
        if not waiting:
            yield self._told_of_it(self.failing, [], late=False)
            return
        self.asking.within(SEARCHED_S)
        known, refused = self.asking.unchanged(waiting)
        failing = {name: seconds for name, (how, seconds) in known.items() if how == "failed"}
        found = self._mending(failing, MAX_PARTS) if failing else []
        late = self.asking.is_late
        self.asking.within(SHARED_S)
        self._ask_others([one for one in found if _explains(one[1])])
        yield self._told_of_it(list(failing), sorted(set(refused)), late)
        yield from (told for _, told in found)

    def _told_of_it(self, failing: list[str], refused: list[str], late: bool) -> Result:
        return {"failing": failing, "refused": refused, "made": self.made, "late": late}

    def _mending(self, failing: dict[str, float], parts: int) -> list[Tried]:
        """Return what mends failing tests (name -> seconds), in so many parts at most.

        A smaller part explains itself only where what is left is mended in another function.
        """
        made = list(self._rounds(failing))
        explaining = [one for one in made if _explains(one[1])]
        chosen = explaining or (_largest_part(made) if parts > 1 else [])
        mended = {name for _, told in chosen for name in told["passed"]}
        left = {name: seconds for name, seconds in failing.items() if name not in mended}
        if not left or not mended or parts == 1:
            return made
        rest = self._mending(left, parts - 1)
        if not explaining:
            others = [
                one for one in rest if _explains(one[1]) and one[0].place != chosen[0][0].place
            ]
            if left.keys() - {name for _, told in others for name in told["passed"]}:
                return made
            for _, told in chosen:
                told["share"] = 1.0
        return made + rest

    def _rounds(self, failing: dict[str, float]) -> Iterator[Tried]:
        """Try round by round, the later ones of those alone who rank before who explains it all.

        `failing` are the tests to be mended, with the seconds that each takes.
        """
        before = len(self.suspects)
        explained = False
        for number, edits in enumerate(attempts(self.suspects)):
            if explained and number >= len(ROUNDS):
                return
            for one in self._of_round([one for one in edits if one.place < before], failing):
                if _explains(one[1]):
                    explained = True
                    if not one[1]["failed"]:
                        before = min(before, one[0].place)
                yield one

    def _of_round(self, edits: list[Attempt], failing: dict[str, float]) -> Iterator[Tried]:
        """What helps the failing tests, then what it does to those that passed."""
        names, took = list(failing), list(failing.values())
        passing, made = self.asking.screened(edits, names[0], 0.3 + 3 * took[0])
        self.made += made
        helping: list[Tried] = []
        jobs = [(attempt, names) for attempt in passing]
        for number, result in self.asking.with_edits(jobs, 1.0 + 8 * sum(took)):
            outcomes = result["tests"]
            if outcomes.get(names[0]) == "passed":
                helping.append((passing[number], _told(passing[number], outcomes, names)))
        yield from self._kept(helping)

    def _kept(self, helping: list[Tried]) -> Iterator[Tried]:
        """What helps, each with how many passing tests still pass, and the first that does not.

        Not a change with which one of them does not come to its end.
        """
        few = self._with_passing([(one, one[0].suspect["passing"][:FEW]) for one in helping])
        many = [
            (one, names) for one, seconds in few
            if not one[1]["broke"]
            and (names := one[0].suspect["passing"][FEW : FEW + int(CHECKED_S / seconds)])
        ]  # fmt: skip
        ended = self._with_passing(many, CHECKED_S)
        hanging = {id(one) for one, _ in many} - {id(one) for one, _ in ended}
        late = self.asking.is_late
        yield from (one for one, _ in few if late or id(one) not in hanging)

    def _with_passing(
        self, asked: list[tuple[Tried, list[str]]], enough: float = inf
    ) -> list[tuple[Tried, float]]:
        """Run tests that passed with each edit, and note it; what a test took, where all ended."""
        sound = self.asking.sound({name for _, names in asked for name in names})
        jobs = [(one[0], [name for name in names if name in sound]) for one, names in asked]
        found = []
        for number, result in self.asking.with_edits(jobs, min(PATIENCE_S, 4 * enough), 1, enough):
            one, outcomes = asked[number][0], result["tests"]
            one[1]["kept"] += sum(how == "passed" for how in outcomes.values())
            one[1]["broke"] += sorted(name for name, how in outcomes.items() if how != "passed")
            found.append((one, max(result["seconds"], 0.001) / max(len(outcomes), 1)))
        return found

    def _ask_others(self, explaining: list[Tried]) -> None:
        """Try what explains this cause with failing tests of others: who pass with it share it.

        Where no other function has such a change, no more is looked for on their behalf.
        """
        asked = in_turn(explaining)[:MAX_SHARED]
        names = {name for attempt, _ in asked for name in attempt.suspect["elsewhere"]}
        known, _ = self.asking.unchanged(sorted(names - self.mended))
        others = {name: seconds for name, (how, seconds) in known.items() if how == "failed"}
        jobs = [
            (attempt, [name for name in attempt.suspect["elsewhere"] if name in others])
            for attempt, _ in asked
        ]
        seconds = 1.0 + 8 * sum(others.values())
        for number, result in self.asking.with_edits(jobs, seconds):
            told, outcomes = asked[number][1], result["tests"]
            passed = [name for name, how in outcomes.items() if how == "passed"]
            told["passed"] += passed
            told["failed"] += [name for name in outcomes if name not in passed]
            if not _rivals(asked[number], explaining):
                self.mended.update(passed)


def _explains(told: Result) -> bool:
    return bool(told["share"] >= MOST and not told["broke"])


def in_turn(made: list[Tried]) -> list[Tried]:
    """Return the first edit of each function, then the second of each, and so on."""
    count: Counter[int] = Counter()
    turns: list[int] = []
    for attempt, _ in made:
        turns.append(count[attempt.place])
        count[attempt.place] += 1
    return [made[at] for at in sorted(range(len(made)), key=turns.__getitem__)]


def _largest_part(made: list[Tried]) -> list[Tried]:
    """Those edits of one function that mend most failing tests at once, and break none."""
    clean = [
        one for one in made
        if not one[1]["broke"] and one[1]["kept"] and one[0].edit.tier < HIDING
    ]  # fmt: skip
    if not clean:
        return []
    first = max(clean, key=lambda one: len(one[1]["passed"]))
    return [
        one for one in clean
        if one[0].place == first[0].place and one[1]["passed"] == first[1]["passed"]
    ]  # fmt: skip


def _rivals(one: Tried, explaining: list[Tried]) -> bool:
    """Whether edits of another function explain the same failures."""
    return any(
        attempt.place != one[0].place and not set(told["passed"]).isdisjoint(one[1]["passed"])
        for attempt, told in explaining
    )


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
