"""Caches that answer with what was made for another question."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Call, Evidence, Look, Value
from ..observe.text import to_text
from .case import Case, Finding
from .origin import Walk, describe_arguments
from .statements import body_of


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for each function that gave a rejected value out of what it had kept for
    other arguments.

    Seen are two calls of it: one kept a value in shared state and returned it, a later one, given
    something else, changed nothing, made no call that the first one made, and returned the same.
    """
    findings = []
    for walk in found:
        linked = {step.call.id for step in walk.steps}
        assert walk.failure.trace is not None
        kept: dict[tuple[object, ...], Call] = {}
        for call in walk.failure.trace.calls:
            if call.outcome != "return" or call.function.kind == "test":
                continue
            for name in _keeps(call):
                kept.setdefault((*call.function, name), call)
            if call.id in linked and not call.changes:
                for name in _names(case, call):
                    first = kept.get((*call.function, name))
                    if first is not None and _is_stale(walk, first, call):
                        findings.append(_finding(case, walk, first, call, name))
    return findings


def _keeps(call: Call) -> Iterator[str]:
    """The shared containers in which a call has put just what it returned."""
    for change in call.changes:
        if (
            change.scope in ("global", "closure", "default")
            and _new_part(change.before, change.after) == call.value
        ):
            yield change.name


def _new_part(before: Look, after: Look) -> Look:
    """The one value that a mapping has got."""
    if not isinstance(before, Value) or not isinstance(after, Value) or after.kind != "mapping":
        return None
    was = [key for key, _ in before.items]
    new = [value for key, value in after.items if key not in was]
    return new[0] if len(new) == 1 else None


def _names(case: Case, call: Call) -> Iterator[str]:
    span = case.span(call.function)
    if span is not None:
        yield from sorted(body_of(span.node).reads)


def _is_stale(walk: Walk, first: Call, call: Call) -> bool:
    """Whether `call` only gave again what `first` had kept, though it was asked something else."""
    asked_else = first.arguments != call.arguments
    same = first.value == call.value and first.value is not None
    return (
        asked_else and same and bool(walk.calls.children(first)) and not walk.calls.children(call)
    )


def _finding(case: Case, walk: Walk, first: Call, call: Call, name: str) -> Finding:
    function = case.with_kind(call.function)
    before, shown = describe_arguments(first), describe_arguments(call)
    value = to_text(call.value, 40)
    ignored = [n for (n, now), (_, was) in zip(call.arguments, first.arguments) if now != was]
    evidence = (
        Evidence(
            "stale", f"{function.short}({before}) kept {value} in {name}", "called", function.file,
            first.line, function.name, walk.failure.nodeid, first.id, value,
        ),
        Evidence(
            "stale", f"{function.short}({shown}) returned the {value} that {name} held", "culprit",
            function.file, call.line, function.name, walk.failure.nodeid, call.id, value,
        ),
    )  # fmt: skip
    return Finding(
        function, "stale", 1.0, evidence[1].fact, evidence, call.line, "stale cache",
        f"{function.short} gives from {name} what it kept for another {' and '.join(ignored)}",
        f"make {' and '.join(ignored)} a part of the key under which {function.short} keeps values in {name}",
        mechanism=True,
    )  # fmt: skip
