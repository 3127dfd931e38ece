"""Errors of doctests, and those that only look like them: nothing of theirs runs."""

from __future__ import annotations

import doctest
import warnings

import pytest

from pytest_autopsy.observe.detail import Detail
from pytest_autopsy.snapshot import doctests

LOOK = Detail().look
TEST = doctest.DocTest([], {}, "shop", "shop.py", 10, "")


class Hostile(str):
    """A text whose methods are not to be run."""

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(f"{name} was asked for")


def wrong(source: str, want: str, got: str, lineno: int = 2) -> doctest.DocTestFailure:
    return doctest.DocTestFailure(TEST, doctest.Example(source, want, lineno=lineno), got)


def test_what_was_printed_is_compared_as_the_value_that_it_shows() -> None:
    error = wrong("total()", "[1, 2]", "[1, 3]\n")
    found = doctests.compared(error, LOOK)
    assert found is not None and found.left_source == "total()"
    assert (found.left, found.right) == (LOOK([1, 3]), LOOK([1, 2]))
    assert doctests.message(error) == "expected '[1, 2]', got '[1, 3]'"
    assert doctests.line(error) == 13


def test_what_is_no_literal_is_compared_as_text_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = doctests.compared(wrong("f()", "<Shop>", r"'\d'"), LOOK)
    assert found is not None and (found.left, found.right) == ("\\d", "<Shop>\n".strip())


@pytest.mark.parametrize(
    "error",
    [
        None,
        ValueError("no"),
        doctest.DocTestFailure(None, None, "x"),  # type: ignore[arg-type]
        doctest.DocTestFailure(TEST, object(), "x"),  # type: ignore[arg-type]
        wrong("f()", "1", Hostile("2")),
    ],
    ids=["none", "other", "empty", "half", "hostile"],
)
def test_what_doctest_would_not_have_made_is_left_alone(error: BaseException | None) -> None:
    assert doctests.message(error) is None
    assert doctests.line(error) is None
    assert error is None or doctests.compared(error, LOOK) is None
    assert doctests.raised(error) is error


def test_the_exception_of_an_example() -> None:
    inner = KeyError("x")
    example = doctest.Example("f()", "")
    error = doctest.UnexpectedException(TEST, example, (KeyError, inner, None))  # type: ignore[arg-type]
    assert doctests.raised(error) is inner
    for told in (None, (), (KeyError,), (KeyError, "x", None)):
        error.exc_info = told  # type: ignore[assignment]
        assert doctests.raised(error) is error
