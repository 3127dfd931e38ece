"""What the recorder writes down while a test runs: mutable, cheap, turned into a Trace on failure."""

from __future__ import annotations

from collections import Counter, deque
from types import CodeType

from ..model import Change, Look, Phase, Raised
from ..observe.values import Limits
from .codes import CodeInfo
from .marks import Marks

KEEP_FIRST = 50
KEEP_LAST = 50
SWITCH_OFF = 400
"""Calls of one function in one test: kept first, kept last, and when it is switched off."""


class CallRecord:
    """One call that is open or over. Holds looks and ids, never an object of the user's."""

    __slots__ = (
        "argument_ids",
        "arguments",
        "changes",
        "defaults",
        "duration_ns",
        "end",
        "exit_offset",
        "frame_id",
        "handled",
        "info",
        "limits",
        "outcome",
        "parent",
        "pending",
        "pending_id",
        "phase",
        "raised",
        "rebound",
        "site_code",
        "site_offset",
        "start",
        "t_ns",
        "task",
        "thread",
        "value",
        "value_id",
        "watched",
        "yields",
    )

    def __init__(
        self, info: CodeInfo, parent: CallRecord | None, start: int, frame_id: int
    ) -> None:
        self.info = info
        self.parent = parent
        self.start = start
        self.frame_id = frame_id
        self.end: int | None = None
        self.duration_ns: int | None = None
        self.outcome = "open"
        self.value: Look = None
        self.value_id = 0
        self.exit_offset = -1
        self.raised: Raised | None = None
        self.pending: Raised | None = None
        self.pending_id = 0
        self.handled: list[Raised] | None = None
        self.changes: tuple[Change, ...] = ()
        self.rebound: tuple[str, ...] = ()
        self.defaults: tuple[str, ...] = ()
        self.yields = 0
        self.task: str | None = None

    t_ns: int
    limits: Limits
    phase: Phase
    thread: int
    arguments: tuple[Look, ...]
    argument_ids: tuple[int, ...]
    watched: tuple[tuple[Look, int], ...]
    site_offset: int
    site_code: CodeType | None  # set where the call was made by the parent itself


class Recording:
    """The calls of one test: the first and the last of each function, in fair shares."""

    def __init__(self, test: str, started_ns: int, only: frozenset[int] | None = None) -> None:
        self.test = test
        self.started_ns = started_ns
        self.only = only  # indexes of functions, where a marker names targets
        self.phase: Phase = "setup"
        self.rows: dict[int, int] = {}
        self.seen = 0
        self.at_least: set[int] = set()
        self.marks = Marks()
        self._first: list[CallRecord] = []
        self._last: dict[int, deque[CallRecord]] = {}
        self._counts: dict[int, int] = {}

    def keep(self, record: CallRecord, count: int) -> None:
        """Keep `record`, the `count`th call of its function in this test."""
        self.seen += 1
        index = record.info.index
        self._counts[index] = self._counts.get(index, 0) + 1
        if count <= KEEP_FIRST:
            self._first.append(record)
            return
        ring = self._last.get(index)
        if ring is None:
            ring = self._last[index] = deque(maxlen=KEEP_LAST)
        ring.append(record)

    def records(self) -> list[CallRecord]:
        """The kept calls in the order in which they began."""
        kept = [*self._first, *(record for ring in self._last.values() for record in ring)]
        kept.sort(key=lambda record: record.start)
        return kept

    def dropped(self) -> dict[int, int]:
        """Return function index -> calls that were seen and not kept."""
        kept = Counter(record.info.index for record in self.records())
        over = {index: count - kept[index] for index, count in self._counts.items()}
        return {index: count for index, count in over.items() if count > 0}
