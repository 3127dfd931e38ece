"""Who had a part in the rejected value, and how large a part."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import NamedTuple

from ..model import Call, Evidence, Failure, Function, Look
from ..observe.text import shortened, to_text
from ..snapshot.assertion import is_literal
from .calls import Calls
from .case import Case, Finding
from .flow import Flow, Step
from .roots import find_roots
from .statements import body_of

HANDED_ON = 0.45
"""What a call that only passes on another's result keeps of its weight."""


class Walk(NamedTuple):
    """What following one failure's value back has shown."""

    failure: Failure
    calls: Calls
    steps: tuple[Step, ...]


class Parts(NamedTuple):
    """Who had a part in the value that a failure rejects: how large, and in which step."""

    failure: Failure
    of: dict[Function, tuple[float, Step]]


def walk_back(case: Case, failure: Failure) -> Walk:
    """Follow the value of a failure that has a trace."""
    assert failure.trace is not None
    calls = Calls(failure.trace)
    flow = Flow(case, failure, calls)
    for root in find_roots(case, failure, calls):
        flow.follow(root)
    return Walk(failure, calls, tuple(flow.steps))


def parts_of(case: Case, walk: Walk) -> Parts:
    """Return for each function that had a part in the rejected value how large, and the step."""
    found: dict[Function, tuple[float, Step]] = {}
    for step in walk.steps:
        function = case.with_kind(step.call.function)
        weight = step.weight if step.computed else step.weight * HANDED_ON
        if weight > found.get(function, (0.0, step))[0]:
            found[function] = weight, step
    return Parts(walk.failure, found)


def find_slices(found: list[Parts]) -> list[Finding]:
    """Return a finding for each function that had a part in a rejected value."""
    weights: dict[Function, dict[str, float]] = {}
    example: dict[Function, tuple[float, Step, Failure]] = {}
    for failure, parts in found:
        for function, (weight, step) in parts.items():
            weights.setdefault(function, {})[failure.nodeid] = weight
            if function not in example or weight > example[function][0]:
                example[function] = weight, step, failure
    useful = sum(1 for _, parts in found if parts) or 1
    return [
        _slice_finding(function, sum(mine.values()) / useful, *example[function][1:])._replace(
            tests=tuple(mine)
        )
        for function, mine in weights.items()
    ]


def _slice_finding(function: Function, strength: float, step: Step, failure: Failure) -> Finding:
    verb = "computed a part of" if step.computed else "handed on"
    fact = f"{function.short} {verb} the rejected value at line {step.line}"
    call = step.call
    evidence = Evidence(
        "slice", fact, "called", function.file, step.line, function.name, failure.nodeid,
        call.id, to_text(call.value, 60) if call.outcome == "return" else None,
    )  # fmt: skip
    return Finding(function, "slice", min(strength, 1.0), fact, (evidence,), step.line)


def rejected(failure: Failure) -> tuple[Look, Look]:
    """Return the value that the assertion rejects, and the one that it wants."""
    assertion = failure.snapshot.assertion if failure.snapshot is not None else None
    if assertion is None:
        return None, None
    if _spelt_out(assertion.left_source) and not _spelt_out(assertion.right_source):
        return assertion.right, assertion.left
    return assertion.left, assertion.right


@lru_cache(maxsize=4096)
def _spelt_out(text: str) -> bool:
    try:
        return bool(text) and is_literal(ast.parse(text, mode="eval").body)
    except SyntaxError:
        return False


def is_read(case: Case, walk: Walk, *names: str) -> bool:
    """Return whether a function with a part in the failure, or the test, reads one of these names."""
    assert walk.failure.trace is not None
    tests = {one.function for one in walk.failure.trace.calls if one.function.kind == "test"}
    spans = map(case.span, {step.call.function for step in walk.steps} | tests)
    return any(
        span is not None and not body_of(span.node).reads.isdisjoint(names) for span in spans
    )


def is_inside(inner: Call, outer: Call, calls: Calls) -> bool:
    """Return whether `outer` made `inner`, directly or not."""
    up = calls.parent(inner)
    while up is not None:
        if up is outer:
            return True
        up = calls.parent(up)
    return False


def describe_arguments(call: Call, limit: int = 60) -> str:
    """Return a call's arguments as a reader writes them, without self."""
    shown = [
        to_text(value, 40) if place == 0 else f"{name}={to_text(value, 40)}"
        for place, (name, value) in enumerate(
            a for a in call.arguments if a[0] not in ("self", "cls")
        )
    ]
    return shortened(", ".join(shown), limit)
