"""What recording has cost, worked out from the work that was done: counts times prices.

Timing each event would cost as much as a part of it and still miss what the interpreter does around
callbacks. So prices are given in units of a fixed piece of work, which is timed once a process: that is
how fast this machine is. They were fitted to runs of `python -m tests.benchmarks.suites`, which prints
how far the estimates are from what it measures.
"""

from __future__ import annotations

from typing import NamedTuple

from ..unfaked import thread_time_ns
from .records import Recording

ROUNDS, WORK = 5, 2_000
ASK_EVERY = 64
"""Tests after which a round of work is timed again: a fifth of a millisecond."""


class Prices(NamedTuple):
    """What a test, a function that is new in the run, one that has run in a test, and a call cost.

    In units. Lines and values are within the price of functions and calls: over whole suites they
    go together.
    """

    test: float
    new: float
    function: float
    call: float


ALL = Prices(test=9_400, new=0, function=178, call=96)
LIGHT = Prices(test=1_200, new=800, function=46, call=0)
UNITS_ALONE = 2_000_000
"""What a run costs before and after its tests: mostly loading us."""


class Price:
    """The prices on this machine, in this mode."""

    def __init__(self, *, light: bool) -> None:
        self.prices = LIGHT if light else ALL
        self.unit_s = min(_timed() for _ in range(ROUNDS)) / 1e9
        self._tests = 0
        self._known: set[int] = set()  # functions that have run in a test

    @property
    def alone_s(self) -> float:
        """The seconds that a process costs whatever its tests do."""
        return self.unit_s * UNITS_ALONE

    def of(self, recording: Recording) -> float:
        """Return the seconds that recording a test has cost.

        How fast the machine is changes with what else it does: it is asked again now and then.
        """
        self._tests += 1
        if self._tests % ASK_EVERY == 0:
            self.unit_s += (_timed() / 1e9 - self.unit_s) / 4
        rows = recording.rows
        known = len(self._known)
        self._known.update(rows)
        test, new, function, call = self.prices
        work = test + new * (len(self._known) - known) + function * len(rows)
        return self.unit_s * (work + call * recording.seen)


def _timed() -> float:
    """Nanoseconds of processor time that one round of the fixed piece of work takes."""
    began = thread_time_ns()
    held: dict[int, list[int]] = {}
    for number in range(WORK):
        held[number & 63] = [number, id(held)]
    return (thread_time_ns() - began) / WORK
