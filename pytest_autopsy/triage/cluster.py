"""Put failures together that share a cause: as few culprits as explain them all.

Failures start apart unless they are alike in signature and in their first suspect. Buckets are
then joined, the largest first, where one function explains both; which ones are worth a look
together is told by the suspects that both rank high.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..model import Diagnosis, Failure, Function
from .signature import signature

Diagnose = Callable[[Sequence[Failure]], Diagnosis]
TOP = 8
NEAR = 1.1
"""How far below its own best suspect a bucket may rank another's culprit and still join it."""
SPECIFIC = 0.75
"""What Ochiai gives a function that all of the failing tests run and few of the others."""
MOST = 0.7
"""The share of the failures in which one that explains them is seen to have had a part."""
ROOM, ROOM_ALIKE = 0.14, 0.42
"""How far below the first of both together a suspect may rank and still explain both."""
WORTH = 1.0
"""How much of what sets the weaker one of two first suspects apart from passing tests (Ochiai) must
be left of it for one that explains both."""
TRIES = 3
"""Buckets that one is looked at together with, the likeliest first."""
MAX_LOOKS = 300
"""Failures that are looked at one by one. In a run with more, some of each signature are."""


@dataclass(slots=True)
class Bucket:
    """Failures taken to share a cause, and what is known of it so far."""

    failures: list[Failure]
    diagnosis: Diagnosis

    @property
    def culprit(self) -> Function | None:
        """The first suspect."""
        suspects = self.diagnosis.suspects
        return suspects[0].function if suspects else None

    def regrets(self) -> dict[Function, float]:
        """Return how far below the best each of the first suspects ranks.

        Tests are none, but for one that is the culprit itself: it explains nothing but its own.
        """
        top = self.diagnosis.suspects[:TOP]
        if top and top[0].function.kind == "test":
            return {top[0].function: 0.0}
        return {
            s.function: top[0].score - s.score
            for s in top
            if s.function.kind != "test" and top[0].score - s.score <= NEAR
        }


def cluster(
    failures: Sequence[Failure], looked_at: frozenset[str], diagnose: Diagnose
) -> list[Bucket]:
    """Return buckets of failures that share a cause, by what `diagnose` says of sets of them.

    `looked_at` are the ids of those that are to be diagnosed alone, see `chosen`.
    """
    groups = by_signature(failures).values()
    parts = [part for group in groups for part in _parts(group, looked_at, diagnose)]
    parts.sort(key=lambda part: (-len(part), part[0].id))
    buckets = [Bucket(part, diagnose(part)) for part in parts]
    merger = Merger(looked_at, diagnose)
    return merger.merge(merger.merge(buckets))  # the second round sees joint culprits


def by_signature(failures: Sequence[Failure]) -> dict[str, list[Failure]]:
    """Return the failures of each signature: those with most evidence first, then by id."""
    groups: dict[str, list[Failure]] = defaultdict(list)
    for failure in sorted(failures, key=lambda one: (one.trace is None, one.id)):
        groups[signature(failure)].append(failure)
    return groups


def chosen(failures: Sequence[Failure]) -> frozenset[str]:
    """Return the ids of the failures to look at one by one: at least one of each signature."""
    waiting = list(by_signature(failures).values())
    found: list[str] = []
    turn = 0
    while waiting and (turn == 0 or len(found) < MAX_LOOKS):
        found.extend(group[turn].id for group in waiting)
        turn += 1
        waiting = [group for group in waiting if len(group) > turn]
    return frozenset(found)


def _parts(
    group: list[Failure], looked_at: frozenset[str], diagnose: Diagnose
) -> list[list[Failure]]:
    """Take failures of one signature apart by their first suspect.

    One that is not looked at goes where another that is so alike went.
    """
    parts: dict[Function | None, list[Failure]] = defaultdict(list)
    for failure in group:
        if failure.id in looked_at:
            suspects = diagnose([failure]).suspects[:1]
            parts[suspects[0].function if suspects else None].append(failure)
    largest = max(parts.values(), key=len)
    largest.extend(failure for failure in group if failure.id not in looked_at)
    return list(parts.values())


