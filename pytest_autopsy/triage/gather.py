"""Incidents -> buckets, as they come: in any order, in any number of parts, the same buckets.

Nothing that is kept depends on what came first: counts are sums, examples the smallest by their
content, and where there are more signatures than MAX_BUCKETS all of them are made coarser, by how
many there are in all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter

from .incident import Incident, Known, Trouble, loose, signature_of
from .kinds import SUBJECT_DECIDES, Shape, shape_of
from .signature import cause_id

MAX_BUCKETS = 5000
"""Signatures that are told apart; past them by type and place, then by type alone."""
EXAMPLES = 10
"""Failures of a bucket that are kept whole."""
_FIRST = itemgetter(0)
LEVELS = ("signature", "type and place", "type", "nothing")


@dataclass(slots=True)
class Pile:
    """The failures that one cause is taken to have."""

    key: str
    keys: tuple[str, ...]  # what it falls under at each level
    shape: Shape
    count: int = 0
    known: Known | None = None
    fullest: str = ""  # of the signatures that differ in what tracebacks leave out the longest
    examples: list[tuple[tuple[object, ...], Incident]] = field(default_factory=list)
    files: Counter[str] = field(default_factory=Counter)
    readers: Counter[str] = field(default_factory=Counter)
    first: int = 0  # runs of agents that it was the first failure of
    repeats: int = 0
    ignored: int = 0

    @property
    def id(self) -> str:
        """The cause's id: an earlier run's, else made of the signature."""
        return self.known.id if self.known is not None else cause_id(self.signature)

    @property
    def signature(self) -> str:
        """The signature: an earlier run's, else what its failures have in common."""
        if self.known is not None and self.known.signature:
            return self.known.signature
        return self.fullest or self.key

    @property
    def exemplar(self) -> Incident:
        """The smallest failure: by its message and code, its name, its place."""
        return min(self.examples, key=_FIRST)[1]

    @property
    def incidents(self) -> list[Incident]:
        """The failures that are kept whole, the smallest first."""
        return [one for _, one in sorted(self.examples, key=_FIRST)[:EXAMPLES]]

    def add(self, one: Incident, full: str) -> None:
        """Take in one failure, with its signature."""
        self.count += 1
        if full != self.fullest:
            self.fullest = max(self.fullest, full, key=_length)
        self.files[one.file] += 1
        self.readers[one.reader] += 1
        self.first += one.first
        self.repeats += one.repeats > 0
        self.ignored += one.ignored
        self._keep([(_order(one), one)])
        if one.known is not None:
            self.known = min(filter(None, (self.known, one.known)))

    def join(self, other: Pile) -> None:
        """Take in all failures of another."""
        self.count += other.count
        self.files.update(other.files)
        self.readers.update(other.readers)
        self.first += other.first
        self.repeats += other.repeats
        self.ignored += other.ignored
        self._keep(other.examples)
        self.fullest = max(self.fullest, other.fullest, key=_length)
        if other.known is not None:
            self.known = min(filter(None, (self.known, other.known)))

    def _keep(self, more: list[tuple[tuple[object, ...], Incident]]) -> None:
        self.examples += more
        if len(self.examples) > 4 * EXAMPLES:
            self.examples = sorted(self.examples, key=_FIRST)[:EXAMPLES]


@dataclass(slots=True)
class Gathered:
    """Everything that was read."""

    piles: dict[str, Pile] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    incidents: int = 0
    level: int = 0

    def take(self, found: Iterable[Incident | Trouble]) -> None:
        """Take in what a reader yields."""
        for one in found:
            if isinstance(one, Trouble):
                self.troubles.append(one)
            else:
                self.add(one)

    def add(self, one: Incident) -> None:
        """Put one failure on its pile."""
        self.incidents += 1
        shape = shape_of(one.type, one.message, one.code, one.frames)
        whole, full = _whole(one, shape)
        keys = _keys(whole)
        full = full if self.level == 0 else ""
        key = keys[self.level]
        pile = self.piles.get(key)
        if pile is None:
            pile = self.piles[key] = Pile(key, keys, shape)
            if len(self.piles) > MAX_BUCKETS and self.level < len(LEVELS) - 1:
                pile.add(one, full)
                self._coarsen()
                return
        pile.add(one, full)

    def ordered(self) -> list[Pile]:
        """Return the piles, the largest first; those that one id stands for are one."""
        home: dict[str, str] = {}
        for pile in self.piles.values():
            if pile.known is not None:
                for alias in (*pile.known.also_ids, cause_id(loose(pile.known.signature))):
                    home[alias] = min(home.get(alias, pile.id), pile.id)
        for pile in self.piles.values():
            if pile.known is not None:
                home[pile.id] = pile.id
        joined: dict[str, Pile] = {}
        for _, pile in sorted(self.piles.items()):
            identity = home.get(pile.id) or home.get(cause_id(pile.key), pile.id)
            if identity in joined:
                joined[identity].join(pile)
            else:
                joined[identity] = pile
        for pile in joined.values():
            one = pile.exemplar
            pile.shape = shape_of(one.type, one.message, one.code, one.frames)
        return sorted(joined.values(), key=lambda pile: (-pile.count, pile.key))

    def _coarsen(self) -> None:
        """Put together what is alike at the next level."""
        while len(self.piles) > MAX_BUCKETS and self.level < len(LEVELS) - 1:
            self.level += 1
            old, self.piles = self.piles, {}
            for pile in old.values():
                key = pile.keys[self.level]
                into = self.piles.get(key)
                if into is None:
                    self.piles[key] = pile
                    pile.key = key
                else:
                    into.join(pile)
            for pile in self.piles.values():
                pile.fullest = ""


def _whole(one: Incident, shape: Shape) -> tuple[str, str]:
    """What a failure falls under where all are told apart, and its signature if it has its own."""
    if one.known is not None:
        return f"cause {one.known.id}", ""
    if shape.kind in SUBJECT_DECIDES and shape.subject:
        return f"{shape.kind} | {shape.subject}", ""
    full = signature_of(one)
    return loose(full), full


def _keys(whole: str) -> tuple[str, ...]:
    """What a failure falls under, from its whole signature to nothing at all.

    Each is made of the one before it, so that who came first does not matter.
    """
    head, *rest = whole.split(" | ")
    if len(rest) < 2:  # a known cause, or a kind with its subject
        return whole, whole, f"{head} | *" if rest else whole, "*"
    place = rest[-1] if ".py:" in rest[-1] else "*"
    return whole, f"{head} | {rest[0]} | * | {place}", f"{head} | {rest[0]} | *", "*"


def _length(text: str) -> tuple[int, str]:
    return len(text), text


def _order(one: Incident) -> tuple[object, ...]:
    """What decides which of a cause's failures are shown: their content first, then their place."""
    size = len(one.message) + len(one.code)
    content = (size, one.name, one.message, one.code, one.phase, one.type, one.frames)
    place = (one.file, one.line, one.run, one.step, one.reader)
    return (*content, *place, one.repeats, one.ignored, one.first)
