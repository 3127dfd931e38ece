"""Exceptions of tasks and threads at which nobody has looked."""

from __future__ import annotations

from ..model import Call, Evidence, Function, Look, Value
from ..observe.compare import held_in
from .behaviour import is_usual
from .case import Case, Finding
from .origin import Walk, describe_arguments, is_inside
from .statements import body_of

STARTERS = frozenset(
    ("create_task", "ensure_future", "gather", "start_soon", "submit", "start", "run_in_executor", "map")
)  # fmt: skip
"""Names under which tasks and threads are started."""


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for who started a task or thread whose exception went nowhere."""
    findings = []
    for walk in found:
        assert walk.failure.trace is not None
        calls = walk.failure.trace.calls
        for call in calls:
            if call.raised is None or call.outcome != "raise" or not _is_first(walk, call):
                continue
            if not _was_met(walk, call) and not is_usual(case, call):
                starter = _starter(case, walk, call)
                if starter is not None:
                    findings.append(_finding(case, walk, call, *starter))
    return findings


def _is_first(walk: Walk, call: Call) -> bool:
    """Whether a task or thread began with this call."""
    parent = walk.calls.parent(call)
    if parent is None:
        return call.task is not None or call.thread != "main"
    return (parent.task, parent.thread) != (call.task, call.thread)


def _was_met(walk: Walk, call: Call) -> bool:
    """Whether anything else has the exception: another call, or the failure itself."""
    assert call.raised is not None
    error = (call.raised.type, call.raised.message)
    failure = walk.failure
    kind, text = failure.exception or ("", "")
    if kind == error[0] and text.startswith(error[1]):
        return True
    assert failure.trace is not None
    others = [
        other
        for other in failure.trace.calls
        if other is not call and not is_inside(other, call, walk.calls)
    ]
    told = (one for o in others for one in ((o.raised,) if o.raised else ()) + o.handled)
    looks = (look for o in others for look in (o.value, *(value for _, value in o.arguments)))
    return any((one.type, one.message) == error for one in told) or any(
        _holds(look, call.raised.type) for look in looks
    )


def _holds(look: Look, kind: str) -> bool:
    """Whether a value is, or holds, an exception of a type: `gather` may return it."""
    if not isinstance(look, Value):
        return False
    if look.type.rpartition(".")[2] == kind:
        return True
    return any(_holds(one, kind) for one in held_in(look))


def _starter(case: Case, walk: Walk, call: Call) -> tuple[Function, int, int] | None:
    """Who started it: the last call before it that names it and starts tasks or threads; else
    the call that waited meanwhile.
    """
    assert walk.failure.trace is not None
    name = call.function.name.rpartition(".")[2]
    for other in reversed(walk.failure.trace.calls):
        if other.start < call.start and other.function.kind != "test":
            span = case.span(other.function)
            body = body_of(span.node) if span is not None else None
            if body is not None and name in body.reads and body.reads & STARTERS:
                return case.with_kind(other.function), body.named_at(name), other.id
    parent = walk.calls.parent(call)
    if parent is None or parent.function.kind == "test":
        return None
    return case.with_kind(parent.function), call.site.line if call.site else parent.line, parent.id


def _finding(
    case: Case, walk: Walk, call: Call, starter: Function, line: int, call_id: int
) -> Finding:
    assert call.raised is not None
    what = "task" if call.task is not None else "thread"
    function = case.with_kind(call.function)
    error = f"{call.raised.type}({call.raised.message[:60]!r})"
    raised = f"{function.short}({describe_arguments(call)}) raised {error} in a {what} of its own"
    fact = f"{starter.short} started it and never looked at how it ended"
    evidence = (
        Evidence(
            "lost", raised, "called", function.file, call.raised.line, function.name,
            walk.failure.nodeid, call.id,
        ),
        Evidence(
            "lost", fact, "culprit", starter.file, line, starter.name, walk.failure.nodeid, call_id
        ),
    )  # fmt: skip
    return Finding(
        starter, "lost", 1.0, f"started the {what} {function.short} and lost its {error}",
        evidence, line, "lost exception",
        f"{starter.short} loses the {call.raised.type} of the {what} {function.short}",
        f"ask the {what}s that {starter.short} starts for their results (await each, or gather)",
        mechanism=True,
    )  # fmt: skip
