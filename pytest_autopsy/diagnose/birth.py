"""The call that first produced what is wrong, and those that only carried it.

A call *bears* an atom when its result holds it while neither its arguments nor the results of
the calls that it made do. A call whose arguments held it already *carries* it. The one is
suspect, the other is not: it did with what it was given what it was to do.
"""

from __future__ import annotations

import ast
import math
from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

from ..model import Call, Evidence, Failure, Function, Look, Value
from ..observe.text import to_text
from .atoms import Atom, Holding, difference, parts
from .case import Case, Finding
from .origin import Walk, describe_arguments, rejected

MAX_CALLS = 1_500
UNLINKED = 0.35
"""What a birth outside the slice of the rejected value keeps of its weight."""

COMPOSED = 0.7
"""What a birth keeps where other calls had a part in the value: they may have got theirs wrong."""

CHOSEN = 0.6
"""What the birth of a constant keeps: the function only chose it, from what it was given."""


DERIVED = 0.4
"""What a birth keeps where the call worked with something wrong already."""


class Wrong(NamedTuple):
    """An atom that is wrong, or that is missing from where it should be."""

    atom: Atom
    missing: bool
    weight: float


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return `origin` findings for calls that bore wrong atoms and `carrier` ones for the rest."""
    findings: list[Finding] = []
    for walk in found:
        wrong = wrong_atoms(walk.failure)
        if wrong:
            findings.extend(_of_walk(case, walk, wrong))
    return findings


def wrong_atoms(failure: Failure) -> list[Wrong]:
    """Return what is wrong in the value that a failure rejects, by its assertion or its crash."""
    snapshot = failure.snapshot
    if snapshot is None:
        return []
    if snapshot.assertion is not None:
        if snapshot.assertion.operator not in ("==", "~=", "has the items of"):
            actual, _ = rejected(failure)
            return [Wrong(atom, False, 0.5 * atom.distinctness) for atom in list(parts(actual))[:4]]
        found = difference(*rejected(failure))
        wrong = [Wrong(atom, False, atom.distinctness) for atom in found.extra]
        return wrong + [Wrong(atom, True, 0.6 * atom.distinctness) for atom in found.missing]
    return _of_crash(failure)


def _of_crash(failure: Failure) -> list[Wrong]:
    """What the expression that blew up was given: a zero divisor, an index, a key."""
    frames = failure.project_frames
    if not frames or failure.exception is None:
        return []
    frame = frames[0]
    text = frame.expression or frame.code
    held = [(n, v) for n, v in frame.locals if n in text and n not in ("self", "cls")]
    atoms = [atom for _, look in held for atom in list(parts(look))[:3] if atom.value is not None]
    return [Wrong(atom, False, 0.6 * atom.distinctness) for atom in atoms[:6]]


def _of_walk(case: Case, walk: Walk, wrong: list[Wrong]) -> list[Finding]:
    assert walk.failure.trace is not None
    last = walk.failure.trace.calls[-MAX_CALLS:]  # of generators also those that were left
    calls = [call for call in last if call.outcome == "return" or call.value is not None]
    given = {call.id: Holding([value for _, value in call.arguments]) for call in calls}
    gave = {call.id: Holding(_results(call)) for call in calls}
    linked = {step.call.id for step in walk.steps}
    found = [(one, *_sorted_out(calls, given, gave, one)) for one in wrong]
    tainted = _tainted(calls, given, [(one, born) for one, born, _ in found])
    composed = _above(walk, linked)
    elsewhere = _elsewhere(walk, calls, linked)
    births: list[Finding] = []
    carriers: list[Finding] = []
    for one, every, carried in found:
        born = [call for call in every if call.id not in elsewhere]
        suspects = {case.with_kind(call.function) for call in born}
        share = 1 / math.sqrt(max(len(suspects), 1))
        for call in born:
            strength = one.weight * share * (1.0 if call.id in linked else UNLINKED)
            strength *= CHOSEN if _spelt_in(case, call, one.atom) else 1.0
            strength *= DERIVED if call.id in tainted else COMPOSED if call.id in composed else 1.0
            births.append(_birth(case, walk.failure, call, one, strength))
        carriers.extend(_carrier(case, call, one) for call in carried)
    return _balanced(births, carriers)


def _elsewhere(walk: Walk, calls: list[Call], linked: set[int]) -> set[int]:
    """Calls outside the slice of functions that are in it, made at other places than those in it.

    What they gave went elsewhere. At the same place, in a loop, the walk takes the last ones only.
    """

    def place(call: Call) -> tuple[object, ...]:
        parent = walk.calls.parent(call)
        return call.function, parent.function if parent is not None else None, call.site

    inside = {place(call) for call in calls if call.id in linked}
    functions = {function for function, *_ in inside}
    return {
        call.id
        for call in calls
        if call.id not in linked and call.function in functions and place(call) not in inside
    }


def _balanced(births: list[Finding], carriers: list[Finding]) -> list[Finding]:
    """Weigh what a function bore against what it carried: one that mostly carries derives."""
    bore: dict[Function, set[str]] = defaultdict(set)
    carried: dict[Function, set[str]] = defaultdict(set)
    for finding in births:
        bore[finding.function].add(finding.fact)
    for finding in carriers:
        carried[finding.function].add(finding.fact)
    balanced = [finding for finding in carriers if finding.function not in bore]
    for finding in births:
        mine, others = len(bore[finding.function]), len(carried[finding.function])
        strength = finding.strength * mine / (mine + others)
        balanced.append(finding._replace(strength=strength))
    return balanced


def _above(walk: Walk, linked: set[int]) -> set[int]:
    """Calls that worked with what other calls of the slice, below them, gave."""
    above: set[int] = set()
    for step in walk.steps:
        up = walk.calls.parent(step.call)
        while up is not None and up.id not in above:
            above.add(up.id)
            up = walk.calls.parent(up)
    return above & linked


def _tainted(
    calls: list[Call], given: dict[int, Holding], found: list[tuple[Wrong, list[Call]]]
) -> set[int]:
    """Calls that made what they made from something wrong: given to them, or born below them."""
    by_id = {call.id: call for call in calls}
    tainted: set[int] = set()
    for wrong, born in found:
        for call in born:
            up = by_id.get(call.parent or 0)
            while up is not None and up.id not in tainted:
                tainted.add(up.id)
                up = by_id.get(up.parent or 0)
        if not wrong.missing and wrong.atom.distinctness >= 0.8:
            tainted.update(call.id for call in calls if given[call.id].has(wrong.atom))
    return tainted


def _spelt_in(case: Case, call: Call, atom: Atom) -> bool:
    """Whether the atom is a constant of the function's source."""
    function = call.function
    span = case.span(function)
    return span is not None and atom.value in constants_of(span.node)


