"""Buckets that are only what another one left behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ..model import Failure, Function
from .cluster import Bucket

_ORDER = {"collect": 0, "setup": 1, "call": 2, "teardown": 3}


def upstream(buckets: Sequence[Bucket]) -> dict[int, int]:
    """Return for each bucket that is downstream of another one the other's place.

    A bucket is downstream where it vanishes once the other's tests are set aside: each of its tests
    had failed there already, in an earlier phase or before in the same one; or where the other is
    shown, and its culprit stands high and by itself explains in a bucket that names none surely.
    """
    found: dict[int, int] = {}
    near = _Near(buckets)
    for place, bucket in enumerate(buckets):
        for other_place in near.of(bucket):
            if place != other_place and found.get(other_place) is None:
                other = buckets[other_place]
                if _came_before(other, bucket) or _explains(other, bucket):
                    found[place] = other_place
                    break
    return found


class _Near:
    """Which buckets one may be downstream of at all: those with its tests, and with its suspects."""

    def __init__(self, buckets: Sequence[Bucket]) -> None:
        self._with_test: dict[str, set[int]] = defaultdict(set)
        self._with_culprit: dict[Function, set[int]] = defaultdict(set)
        for place, bucket in enumerate(buckets):
            for failure in bucket.failures:
                self._with_test[failure.nodeid].add(place)
            if bucket.culprit is not None:
                self._with_culprit[bucket.culprit].add(place)

    def of(self, bucket: Bucket) -> list[int]:
        found = set(self._with_test[bucket.failures[0].nodeid])
        for function in bucket.near():
            found |= self._with_culprit.get(function, set())
        return sorted(found)


def _came_before(first: Bucket, later: Bucket) -> bool:
    failed: dict[str, int] = {}
    for failure in first.failures:
        phase = _phase(failure)
        failed[failure.nodeid] = min(phase, failed.get(failure.nodeid, phase))
    return all(failed.get(one.nodeid, 9) < _phase(one) for one in later.failures)


def _explains(first: Bucket, later: Bucket) -> bool:
    culprit = first.culprit
    if first.diagnosis.confidence != "shown" or later.diagnosis.confidence != "open":
        return False
    return culprit in later.near() and any(
        suspect.function == culprit and suspect.mechanism and suspect.share >= 1.0
        for suspect in later.diagnosis.suspects
    )


def _phase(failure: Failure) -> int:
    return _ORDER[failure.phase]
