"""Put a diagnosis into words: its title, its kind, and the calls that tell how it came about."""

from __future__ import annotations

from ..model import Call, CauseKind, Confidence, Evidence, Failure, Function, Suspect, Value
from ..observe.text import shortened, squeezed, to_text
from . import behaviour
from .case import Case, Finding
from .origin import describe_arguments

CLEAR = 0.15
"""A lead that makes a suspect likely; those that are nearer to the first are named with it."""
MAX_CALLED = 2
MAX_CULPRIT = 2
MAX_TOLD = 4
"""Facts before the last, which says where it failed."""


def describe(
    case: Case,
    suspects: list[Suspect],
    best: Finding | None,
    confidence: Confidence,
    findings: list[Finding],
) -> tuple[str, CauseKind]:
    """Return the title (only what was recorded) and the kind of a diagnosis."""
    if not suspects:
        return _without_suspects(case)
    first = suspects[0]
    if confidence == "open":
        tied = [s.function.short for s in suspects[:5] if first.score - s.score <= CLEAR]
        if len(tied) > 1:
            return f"{', '.join(tied[:-1])} or {tied[-1]}", best.kind if best else "unclear"
    if best is not None:
        return best.title, best.kind
    return f"{first.function.short} {_what_it_did(case, first, findings)}", "unclear"


def _what_it_did(case: Case, first: Suspect, findings: list[Finding]) -> str:
    told = _telling_call(case, first.function, findings)
    if told is None or told[1].outcome != "return":
        return _how_it_fails(case.failures[0])
    unusual = any(f.feature == "class" and f.function == first.function for f in findings)
    value = told[1].value
    # A procedure: that it returned None would sound like blame. Of what was not looked at, none can.
    says_nothing = value is None or (isinstance(value, Value) and value.kind == "cut")
    if says_nothing and not unusual and first.why[:1] and first.why[0].startswith("run "):
        return f"is {first.why[0]}"
    given = describe_arguments(told[1])
    return f"returned {to_text(value, 50)}" + (f" for {given}" if given else "")


def _how_it_fails(failure: Failure) -> str:
    if failure.exception is None:
        return "is behind an unexpected pass"
    kind, text = failure.exception
    first_line = squeezed(text.strip().partition("\n")[0], 80)
    if kind == "AssertionError":
        return "is behind a failing assertion"
    return f"is behind {kind}" + (f": {first_line}" if first_line else "")


def _without_suspects(case: Case) -> tuple[str, CauseKind]:
    failure = case.failures[0]
    if failure.exception is None:
        title = f"{failure.nodeid} failed without an exception"
        return f"{title}: {failure.said}".removesuffix(": "), "no evidence"
    kind, text = failure.exception
    first_line = text.strip().splitlines()[0] if text.strip() else ""
    return f"{kind}: {first_line}" if first_line else kind, "no evidence"


def hint_for(first: Suspect, best: Finding | None) -> str:
    """Return what to look at, from the evidence at hand."""
    if best is not None and best.hint:
        return best.hint
    return f"look at {first.function.file}:{first.line} in {first.function.short}"


def tell(case: Case, first: Suspect, findings: list[Finding]) -> list[Evidence]:
    """Return the facts of the story in order: called, culprit, failed."""
    mine = [f for f in findings if f.function == first.function and f.evidence]
    mine.sort(key=lambda f: (not f.mechanism, not f.title, -f.strength))
    called: list[Evidence] = []
    culprit: list[Evidence] = []
    for finding in mine:
        for fact in finding.evidence:
            chosen = culprit if fact.role == "culprit" else called
            if fact.role != "failed" and fact.kind not in {held.kind for held in chosen}:
                chosen.append(fact)
    called = [fact for fact in called if fact.kind != "slice"]
    if all(fact.kind == "tried" for fact in culprit):  # says nothing of what was recorded
        culprit.insert(0, _culprit_call(case, first, findings))
    if not called:
        called = _caller(case, culprit[0])
    told = [*called[:MAX_CALLED], *culprit[:MAX_CULPRIT]]
    told += _strange(case, told)
    failed = where_it_failed(case, told)
    return told + ([failed] if failed is not None else [])


