"""Attributes that a constructor should have set: who made the object that lacks one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import Call, Evidence, Failure, Value
from .case import Case, Finding
from .names import much_like
from .statements import body_of

_MISSING = re.compile(r"'(\w+)' object has no attribute '(\w+)'")
_MAKERS = ("__init__", "__new__", "__post_init__", "__setstate__")
READERS = 2
"""Functions of a file that name an attribute, from which on it is no slip of one of them."""


def find(case: Case) -> list[Finding]:
    """Return a finding for each constructor of an object that lacked an attribute when it was asked.

    It explains by itself where others than the one that failed count on the attribute too; else
    the name may be what is wrong.
    """
    findings: list[Finding] = []
    for failure in case.followed:
        missing = lacked(failure)
        if missing is None:
            continue
        kind, attribute = missing
        findings.extend(
            _finding(case, failure, call, kind, attribute)
            for call in makers(failure, kind)
            if attribute not in _sets(case, call)
            and not _is_method(case, failure, call.function.file, attribute)
        )
    return findings


def _is_method(case: Case, failure: Failure, file: str, attribute: str) -> bool:
    """Whether what was asked for is called, and set nowhere: a method that nobody has written."""
    frames = failure.project_frames
    asked = frames[0].code.replace(" ", "") if frames else ""
    return f".{attribute}(" in asked and attribute not in _set_in(case, file)


def _set_in(case: Case, file: str) -> set[str]:
    """The attributes that the functions of a file assign."""
    return {name for span in case.source(file).spans for name in body_of(span.node).assigned}


def lacked(failure: Failure) -> tuple[str, str] | None:
    """Return the class and the attribute that an object of it did not have; None where it was not that."""
    if failure.exception is None or failure.exception[0] != "AttributeError":
        return None
    missing = _MISSING.match(failure.exception[1])
    return (missing.group(1), missing.group(2)) if missing else None


def makers(failure: Failure, kind: str) -> Iterator[Call]:
    """Yield the calls that made objects of the class, those of its bases too; each function once."""
    seen = set()
    for call in reversed(failure.trace.calls if failure.trace is not None else ()):
        name = call.function.name.rpartition(".")[2]
        if name not in _MAKERS or call.function in seen or call.function.kind == "test":
            continue
        made = next((value for _, value in call.arguments), None)
        if isinstance(made, Value) and made.type.rpartition(".")[2] == kind:
            seen.add(call.function)
            yield call


def _sets(case: Case, call: Call) -> frozenset[str]:
    """The attributes that a function assigns on a line of its own."""
    span = case.span(call.function)
    return frozenset(body_of(span.node).assigned) if span is not None else frozenset()


def _is_slip(case: Case, file: str, attribute: str) -> bool:
    """Whether what was asked for is much like an attribute that the file's functions do set."""
    set_there = _set_in(case, file)
    return attribute not in set_there and bool(much_like(attribute, set_there))


def _is_counted_on(case: Case, file: str, attribute: str) -> bool:
    spans = case.source(file).spans
    readers = {span.name for span in spans if attribute in body_of(span.node).reads}
    return len(readers) >= READERS


def _finding(case: Case, failure: Failure, call: Call, kind: str, attribute: str) -> Finding:
    function = case.with_kind(call.function)
    line = case.def_line(function)
    fact = f"{function.short} made a {kind} without {attribute}"
    evidence = Evidence(
        "unset", fact, "culprit", function.file, line, function.name, failure.nodeid, call.id
    )
    counted_on = _is_counted_on(case, function.file, attribute)
    slip = not counted_on and _is_slip(case, function.file, attribute)
    strength = 0.3 if slip else 1.0 if counted_on else 0.8
    return Finding(
        function, "unset", strength, fact, (evidence,), line, "attribute not set",
        f"{function.short} leaves {attribute} unset, which others count on",
        f"set {attribute} in {function.short}, or look at why it was not",
        mechanism=counted_on,
    )  # fmt: skip
