"""As few culprits as explain all failures: which one each failure is put down to.

Uncapacitated facility location: naming a culprit has a price, and so has a failure that is put
down to one which it ranks below its own first suspect. Solved greedily, the culprit that saves most
first, then without those that have become dear (Hochbaum, Mathematical Programming 22, 1982,
bounds how far that is from the best). Every failure is diagnosed once, alone.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence

from ..model import Diagnosis, Function

NAMED = 1.5
"""What one culprit more costs, in the scores of suspects: failures that rank each other's are put
together where their culprit ranks so little below their first ones, all in all."""
FAR = 3.0
"""What a failure costs at most, however far below its first suspect it ranks the culprit."""
UNSEEN = 0.3
"""What it costs more where no part of the culprit in it was seen."""

Costs = Mapping[Function, float]


def costs_of(diagnosis: Diagnosis) -> dict[Function, float]:
    """Return what it costs to put one failure down to each of its suspects.

    A test that is the first suspect explains its own failure and no other; another test none.
    """
    suspects = diagnosis.suspects
    if suspects and suspects[0].function.kind == "test":
        return {suspects[0].function: 0.0}
    return {
        one.function: min(suspects[0].score - one.score + UNSEEN * (one.share < 1), FAR)
        for one in suspects
        if one.function.kind != "test"
    }


def assign(costs: Sequence[Costs]) -> list[Function | None]:
    """Return for each failure the culprit it is put down to, None where it has no suspect.

    The same for failures in any order, but for the last digits of sums.
    """
    found = _Assignment(costs)
    found.open_all()
    found.drop_dear()
    return found.culprits


def unite(
    culprits: Sequence[Function | None], costs: Sequence[Costs], alike: Sequence[Sequence[int]]
) -> list[Function | None]:
    """Return the culprits with one for all failures of each group that are alike.

    Of those that its failures were put down to, the one that costs the group least.
    """
    found = list(culprits)
    for group in alike:
        named = sorted({one for place in group if (one := culprits[place]) is not None})
        if len(named) > 1:
            best = min(named, key=lambda one: sum(costs[place].get(one, FAR) for place in group))
            for place in group:
                found[place] = best
    return found


class _Assignment:
    """Which failure goes where so far, and what it costs there."""

    def __init__(self, costs: Sequence[Costs]) -> None:
        self.culprits: list[Function | None] = [None] * len(costs)
        self._costs = costs
        self._now = [FAR + NAMED] * len(costs)
        self._may: dict[Function, list[int]] = defaultdict(list)
        for place, suspects in enumerate(costs):
            for function in suspects:
                self._may[function].append(place)

    def _saved(self, function: Function) -> float:
        costs, now = self._costs, self._now
        saved = sum(max(now[one] - costs[one][function], 0.0) for one in self._may[function])
        return round(saved - NAMED, 6)

    def open_all(self) -> None:
        """Name culprits, the one that saves most first, as long as one saves more than it costs.

        What one saves only falls as others are named: who is still first when asked again is first.
        """
        waiting = [(-self._saved(function), function) for function in self._may]
        heapq.heapify(waiting)
        while waiting:
            before, function = heapq.heappop(waiting)
            saved = self._saved(function)
            if saved <= 0:
                continue
            if -saved != before:
                heapq.heappush(waiting, (-saved, function))
                continue
            for place in self._may[function]:
                if self._costs[place][function] < self._now[place]:
                    self._put(place, function)

    def _put(self, place: int, function: Function) -> None:
        self.culprits[place] = function
        self._now[place] = self._costs[place][function]

    def drop_dear(self) -> None:
        """Take back culprits whose failures are cheaper elsewhere now, until there are none."""
        dropped = True
        while dropped:
            members: dict[Function, list[int]] = defaultdict(list)
            for place, function in enumerate(self.culprits):
                if function is not None:
                    members[function].append(place)
            dropped = any(self._dropped(one, members) for one in sorted(members))

    def _dropped(self, function: Function, members: dict[Function, list[int]]) -> bool:
        """Put the failures of a culprit down to others where that costs less than to name it."""
        moves: dict[int, Function] = {}
        more = 0.0
        for place in members[function]:
            costs = self._costs[place]
            others = [(costs[one], one) for one in members if one != function and one in costs]
            if not others:
                return False
            cost, moves[place] = min(others)
            more += cost - self._now[place]
        if more >= NAMED:
            return False
        for place, other in moves.items():
            self._put(place, other)
        return True
