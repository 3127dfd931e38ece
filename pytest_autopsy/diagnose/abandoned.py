"""Calls that an exception left between what they did and where they undo it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from ..model import Call, Evidence
from ..source import FunctionNode, Span, bodies
from .behaviour import is_usual
from .calls import callee_name
from .case import Case, Finding
from .origin import Walk, is_read

UNRELATED = 0.4
"""What is left of it where nobody with a part in the failure is seen to read what was not undone."""
_OPPOSITES = {
    "acquire": "release", "add": "remove discard", "append": "pop remove", "appendleft": "popleft",
    "attach": "detach", "begin": "end commit", "connect": "disconnect", "disable": "enable",
    "enter": "exit leave", "lock": "unlock", "mount": "unmount", "open": "close",
    "pause": "resume", "push": "pop", "register": "unregister", "set": "clear reset",
    "start": "stop", "subscribe": "unsubscribe", "suspend": "resume",
}  # fmt: skip
"""Names of methods -> of those that undo what they do."""


class Effect(NamedTuple):
    """What a statement changes beyond its call: the text of a target, or of whose method it calls."""

    target: str
    verb: str
    line: int


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for each call that an exception left before it had undone what it did.

    The exception is one that somebody caught: what the failure itself passes through on its way
    has not been met by anybody after it.
    """
    findings = []
    for walk in found:
        assert walk.failure.trace is not None
        for call in walk.failure.trace.calls:
            span = case.span(call.function)
            if span is None or call.outcome != "raise" or call.raised is None:
                continue
            if call.function.kind != "code" or _is_of_failure(walk, call) or is_usual(case, call):
                continue
            undoing = next(iter(undone_after(span, call.raised.line, call.yields > 0)), None)
            if undoing is not None:
                findings.append(_finding(case, walk, call, undoing))
    return findings


def _is_of_failure(walk: Walk, call: Call) -> bool:
    """Whether it may have been left by the exception that the test fails with.

    A context manager hands on what it was left by, so that frames do not tell.
    """
    error, raised = walk.failure.exception, call.raised
    return error is not None and raised is not None and error[0] == raised.type


@lru_cache(maxsize=4096)
def undone_after(span: Span, line: int, is_suspended: bool) -> tuple[Effect, ...]:
    """Return what a function undoes after `line` of what it did before, unless a finally or a handler
    sees to it: an exception at `line` leaves that as it is.

    Of a context manager's generator that is all that stands below the yield at `line`.
    """
    node = span.node
    if isinstance(node, ast.Lambda):
        return ()
    before, after, seen_to = _around(node.body, line)
    if is_suspended and any(map(_is_manager, node.decorator_list)):
        rest = [one for one in after if not isinstance(one, (ast.Return, ast.Pass))]
        texts = [Effect(ast.unparse(one).split("\n")[0], "", one.lineno) for one in rest]
        return tuple(texts)
    names = _names_outside(node)
    done = list(_effects(before, names))
    kept = list(_effects(seen_to, names))
    return tuple(
        effect
        for effect in _effects(after, names)
        if any(_undoes(effect, one) for one in done)
        and not any(effect.target == one.target for one in kept)
    )


def _is_manager(decorator: ast.expr) -> bool:
    return callee_name(decorator) in ("contextmanager", "asynccontextmanager")


def _around(
    body: list[ast.stmt], line: int
) -> tuple[list[ast.stmt], list[ast.stmt], list[ast.stmt]]:
    """The statements that have run before `line`, that would have after it, and that still do.

    Of the bodies around the line only: what is in another branch has no part in it.
    """
    for place, statement in enumerate(body):
        if not statement.lineno <= line <= (statement.end_lineno or statement.lineno):
            continue
        before, after, seen_to = body[:place], body[place + 1 :], []
        if isinstance(statement, ast.Try):
            seen_to = [*statement.finalbody, *(s for h in statement.handlers for s in h.body)]
        for inner in bodies(statement):
            if inner[0].lineno <= line <= (inner[-1].end_lineno or inner[-1].lineno):
                was, will_be, sees_to = _around(inner, line)
                return [*before, *was], [*will_be, *after], [*seen_to, *sees_to]
        return before, after, seen_to
    return [], [], []


def _names_outside(node: FunctionNode) -> frozenset[str]:
    """The variables that a function has from outside, which are there when the call has ended."""
    return frozenset(
        name
        for one in ast.walk(node)
        if isinstance(one, (ast.Global, ast.Nonlocal))
        for name in one.names
    )


def _effects(statements: Iterable[ast.stmt], outside: frozenset[str]) -> Iterator[Effect]:
    waiting: list[ast.AST] = list(reversed(list(statements)))
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))
        if isinstance(node, (ast.Assign, ast.Delete)):
            yield from (_set(target) for target in node.targets if _outlives(target, outside))
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)) and _outlives(node.target, outside):
            yield _set(node.target)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield Effect(ast.unparse(node.func.value), node.func.attr, node.lineno)


def _set(target: ast.expr) -> Effect:
    return Effect(ast.unparse(target), "", target.lineno)


def _outlives(target: ast.expr, outside: frozenset[str]) -> bool:
    """Whether what is assigned is there when the call has ended."""
    if isinstance(target, ast.Name):
        return target.id in outside
    return isinstance(target, (ast.Attribute, ast.Subscript))


def _undoes(later: Effect, earlier: Effect) -> bool:
    if later.target != earlier.target:
        return False
    if not later.verb:
        return not earlier.verb
    return later.verb in _OPPOSITES.get(earlier.verb, "").split()


def _finding(case: Case, walk: Walk, call: Call, undoing: Effect) -> Finding:
    function, error = case.with_kind(call.function), call.raised
    assert error is not None
    text = case.source(function.file).line(undoing.line).strip()
    linked = _is_met(case, walk, call, undoing)
    fact = (
        f"{function.short} was left by {error.type} at line {error.line}:"
        f" line {undoing.line}, `{text}`, did not run"
    )
    evidence = Evidence(
        "abandoned", fact, "culprit", function.file, undoing.line, function.name,
        walk.failure.nodeid, call.id,
    )  # fmt: skip
    return Finding(
        function, "abandoned", 1.0 if linked else UNRELATED, fact, (evidence,), undoing.line,
        "state left behind", f"{function.short} leaves out `{text}` when {error.type} passes",
        f"put line {undoing.line} of {function.file} into a finally",
        mechanism=linked,
    )  # fmt: skip


def _is_met(case: Case, walk: Walk, call: Call, undoing: Effect) -> bool:
    """Whether it had a part in the failure, or who had reads what was left, by the last part of its name."""
    name = undoing.target.split("[")[0].split("(")[0].rpartition(".")[2].strip()
    has_part = any(step.call.function == call.function for step in walk.steps)
    return has_part or is_read(case, walk, name)
