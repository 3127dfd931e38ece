"""What is known of a failure when its test reports: facts of this test alone, never a suspect."""

from __future__ import annotations

from typing import Any

from ..model import Failure, Frame
from ..observe.text import clean, shortened, to_text
from ..settings import Settings
from .digest import diagnosis_path

MAX_FACT = 300
"""Characters of one fact: they travel with the report, between processes too."""


def facts_of(failure: Failure) -> dict[str, str]:
    """Return the failure's own facts, each a short text: exception, place, expression, comparison."""
    found: dict[str, str] = {"phase": failure.phase}
    if failure.exception is not None:
        kind, message = failure.exception
        found["exception"] = f"{kind}: {message}" if message else kind
    frame = _place(failure)
    if frame is not None:
        found["at"] = f"{frame.file}:{frame.line} {frame.function}"
        if frame.expression:
            found["expression"] = frame.expression
    assertion = failure.snapshot.assertion if failure.snapshot is not None else None
    if assertion is not None:
        sides = to_text(assertion.left, 100), assertion.operator, to_text(assertion.right, 100)
        found["compared"] = " ".join(sides)
    return {name: _short(text) for name, text in found.items()}


def evidence_of(failure: Failure, settings: Settings) -> str:
    """Return where a failure's evidence will lie, by way of `latest`; "" where nothing tells.

    Relative to the root: a store elsewhere has no path that is the same on another machine.
    """
    try:
        store = settings.directory.relative_to(settings.rootdir).as_posix()
    except ValueError:
        return ""
    return f"{store}/latest/{diagnosis_path(failure)}" if settings.triage else ""


def told_by(report: Any) -> dict[str, Any]:
    """Return what a report was given when it was made: empty where somebody put something else there."""
    told = getattr(report, "autopsy", None)
    if not isinstance(told, dict) or not isinstance(told.get("failure"), str):
        return {}
    return told if isinstance(told.get("evidence", ""), str) else {}


def crash_of(report: Any) -> tuple[str, str]:
    """Return type and message of what a test raised, as pytest has rendered them; "" for what it has not.

    A plain assert has no type in front, several lines of source before a SyntaxError have none.
    """
    text = getattr(getattr(report.longrepr, "reprcrash", None), "message", None)
    if type(text) is not str:
        return "", ""
    kind, _, message = text.partition(": ")
    if " " in kind:
        return "AssertionError" if text.startswith("assert ") else "", text
    return kind, message


def _place(failure: Failure) -> Frame | None:
    """The innermost frame of the project that the exception left."""
    return next(iter(failure.project_frames), None)


def _short(text: str) -> str:
    return shortened(clean(" ".join(text.split())), MAX_FACT)
