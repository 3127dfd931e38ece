"""Different questions for which a function gives one and the same key."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Call, Evidence, Function, Look, Value
from ..observe.text import to_text
from .calls import Calls
from .case import Case, Finding
from .origin import Walk
from .stale import asked, suspicious

MAX_CALLS = 200
"""Calls below one that are compared with those below another."""
MAX_KNOWN = 50
"""Different values of one function that are remembered."""


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for who made the key under which a wrong value was found again.

    Seen are two calls of one function that returned the same: the first had it worked out, the
    second did not, and below both a function that was given something else each time gave the
    same text or tuple. The innermost such function is at fault.
    """
    findings = []
    for walk in found:
        again = _given_again(walk)
        for call in suspicious(walk, [later for _, later in again]):
            pairs = (_keys(walk.calls, first, call) for first, later in again if later is call)
            pair = next(filter(None, pairs), None)
            if pair is not None:
                findings.append(_finding(case, walk, call, *pair))
                break
    return findings


def _given_again(walk: Walk) -> list[tuple[Call, Call]]:
    """Each call, of those that made calls, that returned what the one before it of its function did."""
    assert walk.failure.trace is not None
    known: dict[Function, list[Call]] = {}
    found = []
    for call in walk.failure.trace.calls:
        if call.outcome == "return" and call.value is not None and walk.calls.children(call):
            before = known.setdefault(call.function, [])
            same = next((one for one in before if one.value == call.value), None)
            if same is not None:
                found.append((same, call))
            elif len(before) < MAX_KNOWN:
                before.append(call)
    return found


def _keys(calls: Calls, first: Call, later: Call) -> tuple[Call, Call] | None:
    """The calls that gave one key for both; None where the second call, too, worked it out."""
    below_first, below = list(_below(calls, first)), list(_below(calls, later))
    functions = {call.function for call in below}
    if not any(one.function not in functions and one.value == first.value for one in below_first):
        return None
    made: dict[object, list[Call]] = {}
    for call in below_first:
        made.setdefault(call.function, []).append(call)
    pairs = [
        (other, call)
        for call in below
        if _is_key(call.value)
        for other in made.get(call.function, ())
        if other.value == call.value and asked(other) != asked(call)
    ]
    return max(pairs, key=lambda pair: (pair[1].depth, pair[1].start), default=None)


def _below(calls: Calls, call: Call) -> Iterator[Call]:
    waiting = [*reversed(calls.children(call))]
    count = 0
    while waiting and count < MAX_CALLS:
        one = waiting.pop()
        count += 1
        yield one
        waiting.extend(reversed(calls.children(one)))


def _is_key(look: Look) -> bool:
    """Whether it may be what a mapping is asked for: a text or a tuple. Numbers are alike by chance."""
    if isinstance(look, Value):
        return look.kind in ("text", "bytes") or (look.type == "tuple" and bool(look.items))
    return isinstance(look, str) and len(look) > 1


def _finding(case: Case, walk: Walk, call: Call, first: Call, later: Call) -> Finding:
    function = case.with_kind(later.function)
    key = to_text(later.value, 40)
    pairs = zip(asked(first), asked(later))
    name, was, now = next((n, x, y) for (n, x), (_, y) in pairs if x != y)
    fact = f"{function.short} gave {key} for {name}={to_text(was, 40)} and for {to_text(now, 40)}"
    value = to_text(call.value, 40)
    evidence = (
        Evidence(
            "collision", fact, "culprit", function.file, later.line, function.name,
            walk.failure.nodeid, later.id, key,
        ),
        Evidence(
            "collision", f"{call.function.short} then returned the {value} of the other one", "called",
            call.function.file, call.line, call.function.name, walk.failure.nodeid, call.id, value,
        ),
    )  # fmt: skip
    return Finding(
        function, "stale", 1.0, fact, evidence, later.line, "stale cache",
        f"{function.short} gives one key for different {name}s",
        f"let the key that {function.short} makes tell one {name} from another",
        mechanism=True,
    )  # fmt: skip
