"""What an exception says, read without its own methods."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest

from pytest_autopsy.observe import exceptions as read

from . import hostile
from .hostile import armed, opaque, spy, text
from .hostile_shapes import LyingError


class PlainError(Exception):
    pass


class LoudError(Exception):
    def __str__(self) -> str:
        hostile.CALLED.append("LoudError.__str__")
        return "loud"


@pytest.mark.parametrize(
    "error",
    [
        ValueError("bad value"),
        ValueError(),
        ValueError("two", 2),
        ValueError(3),
        ValueError(None),
        KeyError("key"),
        KeyError("it's"),
        OSError(2, "No such file"),
        FileNotFoundError(2, "No such file", "name.txt"),
        PlainError("plain"),
        UnicodeEncodeError("ascii", "é", 0, 1, "ordinal not in range"),
        SystemExit(3),
        ZeroDivisionError("division by zero"),
        ImportError("no module", name="x"),
        StopIteration(5),
    ],
    ids=repr,
)
def test_where_it_is_safe_the_message_is_what_python_prints(error: BaseException) -> None:
    assert read.message(error) == str(error)


def test_arguments_that_are_no_atoms_are_shown() -> None:
    assert read.message(ValueError([1, 2])) == "[1, 2]"
    assert read.message(ValueError("a", [1])) == "'a', [1]"
    assert read.message(LoudError("said")) == "said"
    assert read.message(LoudError("said", 2)) == "'said', 2"


@pytest.mark.parametrize("size", [501, 10**6])
def test_the_message_is_bounded(size: int) -> None:
    for error in (ValueError("x" * size), ValueError("x" * size, 1), LoudError("x" * size)):
        assert len(read.message(error)) <= 500


def test_many_arguments_cost_no_more_than_few() -> None:
    error = ValueError(*[[1]] * 50_000)
    began = time.process_time()
    shown = read.message(error)
    assert len(shown) <= 500
    assert time.process_time() - began < 0.15  # looking at each takes a second


HOSTILE = {
    "armed": lambda: Exception.__new__(armed(Exception, "raises"), "text"),
    "lying": lambda: LyingError("text"),
    "opaque-argument": lambda: ValueError(opaque()),
    "key": lambda: KeyError(opaque()),
    "text-argument": lambda: ValueError(text("text")),
    "nested": lambda: ValueError([opaque()], {"a": opaque()}),
    "says-builtins": lambda: type(
        "E", (Exception,), {"__module__": "builtins", "__str__": spy("__str__")}
    )("text"),
    "text-key": lambda: type("E", (Exception,), {text("__str__"): spy("__str__")})("text"),
    "file-name": lambda: OSError(2, "No such file", text("name")),
    "file-name-opaque": lambda: OSError(2, "No such file", opaque()),
    "second-file-name": lambda: OSError(2, "why", "name", None, opaque()),
    "syntax-error": lambda: _set(SyntaxError("text"), msg=opaque()),
    "unicode-reason": lambda: _set(UnicodeEncodeError("a", "b", 0, 1, "why"), reason=opaque()),
    "unicode-encoding": lambda: _set(UnicodeEncodeError("a", "b", 0, 1, "why"), encoding=opaque()),
    "import-error": lambda: _set(ImportError("text"), msg=opaque()),
    "stop": lambda: _set(StopIteration("text"), value=opaque()),
    "exit": lambda: _set(SystemExit("text"), code=opaque()),
}


def _set(error: Any, **attributes: object) -> Any:
    for name, value in attributes.items():
        setattr(error, name, value)
    return error


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_runs_nothing(name: str) -> None:
    error = HOSTILE[name]()
    hostile.CALLED.clear()
    assert type(read.message(error)) is str
    assert type(read.type_name(error)) is str
    assert type(read.qualified_name(error)) is str
    read.linked(error)
    read.argument(error)
    read.traceback_of(error)
    read.context_id(error)
    assert hostile.CALLED == []


def test_names() -> None:
    assert read.type_name(PlainError()) == "PlainError"
    assert read.qualified_name(PlainError()) == f"{__name__}.PlainError"
    assert read.qualified_name(KeyError()) == "KeyError"


def _caught(raiser: Any) -> BaseException:
    try:
        raiser()
    except BaseException as error:
        return error
    raise AssertionError


def _from_cause() -> None:
    raise ValueError("outer") from KeyError("inner")


def _while_handling() -> None:
    try:
        raise KeyError("inner")
    except KeyError:
        raise ValueError("outer")


def _from_none() -> None:
    try:
        raise KeyError("inner")
    except KeyError:
        raise ValueError("outer") from None


def test_the_chain_is_what_python_prints() -> None:
    ((how, inner),) = read.linked(_caught(_from_cause))
    assert (how, repr(inner)) == ("cause", "KeyError('inner')")
    ((how, inner),) = read.linked(_caught(_while_handling))
    assert (how, repr(inner)) == ("context", "KeyError('inner')")
    assert read.linked(_caught(_from_none)) == []
    assert read.linked(ValueError()) == []


def test_the_context_is_told_by_its_id_even_where_it_is_suppressed() -> None:
    error = _caught(_from_none)
    assert read.context_id(error) == id(error.__context__) != 0
    assert read.context_id(ValueError()) == 0


def test_the_chain_that_properties_hide_is_read() -> None:
    lying = LyingError("outer")
    inner = KeyError("inner")
    BaseException.__cause__.__set__(lying, inner)  # type: ignore[attr-defined]
    assert read.linked(lying) == [("cause", inner)]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="groups are builtin since 3.11")
def test_members_of_a_group() -> None:
    members = [ValueError("a"), KeyError("b")]
    group = ExceptionGroup("both", members)  # noqa: F821
    assert read.linked(group) == [("member", member) for member in members]
    hidden = type("G", (ExceptionGroup,), {"exceptions": property(spy("exceptions"))})  # noqa: F821
    assert len(read.linked(hidden("both", members))) == 2


def test_the_only_argument() -> None:
    assert read.argument(KeyError("key")) == "key"
    assert read.argument(KeyError()) is None
    assert read.argument(KeyError("a", "b")) is None


def test_the_traceback_is_the_real_one() -> None:
    error = _caught(_from_cause)
    assert read.traceback_of(error) is error.__traceback__ is not None
    assert read.traceback_of(ValueError()) is None
