"""Copies that are none: what was changed in one object is changed in the one it was made from."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Call, Evidence, Function, Value
from ..record.finish import SHARED
from ..record.sharing import changed_parts, owner_of
from .calls import Calls
from .case import Case, Finding
from .origin import Walk

USUAL = 0.5
"""What is left of it where tests that pass change what such a copy shares as well."""


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for each function whose result shares a container with an object of its type,
    where a later call of the test changed that container in such an object.
    """
    findings = []
    for walk in found:
        assert walk.failure.trace is not None
        involved = {step.call.function for step in walk.steps}
        told = set()
        for copy, change, part in _changed(walk.calls):
            if copy.function not in told and copy.function.kind == "code":
                told.add(copy.function)
                if copy.value is None and _is_usual(case, copy):
                    continue  # most constructors keep what they are given
                linked = copy.function in involved or change.function in involved
                findings.append(_finding(case, walk, copy, change, part, linked))
    return findings


def _changed(calls: Calls) -> Iterator[tuple[Call, Call, str]]:
    """Each function's first call that shared a part, with the later one that changed it, and the part."""
    since: dict[str, dict[Function, Call]] = {}
    for call in calls.all:
        made = {part for one in calls.children(call) for part in one.shares} if call.shares else ()
        for part in call.shares:
            if part not in made:  # else it only gives on what another made for it
                since.setdefault(part, {}).setdefault(call.function, call)
    types = set(map(owner_of, since))
    for call in calls.all if since else ():
        for change in call.changes:
            if isinstance(change.after, Value) and change.after.type in types:
                for part in sorted(changed_parts(change.before, change.after) & since.keys()):
                    for copy in since[part].values():
                        if copy.end is not None and copy.end < call.start:
                            yield copy, call, part


def _is_usual(case: Case, call: Call) -> bool:
    return SHARED in (case.features_when_passing(call.function) or ())


def _finding(case: Case, walk: Walk, copy: Call, change: Call, part: str, linked: bool) -> Finding:
    function = case.with_kind(copy.function)
    usual = _is_usual(case, copy)
    whose = "what it was given" if copy.value is None else "what it was made from"
    fact = (
        f"{function.short} left a {part} that is also in {whose};"
        f" {change.function.short} changed it later"
    )
    evidence = Evidence(
        "shared", fact, "culprit", function.file, copy.line, function.name, walk.failure.nodeid, copy.id
    )  # fmt: skip
    return Finding(
        function, "shared", USUAL if usual else 1.0 if linked else 0.6, fact, (evidence,), copy.line,
        "shared state changed", f"{function.short} shares {part} with {whose}",
        f"copy what becomes {part} in {function.short}",
        mechanism=linked and not usual,
    )  # fmt: skip
