"""How much of one test is recorded: the more, the fewer tests a run has.

Tests of a large suite are recorded for the price of coverage. Somebody who runs a few tests waits
for what they show, and has the time. It depends on the number of tests alone, never on the
machine or on what ran before: the same selection is recorded in the same way, in any order.
"""

from __future__ import annotations

from typing import NamedTuple

from ..observe.values import TRACE

MANY = 800
"""Tests from which on each is recorded with the least effort."""
MOST_NODES, MOST_CALLS = 40, 5
"""How many times as many nodes, and as many calls of one function, a run of few tests records of each."""
SPARE = 4_000
"""How many calls of all such functions together that may be: one test may make millions."""


class Effort(NamedTuple):
    """What is recorded of one test; the defaults are the least."""

    nodes: int = 200
    """Nodes of values that looks may walk, call after call. Work, not time."""
    step_nodes: int = 400
    """Past the first, only the first call of each function since the test's own last call is looked at:
    what went wrong is near the end, and most functions are called again and again."""
    all_nodes: int = 600
    """Past those, only its first call in set-up, or after it; past these, types are recorded."""
    again: int = 2
    """Nodes of an argument that a call which is still open was given: most are handed down."""
    kept: int = 10
    """Calls of one function that are kept: the first, and as many last ones."""
    behaviours: int = 5
    """Calls of one function of which it is remembered what they did, where the test passes."""
    calls: int = 20
    """Calls of one function after which it is switched off."""
    small_calls: int = 8
    """The same for a function of one line: there are many calls of them, and little to tell of each."""
    share: int = 10
    """Calls more for each function that is switched off when the test makes its next call itself:
    what is recorded last is near the failure."""
    small_share: int = 4
    most: int = 20
    """Calls after which one of the first functions that are called often is switched off, and as many
    are kept of it."""
    spare: int = 0
    """What there is for such functions, all together."""


LEAST = Effort()


def effort_of(tests: int) -> Effort:
    """Return how much to record of each test of a run that has `tests` in all."""
    times = max(MANY / max(tests, 1), 1)
    nodes, calls = min(times, MOST_NODES), min(times, MOST_CALLS)
    return LEAST._replace(
        nodes=round(LEAST.nodes * nodes),
        step_nodes=round(LEAST.step_nodes * nodes),
        all_nodes=round(LEAST.all_nodes * nodes),
        again=min(round(LEAST.again * nodes), TRACE.nodes),
        behaviours=round(LEAST.behaviours * calls),
        most=round(LEAST.most * calls),
        spare=round(SPARE * (calls - 1) / (MOST_CALLS - 1)),
    )
