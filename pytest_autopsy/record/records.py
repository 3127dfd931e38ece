"""What the recorder writes down while a test runs: cheap lists now, calls of a trace on failure.

An entry is a plain list, for making one is three times as cheap as an object with slots, and
most entries are thrown away unread: their test passes. `replay.py` reads them.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from types import CodeType
from typing import Any, Protocol

from ..model import Change, Look, Phase, Value
from .codes import CodeInfo
from .handover import Handover
from .marks import Marks

MAX_CALLS = 20_000
"""First calls of functions in one test that are kept, the last of them where there are more."""
MAX_SHARES = 40
"""How often in one test what is switched off is recorded again."""

ENTRY_SIZE = 11
INFO, PARENT, THREAD, START, TIME, PHASE, LIMITS, ARGUMENTS, END, EXTRA, SITE = range(ENTRY_SIZE)
"""The places of an entry: its CodeInfo, the entry whose frame made the call (None: not known),
thread, clock and nanoseconds at the start, phase, Limits of its looks, looks of the arguments,
its end, an Extra or None, the offset in its parent's code."""

OUTCOME, AT, ENDED, VALUE, OFFSET = range(5)
"""The places of an end, a tuple: outcome, clock, nanoseconds, look of the result, offset."""

Entry = list[Any]
MAX_EVENTS = 40
"""Exceptions, and yields, of one call that are written down; past them the middle goes."""
MAX_YIELDS = 1_000
"""Yields of one call of a generator that are seen: a hot one is left alone from there on."""
MAX_RAISES = 1_000
"""Exceptions that pass through one call and are looked at; after that only the one that ends it."""
MAX_YIELDED = 10
"""First values that a generator yielded that are looked at."""


class Extra:
    """What only some calls have. Holds looks and ids, never an object of the user's.

    Defaults stand on the class: most instances set one or two of them, and making ten of them
    for each call would cost more than the call.
    """

    argument_ids: list[int] | None = None  # set where changes are looked for at exit
    again = 0  # the places, as bits, of arguments that an open call was given before
    watched: tuple[tuple[Any, int], ...] = ()
    changes: tuple[Change, ...] = ()
    rebound: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()  # parts that two objects have in common since: `Basket.items`
    errors: list[Noted] | tuple[()] = ()
    moves: (
        list[tuple[int, int]] | tuple[()]
    ) = ()  # clock, and the thread it goes on in; 0: suspended
    yields = 0
    raises = 0
    yielded: list[Look] | tuple[()] = ()  # by a generator: the first ones
    task: str | None = None
    maker: Entry | None = None  # the call that made the task
    site_code: CodeType | None = None  # a comprehension's, where it made the call


def gave(entry: Entry) -> Look:
    """Return what a call gave who made it: its result, or what it yielded where that is all."""
    end, extra = entry[END], entry[EXTRA]
    value: Look = end[VALUE] if end is not None else None
    if value is not None or extra is None or not entry[INFO].yields_values:
        return value
    if extra.yields and not extra.yielded:
        return None  # values were not wanted
    more = "items" if extra.yields > len(extra.yielded) else ""
    return Value("sequence", "generator", extra.yields, tuple(extra.yielded), (), more)


class Noted:
    """An exception as it was seen in a call."""

    __slots__ = ("context", "here", "identity", "line", "message", "returning", "type")

    def __init__(
        self, identity: int, context: int, type_: str, message: str, line: int, here: bool,
        returning: bool,
    ) -> None:  # fmt: skip
        self.identity = identity
        self.context = context
        self.type = type_
        self.message = message
        self.line = line
        self.here = here
        self.returning = returning  # it has come through this frame before


class Tap(Protocol):
    """Told of each event of a recorded call, inside the callback: what has to outlive the process."""

    def began(self, entry: Entry) -> None:
        """A call began."""

    def ended(self, entry: Entry) -> None:
        """A call ended: its END is set."""

    def moved(self, entry: Entry, thread: int, clock: int) -> None:
        """A generator or coroutine goes on in `thread`, or is suspended (0)."""


class Recording:
    """The calls of one test: the first and the last of each function, in fair shares."""

    def __init__(
        self, test: str, started_ns: int, depth: int | None = None, max_calls: int = MAX_CALLS
    ) -> None:
        self.test = test
        self.started_ns = started_ns
        self.depth = depth
        self.phase: Phase = "setup"
        self.rows: dict[int, int] = {}
        self.at_least: set[int] = set()
        self.marks = Marks()
        # Of very many functions the calls right before the end stay.
        self.first: deque[Entry] = deque(maxlen=max_calls)
        self.last: list[deque[Entry]] = []
        self.touched: list[CodeInfo] = []
        self.cut: list[CodeInfo] = []  # switched off now
        self.shares = 0
        self.spare = 0  # calls that functions may be recorded for past their limits
        self.counts: Counter[int] = Counter()
        self.handover = Handover()
        self.left: list[tuple[int, str]] = []  # functions and globals that stay changed
        # Where hypothesis runs the body many times: when it began to, what had run until then,
        # and what ran in attempts that are not shown.
        self.attempted_at: int | None = None
        self.before_attempts: dict[int, int] = {}
        self.attempts: dict[int, int] = {}

    def ring(self, kept: int) -> deque[Entry]:
        """Return a new ring for the last calls of a function."""
        ring: deque[Entry] = deque(maxlen=kept)
        self.last.append(ring)
        return ring

    def close(self) -> None:
        """The test is over: read the counters, which belong to the next test from here."""
        for info in self.touched:
            self.counts[info.index] += info.count

    @property
    def seen(self) -> int:
        """Calls that were seen."""
        return self.counts.total()

    def entries(self) -> list[Entry]:
        """The kept calls in the order in which they began."""
        return sorted(self._kept(), key=lambda entry: entry[START])

    def exceptional(self) -> list[Entry]:
        """Those of which there is more to say than what they were given and returned."""
        found = [entry for entry in self._kept() if entry[EXTRA] is not None]
        return sorted(found, key=lambda entry: entry[START])

    def changing(self) -> list[Entry]:
        """The kept calls that changed something, in that order: hardly ever many."""
        return [entry for entry in self.exceptional() if entry[EXTRA].changes]

    def _kept(self) -> Iterator[Entry]:
        yield from self.first
        for ring in self.last:
            yield from ring

    def dropped(self) -> dict[int, int]:
        """Return function index -> calls that were seen and not kept."""
        kept = Counter(entry[INFO].index for entry in self.entries())
        over = {index: count - kept[index] for index, count in self.counts.items()}
        return {index: count for index, count in over.items() if count > 0}
