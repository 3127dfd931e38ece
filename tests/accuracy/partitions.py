"""How well one partition of failures matches another: B-cubed, adjusted mutual information.

A partition is a dict from item to label. B-cubed: Bagga and Baldwin 1998, as Amigo et al. 2009
give it. Adjusted mutual information: Vinh, Epps and Bailey 2010, with the arithmetic mean of the
entropies as the upper bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from math import exp, lgamma, log
from typing import NamedTuple

Partition = Mapping[str, Hashable]


class Match(NamedTuple):
    """How a found partition compares with the true one, all from 0 to 1."""

    precision: float
    recall: float
    information: float
    perfect: bool

    @property
    def f1(self) -> float:
        """The harmonic mean of B-cubed precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def match(found: Partition, true: Partition) -> Match:
    """Compare two partitions of the same items. Raises ValueError where they are not of the same."""
    if found.keys() != true.keys() or not true:
        raise ValueError(f"{len(found)} items are found, {len(true)} are true")
    precision, recall = b_cubed(found, true)
    return Match(precision, recall, adjusted_information(found, true), precision == recall == 1.0)


def b_cubed(found: Partition, true: Partition) -> tuple[float, float]:
    """Return B-cubed precision and recall: means over items of how pure and whole its bucket is."""
    both = Counter((found[item], true[item]) for item in true)
    of_found, of_true = Counter(found.values()), Counter(true.values())
    precision = sum(n * n / of_found[bucket] for (bucket, _), n in both.items())
    recall = sum(n * n / of_true[cause] for (_, cause), n in both.items())
    return precision / len(true), recall / len(true)


def adjusted_information(found: Partition, true: Partition) -> float:
    """Return the mutual information, adjusted so that chance gives 0 and equality 1."""
    both = Counter((found[item], true[item]) for item in true)
    rows, columns = Counter(found.values()), Counter(true.values())
    if len(rows) == len(columns) == 1 or len(both) == len(rows) == len(columns):
        return 1.0
    total = len(true)
    mutual = sum(
        n / total * log(total * n / (rows[bucket] * columns[cause]))
        for (bucket, cause), n in both.items()
    )
    by_chance = _expected(list(rows.values()), list(columns.values()), total)
    most = (_entropy(rows, total) + _entropy(columns, total)) / 2
    return (mutual - by_chance) / (most - by_chance) if most != by_chance else 0.0


def _entropy(sizes: Counter[Hashable], total: int) -> float:
    return -sum(n / total * log(n / total) for n in sizes.values())


def _expected(rows: list[int], columns: list[int], total: int) -> float:
    """The mean mutual information of random partitions with these sizes (hypergeometric)."""

    def fact(n: int) -> float:
        return lgamma(n + 1)

    found = 0.0
    for a in rows:
        for b in columns:
            same = fact(a) + fact(b) + fact(total - a) + fact(total - b) - fact(total)
            for n in range(max(1, a + b - total), min(a, b) + 1):
                ways = fact(n) + fact(a - n) + fact(b - n) + fact(total - a - b + n)
                found += n / total * log(total * n / (a * b)) * exp(same - ways)
    return found
