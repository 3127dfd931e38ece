"""Exceptions that were caught and went no further, in failing tests."""

from __future__ import annotations

import ast
import builtins
from functools import lru_cache

from ..model import Call, Evidence, Failure, Function, Raised
from ..observe.text import to_text
from ..record.finish import value_class
from ..source import FunctionNode
from .calls import Calls
from .case import Case, Finding
from .origin import Walk, describe_arguments

BUILTIN = frozenset(name for name, one in vars(builtins).items() if isinstance(one, type))
MEANT = 0.5
"""An exception class of the project's own is raised in order to be caught somewhere."""


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for each function that swallowed an exception in a failing test.

    It weighs more where the value that the test rejects came out of that very call, and less
    where the function does the same in tests that pass.
    """
    findings = []
    for walk in found:
        involved = {step.call.id: step.weight for step in walk.steps}
        assert walk.failure.trace is not None
        for call in walk.failure.trace.calls:
            errors = [error for error in call.handled if not error.converted]
            if not errors or case.with_kind(call.function).kind == "test":
                continue
            if walk.failure.phase == "teardown" and call.phase != "teardown":
                continue  # what the test met before is another failure's, if any
            linked = call.id in involved or _parent_involved(call, walk.calls, involved)
            findings.append(_finding(case, walk.failure, call, errors[-1], linked, walk.calls))
    return findings


def _parent_involved(call: Call, calls: Calls, involved: dict[int, float]) -> bool:
    parent = calls.parent(call)
    return parent is not None and parent.id in involved and call.outcome == "return"


def _finding(
    case: Case, failure: Failure, call: Call, error: Raised, linked: bool, calls: Calls
) -> Finding:
    function = case.with_kind(call.function)
    known = case.features_when_passing(call.function)
    usual = known is not None and f"handled {error.type}" in known
    strength = (1.0 if linked else 0.4) * (0.7 if usual or known is None else 1.0)
    strength *= 1.0 if error.type in BUILTIN else MEANT
    shown = f"{error.type}({error.message[:60]!r})"
    came_out = to_text(call.value, 40) if call.outcome == "return" else "went on"
    result = f"returned {came_out}" if call.outcome == "return" else came_out
    handler = handler_line(case, function, error.line)
    called = f"{function.short}({describe_arguments(call)})"
    evidence = (
        *_raiser(failure, call, error, calls),
        Evidence(
            "swallowed", f"{called} caught {shown}, {result}", "culprit", function.file,
            handler or error.line, function.name, failure.nodeid, call.id, came_out,
        ),
    )  # fmt: skip
    same = usual and f"return {value_class(call.value)}" in (known or ())  # the result as well
    brief = shown if len(error.message) <= 24 else error.type
    ending = f" and returns {came_out}" if call.outcome == "return" else ""
    hint = (
        f"look at the except at {function.file}:{handler}"
        if handler
        else (f"look at what hides {error.type} around {function.file}:{error.line}")
    )
    return Finding(
        function, "swallowed", strength, f"caught {shown} at line {error.line}, {result}",
        evidence, handler or error.line, "swallowed exception",
        "" if same else f"{function.short} swallows {brief}{ending}", "" if same else hint,
        # What passing tests do as well explains nothing by itself.
        mechanism=linked and error.type in BUILTIN and not usual,
    )  # fmt: skip


def _raiser(failure: Failure, call: Call, error: Raised, calls: Calls) -> tuple[Evidence, ...]:
    """The call below that raised what was swallowed, where one was traced."""
    if error.here:
        return ()
    for child in reversed(calls.children(call)):
        if child.raised is not None and child.raised.type == error.type:
            fact = (
                f"{child.function.short}({describe_arguments(child)})"
                f" raised {error.type}({error.message[:60]!r})"
            )
            return (
                Evidence(
                    "raised", fact, "called", child.function.file, child.raised.line,
                    child.function.name, failure.nodeid, child.id,
                ),
            )  # fmt: skip
    return ()


def handler_line(case: Case, function: Function, line: int) -> int:
    """Return the line of the except (or with) that surrounds `line` in a function; 0 if none."""
    span = case.span(function)
    return _handler_in(span.node, line) if span is not None else 0


@lru_cache(maxsize=4096)
def _handler_in(around: FunctionNode, line: int) -> int:
    found = 0
    for node in ast.walk(around):
        if isinstance(node, ast.Try) and node.handlers:
            last = node.body[-1].end_lineno or node.body[-1].lineno
            if node.body[0].lineno <= line <= last:
                found = max(found, node.handlers[0].lineno)
        elif isinstance(node, (ast.With, ast.AsyncWith)) and not found:
            if node.lineno <= line <= (node.end_lineno or node.lineno):
                found = node.lineno
    return found
