"""Flags that a function was given and did not hand on to whom it called for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import NamedTuple

from ..model import Call, Evidence, Failure, Function
from ..source import FunctionNode, parameters_of
from .behaviour import classes_of_argument
from .calls import Calls
from .case import Case, Finding
from .statements import arguments_of, body_of


class Kept(NamedTuple):
    """A flag that `caller` had and `callee`, which knows one of that name, was not given."""

    caller: Call
    callee: Call
    name: str
    value: bool
    is_new: bool  # no passing test gives the caller this value


def find(case: Case) -> list[Finding]:
    """Return a finding for each function that had a flag and called without it one that has it too.

    The one that was called took its default, which is the other value. Where passing tests give the
    caller that value as well it may be meant, and says less.
    """
    findings = []
    for failure in case.followed:
        kept = case.known.once(("flags", failure.id), partial(_kept, case, failure))
        findings += [_finding(case, failure, one) for one in kept]
    return findings


def _kept(case: Case, failure: Failure) -> list[Kept]:
    assert failure.trace is not None
    calls = Calls(failure.trace)
    found: dict[tuple[Function, str], Kept] = {}
    for callee in calls.all:
        caller = calls.parent(callee) if callee.direct else None
        if caller is None or caller.function == callee.function:  # a recursion's own business
            continue
        if caller.function.kind == callee.function.kind == "code":
            for name, value in _differing(caller, callee):
                if _is_left_out(case, caller, callee, name):
                    kept = Kept(caller, callee, name, value, _is_new(case, caller, name, value))
                    found.setdefault((caller.function, name), kept)
    return list(found.values())


def _differing(caller: Call, callee: Call) -> Iterator[tuple[str, bool]]:
    had = {name: value for name, value in caller.arguments if isinstance(value, bool)}
    for name, value in callee.arguments if had else ():
        if isinstance(value, bool) and had.get(name, value) is not value:
            yield name, had[name]


def _is_left_out(case: Case, caller: Call, callee: Call, name: str) -> bool:
    """Whether the call does not say what the flag is, so that it has its default."""
    above, below = case.span(caller.function), case.span(callee.function)
    if above is None or below is None or callee.site is None or name not in _flags(below.node):
        return False
    made = body_of(above.node).call_at(callee.site, callee.function.name)
    if made is None or any(isinstance(given, ast.Starred) for given in made.args):
        return False
    return not any(arguments_of(made, below.node, name))


@lru_cache(maxsize=4096)
def _flags(node: FunctionNode) -> frozenset[str]:
    """The parameters of a function whose default is True or False."""
    return frozenset(
        one.arg
        for one, default in parameters_of(node)
        if isinstance(default, ast.Constant) and isinstance(default.value, bool)
    )


def _is_new(case: Case, caller: Call, name: str, value: bool) -> bool:
    known = case.features_when_passing(caller.function) or frozenset()
    return str(value) not in classes_of_argument(known, name)


def _finding(case: Case, failure: Failure, kept: Kept) -> Finding:
    function, name = case.with_kind(kept.caller.function), kept.name
    who, whom = function.short, kept.callee.function.short
    line = kept.callee.site.line if kept.callee.site is not None else kept.caller.line
    fact = f"{who} was given {name}={kept.value} and called {whom} with {name}={not kept.value}"
    evidence = Evidence(
        "flag", fact, "culprit", function.file, line, function.name, failure.nodeid, kept.caller.id
    )
    return Finding(
        function, "flag", 1.0 if kept.is_new else 0.4, fact, (evidence,), line, "value ignored",
        f"{who} does not hand its {name} on to {whom}",
        f"give {whom} the {name} that {who} was given, at {function.file}:{line}",
        mechanism=kept.is_new,
    )  # fmt: skip
