"""What is the same for every diagnosis of one run: worked out once, when it is first asked for.

Hundreds of overlapping sets of failures are diagnosed before the causes are known. What the
passing tests did does not change between them, nor does what one failure alone shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TypeVar, cast

from ..model import Function, Passed, Run
from ..source import Source, Span, source_of

Found = TypeVar("Found")


class Known:
    """A run as all its diagnoses see it; `path_of` gives the absolute path of a Function's file."""

    def __init__(self, run: Run, path_of: Callable[[str], str]) -> None:
        self.run = run
        self.looked_at: frozenset[str] | None = None  # ids of failures to follow; None: all
        self._path_of = path_of
        self._kinds: dict[Function, Function] = {}
        self._results: dict[Hashable, object] = {}
        self._bits: dict[int, list[int]] = {}
        self._spans: dict[Function, Span | None] = {}

    def once(self, key: Hashable, make: Callable[[], Found]) -> Found:
        """Return what `make` gave when this key was first asked for."""
        try:
            return cast("Found", self._results[key])
        except KeyError:
            made = self._results[key] = make()
            return made

    def source(self, file: str) -> Source:
        """Return the source of a file as a Function names it."""
        return source_of(self._path_of(file))

    def span(self, function: Function) -> Span | None:
        """Return where a function stands in its source; None where it is not there."""
        try:
            return self._spans[function]
        except KeyError:
            found = self.source(function.file).function(function.name, function.line)
            self._spans[function] = found
            return found

    def function(self, index: int) -> Function:
        """Return the function with this index, as a suspect."""
        return self.with_kind(self.run.functions[index])

    def with_kind(self, function: Function) -> Function:
        """Return the function as a suspect: a fixture where pytest has run it as one, and for a
        lambda the function around it, which is where it can be changed.
        """
        found = self._kinds.get(function)
        if found is None:
            found = self._around(function) if function.name.endswith("<lambda>") else function
            if (found.file, found.name) in self.run.fixtures and found.kind != "fixture":
                found = found._replace(kind="fixture")
            self._kinds[function] = found
        return found

    def _around(self, inner: Function) -> Function:
        span = self.source(inner.file).enclosing(inner.line)
        if span is None:
            return inner._replace(name="<module>", line=1)
        return inner._replace(name=span.name, line=span.first)

    @cached_property
    def passed(self) -> list[Passed]:
        """The tests that passed, in this run or in earlier ones that help it."""
        return self.run.passed + self.run.earlier

    @cached_property
    def index_of(self) -> dict[tuple[str, str, int], int]:
        """(file, name, line) -> index."""
        return {(f.file, f.name, f.line): i for i, f in enumerate(self.run.functions)}

    @cached_property
    def indexes_of(self) -> dict[tuple[str, str, int], frozenset[int]]:
        """(file, name, line) -> every index: a fixture may be there as a function too."""
        found: dict[tuple[str, str, int], set[int]] = {}
        for index, function in enumerate(self.run.functions):
            found.setdefault(function[:3], set()).add(index)
        return {place: frozenset(indexes) for place, indexes in found.items()}

    @cached_property
    def features_when_passing(self) -> dict[int, frozenset[str]]:
        """Function index -> everything that it showed in tests that passed."""
        return {index: frozenset(counts) for index, counts in self._feature_counts.items()}

    def passing_with(self, index: int, feature: str) -> int:
        """Return how many tests that passed showed this of a function."""
        return self._feature_counts.get(index, Counter())[feature]

    @cached_property
    def _feature_counts(self) -> dict[int, Counter[str]]:
        found: dict[int, Counter[str]] = {}
        for passed in self.passed:
            for index, features in passed.footprint.features.items():
                found.setdefault(index, Counter()).update(features)
        return found

    @cached_property
    def masks_when_passing(self) -> list[Counter[int]]:
        """For each function: rows of it -> how many of the tests that passed have it."""
        rows = self.run.passing_rows()
        return [Counter(rows.get(index, {})) for index in range(len(self.run.functions))]

    def passing_of(self, index: int) -> list[int]:
        """Return how many tests that passed ran each line of a function, counted from its first."""
        counts = self._bits.get(index)
        if counts is None:
            counts = self._bits[index] = counted(self.masks_when_passing[index])
        return counts


def counted(masks: Counter[int]) -> list[int]:
    """Return for each bit how often it is set: the 1 bits of rows, each taken so many times."""
    counts = [0] * max((mask.bit_length() for mask in masks), default=0)
    for mask, times in masks.items():
        for bit in bits(mask):
            counts[bit] += times
    return counts


def bits(mask: int) -> list[int]:
    """Return the places of the 1 bits, lowest first."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
