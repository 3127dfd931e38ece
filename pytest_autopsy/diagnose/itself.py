"""Tests that are wrong themselves: a name that is nowhere, a mock that is not met, a lone wish.

Nothing here says that the code is right. It says that what failed is what the test alone did,
or that the code did for it just what it does where other tests are content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ..model import Call, CauseKind, Evidence, Failure, Frame, Function, Value
from ..observe.text import to_text
from .behaviour import told_by
from .calls import Calls
from .case import Case, Finding
from .names import much_like
from .origin import describe_arguments
from .patches import Patch, patches_of
from .roots import find_roots

LONGEST = 100
"""Characters of a key that is compared with others."""
_NAME = re.compile(r"'([^']+)'")


def find(case: Case) -> list[Finding]:
    """Return a finding for each test or fixture that is shown to be wrong by itself."""
    findings: list[Finding] = []
    for failure in case.failures:
        frames = failure.project_frames
        if frames and frames[0].kind in ("test", "fixture"):
            findings.extend(_undefined(case, failure, frames[0]))
            findings.extend(_misspelt(case, failure, frames[0]))
    for failure in case.followed:
        findings.extend(case.known.once(("itself", failure.id), partial(_called, case, failure)))
    return findings


def _called(case: Case, failure: Failure) -> list[Finding]:
    """What the calls of one failing test show, whatever other failures are looked at with it."""
    assert failure.trace is not None
    calls = Calls(failure.trace)
    return [*_bypassed(case, failure, calls), *_alone(case, failure, calls)]


def _undefined(case: Case, failure: Failure, frame: Frame) -> Iterator[Finding]:
    """The test asked for a name that neither it nor its module has."""
    if failure.exception is None or failure.exception[0] not in ("NameError", "UnboundLocalError"):
        return
    named = _NAME.search(failure.exception[1])
    name = named[1] if named else "a name"
    function = case.standing_on(frame)
    yield _finding(
        failure, function, frame.line, 1.0, "undefined name in the test",
        f"{function.short} uses {name}, which it has not defined",
        f"define {name} in {function.short}, or mend its spelling at line {frame.line}",
    )  # fmt: skip


def _misspelt(case: Case, failure: Failure, frame: Frame) -> Iterator[Finding]:
    """The test asked a mapping for a key that only it spells so, beside one much like it."""
    if failure.exception is None or failure.exception[0] != "KeyError":
        return
    key = failure.exception[1].strip("'\"")
    if len(key) > LONGEST or (f'"{key}"' not in frame.code and f"'{key}'" not in frame.code):
        return
    near = much_like(key, _keys(failure, frame))
    files = {f.file for f in _functions(case, failure) if f.kind == "code"}
    spelt = re.compile(rf"\b{re.escape(key)}\b")
    if near and not any(spelt.search(line) for file in files for line in case.source(file).lines):
        function = case.standing_on(frame)
        yield _finding(
            failure, function, frame.line, 0.8, "misspelt key in the test",
            f"{function.short} asks for {key!r}, where there is {near!r}",
            f"is {near!r} meant at line {frame.line} of {function.file}?",
        )  # fmt: skip


def _keys(failure: Failure, frame: Frame) -> set[str]:
    """The text keys of the mappings that the failing test held or was given."""
    looks = [look for _, look in (*frame.operands, *frame.locals)]
    if failure.trace is not None:
        tests = {call.id for call in failure.trace.calls if call.function.kind == "test"}
        looks += [call.value for call in failure.trace.calls if call.parent in tests]
    return {
        pair[0]
        for look in looks
        if isinstance(look, Value) and look.kind == "mapping"
        for pair in look.items
        if isinstance(pair[0], str)
    }


def _functions(case: Case, failure: Failure) -> Iterator[Function]:
    if failure.footprint is not None:
        yield from map(case.function, failure.footprint.lines)


def _bypassed(case: Case, failure: Failure, calls: Calls) -> Iterator[Finding]:
    """The test put a mock in one place, and the code took the real function from another."""
    for test in calls.all:
        if test.function.kind != "test" or test.parent is not None:
            continue
        span = case.span(test.function)
        for patch in patches_of(span.node) if span is not None else ():
            met = next(_real_calls(calls, test, patch), None)
            if met is not None:
                yield _bypass(case, failure, test, patch, met)


def _real_calls(calls: Calls, test: Call, patch: Patch) -> Iterator[Call]:
    """Calls of the function that should have been replaced, made while it was to be."""
    for call in calls.all:
        if call.function.kind != "code" or not patch.names(call.function):
            continue
        made = calls.parent(call)
        if made is None or made.function.kind != "code":
            continue
        up = calls.parent(made)
        while up is not None and up is not test:
            made, up = up, calls.parent(up)
        if up is test and made.site is not None and made.site.line in patch.lines:
            yield call


def _bypass(case: Case, failure: Failure, test: Call, patch: Patch, met: Call) -> Finding:
    function = case.with_kind(test.function)
    assert failure.trace is not None
    user = next(call.function for call in failure.trace.calls if call.id == met.parent)
    return _finding(
        failure, function, patch.line, 1.0, "mock not met",
        f"{function.short} replaces {patch.target}, and {user.short} calls the real one",
        f"replace the name that {user.file} looks up, not {patch.target}",
        met.id,
    )  # fmt: skip


def _alone(case: Case, failure: Failure, calls: Calls) -> Iterator[Finding]:
    """The calls whose results the test rejects did the same where other tests passed."""
    made: dict[int, Call] = {}
    for root in find_roots(case, failure, calls):
        if root.what != "asserted" or root.call.function.kind != "test":
            return
        made.update((one.id, one) for one in calls.made_at(root.call, root.node))
    if not made:
        return
    counts = [case.passing_with(one.function, told_by(one)[1]) for one in made.values()]
    if min(counts) < 1:
        return
    call = made[max(made)]
    test = next(c for c in calls.all if c.id == call.parent).function
    shown = f"{call.function.short}({describe_arguments(call)}) = {to_text(call.value, 40)}"
    yield _finding(
        failure, case.with_kind(test), call.site.line if call.site else test.line,
        0.5, "lone expectation",
        f"{test.short} rejects {shown}, which {min(counts)} passing tests saw as well",
        f"compare what {test.short} expects with the tests that pass",
        call.id, mechanism=False,
    )  # fmt: skip


def _finding(
    failure: Failure,
    function: Function,
    line: int,
    strength: float,
    kind: CauseKind,
    fact: str,
    hint: str,
    call: int | None = None,
    mechanism: bool = True,
) -> Finding:
    evidence = Evidence(
        "itself", fact, "culprit", function.file, line, function.name, failure.nodeid, call
    )
    return Finding(
        function, "itself", strength, fact, (evidence,), line, kind, fact, hint, mechanism
    )
