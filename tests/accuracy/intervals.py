"""How sure a number is: bootstrap intervals, and exact tests of two readings of the same faults."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

RESAMPLES = 2000


def share_interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """Return the 95% interval of a mean, by the percentiles of a bootstrap over the faults."""
    if not values:
        return 0.0, 0.0
    chance = random.Random(seed)
    count = len(values)
    means = sorted(sum(chance.choices(values, k=count)) / count for _ in range(RESAMPLES))
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def sign_test(ours: Sequence[bool], theirs: Sequence[bool]) -> tuple[int, int, float]:
    """Return how many faults only we have right, only they, and McNemar's exact two-sided p."""
    only_ours = sum(a and not b for a, b in zip(ours, theirs))
    only_theirs = sum(b and not a for a, b in zip(ours, theirs))
    trials = only_ours + only_theirs
    tail = sum(math.comb(trials, k) for k in range(min(only_ours, only_theirs) + 1))
    return only_ours, only_theirs, min(1.0, 2 * tail / 2**trials)