class Merger:
    """Joins buckets that one culprit explains together."""

    def __init__(self, looked_at: frozenset[str], diagnose: Diagnose) -> None:
        self._looked_at = looked_at
        self._diagnose = diagnose
        self._had: dict[str, frozenset[Function]] = {}

    def merge(self, buckets: list[Bucket]) -> list[Bucket]:
        """Return the buckets after each one, the largest first, has been offered to those before."""
        merged: list[Bucket] = []
        ranked: dict[Function, list[int]] = defaultdict(list)  # suspect -> who ranks it high
        for bucket in buckets:
            home = self._home(bucket, merged, ranked)
            if home is None:
                merged.append(bucket)
                home = len(merged) - 1
            for function in merged[home].regrets():
                if home not in ranked[function]:
                    ranked[function].append(home)
        return merged

    def _home(
        self, bucket: Bucket, others: list[Bucket], ranked: dict[Function, list[int]]
    ) -> int | None:
        """Find the bucket that `bucket` belongs to, and join it there; returns its place."""
        for place in _likeliest(bucket, others, ranked):
            other = others[place]
            failures = [*other.failures, *bucket.failures]
            together = self._diagnose(failures)
            if self._explains(together, bucket, other):
                other.failures, other.diagnosis = failures, together
                return place
        return None

    def _explains(self, together: Diagnosis, one: Bucket, other: Bucket) -> bool:
        """Whether a suspect that ranks high for both together stands high for each, and had a part
        in most of the failures. One that hardly any other test runs is explanation enough
        where its part was not seen; one that nearly all tests run, where each bucket has a better
        one of its own, is none. Failures of one signature are given more room.
        """
        if not together.suspects:
            return False
        if one.culprit == other.culprit:
            return True
        alike = signature(one.failures[0]) == signature(other.failures[0])
        room = ROOM_ALIKE if alike else ROOM
        best, ours, theirs = together.suspects[0].score, one.regrets(), other.regrets()
        apart = min(bucket.diagnosis.suspects[0].spectrum for bucket in (one, other))
        near = (
            suspect
            for suspect in together.suspects[:TOP]
            if best - suspect.score <= room and suspect.spectrum >= WORTH * apart
        )
        return any(
            s.spectrum >= SPECIFIC
            or self._part(s.function, [*one.failures, *other.failures]) >= MOST
            for s in near
            if s.function in ours and s.function in theirs
        )

    def _part(self, function: Function, failures: list[Failure]) -> float:
        """The share of failures that were looked at in which a function is seen to have had a part."""
        looked = [failure for failure in failures if failure.id in self._looked_at]
        had = sum(1 for failure in looked if function in self._parts_in(failure))
        return had / len(looked) if looked else 0.0

    def _parts_in(self, failure: Failure) -> frozenset[Function]:
        found = self._had.get(failure.id)
        if found is None:
            suspects = self._diagnose([failure]).suspects
            found = frozenset(s.function for s in suspects if s.share >= 1.0)
            self._had[failure.id] = found
        return found


def _likeliest(
    bucket: Bucket, others: list[Bucket], ranked: dict[Function, list[int]]
) -> Iterator[int]:
    """The buckets that share a high suspect and do not both show what made them, differently."""
    mine = bucket.regrets()
    lost: dict[int, float] = {}
    for function, regret in mine.items():
        for place in ranked.get(function, ()):
            theirs = others[place].regrets().get(function)
            if theirs is not None:
                lost[place] = min(lost.get(place, 2 * NEAR), regret + theirs)
    found = 0
    for place, _ in sorted(lost.items(), key=lambda item: (item[1], item[0])):
        other = others[place]
        shown = bucket.diagnosis.confidence == other.diagnosis.confidence == "shown"
        if shown and bucket.culprit != other.culprit:
            continue
        found += 1
        if found > TRIES:
            return
        yield place
