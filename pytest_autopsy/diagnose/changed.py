"""Functions that failing tests ran and that are not as they were committed."""

from __future__ import annotations

from ..model import Evidence, Function
from .case import Case, Finding

FEW = 5
"""Changed functions that failing tests ran, up to which each is worth its full weight."""


def find(case: Case) -> list[Finding]:
    """Return a finding for each function of the program with changed lines in it.

    One whose changed lines a failing test ran counts in full. A new test fails because of what it
    tests as often as not, so tests are left out.
    """
    changed = case.run.changed
    if not changed:
        return []
    ran: dict[int, int] = {}
    for failure in case.failures:
        for index, mask in failure.footprint.lines.items() if failure.footprint else ():
            if case.run.functions[index].file in changed:
                ran[index] = ran.get(index, 0) | mask
    found = []
    for index, mask in ran.items():
        function = case.function(index)
        lines = _changed_in(case, function) if function.kind == "code" else []
        if lines:
            hit = [line for line in lines if mask >> (line - function.line) & 1]
            found.append((function, hit[0] if hit else lines[0], bool(hit)))
    share = min(1.0, FEW / len(found)) if found else 0.0
    return [_finding(case, *one, share) for one in found]


def _changed_in(case: Case, function: Function) -> list[int]:
    """The changed lines of a function, those of functions inside it left out."""
    source = case.source(function.file)
    span = source.function(function.name, function.line)
    if span is None:
        return []
    lines = case.run.changed[function.file]
    mine = [line for line in lines if span.first <= line <= span.last]
    return sorted(line for line in mine if source.enclosing(line) == span)


def _finding(case: Case, function: Function, line: int, was_run: bool, share: float) -> Finding:
    fact = f"line {line} is changed since the last commit"
    evidence = Evidence(
        "changed", f"{function.short}: {fact}", "context", function.file, line, function.name,
        case.failures[0].nodeid,
    )  # fmt: skip
    strength = share * (1.0 if was_run else 0.6)
    return Finding(function, "changed", strength, fact, (evidence,), line)
