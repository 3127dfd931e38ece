"""A program whose events are known, for the self-check on interpreters that were not tested."""

from __future__ import annotations

from types import CodeType

from ..model import Function
from .replay import CallRecord
from .targets import Targets


def _double(number: int) -> int:
    return number * 2


def _fails(text: str) -> int:
    return int(text)


def _swallows(text: str) -> int | None:
    try:
        return _fails(text)
    except ValueError:
        return None


FUNCTIONS = 3
"""How many functions `run` calls, directly or not."""


def run() -> None:
    """Call, return, raise and handle."""
    _double(21)
    _swallows("no number")


class ProbeTargets(Targets):
    """Targets that hold this module's functions only."""

    def match(self, code: CodeType, module: str) -> Function | None:
        """Return the function where it is one of ours."""
        if code.co_filename != __file__ or not code.co_name.startswith("_"):
            return None
        return Function("<self-check>", code.co_name, code.co_firstlineno)


def missing(records: list[CallRecord]) -> str:
    """Return, in words, what a recording of `run` should hold and does not."""
    by_name = {record.info.function.name: record for record in records}
    double, fails, swallows = (by_name.get(n) for n in ("_double", "_fails", "_swallows"))
    if double is None or fails is None or swallows is None:
        return "calls"
    if double.arguments != (21,):
        return "arguments"
    if double.outcome != "return" or double.value != 42:
        return "results"
    if fails.outcome != "raise":
        return "exceptions"
    return ""
