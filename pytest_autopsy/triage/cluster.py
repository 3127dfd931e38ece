"""Put failures together that share a cause: those that are put down to one culprit.

Each failure is diagnosed alone, then as few culprits as explain all of them are named
(`culprits.py`), and what is put down to one is diagnosed together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from ..model import Diagnosis, Failure, Function
from .culprits import assign, costs_of, unite
from .signature import raised_at, signature

Diagnose = Callable[[Sequence[Failure]], Diagnosis]
TOP = 8
NEAR = 1.1
"""How far below its first suspect a bucket may rank one that could be another bucket's culprit."""
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

    def near(self) -> set[Function]:
        """Return the suspects that rank so high that one may be another bucket's culprit.

        Tests are none, but for one that is the culprit itself: it explains nothing but its own.
        """
        top = self.diagnosis.suspects[:TOP]
        if top and top[0].function.kind == "test":
            return {top[0].function}
        return {
            s.function for s in top if s.function.kind != "test" and top[0].score - s.score <= NEAR
        }


def cluster(
    failures: Sequence[Failure], looked_at: frozenset[str], diagnose: Diagnose
) -> list[Bucket]:
    """Return buckets of failures that share a cause, by what `diagnose` says of sets of them.

    `looked_at` are the ids of those that are to be diagnosed alone, see `chosen`; the others go
    where most of those of their signature go.
    """
    groups = by_signature(failures)
    looked = [one for group in groups.values() for one in group if one.id in looked_at]
    alone = [diagnose([one]) for one in looked]
    costs = [costs_of(one) for one in alone]
    culprits = assign(costs)
    culprits = unite(culprits, costs, _alike(looked, alone, culprits))
    home: dict[str, Hashable] = {
        one.id: culprit or signature(one) for one, culprit in zip(looked, culprits)
    }
    parts: dict[Hashable, list[Failure]] = defaultdict(list)
    for group in groups.values():
        most = Counter(home[one.id] for one in group if one.id in home).most_common(1)[0][0]
        for one in group:
            parts[home.get(one.id, most)].append(one)
    return _by_culprit([Bucket(part, diagnose(part)) for part in parts.values()], diagnose)


def _alike(
    failures: Sequence[Failure], alone: Sequence[Diagnosis], culprits: Sequence[Function | None]
) -> list[list[int]]:
    """The places of failures that the same statement of the project's code raised, with the same words.

    None whose culprit is named for more than where it ran: one error may have two causes.
    """
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, (failure, found, culprit) in enumerate(zip(failures, alone, culprits)):
        told = (
            found.kind != "unclear" and found.suspects[:1] and found.suspects[0].function == culprit
        )
        raised = raised_at(failure)
        if raised and not told:
            groups[raised].append(place)
    return list(groups.values())


def _by_culprit(buckets: list[Bucket], diagnose: Diagnose) -> list[Bucket]:
    """Join those for which, looked at together, the same culprit is named after all."""
    found: dict[Hashable, Bucket] = {}
    for bucket in sorted(buckets, key=lambda one: (-len(one.failures), one.failures[0].id)):
        known = found.setdefault(bucket.culprit or id(bucket), bucket)
        if known is not bucket:
            known.failures = [*known.failures, *bucket.failures]
            known.diagnosis = diagnose(known.failures)
    return list(found.values())


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
