"""Where a failing test's way through the program leaves that of a test that passed.

The reference is the same test's last pass, else a sibling (the same test with other parameters),
else the test whose functions are the most alike. What is compared is the order in which functions
were called for the first time, then the lines of those that both called in that order: neither
depends on how often a loop went round. It is shown, and weighs nothing in a ranking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from itertools import islice, zip_longest
from typing import Literal, NamedTuple

from ..model import Failure, Function, Passed, Run, Step
from .known import bits

Reference = Literal["last pass", "sibling", "nearest"]
Key = tuple[str, str]
LEAST_ALIKE = 0.3
"""A nearest test that shares less of its functions (Jaccard) says nothing."""
COMPARED = 500
"""Passing tests that one failing test is compared with; those of its own file come first."""
BEFORE, AFTER = 3, 9
"""Rows that are kept of both ways: before they part, and from there on."""
ALIGNED = 400
"""Functions of each way that are looked through for what both called later on."""
MAX_LINES = 5
"""Functions whose lines differ that are kept."""


class Parted(NamedTuple):
    """A function that both tests ran, each with lines that the other did not run.

    `after` is the last line before these that both ran.
    """

    function: Function
    after: int | None
    failing: tuple[int, ...]
    passing: tuple[int, ...]


Row = tuple[Function | None, Function | None]
"""What the failing and what the passing test called, beside each other."""


class Divergence(NamedTuple):
    """Two ways agree on the first calls of `common` functions, then one goes on otherwise.

    `rows` are both ways from row `start` on, aligned: None where one has no such function.
    `lines` are functions among the common ones that ran other lines. Where nothing differs, both
    tests ran the same functions and lines: what they were given differs.
    """

    reference: Reference
    test: str
    common: int
    start: int
    rows: tuple[Row, ...]
    by_lines: bool  # whether both were recorded with lines
    lines: tuple[Parted, ...] = ()

    @property
    def last(self) -> Function | None:
        """The last function of those that both called in the same order."""
        return self.rows[self.common - self.start - 1][0] if self.common else None

    @property
    def parted(self) -> Row | None:
        """The first row that differs, None where all are the same."""
        return next(iter(self.rows[self.common - self.start :]), None)


class Passes:
    """The ways of the tests that passed, as references for those that failed."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._masks: dict[int, int] = {}  # id of a row -> its functions as one number

    def divergence(self, failure: Failure) -> Divergence | None:
        """Return where a failing test leaves its reference; None where there is none."""
        if failure.footprint is None:
            return None
        mine = self._steps(failure.footprint.lines)
        last = self.run.last_passes.get(failure.nodeid)
        if last is not None:
            return compared("last pass", failure.nodeid, mine, _called(last))
        chosen = self._nearest(failure.nodeid, failure.footprint.lines)
        if chosen is None:
            return None
        kind, test, theirs = chosen
        own = _own(failure.nodeid), _own(test)
        if own[0] != own[1]:  # two functions, of which each ran but one
            mine, theirs = (
                [step for step in steps if step.function[:2] not in own] for steps in (mine, theirs)
            )
        return compared(kind, test, mine, theirs)

    def _nearest(
        self, nodeid: str, mine: Mapping[int, int]
    ) -> tuple[Reference, str, list[Step]] | None:
        """The passing test whose functions are the most alike; ties end in the name."""
        siblings = self._by_name.get(_stem(nodeid), [])
        wanted = self._mask(mine)
        best: tuple[float, str, Mapping[int, int]] | None = None
        for passed in islice(siblings or self._pool(_file(nodeid)), COMPARED):
            row = passed.footprint.lines
            key = (-_alike(wanted, self._mask(row)), passed.nodeid, row)
            if best is None or key[:2] < best[:2]:
                best = key
        if best is None or (not siblings and -best[0] < LEAST_ALIKE):
            return None
        return "sibling" if siblings else "nearest", best[1], self._steps(best[2])

    def _pool(self, file: str) -> Iterator[Passed]:
        """Tests to choose the nearest from: those of the file, then others by their names."""
        yield from self._by_file.get(file, ())
        yield from (one for one in self._sorted if _file(one.nodeid) != file)

    @cached_property
    def _by_file(self) -> dict[str, list[Passed]]:
        return _grouped(self._sorted, _file)

    @cached_property
    def _by_name(self) -> dict[str, list[Passed]]:
        return _grouped(self._sorted, _stem)

    @cached_property
    def _sorted(self) -> list[Passed]:
        return sorted((*self.run.passed, *self.run.earlier), key=lambda one: one.nodeid)

    @cached_property
    def _modules(self) -> int:
        every = enumerate(self.run.functions)
        return sum(1 << index for index, one in every if one.name == "<module>")

    def _mask(self, row: Mapping[int, int]) -> int:
        """The functions of a row as one number: so rows are compared in no time."""
        mask = self._masks.get(id(row))  # tests that are alike share theirs
        if mask is None:
            mask = 0
            for index in row:
                mask |= 1 << index
            mask = self._masks[id(row)] = mask & ~self._modules
        return mask

    def _steps(self, row: Mapping[int, int]) -> list[Step]:
        functions = self.run.functions
        return _called(Step(functions[index], lines) for index, lines in row.items())


