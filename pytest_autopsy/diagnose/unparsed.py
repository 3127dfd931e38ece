"""Files that do not parse: named by what the compiler said, for nothing of them ran."""

from __future__ import annotations

import re

from ..model import Evidence, Failure, Function
from .case import Case, Finding

_ERRORS = ("SyntaxError", "IndentationError", "TabError")
_PLACE = re.compile(r'File "([^"\n]+)", line (\d+)')


def find(case: Case) -> list[Finding]:
    """Return a finding for each file of the project that could not be compiled."""
    findings = []
    for failure in case.failures:
        place = _place(case, failure)
        if place is not None:
            findings.append(_finding(failure, *place))
    return findings


def _place(case: Case, failure: Failure) -> tuple[str, int] | None:
    """The file, as the project names it, and the line that the compiler refused."""
    if failure.exception is None or failure.exception[0] not in _ERRORS or not failure.snapshot:
        return None
    told = _PLACE.findall(failure.snapshot.traceback)
    if not told:
        return None
    path, line = told[-1]
    parts = path.replace("\\", "/").split("/")
    ends = ("/".join(parts[first:]) for first in range(1, len(parts)))
    file = next((end for end in ends if case.source(end).path == path), None)
    return (file, int(line)) if file is not None and case.source(file).lines else None


def _finding(failure: Failure, file: str, line: int) -> Finding:
    is_test = file == failure.file
    function = Function(file, "<module>", 1, "test" if is_test else "code")
    message = failure.exception[1].strip() if failure.exception is not None else ""
    fact = f"{function.short} does not parse: {re.sub(r' [(][^()]*, line [0-9]+[)]$', '', message)}"
    evidence = Evidence(
        "unparsed", fact, "culprit", file, line, function.name, failure.nodeid
    )  # fmt: skip
    return Finding(
        function, "itself" if is_test else "unparsed", 1.0, fact, (evidence,), line,
        "not parsed", fact, f"correct {file}:{line}, or run a Python that takes it",
        mechanism=True,
    )  # fmt: skip
