"""Checkpoints that the program sets with `mark`: bounded, as looks, redacted when they are kept."""

from __future__ import annotations

from _thread import get_ident
from collections import deque
from typing import TYPE_CHECKING

from ..model import Look
from ..unfaked import perf_counter_ns

if TYPE_CHECKING:
    from .records import Entry

KEEP = 50
"""Marks of one test, or of one run of a section, that are kept from its start and its end."""


class MarkRecord:
    """One checkpoint. Holds looks, never an object of the user's."""

    __slots__ = ("call", "file", "function", "line", "name", "order", "t_ns", "thread", "values")

    def __init__(
        self, name: str, place: tuple[str, int, str], values: tuple[tuple[str, Look], ...]
    ) -> None:
        self.name = name
        self.file, self.line, self.function = place
        self.values = values
        self.t_ns = perf_counter_ns()
        self.thread = get_ident()
        self.order = 0  # in the trace, where there is one
        self.call: Entry | None = None


class Marks:
    """The first and the last of the marks that were set, and how many there were."""

    def __init__(self) -> None:
        self.seen = 0
        self._first: list[MarkRecord] = []
        self._last: deque[MarkRecord] = deque(maxlen=KEEP)

    def add(self, mark: MarkRecord) -> None:
        """Keep `mark`, and forget one in the middle where there are too many."""
        self.seen += 1
        (self._first if len(self._first) < KEEP else self._last).append(mark)

    def kept(self) -> list[MarkRecord]:
        """The kept ones in the order in which they were set."""
        return [*self._first, *self._last]

    def left_out(self) -> int:
        """How many were forgotten."""
        return self.seen - len(self._first) - len(self._last)
