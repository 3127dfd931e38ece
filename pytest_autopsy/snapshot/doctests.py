"""Failing doctests: what an example raised, or printed in place of what was wanted."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from typing import Any

from ..model import Assertion, Look

_WRONG = "DocTestFailure"
MAX_TEXT = 2_000
"""Characters of what an example prints that are read as a value."""


def raised(error: BaseException | None) -> BaseException | None:
    """Return the exception of an example that raised; any other error as it is.

    pytest raises one error for all examples of a doctest that goes on after a failure.
    """
    if _is(error, "MultipleDoctestFailures", "_pytest.doctest"):
        first = next(iter(getattr(error, "failures", ())), None)
        error = first if isinstance(first, BaseException) else error
    if not _is(error, "UnexpectedException"):
        return error
    inner = getattr(error, "exc_info", (None, None))[1]
    return inner if isinstance(inner, BaseException) else error


def compared(error: Any, look: Callable[[object], Look]) -> Assertion | None:
    """Return what an example printed beside what was wanted; None where it is not that."""
    if not _is(error, _WRONG):
        return None
    source = error.example.source.strip()
    return Assertion(
        look(_read(error.got)), "==", look(_read(error.example.want)), left_source=source
    )


def message(error: Any) -> str | None:
    """Return in words what an example printed; None where it is not that."""
    if not _is(error, _WRONG):
        return None
    return f"expected {error.example.want.strip()!r}, got {error.got.strip()!r}"


def line(error: Any) -> int | None:
    """Return the line of the example that failed; None where it is no doctest's, or not known."""
    if not _is(error, _WRONG) or error.test.lineno is None:
        return None
    return int(error.test.lineno + error.example.lineno + 1)


def _is(error: object, name: str, module: str = "doctest") -> bool:
    """Whether an error is of this class, of a module that nobody but a doctest loads."""
    return type(error) is getattr(sys.modules.get(module), name, None)


def _read(text: str) -> Any:
    """The value that a text shows, where it is a literal; the text itself where it is not."""
    try:
        return ast.literal_eval(text) if len(text) <= MAX_TEXT else text
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
