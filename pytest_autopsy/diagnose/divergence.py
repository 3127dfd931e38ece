"""Where a failing test's first calls depart from those of a test that passed.

The reference is the same test's last pass, else a sibling (the same test with other parameters),
else the test whose functions are the most alike. What is compared is the order in which functions
were called for the first time: it does not depend on how often a loop went round.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

Reference = Literal["last pass", "sibling", "nearest"]
LEAST_ALIKE = 0.3
"""A nearest test that shares less of its functions (Jaccard) says nothing."""


class Divergence(NamedTuple):
    """Two orders of first calls agree on `common` functions, then one goes on otherwise.

    `expected` came next in the reference, `found` in the failing test; None where it had ended.
    """

    reference: Reference
    test: str
    common: int
    last: int | None  # the last function that both called
    expected: int | None
    found: int | None


def first_divergence(
    nodeid: str,
    order: Sequence[int],
    passed: Mapping[str, Sequence[int]],
    unknown: Collection[int] = (),
) -> Divergence | None:
    """Return where `order`, a failing test's functions by first call, departs from its reference.

    `passed` maps the node ids of passing tests to theirs. `unknown` functions are left out on both
    sides: their source changed since. Returns None where there is no reference, or no departure.
    """
    mine = [function for function in order if function not in unknown]
    chosen = _reference(nodeid, mine, passed)
    if chosen is None:
        return None
    kind, test = chosen
    theirs = [function for function in passed[test] if function not in unknown]
    common = 0
    while common < min(len(mine), len(theirs)) and mine[common] == theirs[common]:
        common += 1
    if common == len(mine) == len(theirs):
        return None
    return Divergence(
        reference=kind,
        test=test,
        common=common,
        last=mine[common - 1] if common else None,
        expected=theirs[common] if common < len(theirs) else None,
        found=mine[common] if common < len(mine) else None,
    )


def _reference(
    nodeid: str, mine: Sequence[int], passed: Mapping[str, Sequence[int]]
) -> tuple[Reference, str] | None:
    if nodeid in passed:
        return "last pass", nodeid
    wanted = set(mine)
    name = nodeid.partition("[")[0]
    siblings = [test for test in passed if test.partition("[")[0] == name]
    if siblings:
        return "sibling", _nearest(wanted, siblings, passed)
    if not passed:
        return None
    test = _nearest(wanted, passed, passed)
    return ("nearest", test) if _alike(wanted, passed[test]) >= LEAST_ALIKE else None


def _nearest(wanted: set[int], tests: Collection[str], passed: Mapping[str, Sequence[int]]) -> str:
    """The test whose functions are the most alike; ties end in the name."""
    return min(tests, key=lambda test: (-_alike(wanted, passed[test]), test))


def _alike(wanted: set[int], others: Sequence[int]) -> float:
    """Jaccard: what both have of what either has."""
    shared = sum(1 for one in others if one in wanted)
    every = len(wanted) + len(others) - shared
    return shared / every if every else 0.0
