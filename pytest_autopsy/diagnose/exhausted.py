"""Iterators that were read to their end before the call that was to read them."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Call, Evidence, Failure, Function, Look, Value
from .case import Case, Finding
from .origin import Walk
from .statements import body_of

MAX_DEPTH = 2


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for who keeps a generator that one call reads to its end and another meets
    finished.

    Whoever keeps it in an attribute is named; of one that is only handed on, the call that hands
    it to both.
    """
    findings = []
    for walk in found:
        linked = {step.call.id for step in walk.steps}
        assert walk.failure.trace is not None
        fresh: dict[str, Call] = {}
        for call in walk.failure.trace.calls:
            for path, is_finished in _generators(call):
                name = path.rpartition(".")[2]
                reader = fresh.get(name)
                if not _reads(case, call, name):
                    continue
                if not is_finished:
                    fresh[name] = call
                elif reader is not None and reader is not call:
                    findings.extend(_finding(case, walk, reader, call, path, call.id in linked))
    return findings


def _generators(call: Call) -> Iterator[tuple[str, bool]]:
    """The generators that a call's arguments hold: where, and whether they were finished."""
    waiting: list[tuple[str, Look, int]] = [(name, look, 0) for name, look in call.arguments]
    while waiting:
        path, look, depth = waiting.pop()
        if not isinstance(look, Value):
            continue
        if look.kind == "literal" and look.type == "generator" and look.items:
            yield path, str(look.items[0]).endswith("(finished)")
        elif depth < MAX_DEPTH:
            waiting.extend((f"{path}.{name}", held, depth + 1) for name, held in look.attrs)


def _reads(case: Case, call: Call, name: str) -> bool:
    """Whether the function itself names the attribute or argument."""
    span = case.span(call.function)
    if span is None or call.function.name.endswith("__init__"):
        return False
    body = body_of(span.node)
    return name in body.reads


def _finding(
    case: Case, walk: Walk, reader: Call, call: Call, path: str, linked: bool
) -> list[Finding]:
    name = path.rpartition(".")[2]
    keeper, line = _keeper(case, walk.failure, name) if "." in path else (None, 0)
    if keeper is None:
        parent = walk.calls.parent(call)
        if parent is None:
            return []
        keeper, line = case.with_kind(parent.function), call.site.line if call.site else 0
    first, later = reader.function.short, call.function.short
    again = "has read it" if first != later else "had read it before"
    fact = f"{later} met the generator {name} finished: {first} {again} to its end"
    evidence = (
        Evidence(
            "exhausted", f"{first}() read the generator {name} to its end", "called",
            reader.function.file, reader.line, reader.function.name, walk.failure.nodeid, reader.id,
        ),
        Evidence(
            "exhausted", fact, "culprit", keeper.file, line, keeper.name,
            walk.failure.nodeid, call.id,
        ),
    )  # fmt: skip
    title = f"{keeper.short} keeps a generator in {name}: only its first reader gets anything"
    hint = f"make {name} a list where {keeper.short} keeps it, {keeper.file}:{line}"
    strength = 1.0 if linked else 0.5
    return [
        Finding(
            keeper, "exhausted", strength, fact, evidence, line, "iterator exhausted", title, hint,
            mechanism=linked,
        )
    ]  # fmt: skip


def _keeper(case: Case, failure: Failure, name: str) -> tuple[Function | None, int]:
    """Who assigns the attribute, in the failing test, and at which line."""
    assert failure.trace is not None
    for call in failure.trace.calls:
        span = case.span(call.function)
        if span is None or call.function.kind == "test":
            continue
        for line, _ in body_of(span.node).attributes.get(name, ()):
            return case.with_kind(call.function), line
    return None, 0
