"""Parameters and variables that a function never reads: what it was given, or worked out, is lost.

Half of real mends add what was missing, and an argument that is not handed on, a guard or a
branch that is not there, often leaves a name behind that nothing uses.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import partial

from ..model import Call, Evidence, Failure, Function, Look
from ..observe.text import to_text
from .case import Case, Finding
from .reads import Unread, unread


def find(case: Case) -> list[Finding]:
    """Return a finding for each function that failing tests ran and that leaves something unread.

    Of a parameter that its calls left at its default nothing was lost.
    """
    ran = {i for f in case.failures if f.footprint is not None for i in f.footprint.lines}
    findings: list[Finding] = []
    for index in sorted(ran):
        function = case.function(index)
        if function.kind == "code":
            names = case.known.once(("unread", function), partial(_of_function, case, function))
            if names:
                findings += _findings(case, function, names)
    return findings


def _of_function(case: Case, function: Function) -> tuple[Unread, ...]:
    span = case.span(function)
    return unread(span, case.source(function.file)) if span is not None else ()


def _findings(case: Case, function: Function, names: Iterable[Unread]) -> Iterator[Finding]:
    calls = [
        (failure, call)
        for failure in case.followed
        for call in case.known.once(
            ("calls", failure.id, function), partial(_calls, failure, function)
        )
    ]
    for name in names:
        found = _of_parameter(function, name, calls) if name.is_parameter else _set(function, name)
        if found is not None and any(call.outcome in ("raise", "open") for _, call in calls):
            # What it ended with tells more.
            found = found._replace(title="", hint="", kind="unclear", evidence=())
        if found is not None:
            yield found


def _set(function: Function, name: Unread) -> Finding:
    return Finding(
        function, "unread", 1.0,
        f"{function.short} sets {name.name} at line {name.line}, and never reads it",
        (), name.line, "value ignored", f"{function.short} never reads its {name.name}",
        f"look what {function.short} was to do with {name.name}",
    )  # fmt: skip


def _of_parameter(
    function: Function, name: Unread, calls: list[tuple[Failure, Call]]
) -> Finding | None:
    for failure, call in calls:
        value = dict(call.arguments).get(name.name)
        if not _is_default(value, name.default):
            return _given(function, failure, call, name, value)
    if calls:
        return None
    fact = f"{function.short} never reads its parameter {name.name}"  # nobody saw what it was given
    return Finding(function, "unread", 0.5, fact, (), name.line)


def _calls(failure: Failure, function: Function) -> list[Call]:
    assert failure.trace is not None
    return [call for call in failure.trace.calls if call.function == function]


def _is_default(value: Look, default: ast.expr | None) -> bool:
    if not isinstance(default, ast.Constant):
        return False
    return type(value) is type(default.value) and value == default.value


def _given(function: Function, failure: Failure, call: Call, name: Unread, value: Look) -> Finding:
    shown = f"{name.name}={to_text(value, 40)}"
    fact = f"{function.short} was given {shown}, and never reads it"
    evidence = Evidence(
        "unread", fact, "culprit", function.file, name.line, function.name, failure.nodeid, call.id
    )
    return Finding(
        function, "unread", 1.0, fact, (evidence,), name.line, "value ignored",
        f"{function.short} ignores the {name.name} that it is given",
        f"look what {function.short} is to do with {name.name}, which no line of it reads",
    )  # fmt: skip
