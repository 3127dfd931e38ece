"""Values of a type that a function's own annotations exclude: who first gave or returned one."""

from __future__ import annotations

import ast
from collections import abc
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import NamedTuple

from ..model import Call, Evidence, Failure, Look, Value
from ..observe.compare import held_in
from ..observe.text import to_text
from ..record.finish import value_class
from ..source import Source, parameters_of
from .behaviour import classes_of_argument, classes_of_results, type_in
from .calls import Calls, callee_name
from .case import Case, Finding

NONE = "NoneType"
_FITS = {
    "int": {"int", "bool"},
    "float": {"float", "int", "bool"},
    **{name: {name} for name in ("bool", "str", "bytes", "tuple", "set", "frozenset")},
    **{name: {name} for name in ("list", "dict")},
}
"""Name of a built-in class -> the exact types of values that a checker takes for it (PEP 484)."""
_BUILT_IN = frozenset(_FITS) | {NONE}
_ALIASES = {
    "List": "list", "Dict": "dict", "Tuple": "tuple", "FrozenSet": "frozenset", "Text": "str",
}  # fmt: skip
_ABSTRACT = (frozenset(abc.__all__) | {"AbstractSet", "Type", "type"}) - {"Hashable"}
"""What many classes are, and None is not."""
_OPEN_BASES = ("Protocol", "ABC", "TypedDict")
"""Bases of classes whose annotation also takes what is no instance of them."""


class Broken(NamedTuple):
    """A value at odds with an annotation: `call` is of the function at fault, `at` when it was."""

    at: int
    call: Call
    line: int
    value: Look
    fact: str
    title: str
    hint: str
    usual: list[str]  # classes of what passing tests show in its place

    @property
    def is_new(self) -> bool:
        """Whether passing tests show values in this place, and none of this type."""
        shown = type_in(value_class(self.value))
        return bool(self.usual) and shown not in map(type_in, self.usual)


def find(case: Case) -> list[Finding]:
    """Return a finding for whoever first broke a declared type in each failing test.

    Whatever comes after may follow from it. What passing tests do too is how the program is, and
    what a test itself gives is what it is about.
    """
    findings = []
    for failure in case.followed:
        found = case.known.once(("declared", failure.id), partial(_first, case, failure))
        if found is not None:
            findings.append(_finding(case, failure, found))
    return findings


def _first(case: Case, failure: Failure) -> Broken | None:
    """What was broken first that no passing test breaks, or who broke one so before."""
    assert failure.trace is not None
    calls = Calls(failure.trace)
    every = [one for call in calls.all for one in _of_call(case, calls, call)]
    every.sort(key=lambda one: one.at)
    new = next((one for one in every if one.is_new or not one.usual), None)
    if new is None or new.value is None:
        return new
    return next(one for one in every if _kind(one.value) == _kind(new.value))


def _of_call(case: Case, calls: Calls, call: Call) -> Iterator[Broken]:
    """What the values of one call break."""
    span = case.span(call.function)
    if span is None or isinstance(span.node, ast.Lambda) or call.function.kind != "code":
        return
    source = case.source(call.function.file)
    known = case.features_when_passing(call.function) or frozenset()
    parameters, result = declarations(span.node)
    for name, value in call.arguments:
        declared = parameters.get(name)
        if declared is not None and excludes(declared, _kind(value), source):
            giver = _giver(case, calls, call, value)
            if giver is not None:
                usual = classes_of_argument(known, name)
                yield _given(call, giver, name, value, declared, usual)
    if result is not None and call.outcome == "return" and call.end is not None:
        if excludes(result, _kind(call.value), source):
            yield _returned(call, call.end, result, classes_of_results(known))


def _giver(case: Case, calls: Calls, call: Call, value: Look) -> Call | None:
    """The call of the program's that gave an argument; None where it was given it against its own
    declaration, so that somebody else is to be asked.

    A wrapper that takes whatever it is given and hands it on has given nothing of its own.
    """
    parent = calls.parent(call) if call.direct else None
    span = case.span(parent.function) if parent is not None else None
    if parent is None or span is None or case.with_kind(parent.function).kind != "code":
        return None
    source = case.source(parent.function.file)
    parameters = declarations(span.node)[0] if not isinstance(span.node, ast.Lambda) else {}
    gathered = {one.arg for one in (span.node.args.vararg, span.node.args.kwarg) if one is not None}
    for name, given in parent.arguments:
        if name in gathered and isinstance(given, Value) and value in held_in(given):
            return _giver(case, calls, parent, value)
        if given == value and name in parameters:
            if excludes(parameters[name], _kind(value), source):
                return None
    return parent


