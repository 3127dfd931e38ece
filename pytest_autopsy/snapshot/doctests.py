"""Failing doctests: what an example raised, or printed in place of what was wanted."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from ..model import Assertion, Look

MAX_TEXT = 2_000
"""Characters of what an example prints that are read as a value."""


class _Wrong(NamedTuple):
    """An example that printed something else: its source and line, what was wanted, what came."""

    source: str
    line: int | None
    want: str
    got: str


def raised(error: BaseException | None) -> BaseException | None:
    """Return the exception of an example that raised; any other error as it is.

    pytest raises one error for all examples of a doctest that goes on after a failure.
    """
    if _is(error, "MultipleDoctestFailures", "_pytest.doctest"):
        error = _first(getattr(error, "failures", None), error)
    if not _is(error, "UnexpectedException"):
        return error
    told = getattr(error, "exc_info", None)
    return _first(told[1:2], error) if type(told) is tuple else error


def compared(error: BaseException, look: Callable[[object], Look]) -> Assertion | None:
    """Return what an example printed beside what was wanted; None where it is not that."""
    wrong = _wrong(error)
    if wrong is None:
        return None
    return Assertion(
        look(_read(wrong.got)), "==", look(_read(wrong.want)), left_source=wrong.source
    )


def message(error: BaseException | None) -> str | None:
    """Return in words what an example printed; None where it is not that."""
    wrong = _wrong(error)
    return f"expected {wrong.want!r}, got {wrong.got!r}" if wrong is not None else None


def line(error: BaseException | None) -> int | None:
    """Return the line of the example that failed; None where it is no doctest's, or not known."""
    wrong = _wrong(error)
    return wrong.line if wrong is not None else None


def _wrong(error: Any) -> _Wrong | None:
    """What doctest says of an example; None of what it would not have made so itself."""
    if not _is(error, "DocTestFailure"):
        return None
    test, example = error.test, error.example
    if not (_is(test, "DocTest") and _is(example, "Example")):
        return None
    texts = example.source, example.want, error.got
    lines = test.lineno, example.lineno
    if not all(type(text) is str for text in texts):
        return None
    line = sum(lines) + 1 if all(type(number) is int for number in lines) else None
    source, want, got = (text.strip() for text in texts)
    return _Wrong(source, line, want, got)


def _first(errors: Any, error: BaseException | None) -> BaseException | None:
    """The first of a list or tuple where it is an exception, else `error`."""
    if (type(errors) is list or type(errors) is tuple) and errors:
        first: BaseException = errors[0]
        return first if issubclass(type(first), BaseException) else error
    return error


def _is(value: object, name: str, module: str = "doctest") -> bool:
    """Whether a value is of this class, of a module that nobody but a doctest loads."""
    known = sys.modules.get(module)
    return type(known) is ModuleType and type(value) is known.__dict__.get(name)


def _read(text: str) -> Any:
    """The value that a text shows, where it is a literal; the text itself where it is not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the compiler says of it
            return ast.literal_eval(text) if len(text) <= MAX_TEXT else text
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
