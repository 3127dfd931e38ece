"""Objects that a call changed under others: arguments, shared state, mutable defaults."""

from __future__ import annotations

from functools import partial

from ..model import ARRAYS, Call, Change, Evidence, Failure, Look, Value
from ..observe.text import to_text
from .calls import Calls
from .case import Case, Finding
from .origin import Walk, describe_arguments

_CONTAINERS = ("sequence", "mapping", "set", *ARRAYS)
_NESTED = ("sequence", "mapping", "set")

FILLED = 0.4
"""What a shared mapping that a call only adds keys to says against it."""
HARMLESS = 0.3
"""What is left of a change, or of a filled default, that tests which pass met as well."""


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return findings for calls of failing tests that changed what others hold.

    A mutable default that had content at entry explains by itself. A shared container of the
    module that a call changed is likely to. An argument counts where the function gives a
    result as well: one that only changes its argument is most likely meant to.
    """
    findings: list[Finding] = []
    for walk in found:
        involved = {case.with_kind(step.call.function) for step in walk.steps}
        assert walk.failure.trace is not None
        for call in walk.failure.trace.calls:
            if call.function.kind == "test":
                continue
            linked = case.with_kind(call.function) in involved
            findings.extend(_change(case, walk, call, change, linked) for change in call.changes)
            findings.extend(_grown_default(case, walk.failure, call))
    return [finding for finding in findings if finding.strength > 0]


def _change(case: Case, walk: Walk, call: Call, change: Change, linked: bool) -> Finding:
    function = case.with_kind(call.function)
    strength = _strength(walk.calls, call, change) * (1.0 if linked else 0.6)
    harmless = _is_harmless(case, call, change)
    strength = min(strength, HARMLESS) if harmless else strength
    what, name, before, after = _told(change)
    fact = f"{function.short} changed {what} {name}: {before} became {after}"
    evidence = Evidence(
        "mutation", fact, "culprit", function.file, call.line, function.name, walk.failure.nodeid,
        call.id, after,
    )  # fmt: skip
    shared = change.scope != "argument" or bool(_of_class(change))
    return Finding(
        function, "mutation", strength, fact, (evidence,), call.line,
        "shared state changed" if shared else "argument changed",
        f"{function.short} changes {what} {name}"
        + (", which others see" if shared else ""),
        f"give {function.short} a copy of {name} to change",
        mechanism=shared and linked and not harmless,
    )  # fmt: skip


def _told(change: Change) -> tuple[str, str, str, str]:
    """What changed, its name, and what it was before and after: the part that tells most."""
    of_class, inside = _of_class(change), _inside(change) if change.scope == "argument" else ""
    if of_class:
        return "the class attribute", of_class, *_shorter(_of_attribute(change, of_class))
    if inside and change.name not in ("self", "cls"):
        name = f"{change.name}.{inside}"
        return "its argument's", name, *_shorter(_of_attribute(change, inside))
    what = {"argument": "its argument", "default": "the default of its argument"}.get(
        change.scope, f"the {change.scope}"
    )
    return what, change.name, *_shorter(change)


def _of_attribute(change: Change, name: str) -> Change:
    """The change of an attribute that the looks of an object both have."""
    looks = (change.before, change.after)
    before, after = (dict(look.attrs)[name] for look in looks if isinstance(look, Value))
    return change._replace(name=name, before=before, after=after)


def _strength(calls: Calls, call: Call, change: Change) -> float:
    if change.scope == "default":
        return 0.9  # one that had content at the start says more
    if change.scope in ("global", "closure"):
        return FILLED if _only_adds_keys(change) else 0.8
    if change.name in ("self", "cls"):
        return 0.8 if _of_class(change) else 0.0
    if not isinstance(change.before, Value) or change.before.kind not in _CONTAINERS:
        if not (_inside(change) and _by_itself(calls, call, change)):
            return 0.0  # an object changed by its methods or made to be filled, a generator that went on
    return 0.6 if call.outcome == "return" and call.value is not None else 0.1


def _inside(change: Change) -> str:
    """Return the attribute of an object whose container changed: `roles`."""
    before, after = change.before, change.after
    if not (isinstance(before, Value) and isinstance(after, Value)):
        return ""
    was = {n: v for n, v in before.attrs if isinstance(v, Value) and v.kind in _NESTED}
    return next((n for n, v in after.attrs if n in was and was[n] != v), "")


def _by_itself(calls: Calls, call: Call, change: Change) -> bool:
    """Whether no call below this one changed an object of the type: its own methods may."""
    below = calls.children(call)
    while below:
        if any(_type(other.after) == _type(change.after) for one in below for other in one.changes):
            return False
        below = [inner for one in below for inner in calls.children(one)]
    return True


def _type(look: Look) -> str:
    return look.type if isinstance(look, Value) else type(look).__name__


def _only_adds_keys(change: Change) -> bool:
    """Whether a mapping keeps all that it had: what fills a cache or a registry."""
    before, after = change.before, change.after
    if not (isinstance(before, Value) and isinstance(after, Value)):
        return False
    both = before.kind == after.kind == "mapping"
    return both and set(map(repr, before.items)) <= set(map(repr, after.items))


def _of_class(change: Change) -> str:
    """Return the container of the class, shared by all its instances, that changed: `Cart.items`."""
    if not isinstance(change.before, Value) or not isinstance(change.after, Value):
        return ""
    was = {name: _outline(held) for name, held in change.before.attrs if "." in name}
    now = ((name, _outline(held)) for name, held in change.after.attrs)
    return next((name for name, held in now if was.get(name, held) != held), "")


def _outline(look: Look) -> Look:
    """A container without what lies in its objects: what they do to themselves is no change of it."""
    if not isinstance(look, Value):
        return look
    if look.kind == "object":
        return look._replace(items=(), attrs=())
    if look.kind == "mapping":
        return look._replace(items=tuple((key, _outline(held)) for key, held in look.items))
    return look._replace(items=tuple(map(_outline, look.items)))


def _shorter(change: Change) -> tuple[str, str]:
    """The part that differs, where both are mappings or sequences of one level."""
    before, after = change.before, change.after
    if (
        isinstance(before, Value)
        and isinstance(after, Value)
        and before.kind == after.kind == "mapping"
    ):
        was = {to_text(k, 40): v for k, v in before.items}
        for key, value in after.items:
            name = to_text(key, 40)
            if name not in was:
                return f"without {name}", f"[{name}] = {to_text(value, 60)}"
            if was[name] != value:
                return f"[{name}] = {to_text(was[name], 60)}", to_text(value, 60)
    return to_text(before, 70), to_text(after, 70)


def _grown_default(case: Case, failure: Failure, call: Call) -> list[Finding]:
    """A default that already had content when the call began: an earlier call left it."""
    findings = []
    for name in call.defaults:
        held = dict(call.arguments).get(name)
        if not isinstance(held, Value) or not held.size:
            continue
        function = case.with_kind(call.function)
        harmless = _was_met(case, call, name)
        fact = (
            f"{function.short}({describe_arguments(call)}) began with a default {name}"
            f" that already held {to_text(held, 60)}"
        )
        evidence = Evidence(
            "mutable default", fact, "culprit", function.file, case.def_line(function),
            function.name, failure.nodeid, call.id, to_text(held, 60),
        )  # fmt: skip
        findings.append(
            Finding(
                function, "mutation", HARMLESS if harmless else 1.0, fact, (evidence,), case.def_line(function),
                "mutable default", f"{function.short} shares the mutable default of {name} between calls",
                f"make the default of {name} None and create the object in the body",
                mechanism=not harmless,
            )
        )  # fmt: skip
    return findings


def _is_harmless(case: Case, call: Call, change: Change) -> bool:
    """Whether passing tests show that it is meant: a closure's parser takes its tokens in each of them."""
    if change.scope == "closure":
        known = case.features_when_passing(call.function) or ()
        return f"changed closure {change.name}" in known
    return change.scope == "default" and _was_met(case, call, change.name)


def _was_met(case: Case, call: Call, name: str) -> bool:
    """Whether tests that pass met the default filled as well, as that of a cache is meant to be."""
    return f"met default {name}" in (case.features_when_passing(call.function) or ())


def left_by_others(case: Case) -> list[Finding]:
    """Return findings for shared state that tests which passed have changed: a failing test may only have met it."""
    failing = {
        index
        for failure in case.failures
        if failure.footprint is not None
        for index in failure.footprint.lines
    }
    changed = case.known.once("changed globals", partial(_changed_globals, case))
    findings = []
    for index, name in changed.items():
        function = case.function(index)
        if index in failing and function.kind == "code":
            fact = f"{function.short} changes the global {name} in tests that pass too"
            findings.append(Finding(function, "mutation", HARMLESS, fact))
    return findings


def _changed_globals(case: Case) -> dict[int, str]:
    """Function index -> a global that it changed in a test that passed."""
    found = {}
    for index, features in sorted(case.passing_features.items()):
        names = sorted(f.split()[-1] for f in features if f.startswith("changed global "))
        if names:
            found[index] = names[0]
    return found
