"""Attributes that a method sets which nobody called: a set-up that pytest does not know by its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..model import Evidence, Failure, Function
from ..source import Span
from .case import Case, Finding
from .statements import body_of
from .unset import lacked, makers

NOSE = {"setup": "setup_method", "teardown": "teardown_method"}
"""Names that pytest before 8 called as nose does, and what it calls now."""


def find(case: Case) -> list[Finding]:
    """Return a finding for each method that sets a missing attribute and did not run.

    Only where no constructor of the project made the object: of one that did, `unset` tells.
    """
    findings: list[Finding] = []
    for failure in case.followed:
        missing = lacked(failure)
        if missing is None or next(makers(failure, missing[0]), None) is not None:
            continue
        setters = [
            (file, span) for file in _files(failure) for span in _setters(case, file, *missing)
        ]
        if not any(_ran(case, failure, file, span) for file, span in setters):
            findings.extend(_finding(case, failure, *setter, missing[1]) for setter in setters)
    return findings


def _files(failure: Failure) -> list[str]:
    """The files where the failing exception passed through the project, innermost first."""
    return list(dict.fromkeys(frame.file for frame in failure.project_frames))


def _setters(case: Case, file: str, kind: str, attribute: str) -> Iterator[Span]:
    """The methods of a class, or of its bases in the same file, that assign the attribute."""
    wanted = _with_bases(case.source(file).tree, kind)
    for span in case.source(file).spans:
        owner = span.name.rpartition(".")[0].rpartition(".")[2]
        if owner in wanted and attribute in body_of(span.node).assigned:
            yield span


def _with_bases(tree: ast.Module | None, kind: str) -> set[str]:
    """A class's name and those of its bases that the same file defines."""
    classes = {
        node.name: [base.id for base in node.bases if isinstance(base, ast.Name)]
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, ast.ClassDef)
    }
    found: set[str] = set()
    waiting = [kind]
    while waiting:
        name = waiting.pop()
        if name in classes and name not in found:
            found.add(name)
            waiting.extend(classes[name])
    return found


def _ran(case: Case, failure: Failure, file: str, span: Span) -> bool:
    index = case.known.index_of.get((file, span.name, span.first))
    return failure.footprint is not None and index in failure.footprint.lines


def _finding(case: Case, failure: Failure, file: str, span: Span, attribute: str) -> Finding:
    of_test = any(frame.file == file and frame.kind == "test" for frame in failure.project_frames)
    function = case.with_kind(
        Function(file, span.name, span.first, "fixture" if of_test else "code")
    )
    fact = f"{function.short}, which sets {attribute}, did not run"
    evidence = Evidence(
        "uncalled", fact, "culprit", file, span.line, span.name, failure.nodeid
    )  # fmt: skip
    name = span.name.rpartition(".")[2]
    hint = f"look at what was to call {function.short} before {attribute} is read"
    if of_test and name in NOSE:
        hint = f"pytest calls {NOSE[name]}, and since version 8 not {name}: rename {function.short}"
    return Finding(
        function, "uncalled", 1.0 if of_test else 0.5, fact, (evidence,), span.line,
        "attribute not set", fact, hint, mechanism=of_test,
    )  # fmt: skip