def _strange(case: Case, told: list[Evidence]) -> list[Evidence]:
    """What the function that failed was given for the first time, where there is room to tell."""
    failure = _told_failure(case, told)
    strange = behaviour.strange_argument(case, failure) if len(told) < MAX_TOLD else None
    return [strange] if strange is not None else []


def _caller(case: Case, culprit: Evidence) -> list[Evidence]:
    """Who made the culprit's call, and with what it had been called itself."""
    for failure in case.failures:
        if failure.nodeid != culprit.test or failure.trace is None:
            continue
        calls = {call.id: call for call in failure.trace.calls}
        call = calls.get(culprit.call or 0)
        parent = calls.get(call.parent or 0) if call is not None else None
        if call is None or parent is None or parent.function.kind == "test":
            return []
        line = call.site.line if call.site is not None else parent.function.line
        fact = f"{parent.function.short}({describe_arguments(parent)}) called it"
        return [
            Evidence(
                "caller", fact, "called", parent.function.file, line, parent.function.name,
                failure.nodeid, parent.id,
            )
        ]  # fmt: skip
    return []


def _culprit_call(case: Case, first: Suspect, findings: list[Finding]) -> Evidence:
    """What the suspect was given, and what came of it."""
    function = first.function
    told = _telling_call(case, function, findings)
    if told is None:
        fact = first.why[0] if first.why else "run by the failing tests"
        return Evidence(
            "spectrum", f"{function.short}: {fact}", "culprit", function.file, first.line,
            function.name, case.failures[0].nodeid,
        )  # fmt: skip
    test, call = told
    given = ", ".join(f"{n}={to_text(v, 40)}" for n, v in call.arguments if n != "self")
    raised = f"raised {call.raised.type}" if call.raised else call.outcome
    ending = f"returned {to_text(call.value, 60)}" if call.outcome == "return" else raised
    return Evidence(
        "call", f"{function.short}({shortened(given, 120)}) {ending}", "culprit", function.file,
        call.line or first.line, function.name, test, call.id,
    )  # fmt: skip


def _telling_call(
    case: Case, function: Function, findings: list[Finding]
) -> tuple[str, Call] | None:
    """The test and the call in which a function had most part in the rejected value.

    Where it had none, its last call in the first failing test that shows one.
    """
    parts = [f for f in findings if f.function == function and f.feature == "slice" and f.evidence]
    wanted = {(f.evidence[0].test, f.evidence[0].call) for f in parts}
    last = None
    for failure in case.failures:
        for call in reversed(failure.trace.calls if failure.trace is not None else ()):
            if (failure.nodeid, call.id) in wanted:
                return failure.nodeid, call
            if last is None and call.function[:3] == function[:3]:
                last = failure.nodeid, call
    return last


def where_it_failed(case: Case, chosen: list[Evidence]) -> Evidence | None:
    """Return where the test of the chosen facts stopped; None where that is not known."""
    failure = _told_failure(case, chosen)
    frames = failure.project_frames
    if failure.exception is None or not (frames or failure.file):
        return None
    place = (failure.file, failure.line, "")  # of a doctest the example, else the test
    if frames:
        place = (frames[0].file, frames[0].line, frames[0].function)
    kind, text = failure.exception
    assertion = failure.snapshot.assertion if failure.snapshot is not None else None
    if assertion is not None:
        fact = (
            f"{to_text(assertion.left, 50)} {assertion.operator} {to_text(assertion.right, 50)}"
            " is false"
        )
        if assertion.left_source:
            fact += f" for {shortened(assertion.left_source, 60)}"
    else:
        first_line = squeezed(text.strip().partition("\n")[0], 100)
        fact = f"{kind}: {first_line}" if first_line else kind
    return Evidence("failure", fact, "failed", *place, failure.nodeid)


def _told_failure(case: Case, chosen: list[Evidence]) -> Failure:
    """The failure that the chosen facts are of."""
    tests = [fact.test for fact in chosen]
    return next((f for f in case.failures if f.nodeid in tests), case.failures[0])
