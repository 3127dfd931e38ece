"""What every kind of evidence works on: the failures at hand, the passing tests, the source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ..model import CauseKind, Evidence, Failure, Frame, Function, Passed, Run
from ..record.finish import of_lambda
from ..source import Source, Span
from .known import Known, bits

if TYPE_CHECKING:
    from .spectrum import Row

MAX_FOLLOWED = 12


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
    kind: CauseKind = "unclear"
    title: str = ""
    hint: str = ""
    mechanism: bool = False
    tests: tuple[str, ...] = ()  # failures that show it, beside those of the evidence


class Case:
    """The failures to explain together, beside the tests that passed.

    `known` is what other cases of the same run have already worked out.
    """

    def __init__(
        self,
        run: Run,
        failures: Iterable[Failure],
        path_of: Callable[[str], str],
        known: Known | None = None,
    ) -> None:
        self.run = run
        self.failures = tuple(failures)
        self.known = known or Known(run, path_of)
        self.rows: list[Row] | None = None  # the spectrum's, once it is asked for

    @property
    def passed(self) -> list[Passed]:
        """The tests that passed, in this run or in earlier ones that help it."""
        return self.known.passed

    @property
    def followed(self) -> list[Failure]:
        """The failures whose values are followed back: with a trace, at most MAX_FOLLOWED."""
        wanted = self.known.looked_at
        with_trace = (f for f in self.failures if f.trace is not None)
        return [f for f in with_trace if wanted is None or f.id in wanted][:MAX_FOLLOWED]

    def source(self, file: str) -> Source:
        """Return the source of a file as a Function names it."""
        return self.known.source(file)

    def span(self, function: Function) -> Span | None:
        """Return where a function stands in its source; None where it is not there."""
        return self.known.span(function)

    def function(self, index: int) -> Function:
        """Return the function with this index, as a suspect."""
        return self.known.function(index)

    def with_kind(self, function: Function) -> Function:
        """Return the function as a suspect."""
        return self.known.with_kind(function)

    @property
    def passing_features(self) -> dict[int, frozenset[str]]:
        """Function index -> everything that it showed in tests that passed."""
        return self.known.features_when_passing

    def standing_on(self, frame: Frame) -> Function:
        """Return the function of a frame, as a suspect."""
        kind = frame.kind if frame.kind != "library" else "code"
        return self.with_kind(Function(frame.file, frame.function, frame.first_line, kind))

    def index(self, function: Function) -> int | None:
        """Return the index of a function in the run."""
        return self.known.index_of.get(self.with_kind(function)[:3])

    def features_when_passing(self, function: Function) -> frozenset[str] | None:
        """Return what a function showed in passing tests; None where none of them ran it."""
        index = self.index(function)
        found = self.passing_features.get(index) if index is not None else None
        if found is None or not function.name.endswith("<lambda>"):
            return found
        own = of_lambda(function.line)
        return frozenset(one.removeprefix(own) for one in found if one.startswith(own)) or None

    def passing_with(self, function: Function, feature: str) -> int:
        """Return how many tests that passed showed this of a function."""
        index = self.index(function)
        return self.known.passing_with(index, feature) if index is not None else 0

    def lines_run(self, failure: Failure, function: Function) -> frozenset[int] | None:
        """Return the lines of a function that a failing test ran; None where they are not known."""
        index, footprint = self.index(function), failure.footprint
        mask = footprint.lines.get(index, 0) if footprint is not None and index is not None else 0
        return _lines_of(self.with_kind(function).line, mask) if mask > 1 else None

    def def_line(self, function: Function) -> int:
        """Return the line of the function's def, past its decorators."""
        span = self.span(function)
        return span.line if span else function.line


@lru_cache(maxsize=1 << 14)
def _lines_of(first: int, mask: int) -> frozenset[int]:
    """The lines that a row stands for: tests mostly run the same ones."""
    return frozenset(first + bit for bit in bits(mask))