def compared(
    reference: Reference, test: str, mine: Sequence[Step], theirs: Sequence[Step]
) -> Divergence:
    """Return where the way `mine` leaves `theirs`, which a passing test took."""
    common = 0
    for one, other in zip(mine, theirs):
        if one.function[:2] != other.function[:2]:
            break
        common += 1
    start = max(common - BEFORE, 0)
    rows: list[Row] = [(step.function, step.function) for step in mine[start:common]]
    rows += _aligned(mine[common : common + ALIGNED], theirs[common : common + ALIGNED])[:AFTER]
    lines = (_parted(one, other) for one, other in zip(mine[:common], theirs))
    return Divergence(
        reference, test, common, start, tuple(rows),
        _has_lines(mine) and _has_lines(theirs),
        tuple(one for one in lines if one is not None)[:MAX_LINES],
    )  # fmt: skip


def _aligned(mine: Sequence[Step], theirs: Sequence[Step]) -> list[Row]:
    """Both ways beside each other: what both called stands in one row where the order allows."""
    left, right = ([step.function for step in way] for way in (mine, theirs))
    ours, others = ([function[:2] for function in way] for way in (left, right))
    rows: list[Row] = []
    for _, a, b, c, d in SequenceMatcher(None, ours, others, False).get_opcodes():
        rows += zip_longest(left[a:b], right[c:d])
    return rows


def _has_lines(steps: Sequence[Step]) -> bool:
    return any(step.lines > 1 for step in steps)


def _parted(mine: Step, theirs: Step) -> Parted | None:
    """How the lines of a function differ, where they were recorded of the same source.

    Lines past the last one that the failing test ran are what its end left out, no other way.
    """
    if mine.changed or theirs.changed or 1 in (mine.lines, theirs.lines):
        return None
    reached = (1 << mine.lines.bit_length()) - 1
    failing, passing = mine.lines & ~theirs.lines, theirs.lines & ~mine.lines & reached
    if not failing and not passing:
        return None
    first = ((failing | passing) & -(failing | passing)).bit_length() - 1
    before = bits(mine.lines & theirs.lines & ((1 << first) - 1) & ~1)
    at = mine.function.line
    return Parted(
        mine.function,
        at + before[-1] if before else None,
        tuple(at + bit for bit in bits(failing)),
        tuple(at + bit for bit in bits(passing)),
    )


def _called(steps: Iterable[Step]) -> list[Step]:
    """Without modules: what an import runs, runs once, for whoever comes first."""
    return [step for step in steps if step.function.name != "<module>"]


def _grouped(tests: list[Passed], key: Callable[[str], str]) -> dict[str, list[Passed]]:
    found: dict[str, list[Passed]] = {}
    for passed in tests:
        found.setdefault(key(passed.nodeid), []).append(passed)
    return found


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _stem(nodeid: str) -> str:
    """A test's name without its parameters."""
    return nodeid.partition("[")[0]


def _own(nodeid: str) -> Key:
    """The function that a test is, as a Function names it."""
    file, _, name = _stem(nodeid).partition("::")
    return file, name.replace("::", ".")


def _alike(mine: int, others: int) -> float:
    """Jaccard: what both have of what either has."""
    every = (mine | others).bit_count()
    return (mine & others).bit_count() / every if every else 0.0