def _kind(value: Look) -> str:
    """The exact type of a value, by name; of what was hidden none."""
    if isinstance(value, Value):
        return "" if value.kind == "redacted" else value.type
    return NONE if value is None else type(value).__name__


def _given(
    call: Call, giver: Call, name: str, value: Look, declared: ast.expr, usual: list[str]
) -> Broken:
    callee, shown, wanted = call.function.short, to_text(value, 40), ast.unparse(declared)
    line = call.site.line if call.site is not None else giver.line
    who = giver.function.short
    fact = f"{who} gave {callee} {name}={shown}, which is declared as {wanted}"
    hint = f"give {callee} a {wanted} for {name} at line {line}, or let it take what {who} has"
    title = f"{who} gives {callee} {shown} for {name}: {wanted}"
    return Broken(call.start, giver, line, value, fact, title, hint, usual)


def _returned(call: Call, end: int, declared: ast.expr, usual: list[str]) -> Broken:
    who, shown, wanted = call.function.short, to_text(call.value, 40), ast.unparse(declared)
    fact = f"{who} returned {shown}, and is declared to return {wanted}"
    hint = f"let {who} return a {wanted} at line {call.line}, as it declares"
    title = f"{who} returns {shown} for {wanted}"
    return Broken(end, call, call.line, call.value, fact, title, hint, usual)


def _finding(case: Case, failure: Failure, found: Broken) -> Finding:
    function = case.with_kind(found.call.function)
    evidence = Evidence(
        "declared", found.fact, "culprit", function.file, found.line, function.name,
        failure.nodeid, found.call.id,
    )  # fmt: skip
    return Finding(
        function, "declared", 1.0 if found.is_new else 0.5, found.fact, (evidence,), found.line,
        "not as declared", found.title, found.hint, mechanism=found.is_new,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def declarations(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
) -> tuple[dict[str, ast.expr], ast.expr | None]:
    """Return the annotations of a function's parameters, and of its result if that is a value.

    A parameter whose default is None takes None, whatever stands there (as PEP 484 once had it).
    """
    found = {
        one.arg: one.annotation
        for one, default in parameters_of(node)
        if one.annotation is not None and not _is_none(default)
    }
    return found, None if node.returns is None or _is_none(node.returns) else node.returns


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def excludes(declared: ast.expr, kind: str, source: Source) -> bool:
    """Whether an annotation takes no value of a built-in type, whose name is `kind`.

    Of names that cannot be known without running the module (aliases, type variables) it is
    never said.
    """
    if kind not in _BUILT_IN:
        return False
    if isinstance(declared, ast.Constant):
        return _constant_excludes(declared.value, kind, source)
    if isinstance(declared, ast.BinOp) and isinstance(declared.op, ast.BitOr):
        return excludes(declared.left, kind, source) and excludes(declared.right, kind, source)
    if isinstance(declared, ast.Subscript):
        name = callee_name(declared.value)
        inner = declared.slice
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if name in ("Optional", "Union"):
            fits_none = name == "Optional" and kind == NONE
            return not fits_none and all(excludes(part, kind, source) for part in parts)
        return _name_excludes(name, kind, source)
    return _name_excludes(callee_name(declared), kind, source)


def _constant_excludes(value: object, kind: str, source: Source) -> bool:
    if value is None:
        return kind != NONE
    if not isinstance(value, str):
        return False
    try:
        return excludes(ast.parse(value.strip(), mode="eval").body, kind, source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _name_excludes(name: str, kind: str, source: Source) -> bool:
    name = _ALIASES.get(name, name)
    if name in _classes(source):
        return True
    if name in _FITS:
        return kind not in _FITS[name]
    return name in _ABSTRACT and kind == NONE


@lru_cache(maxsize=512)
def _classes(source: Source) -> frozenset[str]:
    """The classes of a file that only their instances are: nothing built in is one."""
    nodes: list[ast.AST] = [source.tree] if source.tree is not None else []
    found = set()
    while nodes:
        for node in ast.iter_child_nodes(nodes.pop()):
            if isinstance(node, ast.ClassDef):
                bases = {callee_name(getattr(base, "value", base)) for base in node.bases}
                bases |= set(map(callee_name, node.bases))
                if not node.keywords and bases.isdisjoint(_OPEN_BASES):
                    found.add(node.name)
            if isinstance(node, (ast.ClassDef, ast.If, ast.Try)):
                nodes.append(node)
    return frozenset(found)
