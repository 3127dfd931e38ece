"""Caches that answer with what was made for another question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

from ..model import Call, Change, Evidence, Function, Look, Value
from ..observe.text import to_text
from .atoms import Holding
from .behaviour import is_usual
from .birth import wrong_atoms
from .case import Case, Finding
from .origin import Walk, describe_arguments
from .statements import body_of


class Kept(NamedTuple):
    """What a call has put away of what it returned: as which name of which variable's."""

    call: Call
    name: str
    holder: str  # the argument that has the container as an attribute; "" of a shared one


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for each function that gave a rejected value out of what it had kept for
    other arguments.

    Seen are two calls of it: one kept a value, in shared state or in its object, and returned it, a
    later one, given something else, changed nothing, made no call as the first one did, and returned
    the same.
    """
    findings = []
    for walk in found:
        kept: dict[Function, list[Kept]] = {}
        for call in suspicious(walk, _readers(walk, kept)):
            names = _names(case, call)
            stale = (one for one in kept[call.function] if _is_stale(walk, one, call, names))
            first = next(stale, None)
            if first is not None and not is_usual(case, call):
                findings.append(_finding(case, walk, first, call))
    return findings


def suspicious(walk: Walk, calls: Iterable[Call]) -> Iterator[Call]:
    """Yield those of the calls that had a part in the rejected value or gave something wrong."""
    linked = {step.call.id for step in walk.steps}
    wrong = [one.atom for one in wrong_atoms(walk.failure) if not one.missing]
    for call in calls:
        if call.id in linked or any(map(Holding([call.value]).has, wrong)):
            yield call


def _readers(walk: Walk, kept: dict[Function, list[Kept]]) -> Iterator[Call]:
    """The calls that changed nothing, after what calls of their function have put away."""
    assert walk.failure.trace is not None
    for call in walk.failure.trace.calls:
        if call.outcome != "return" or call.function.kind == "test":
            continue
        kept.setdefault(call.function, []).extend(_keeps(call))
        if not call.changes and call.value is not None and kept[call.function]:
            yield call


def _keeps(call: Call) -> Iterator[Kept]:
    """The containers in which a call has put just what it returned."""
    for change in call.changes if call.value is not None else ():
        if change.scope == "argument":
            for name, before, after in _changed_attributes(change):
                if _may_be(_new_part(before, after), call.value):
                    yield Kept(call, name, change.name)
        elif _may_be(_new_part(change.before, change.after), call.value):
            yield Kept(call, change.name, "")


def _changed_attributes(change: Change) -> Iterator[tuple[str, Look, Look]]:
    before, after = change.before, change.after
    if isinstance(before, Value) and isinstance(after, Value):
        was = dict(before.attrs)
        for name, value in after.attrs:
            if name in was and was[name] != value:
                yield name, was[name], value


def _new_part(before: Look, after: Look) -> Look:
    """The one value that a mapping has got."""
    if not isinstance(before, Value) or not isinstance(after, Value) or after.kind != "mapping":
        return None
    was = [key for key, _ in before.items]
    new = [value for key, value in after.items if key not in was]
    return new[0] if len(new) == 1 else None


def _names(case: Case, call: Call) -> Set[str]:
    span = case.span(call.function)
    return body_of(span.node).reads if span is not None else frozenset()


def _is_stale(walk: Walk, kept: Kept, call: Call, names: Set[str]) -> bool:
    """Whether `call` only gave again what another had kept, though it was asked something else."""
    first = kept.call
    return (
        kept.name in names
        and first.value == call.value
        and asked(first) != asked(call)
        and _still_holds(kept, call)
        and bool(walk.calls.children(first))
        and not walk.calls.children(call)
    )


def asked(call: Call) -> list[tuple[str, Look]]:
    """Return what a call was given, beside the object that it belongs to."""
    return [(name, value) for name, value in call.arguments if name not in ("self", "cls")]


def _still_holds(kept: Kept, call: Call) -> bool:
    """Whether the call met the very object in which the other has kept it, as far as can be seen."""
    held = dict(call.arguments).get(kept.holder) if kept.holder else None
    if not isinstance(held, Value):
        return not kept.holder
    store = dict(held.attrs).get(kept.name)
    return isinstance(store, Value) and any(_may_be(value, call.value) for _, value in store.items)


def _may_be(part: Look, value: Look) -> bool:
    """Whether they are the same, as far as the part was looked at."""
    if isinstance(part, Value) and part.kind == "cut" and isinstance(value, Value):
        return part.type == value.type
    return part == value


def _finding(case: Case, walk: Walk, kept: Kept, call: Call) -> Finding:
    function, first = case.with_kind(call.function), kept.call
    name = f"{kept.holder}.{kept.name}" if kept.holder else kept.name
    before, shown = describe_arguments(first), describe_arguments(call)
    value = to_text(call.value, 40)
    ignored = [n for (n, now), (_, was) in zip(asked(call), asked(first)) if now != was]
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