@lru_cache(maxsize=2048)
def constants_of(node: ast.AST) -> frozenset[object]:
    """Return the constants below a node."""
    return frozenset(n.value for n in ast.walk(node) if isinstance(n, ast.Constant))


def _results(call: Call) -> list[Look]:
    return [call.value, *(change.after for change in call.changes)]


def _sorted_out(
    calls: list[Call], given: dict[int, Holding], gave: dict[int, Holding], wrong: Wrong
) -> tuple[list[Call], list[Call]]:
    """The calls that bore the atom (or lost it, where it is missing), and those that carried it."""
    atom = wrong.atom
    below: dict[int, bool] = defaultdict(bool)
    born, carried = [], []
    for call in reversed(calls):  # children before their parents
        has, had = gave[call.id].has(atom), given[call.id].has(atom)
        if wrong.missing:
            did = had and not has and _has_parts(call.value) and _is_near(call, atom)
            brought = below[call.id]
        else:
            did, brought = has and not had, below[call.id]
        if did and not brought:
            born.append(call)
        elif has and not wrong.missing and call.function.kind == "code":
            carried.append(call)
        if call.parent is not None and (did or brought):
            below[call.parent] = True
    return born, carried


def _is_near(call: Call, atom: Atom) -> bool:
    """Whether it was given the atom in one object at most: what lies in an object of an object it has not lost."""
    return Holding([value for _, value in call.arguments], 1).has(atom)


def _has_parts(value: Look) -> bool:
    """Whether a value has parts that something can be missing from, and all of them were seen."""
    return isinstance(value, str) or (
        isinstance(value, Value)
        and value.kind in ("sequence", "set", "mapping", "text")
        and not value.why
    )


def _birth(case: Case, failure: Failure, call: Call, wrong: Wrong, strength: float) -> Finding:
    function = case.with_kind(call.function)
    shown = _said(wrong.atom)
    verb = "lost" if wrong.missing else "first produced"
    given = describe_arguments(call)
    result = to_text(call.value, 60)
    fact = f"{function.short}({given}) {verb} {shown}: it returned {result}"
    evidence = Evidence(
        "origin", fact, "culprit", function.file, call.line, function.name, failure.nodeid,
        call.id, result,
    )  # fmt: skip
    what = f"returns {result} for {given}" if given else f"returns {result}"
    return Finding(
        function, "origin", min(strength, 1.0), fact, (evidence,), call.line,
        "value lost" if wrong.missing else "wrong value",
        f"{function.short} {what}",
        f"look at how {function.short} makes its result at {function.file}:{call.line}",
    )  # fmt: skip


def _carrier(case: Case, call: Call, wrong: Wrong) -> Finding:
    function: Function = case.with_kind(call.function)
    fact = f"{function.short} was given {_said(wrong.atom)} and handed it on"
    return Finding(function, "carrier", wrong.weight, fact)


def _said(atom: Atom) -> str:
    value = atom.value
    if isinstance(value, float):
        return (
            f"{value:.{max(atom.decimals, 0)}f}"
            if value.is_integer() or atom.decimals >= 0
            else repr(value)
        )
    return to_text(value, 60)
