"""Who is run by failing tests and not by passing ones: Ochiai over lines, ties told apart.

Ochiai (Abreu et al. 2006): ef / sqrt((ef + nf) * (ef + ep)), with ef and ep the failing and
passing tests that run a line, nf the failing ones that do not. A function scores as its best
line; equal best lines are told apart by how many lines reach it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass

from .case import Case, Finding
from .known import counted


@dataclass(frozen=True, slots=True)
class Row:
    """A function's place in the spectrum: its best score, and the score of each of its lines."""

    index: int
    score: float
    lines: tuple[tuple[int, float], ...]  # (line, score), best first
    at_best: int
    failing: int
    passing: int


def rows(case: Case) -> list[Row]:
    """Return a row for each function that a failing test ran, best first."""
    if case.rows is None:
        case.rows = _rows(case)
    return case.rows


def _rows(case: Case) -> list[Row]:
    failing = [f.footprint for f in case.failures if f.footprint is not None]
    masks: dict[int, Counter[int]] = defaultdict(Counter)
    for print_of in failing:
        for index, mask in print_of.lines.items():
            masks[index][mask] += 1
    found = [_row_once(case, index, masks[index], len(failing)) for index in sorted(masks)]
    return sorted(found, key=lambda row: (-row.score, -row.at_best, row.index))


def find(case: Case) -> list[Finding]:
    """Return a finding for each function, its strength relative to the best one."""
    found = rows(case)
    best = max((row.score for row in found), default=0.0) or 1.0
    total = len(case.passed)
    findings = []
    for row in found:
        function = case.function(row.index)
        verb = "imported for" if function.name == "<module>" else "run by"
        fact = (
            f"{verb} {row.failing} of {len(case.failures)} failing"
            f" and {row.passing} of {total} passing tests"
        )
        findings.append(
            Finding(
                function,
                "spectrum",
                row.score / best,
                fact,
                line=row.lines[0][0] if row.lines else 0,
            )
        )
    return findings


def ochiai(failing: int, passing: int, all_failing: int) -> float:
    """Return Ochiai's score for what `failing` of `all_failing` and `passing` tests ran."""
    if not failing:
        return 0.0
    return failing / math.sqrt(all_failing * (failing + passing))


def _row_once(case: Case, index: int, masks: Counter[int], all_failing: int) -> Row:
    """The row of what is the same for every set of failures that ran a function so."""
    key = "row", index, all_failing, frozenset(masks.items())
    return case.known.once(key, lambda: _row(case, index, masks, all_failing))


def _row(case: Case, index: int, masks: Counter[int], all_failing: int) -> Row:
    first = case.run.functions[index].line
    failing, passing = counted(masks), case.known.passing_of(index)
    scores = []
    for bit, ef in enumerate(failing):
        if ef:
            ep = passing[bit] if bit < len(passing) else 0
            scores.append((first + bit, ochiai(ef, ep, all_failing)))
    scores.sort(key=lambda pair: (-pair[1], pair[0]))
    best = scores[0][1] if scores else 0.0
    lines = [pair for pair in scores if pair[0] != first] or scores
    return Row(
        index,
        best,
        tuple(lines[:20]),
        sum(1 for _, score in scores if score == best),
        sum(masks.values()),
        case.known.masks_when_passing[index].total(),
    )
