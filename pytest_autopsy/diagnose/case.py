"""What every kind of evidence works on: the failures at hand, the passing tests, the source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple

from ..model import Evidence, Failure, Frame, Function, Passed, Run
from ..source import Source, source_of


class Finding(NamedTuple):
    """That one kind of evidence speaks against a function: how strongly (0 to 1), and why.

    `mechanism` marks findings that explain the failure by themselves; the strongest one of the
    first suspect gives the cause its title, kind and hint.
    """

    function: Function
    feature: str
    strength: float
    fact: str
    evidence: tuple[Evidence, ...] = ()
    line: int = 0
    kind: str = ""
    title: str = ""
    hint: str = ""
    mechanism: bool = False
    tests: tuple[str, ...] = ()  # failures that show it, beside those of the evidence


class Case:
    """The failures to explain together, beside the tests that passed."""

    def __init__(
        self, run: Run, failures: Iterable[Failure], path_of: Callable[[str], str]
    ) -> None:
        self.run = run
        self.failures = tuple(failures)
        self._path_of = path_of
        self._kinds: dict[int, Function] = {}

    @cached_property
    def passed(self) -> list[Passed]:
        """The tests that passed, in this run or in earlier ones that help it."""
        return self.run.passed + self.run.earlier

    def source(self, file: str) -> Source:
        """Return the source of a file as a Function names it."""
        return source_of(self._path_of(file))

    def function(self, index: int) -> Function:
        """Return the function with this index, with its kind as now known."""
        function = self._kinds.get(index)
        if function is None:
            function = self._kinds[index] = self.with_kind(self.run.functions[index])
        return function

    def with_kind(self, function: Function) -> Function:
        """Return the function as a suspect: a fixture where pytest has run it as one, and for a
        lambda the function around it, which is where it can be changed.
        """
        if function.name.endswith("<lambda>"):
            function = self._around(function)
        if (function.file, function.name) in self.run.fixtures and function.kind != "fixture":
            return function._replace(kind="fixture")
        return function

    def _around(self, inner: Function) -> Function:
        span = self.source(inner.file).enclosing(inner.line)
        if span is None:
            return inner._replace(name="<module>", line=1)
        return inner._replace(name=span.name, line=span.first)

    @cached_property
    def index_of(self) -> dict[tuple[str, str, int], int]:
        """(file, name, line) -> index."""
        return {(f.file, f.name, f.line): i for i, f in enumerate(self.run.functions)}

    @cached_property
    def passing_features(self) -> dict[int, frozenset[str]]:
        """Function index -> everything that it showed in tests that passed."""
        found: dict[int, set[str]] = {}
        for passed in self.passed:
            for index, features in passed.footprint.features.items():
                found.setdefault(index, set()).update(features)
        return {index: frozenset(features) for index, features in found.items()}

    def index(self, function: Function) -> int | None:
        """Return the index of a function in the run."""
        return self.index_of.get(self.with_kind(function)[:3])

    def features_when_passing(self, function: Function) -> frozenset[str] | None:
        """Return what a function showed in passing tests; None where none of them ran it."""
        index = self.index(function)
        return self.passing_features.get(index) if index is not None else None

    def def_line(self, function: Function) -> int:
        """Return the line of the function's def, past its decorators."""
        span = self.source(function.file).function(function.name, function.line)
        return span.line if span else function.line


def project_frames(failure: Failure) -> list[Frame]:
    """Return the failing exception's frames that are the project's, innermost first."""
    if failure.snapshot is None or not failure.snapshot.exceptions:
        return []
    return [f for f in failure.snapshot.exceptions[0].frames if f.kind != "library"]
