"""Exceptions that went by a function's own handlers, which catch others: the list is too short."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from functools import lru_cache

from ..model import Call, Evidence, Failure, Raised
from ..source import FunctionNode
from .behaviour import told_by
from .case import Case, Finding
from .origin import Walk, describe_arguments

ACCIDENTS = frozenset(
    ("AttributeError", "NameError", "UnboundLocalError", "AssertionError", "RecursionError",
     "NotImplementedError", "SystemExit", "KeyboardInterrupt", "GeneratorExit", "CancelledError")
)  # fmt: skip
"""What a wrong program raises, or who ends it: a handler for it would only hide that."""
ABOVE = 0.6
"""What is left for whoever it passes after the first."""
UNSEEN = 0.5
"""What is left where no test that passes shows that anything is caught."""


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for each function that let an exception pass out of a `try` of its own.

    It weighs more for the first that it met, and where tests that pass show the handlers at work.
    """
    findings = []
    for walk in found:
        met: set[tuple[str, str]] = set()
        assert walk.failure.trace is not None
        for call in reversed(walk.failure.trace.calls):  # children before their parents
            error = call.raised
            if error is None or call.outcome != "raise" or error.here or error.type in ACCIDENTS:
                continue
            span = case.span(call.function)
            caught = handlers_around(span.node, error.line) if span is not None else ()
            if any(_catches(name, error) for name, _ in caught):
                continue
            if not any(_are_kin(name, error.type) for name, _ in caught):
                continue
            if not _is_usual(case, call):
                strength = _strength(case, call, (error.type, error.message) not in met)
                met.add((error.type, error.message))
                findings.append(_finding(case, walk.failure, call, caught, strength))
    return findings


def _is_usual(case: Case, call: Call) -> bool:
    return told_by(call)[1] in (case.features_when_passing(call.function) or ())


def _strength(case: Case, call: Call, is_first: bool) -> float:
    known = case.features_when_passing(call.function) or ()
    at_work = any(feature.startswith("handled ") for feature in known)
    return (1.0 if is_first else ABOVE) * (1.0 if at_work else UNSEEN)


@lru_cache(maxsize=4096)
def handlers_around(node: FunctionNode, line: int) -> tuple[tuple[str, int], ...]:
    """Return the types, and the lines, of the handlers of each `try` whose body holds the line."""
    return tuple(
        (name, handler.lineno)
        for tried in ast.walk(node)
        if isinstance(tried, ast.Try) and _holds(tried.body, line)
        for handler in tried.handlers
        for name in _names(handler.type)
    )


def _holds(body: list[ast.stmt], line: int) -> bool:
    return body[0].lineno <= line <= (body[-1].end_lineno or body[-1].lineno)


def _names(node: ast.expr | None) -> Iterator[str]:
    """The types that a handler names, by their last names; of one that catches all, that it does."""
    if node is None:
        yield "BaseException"
    elif isinstance(node, ast.Tuple):
        for one in node.elts:
            yield from _names(one)
    elif isinstance(node, (ast.Name, ast.Attribute)):
        yield node.id if isinstance(node, ast.Name) else node.attr


def _catches(name: str, error: Raised) -> bool:
    """Whether a handler for `name` would have caught it, as far as built-in types tell."""
    kind, base = _builtin(error.type), _builtin(name)
    return name == error.type or (kind is not None and base is not None and issubclass(kind, base))


def _are_kin(name: str, other: str) -> bool:
    """Whether who catches the one may have meant the other: two of a program's own, or two built-in
    ones with a base below Exception in common.
    """
    kind, base = _builtin(name), _builtin(other)
    if kind is None or base is None:
        return kind is base
    common = set(kind.__mro__) & set(base.__mro__)
    return bool(common - {Exception, BaseException, object})


def _builtin(name: str) -> type | None:
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) else None


def _finding(
    case: Case, failure: Failure, call: Call, caught: tuple[tuple[str, int], ...], strength: float
) -> Finding:
    error = call.raised
    assert error is not None
    function, line = case.with_kind(call.function), caught[0][1]
    shown = f"{error.type}({error.message[:60]!r})"
    names = " and ".join(dict.fromkeys(name for name, _ in caught))
    fact = f"let {shown} pass at line {error.line}, where it catches {names}"
    evidence = Evidence(
        "uncaught", f"{function.short}({describe_arguments(call)}) {fact}", "culprit",
        function.file, line, function.name, failure.nodeid, call.id,
    )  # fmt: skip
    return Finding(
        function, "uncaught", strength, fact, (evidence,), line, "exception not caught",
        f"{function.short} catches {names}, and lets {error.type} pass",
        f"look whether the except at {function.file}:{line} is to catch {error.type} too",
    )  # fmt: skip
