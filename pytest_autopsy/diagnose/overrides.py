"""Methods that override one which sets attributes up, and neither set them nor call it."""

from __future__ import annotations

import ast
from functools import lru_cache, partial
from typing import NamedTuple

from ..model import Call, Evidence, Function, Value
from ..source import Source
from .calls import callee_name
from .case import Case, Finding
from .origin import Walk
from .statements import body_of

MAX_BASES = 10
MAX_IMPORTS = 4
"""Files that a base class is followed through, from one that imports it to the one that has it."""


class Method(NamedTuple):
    """What a method assigns of its object, and whether it names the method that it overrides."""

    name: str
    line: int
    sets: frozenset[str]
    names_base: bool


class Outline(NamedTuple):
    """A class of a file, without its nodes, which would keep the whole tree."""

    name: str
    bases: tuple[str, ...]
    methods: dict[str, Method]


class Module(NamedTuple):
    """A file's classes by name, and where it has other names from: (dots, module, name)."""

    classes: dict[str, Outline]
    imports: dict[str, tuple[int, str, str]]


class Missed(NamedTuple):
    """A method that was overridden and not called, its class, and what only it sets."""

    owner: str
    method: Method
    attributes: frozenset[str]


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
            missed = case.known.once(("missed", function), partial(_missed, case, function))
            if missed is not None:
                reader, attribute = _reader(case, walk, call, missed)
                if reader is not None and reader.function in involved:
                    findings.append(_finding(case, walk, call, missed, attribute, reader))
    return findings


def _reader(case: Case, walk: Walk, call: Call, missed: Missed) -> tuple[Call | None, str]:
    """The first later call of a method of an object of the class that reads one of the attributes."""
    assert walk.failure.trace is not None
    owner = call.function.name.split(".")[-2]
    for later in walk.failure.trace.calls:
        itself = next((value for _, value in later.arguments), None)
        if later.start <= call.start or not isinstance(itself, Value):
            continue
        span = case.span(later.function) if itself.type.rpartition(".")[2] == owner else None
        read = missed.attributes & body_of(span.node).reads if span is not None else None
        if read and span is not None and span.line != missed.method.line:
            return later, min(read)
    return None, ""


def _missed(case: Case, function: Function) -> Missed | None:
    """What a method does not do of that which it overrides; None where it sees to it itself."""
    *_, owner, name = function.name.split(".")
    found = module_of(case.source(function.file)).classes.get(owner)
    method = found.methods.get(name) if found is not None else None
    if found is None or method is None or method.names_base:
        return None
    file = function.file
    for _ in range(MAX_BASES):
        above = next(filter(None, (_find(case, file, base) for base in found.bases)), None)
        if above is None:
            return None
        file, found = above
        if name in found.methods:
            attributes = found.methods[name].sets - method.sets
            return Missed(found.name, found.methods[name], attributes) if attributes else None
    return None


def _find(case: Case, file: str, name: str) -> tuple[str, Outline] | None:
    """The class that a file calls by this name, and the file that has it, among the program's."""
    for _ in range(MAX_IMPORTS):
        module = module_of(case.source(file))
        if name in module.classes:
            return file, module.classes[name]
        if name not in module.imports:
            return None
        dots, path, name = module.imports[name]
        folder = "/".join(file.split("/")[:-dots]) + "/" if dots else ""
        ending = f"{folder}{path.replace('.', '/')}".strip("/")
        files = case.known.once("files", partial(_files, case))
        ends = (f"{ending}.py", f"{ending}/__init__.py")
        matching = [one for one in files if f"/{one}".endswith(tuple(f"/{end}" for end in ends))]
        if len(matching) != 1:
            return None
        file = matching[0]
    return None


def _files(case: Case) -> tuple[str, ...]:
    return tuple(sorted({one.file for one in case.run.functions if one.kind == "code"}))


@lru_cache(maxsize=512)
def module_of(source: Source) -> Module:
    """Return the classes and imports at the top of a file."""
    nodes = source.tree.body if source.tree is not None else []
    classes, imports = {}, {}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            bases = tuple(map(callee_name, node.bases))
            methods = [
                _method(one)
                for one in node.body
                if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)) and one.args.args
            ]
            classes[node.name] = Outline(node.name, bases, {one.name: one for one in methods})
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                place = (node.level, node.module or "", alias.name)
                imports[alias.asname or alias.name] = place
    return Module(classes, imports)


def _method(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Method:
    own = node.args.args[0].arg
    sets = set()
    names_base = False
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute):
            names_base = names_base or inner.attr == node.name
            if isinstance(inner.ctx, ast.Store) and isinstance(inner.value, ast.Name):
                if inner.value.id == own:
                    sets.add(inner.attr)
        elif isinstance(inner, ast.Name) and inner.id == "super":
            names_base = True
    return Method(node.name, node.lineno, frozenset(sets), names_base)


def _finding(
    case: Case, walk: Walk, call: Call, missed: Missed, attribute: str, reader: Call
) -> Finding:
    function = case.with_kind(call.function)
    over = f"{missed.owner}.{missed.method.name}"
    line = case.def_line(function)
    fact = (
        f"{function.short} overrides {over}, which sets {attribute}, and does not call it;"
        f" {reader.function.short} reads {attribute}"
    )
    evidence = Evidence(
        "override", fact, "culprit", function.file, line, function.name, walk.failure.nodeid, call.id
    )  # fmt: skip
    return Finding(
        function, "override", 1.0, fact, (evidence,), line, "attribute not set",
        f"{function.short} does not call {over}, which sets {attribute}",
        f"call super().{missed.method.name} in {function.short}, or set {attribute} there",
    )  # fmt: skip
