"""Shared state that one test left changed and another one met."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..model import Call, CauseKind, Evidence, Function
from .behaviour import told_by
from .case import Case, Finding
from .origin import Walk
from .statements import body_of

LEFT = "left global "
MAX_FAILURES = 50

UNFELT = 0.15
"""What is left of a change that nobody is seen to act upon: most fill a cache or a registry."""


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for whoever changed a global for good, where a failing test reads it.

    It explains by itself where a function that reads the global did with equal arguments
    something else in tests that passed: not its own code but what it met has changed.
    """
    culprits = case.known.once("leaving", partial(_leaving, case))
    if not culprits:
        return []
    findings = []
    for walk in found:
        for name, reader, call, differs in _readers(case, walk, set(culprits)):
            for culprit, test in culprits[name]:
                # Who fills a registry or a cache and raises had not found there what it needs.
                itself = culprit == reader and (not differs or call.outcome != "return")
                if test == walk.failure.nodeid or itself:
                    continue
                findings.append(_finding(case, walk, name, culprit, test, reader, call.id, differs))
                if differs and culprit != reader:
                    fact = f"{reader.short} met {name} as {culprit.short} had left it"
                    findings.append(Finding(reader, "innocent", 1.0, fact))
    return findings


def _leaving(case: Case) -> dict[str, list[tuple[Function, str]]]:
    """Global -> who left it changed, each with the first test that shows it."""
    found: dict[str, dict[Function, str]] = {}
    footprints = [(p.nodeid, p.footprint) for p in case.passed]
    footprints += [(f.nodeid, f.footprint) for f in case.run.failures if f.footprint is not None]
    for test, footprint in sorted(footprints, key=lambda pair: pair[0]):
        for index, features in footprint.features.items():
            for feature in features:
                if feature.startswith(LEFT):
                    name = feature.removeprefix(LEFT)
                    found.setdefault(name, {}).setdefault(case.function(index), test)
    return {name: list(functions.items()) for name, functions in found.items()}


def _readers(case: Case, walk: Walk, names: set[str]) -> Iterator[tuple[str, Function, Call, bool]]:
    """The calls with a part in the rejected value that name such a global: name, function, call,
    and whether the function is seen to depend on what is left there.
    """
    seen = set()
    for step in walk.steps:
        call = step.call
        if call.id in seen or call.function.kind == "test":
            continue
        seen.add(call.id)
        span = case.span(call.function)
        reads = body_of(span.node).reads if span is not None else frozenset()
        for name in sorted(names & set(reads)):
            asked = partial(_depends, case, call.function, name)
            differs = case.known.once(("depends", call.function, name), asked)
            yield name, case.with_kind(call.function), call, differs


def _depends(case: Case, function: Function, name: str) -> bool:
    """Whether a failing test had the function do something else than passing ones that gave it
    the same arguments and had not left the global changed.
    """
    known = _known_without(case, function, name)
    for failure in case.run.failures[:MAX_FAILURES]:
        for call in failure.trace.calls if failure.trace is not None else ():
            if call.function == function:
                given, did = told_by(call)
                if given in known and did not in known:
                    return True
    return False


def _known_without(case: Case, function: Function, name: str) -> set[str]:
    """What a function did in passing tests, without those that left the global changed."""
    index = case.index(function)
    known: set[str] = set()
    for passed in case.passed:
        features = passed.footprint.features
        if index in features and not any(LEFT + name in held for held in features.values()):
            known |= features[index]
    return known


def _finding(
    case: Case, walk: Walk, name: str, culprit: Function, test: str, reader: Function,
    call_id: int, differs: bool,
) -> Finding:  # fmt: skip
    line = _writing_line(case, culprit, name)
    fact = f"{culprit.short} changed {name} in {test} and nobody has restored it"
    evidence = [
        Evidence("left", fact, "culprit", culprit.file, line, culprit.name, walk.failure.nodeid)
    ]
    if differs:
        met = f"{reader.short} reads {name}; with equal arguments it did something else in passing tests"
        evidence.insert(
            0, Evidence("left", met, "called", reader.file, reader.line, reader.name, walk.failure.nodeid, call_id)
        )  # fmt: skip
    kind: CauseKind
    if culprit.kind == "fixture":
        kind, strength = "state left behind", 1.0
        title = f"{culprit.short} leaves {name} changed for the tests after it"
        hint = f"restore {name} where {culprit.short} is done with it (a yield and what undoes it, or monkeypatch)"
    else:  # the call that changed it, where it was seen, tells more
        kind, strength = "shared state changed", 0.75
        title = f"{culprit.short} changes the global {name}, which others see"
        hint = f"give {culprit.short} a copy of {name} to change"
    return Finding(
        culprit, "left", strength if differs else UNFELT, fact, tuple(evidence), line,
        kind, title, hint, mechanism=differs,
    )  # fmt: skip


def _writing_line(case: Case, function: Function, name: str) -> int:
    """The first line of the function that names the global."""
    span = case.span(function)
    return body_of(span.node).named_at(name) if span is not None else function.line
