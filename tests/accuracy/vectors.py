"""The features of every suspect of every fault: what weights are fitted and tried on.

The failures of a fault are bucketed once, with the weights as they are; what is then tried is the
ranking of its cause with others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pytest_autopsy.diagnose.case import Case
from pytest_autopsy.diagnose.rank import features, gather
from pytest_autopsy.model import Run
from pytest_autopsy.pipeline import explain

from .faults import Fault
from .kept import path_of
from .libraries import Library
from .positions import Key, plain_name, position, truth
from .ranks import of_fault, run_of, usable


@dataclass(frozen=True)
class Example:
    """A fault with the features of each suspect; a function may be there more than once."""

    fault: Fault
    rows: tuple[tuple[Key, dict[str, float]], ...]

    def scores(self, weights: Mapping[str, float]) -> dict[Key, float]:
        """The best score of each function, as the ranking rounds it."""
        found: dict[Key, float] = {}
        for key, row in self.rows:
            score = round(sum(weights[name] * value for name, value in row.items()), 4)
            found[key] = max(score, found.get(key, score))
        return found

    def place(self, weights: Mapping[str, float]) -> float | None:
        """Where the fault stands with these weights."""
        return position(self.scores(weights), truth(self.fault))


def example(library: Library, fault: Fault, run: Run) -> Example:
    """Return the features of the suspects of a fault's cause."""
    paths = path_of(library, fault)
    cause = of_fault(explain(run, paths))
    chosen = set(cause.failures) if cause is not None else set()
    case = Case(run, [one for one in run.failures if one.id in chosen], paths)
    found = features(case, gather(case)) if chosen else {}
    return Example(
        fault, tuple(((one.file, plain_name(one.name)), row) for one, row in found.items())
    )


def examples(names: str) -> list[Example]:
    """Return an example for each stored fault of some libraries."""
    return [example(one, fault, run_of(one, fault)) for one, fault in usable(names)]


def reciprocal(every: Iterable[Example], weights: Mapping[str, float]) -> float:
    """Return the mean reciprocal rank that weights give."""
    places = [one.place(weights) for one in every]
    return sum(1 / place for place in places if place is not None) / max(len(places), 1)


def right(every: Iterable[Example], weights: Mapping[str, float]) -> int:
    """Return how many faults stand first, and alone."""
    return sum(one.place(weights) == 1 for one in every)
