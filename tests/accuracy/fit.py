"""Fits the weights of ``diagnose/rank.py`` on the faults of the set "fit", and prints them.

    python -m tests.accuracy.fit [--set fit] [--keep 0.02] [--ablation]

The ranking is read as a choice: each suspect is chosen with a probability of e to its score, and
the weights are to make the true functions likely (a conditional logit, by gradient ascent). A
penalty keeps them near what they are, which leaves alone what these faults say nothing of, and
none changes its sign. Then each weight alone is moved by small steps while that raises the
mean reciprocal rank. "left out" fits on all libraries but one and reads that one.
``--ablation`` says instead what the ranking loses without each feature.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Mapping, Sequence

from pytest_autopsy.diagnose.rank import WEIGHTS

from .positions import truth
from .vectors import Example, examples, reciprocal, right

STEPS = 150
RATE = 0.5
SHARPNESS = 6.0
"""Scores are multiplied by it: a lead of a tenth is to mean something."""
MOVES = (0.5, 0.8, 1.25, 2.0)
Weights = dict[str, float]


def fit(every: Sequence[Example], start: Mapping[str, float], keep: float) -> Weights:
    """Return the weights that make the true functions likely."""
    weights = dict(start)
    usable = [one for one in every if one.place(weights) is not None]
    for step in range(STEPS):
        slope = dict.fromkeys(weights, 0.0)
        for one in usable:
            _add_slope(slope, one, weights)
        rate = RATE / (1 + step / 50)
        for name, value in weights.items():
            pull = slope[name] / len(usable) - keep * (value - start[name])
            weights[name] = _same_sign(value + rate * pull, start[name])
    return weights


def _add_slope(slope: Weights, one: Example, weights: Mapping[str, float]) -> None:
    """Add the gradient of the logarithm of the chance that a true function is chosen."""
    true = truth(one.fault)
    scores = [
        SHARPNESS * sum(weights[name] * value for name, value in row.items()) for _, row in one.rows
    ]
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    whole = sum(odds)
    mine = sum(odd for odd, (key, _) in zip(odds, one.rows) if key in true) or 1e-300
    for odd, (key, row) in zip(odds, one.rows):
        share = (odd / mine if key in true else 0.0) - odd / whole
        if abs(share) > 1e-6:
            for name, value in row.items():
                slope[name] += share * value


def _same_sign(value: float, start: float) -> float:
    return max(value, 0.0) if start >= 0 else min(value, 0.0)


def polish(every: Sequence[Example], weights: Weights) -> Weights:
    """Move one weight at a time while that raises the mean reciprocal rank, at most three rounds."""
    best = reciprocal(every, weights)
    for _ in range(3):
        before = best
        for name in weights:
            for factor in MOVES:
                tried = {**weights, name: weights[name] * factor}
                value = reciprocal(every, tried)
                if value > best + 1e-4:
                    best, weights = value, tried
        if best <= before:
            break
    return weights


def told(name: str, every: Sequence[Example], weights: Mapping[str, float]) -> str:
    """One line on what weights come to."""
    count = right(every, weights)
    share = 100 * count / max(len(every), 1)
    return (
        f"{name:28} @1 {count} of {len(every)} ({share:.0f}%)  MRR {reciprocal(every, weights):.3f}"
    )


def left_out(every: Sequence[Example], keep: float) -> Iterator[str]:
    """Fit on all libraries but one, and read that one."""
    for library in dict.fromkeys(one.fault.library for one in every):
        others = [one for one in every if one.fault.library != library]
        its = [one for one in every if one.fault.library == library]
        weights = polish(others, fit(others, WEIGHTS, keep)) if others else WEIGHTS
        yield told(f"left out: {library}, before", its, WEIGHTS)
        yield told(f"left out: {library}, after", its, weights)


def ablation(every: Sequence[Example]) -> Iterator[str]:
    """What the ranking is without each feature, the one that it misses most first."""
    yield told("all features", every, WEIGHTS)
    without = {name: {**WEIGHTS, name: 0.0} for name in WEIGHTS}
    for name in sorted(without, key=lambda name: (reciprocal(every, without[name]), name)):
        shown = sum(any(name in row for _, row in one.rows) for one in every)
        yield told(f"without {name}", every, without[name]) + f"  found in {shown} faults"


def main(arguments: list[str] | None = None) -> int:
    """Fit, and print the constants to paste."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.fit", description=__doc__)
    parser.add_argument("--set", default="fit", help="fit, report, all, or names with commas")
    parser.add_argument("--keep", type=float, default=0.02, help="pull towards what they are")
    parser.add_argument("--ablation", action="store_true", help="fit nothing")
    options = parser.parse_args(arguments)
    every = examples(options.set)
    if options.ablation:
        print(*ablation(every), sep="\n")
        return 0
    fitted = fit(every, WEIGHTS, options.keep)
    polished = polish(every, fitted)
    print(told("as they are", every, WEIGHTS))
    print(told("fitted", every, fitted))
    print(told("fitted and polished", every, polished))
    print(*left_out(every, options.keep), sep="\n", flush=True)
    print("WEIGHTS = {")
    for name, value in polished.items():
        print(f'    "{name}": {value:.2f},')
    print("}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
