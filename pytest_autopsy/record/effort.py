"""How much of one test is recorded: the more, the fewer tests a run has.

Tests of a large suite are recorded for the price of coverage. Somebody who runs a few tests waits
for what they show, and has the time. It depends on the number of tests alone, never on the
machine or on what ran before: the same selection is recorded in the same way, in any order.
"""

from __future__ import annotations

from typing import NamedTuple

MANY = 800
"""Tests from which on each is recorded with the least effort."""
MOST_NODES, MOST_CALLS = 40, 10
"""How many times as many nodes, and as many calls, a run of few tests records of each."""


class Effort(NamedTuple):
    """What is recorded of one test; the defaults are the least."""

    nodes: int = 400
    """Nodes of values that looks may walk closely. Work, not time."""
    all_nodes: int = 500
    """Those that they may walk at all, shallowly past the first; then types alone are recorded."""
    kept: int = 10
    """Calls of one function that are kept: the first, and as many last ones."""
    calls: int = 20
    """Calls of one function after which it is switched off."""
    share: int = 10
    """Calls more for each function that is switched off when the test makes its next call itself:
    what is recorded last is near the failure."""
    small_calls: int = 8
    """The same for a function of one line: there are many calls of them, and little to tell of each."""
    small_share: int = 4
    behaviours: int = 5
    """Calls of one function of which it is remembered what they did, where the test passes."""


LEAST = Effort()


def effort_of(tests: int) -> Effort:
    """Return how much to record of each test of a run that has `tests` in all."""
    times = MANY / max(tests, 1)
    nodes = min(max(times, 1), MOST_NODES)
    calls = min(max(times, 1), MOST_CALLS)
    walked = (round(count * nodes) for count in LEAST[:2])
    return Effort(*walked, *(round(count * calls) for count in LEAST[2:]))
