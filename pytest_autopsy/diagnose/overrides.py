"""Methods that override one which sets attributes up, and neither set them nor call it."""

from __future__ import annotations

import ast
from functools import lru_cache, partial
from typing import NamedTuple

from ..model import Call, Evidence, Function, Value
from ..source import Source
from .case import Case, Finding
from .origin import Walk
from .statements import body_of

_Def = ast.FunctionDef | ast.AsyncFunctionDef
MAX_BASES = 10


class Method(NamedTuple):
    """A method as the source has it, in which class of which file."""

    owner: str
    file: str
    node: _Def


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for each overriding method whose base's sets an attribute that it does not,
    where a function with a part in the failure reads that attribute.
    """
    findings = []
    for walk in found:
        assert walk.failure.trace is not None
        involved = {step.call.function for step in walk.steps}
        called = {call.function: call for call in reversed(walk.failure.trace.calls)}
        for function, call in called.items():
            if function.kind != "code" or "." not in function.name:
                continue
            key = ("overridden", function)
            missed = case.known.once(key, partial(_left_out, case, function))
            if missed is None:
                continue
            base, attributes = missed
            reader, attribute = _reader(case, walk, call, base, attributes)
            if reader is not None and reader.function in involved:
                findings.append(_finding(case, walk, call, base, attribute, reader))
    return findings


def _reader(
    case: Case, walk: Walk, call: Call, base: Method, attributes: frozenset[str]
) -> tuple[Call | None, str]:
    """The first later call of a method of an object of the class that reads one of the attributes."""
    assert walk.failure.trace is not None
    owner = call.function.name.split(".")[-2]
    for later in walk.failure.trace.calls:
        itself = next((value for _, value in later.arguments), None)
        if later.start <= call.start or not isinstance(itself, Value):
            continue
        span = case.span(later.function) if itself.type.rpartition(".")[2] == owner else None
        read = attributes & body_of(span.node).reads if span is not None else None
        if read and span is not None and span.node is not base.node:
            return later, min(read)
    return None, ""


def _left_out(case: Case, function: Function) -> tuple[Method, frozenset[str]] | None:
    """The method that a method overrides, and what only that one sets; None where it sees to it."""
    *_, owner, name = function.name.split(".")
    by_name = case.known.once("classes", partial(_classes, case))
    mine = by_name.get(owner)
    if mine is None or mine[0] != function.file or name not in mine[1].methods:
        return None
    node = mine[1].methods[name]
    if _calls_base(node, name):
        return None
    bases = list(mine[1].bases)
    for _ in range(MAX_BASES):
        if not bases or bases[0] not in by_name:
            return None
        file, base = by_name[bases.pop(0)]
        if name in base.methods:
            attributes = frozenset(_sets(base.methods[name]) - _sets(node))
            return (Method(base.name, file, base.methods[name]), attributes) if attributes else None
        bases += base.bases
    return None


def _calls_base(node: _Def, name: str) -> bool:
    """Whether a method names `super` or, of another class, the method of its own name."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id == "super":
            return True
        if isinstance(inner, ast.Attribute) and inner.attr == name:
            return True
    return False


def _sets(node: _Def) -> set[str]:
    """The attributes of its object that a method assigns."""
    own = node.args.args[0].arg if node.args.args else ""
    return {
        inner.attr
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store)
        if isinstance(inner.value, ast.Name) and inner.value.id == own
    }


class Outline(NamedTuple):
    """A class: its name, bases and own methods."""

    name: str
    bases: tuple[str, ...]
    methods: dict[str, _Def]


def _classes(case: Case) -> dict[str, tuple[str, Outline]]:
    """Name -> file and class, of all classes in files of the program's; of two of one name neither."""
    found: dict[str, tuple[str, Outline]] = {}
    twice = set()
    for file in sorted({one.file for one in case.run.functions if one.kind == "code"}):
        for outline in _of_file(case.source(file)):
            if outline.name in found:
                twice.add(outline.name)
            found[outline.name] = file, outline
    return {name: one for name, one in found.items() if name not in twice}


@lru_cache(maxsize=512)
def _of_file(source: Source) -> tuple[Outline, ...]:
    nodes = ast.walk(source.tree) if source.tree is not None else iter(())
    return tuple(
        Outline(
            node.name,
            tuple(getattr(base, "attr", getattr(base, "id", "")) for base in node.bases),
            {
                m.name: m
                for m in node.body
                if isinstance(m, (ast.FunctionDef, ast.AsyncFunctionDef))
            },
        )
        for node in nodes
        if isinstance(node, ast.ClassDef)
    )


def _finding(
    case: Case, walk: Walk, call: Call, base: Method, attribute: str, reader: Call
) -> Finding:
    function = case.with_kind(call.function)
    over = f"{base.owner}.{base.node.name}"
    line = case.def_line(function)
    fact = (
        f"{function.short} overrides {over}, which sets {attribute}, and does not call it;"
        f" {reader.function.short} reads {attribute}"
    )
    evidence = Evidence(
        "override",
        fact,
        "culprit",
        function.file,
        line,
        function.name,
        walk.failure.nodeid,
        call.id,
    )
    return Finding(
        function, "override", 1.0, fact, (evidence,), line, "attribute not set",
        f"{function.short} does not call {over}, which sets {attribute}",
        f"call super().{base.node.name} in {function.short}, or set {attribute} there",
    )  # fmt: skip
