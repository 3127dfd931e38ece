"""Put failures together that share a cause: first by signature, then by culprit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..model import Diagnosis, Failure, Function, Suspect
from .signature import signature

Diagnose = Callable[[Sequence[Failure]], Diagnosis]
TOP = 8
NEAR = 1.2
"""How far below its own best suspect a bucket may rank another's culprit and still join it."""


@dataclass(slots=True)
class Bucket:
    """Failures taken to share a cause, and what is known of it so far."""

    failures: list[Failure]
    diagnosis: Diagnosis

    @property
    def culprit(self) -> Function | None:
        """The first suspect, where it is a claim and not a tie."""
        suspects = self.diagnosis.suspects
        return suspects[0].function if suspects else None


def by_signature(failures: Sequence[Failure]) -> list[list[Failure]]:
    """Return groups of failures with one signature, the largest first."""
    groups: dict[str, list[Failure]] = defaultdict(list)
    for failure in failures:
        groups[signature(failure)].append(failure)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [group for _, group in ordered]


def merge(buckets: list[Bucket], diagnose: Diagnose) -> list[Bucket]:
    """Join buckets that name the same culprit, or that name it once they are looked at together."""
    merged: list[Bucket] = []
    for bucket in buckets:
        home = _home(bucket, merged, diagnose)
        if home is None:
            merged.append(bucket)
    return merged


def _home(bucket: Bucket, others: list[Bucket], diagnose: Diagnose) -> Bucket | None:
    """Find the bucket that `bucket` belongs to, and join it there."""
    for other in others:
        if not _plausible(bucket, other):
            continue
        together = diagnose([*other.failures, *bucket.failures])
        if _explains(together, bucket, other):
            other.failures = [*other.failures, *bucket.failures]
            other.diagnosis = together
            return other
    return None


def _plausible(one: Bucket, other: Bucket) -> bool:
    """Whether the buckets share a suspect, and do not both show what made them, differently."""
    if one.culprit == other.culprit:
        return one.culprit is not None
    if one.diagnosis.confidence == other.diagnosis.confidence == "shown":
        return False
    mine = {suspect.function for suspect in _top(one.diagnosis)}
    return any(s.function in mine for s in _top(other.diagnosis))


def _explains(together: Diagnosis, one: Bucket, other: Bucket) -> bool:
    """Whether the joint culprit had a part in every failure, and stood high for each bucket."""
    if not together.suspects:
        return False
    first = together.suspects[0]
    if one.culprit == other.culprit:
        return True
    return first.share >= 1.0 and all(_near(b.diagnosis, first.function) for b in (one, other))


def _near(diagnosis: Diagnosis, culprit: Function) -> bool:
    best = diagnosis.suspects[0].score
    return any(s.function == culprit and best - s.score <= NEAR for s in _top(diagnosis))


def _top(diagnosis: Diagnosis) -> tuple[Suspect, ...]:
    return tuple(s for s in diagnosis.suspects[:TOP] if s.function.kind != "test")
