"""Where a None was born that was then rejected, or could not be used."""

from __future__ import annotations

import ast
from functools import lru_cache

from ..model import Call, Evidence, Failure
from ..source import FunctionNode
from .calls import Calls
from .case import Case, Finding
from .flow import Step
from .origin import HANDED_ON, Walk, describe_arguments, is_inside, rejected
from .statements import body_of


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return findings for calls that gave a None which was then rejected or could not be used."""
    findings: list[Finding] = []
    for walk in found:
        used = died_of_none(walk.failure)
        value, expected = rejected(walk.failure)
        asserted = walk.failure.snapshot is not None and walk.failure.snapshot.assertion is not None
        if used or (asserted and value is None and expected is not None):
            findings.extend(_none_births(case, walk, used))
    return findings


def died_of_none(failure: Failure) -> bool:
    """Whether an operation met a None that it cannot take, by the interpreter's own words."""
    if failure.exception is None:
        return False
    kind, text = failure.exception
    return kind in ("TypeError", "AttributeError") and "NoneType" in text


def _none_births(case: Case, walk: Walk, used: bool) -> list[Finding]:
    holders = {
        step.call.id: step
        for step in sorted(walk.steps, key=lambda step: step.weight)
        if step.call.outcome == "return" and step.call.value is None
        if _could_return_more(case, step.call)
    }
    calls = [step.call for step in holders.values()]
    findings = []
    for step in holders.values():
        call = step.call
        if any(is_inside(other, call, walk.calls) for other in calls if other is not call):
            continue
        made = _none_finding(case, walk.failure, step, used)
        asked = _who_asked(case, walk.calls, call)
        if asked is not None:
            findings.append(_none_asked_for(case, walk.failure, call, *asked, made.strength))
        if case.with_kind(call.function).kind == "code":
            handed = asked is not None or _is_handed_on(case, call)
            findings.append(_weaker(made) if handed else made)
    return findings


def _is_handed_on(case: Case, call: Call) -> bool:
    """Whether a None was given, and one is what the function gives in passing tests, too."""
    given = any(value is None for _, value in call.arguments)
    return given and _is_usual(case, call)


def _is_usual(case: Case, call: Call) -> bool:
    """Whether the function returned None in passing tests as well."""
    return "return None" in (case.features_when_passing(call.function) or ())


def _weaker(found: Finding) -> Finding:
    return found._replace(strength=found.strength * HANDED_ON, mechanism=False, title="", hint="")


def _who_asked(case: Case, calls: Calls, call: Call) -> tuple[Call, str] | None:
    """The call that asked for a None, with the parameter that was None and was given back.

    `return default`, or `value = default` and later `return value`.
    """
    parent, span = calls.parent(call), case.span(call.function)
    if parent is None or span is None or case.with_kind(parent.function).kind != "code":
        return None
    body = body_of(span.node)
    given = {name for name, value in call.arguments if value is None}
    for _, value in body.results(call.line, call.function.name, None):
        names = _names_in(value)
        written = [one for name in names for _, one in body.writes(name, 0, None)]  # anywhere
        back = given & names.union(*map(_names_in, written))
        if back:
            return parent, min(back)
    return None


def _names_in(node: ast.expr | None) -> set[str]:
    return {node.id} if isinstance(node, ast.Name) else set()


def _none_asked_for(
    case: Case, failure: Failure, call: Call, asker: Call, name: str, strength: float
) -> Finding:
    """Who called a function that gives back what it is to give where it finds nothing: None."""
    function, short = case.with_kind(asker.function), call.function.short
    line = call.site.line if call.site is not None else asker.line
    fact = (
        f"{function.short} called {short}({describe_arguments(call)}), which gave {name}=None back"
    )
    evidence = Evidence(
        "none", fact, "culprit", function.file, line, function.name, failure.nodeid, asker.id, "None",
    )  # fmt: skip
    return Finding(
        function, "none", strength, fact, (evidence,), line, "none returned",
        f"{function.short} gets {name}=None back from {short}",
        f"give {short} another {name} at {function.file}:{line}, or look whether what it gives is None",
    )  # fmt: skip


def _could_return_more(case: Case, call: Call) -> bool:
    """Whether the function has a result at all: it returns a value somewhere."""
    function = call.function
    span = case.span(function)
    return span is None or _returns_a_value(span.node)


@lru_cache(maxsize=4096)
def _returns_a_value(node: FunctionNode) -> bool:
    return any(
        isinstance(inner, ast.Return) and inner.value is not None and not _is_none(inner.value)
        for inner in ast.walk(node)
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _none_finding(case: Case, failure: Failure, step: Step, used: bool) -> Finding:
    call = step.call
    given = describe_arguments(call)
    fact = f"{call.function.short}({given}) returned None"
    frames = failure.project_frames
    where = f"{frames[0].function} line {frames[0].line}" if frames else "the test"
    function = case.with_kind(call.function)
    evidence = Evidence(
        "none", f"{fact}, which {where} then met", "culprit", function.file, call.line,
        function.name, failure.nodeid, call.id, "None",
    )  # fmt: skip
    title = (
        f"{function.short} returns None for {given}" if given else f"{function.short} returns None"
    )
    return Finding(
        function, "none", 1.0 if used else 0.8, f"{fact}, met later by {where}", (evidence,),
        call.line, "none returned", title,
        f"look at what {function.short} returns at line {call.line} and why nothing better was found",
        # That an asserted value is None may have other reasons, and where others take one so has this.
        mechanism=used and not _is_usual(case, call),
    )  # fmt: skip
