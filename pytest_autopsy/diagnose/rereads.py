"""Functions that go through an iterator twice: the second time there is nothing left."""

from __future__ import annotations

import ast
from functools import lru_cache

from ..model import Call, Evidence, Look, Value
from ..source import FunctionNode, bodies
from .behaviour import classes_of_argument, type_in
from .calls import callee_name
from .case import Case, Finding
from .origin import Walk

ONCE = ("generator", "map", "filter", "zip", "enumerate", "islice", "chain", "reversed")
"""Types of built-in iterators, beside those whose name ends so."""
_TAKES_ALL = frozenset(
    ("all", "any", "Counter", "deque", "dict", "extend", "fromkeys", "frozenset", "join", "list",
     "map", "filter", "max", "min", "set", "sorted", "sum", "tuple", "update", "zip", "enumerate")
)  # fmt: skip


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for each function that was given an iterator and reads it more than once.

    It explains by itself where passing tests give the function other types only.
    """
    findings = []
    for walk in found:
        linked = {step.call.function for step in walk.steps}
        assert walk.failure.trace is not None
        told = set()
        for call in walk.failure.trace.calls:
            span = case.span(call.function)
            if span is None or call.function.kind != "code":
                continue
            for name, value in call.arguments:
                if not is_once(value) or (call.function, name) in told:
                    continue
                lines = read_twice(span.node, name)
                ran = case.lines_run(walk.failure, call.function)
                if lines is not None and (ran is None or ran.issuperset(lines)):
                    told.add((call.function, name))
                    is_linked = call.function in linked
                    findings.append(_finding(case, walk, call, name, value, lines, is_linked))
    return findings


def is_once(value: Look) -> bool:
    """Return whether it is an iterator, which can be gone through once."""
    return isinstance(value, Value) and (value.type in ONCE or value.type.endswith("iterator"))


@lru_cache(maxsize=4096)
def read_twice(node: FunctionNode, name: str) -> tuple[int, int] | None:
    """Return the lines at which a function goes through a parameter first and again; None where it
    does so once, in one of two branches, or after it has put something else under the name.
    """
    if isinstance(node, ast.Lambda):
        return None
    inner = [one for statement in node.body for one in ast.walk(statement)]
    named = [one for one in inner if isinstance(one, ast.Name) and one.id == name]
    if any(isinstance(one.ctx, ast.Store) for one in named):
        return None
    lines = sorted(read.lineno for one in inner for read in _reads(one, name))
    for later in lines[1:]:
        if not _is_apart(node.body, lines[0], later):
            return lines[0], later
    return None


def _reads(node: ast.AST, name: str) -> list[ast.expr]:
    """The expressions below a node that are gone through by it, if they are this name."""
    read: list[ast.expr] = []
    if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        read = [node.iter]
    elif isinstance(node, ast.Call) and callee_name(node) in _TAKES_ALL:
        read = node.args
    elif isinstance(node, ast.Starred):
        read = [node.value]
    return [one for one in read if isinstance(one, ast.Name) and one.id == name]


def _is_apart(body: list[ast.stmt], first: int, later: int) -> bool:
    """Whether two lines are in different branches, or the first is in one that does not go on."""
    for statement in body:
        if not statement.lineno <= first <= (statement.end_lineno or statement.lineno):
            continue
        for branch in bodies(statement):
            if branch[0].lineno <= first <= (branch[-1].end_lineno or branch[-1].lineno):
                if branch[0].lineno <= later <= (branch[-1].end_lineno or branch[-1].lineno):
                    return _is_apart(branch, first, later)
                is_try = isinstance(statement, ast.Try)
                goes_on = not isinstance(branch[-1], (ast.Return, ast.Raise, ast.Continue))
                within = later <= (statement.end_lineno or statement.lineno)
                return not goes_on or (within and not is_try)
        return isinstance(statement, ast.Return) and statement.end_lineno != later
    return False


def _finding(
    case: Case, walk: Walk, call: Call, name: str, value: Look, lines: tuple[int, int], linked: bool
) -> Finding:
    function, kind = case.with_kind(call.function), value.type if isinstance(value, Value) else ""
    first, later = lines
    known = case.features_when_passing(call.function) or frozenset()
    usual = kind in map(type_in, classes_of_argument(known, name))
    fact = (
        f"{function.short} was given the {kind} {name} and goes through it at line {first} and"
        f" again at line {later}, where the rest of it is left"
    )
    evidence = Evidence(
        "exhausted", fact, "culprit", function.file, later, function.name, walk.failure.nodeid, call.id
    )  # fmt: skip
    strength = (1.0 if linked else 0.8) * (0.3 if usual else 1.0)
    return Finding(
        function, "exhausted", strength, fact, (evidence,), later, "iterator exhausted",
        f"{function.short} goes through the iterator {name} twice",
        f"make {name} a list before {function.file}:{first}, or go through it once",
        mechanism=not usual,
    )  # fmt: skip
