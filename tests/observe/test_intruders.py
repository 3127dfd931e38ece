"""Exceptions that come into our code from outside: by a signal's handler, or sent by a thread."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable

import pytest

from pytest_autopsy.faults import Guard
from pytest_autopsy.model import Look, Value
from pytest_autopsy.observe.intruders import is_intruder, is_of_handler
from pytest_autopsy.observe.values import Limits, Looker

from ..ours import as_ours

TINY = Limits(depth=1, items=1, string=1, nodes=1)


class TooSlow(Exception):
    pass


def raised(action: Callable[[], object]) -> BaseException:
    with pytest.raises(BaseException) as caught:
        as_ours(lambda: action())()
    error = caught.value
    assert error.__traceback__ is not None
    return error.with_traceback(error.__traceback__.tb_next)  # as who catches it in our code


def of_user() -> None:
    raise ValueError("of the program")


def test_what_ours_or_the_standard_library_raises_is_no_intruder() -> None:
    assert not is_intruder(raised(as_ours(lambda: 1 / 0)))
    assert not is_intruder(raised(as_ours(lambda: json.loads("{"))))


def test_what_comes_through_code_of_others_is_one() -> None:
    assert is_intruder(raised(of_user))


def test_what_was_sent_is_told_by_its_type() -> None:
    """`PyThreadState_SetAsyncExc` raises it wherever we are, without a frame of its own."""
    assert is_intruder(TooSlow())
    assert not is_intruder(ValueError())


def test_a_handler_is_known_by_its_code() -> None:
    before = signal.signal(signal.SIGINT, lambda number, frame: of_user())
    try:
        handler = signal.getsignal(signal.SIGINT)
        assert callable(handler)
        assert is_of_handler(raised(lambda: signal.raise_signal(signal.SIGINT)))
        assert not is_of_handler(raised(of_user)), "a hook may run code of others"
        with pytest.raises(ValueError, match="of the program"):
            Guard([])(handler, int(signal.SIGINT), sys._getframe())
    finally:
        signal.signal(signal.SIGINT, before)


class Interrupted(Looker):
    """One that somebody's code interrupts while it walks."""

    def at(self, value: object, depth: int) -> Look:
        of_user() if value == "library" else signal.raise_signal(signal.SIGINT)
        return None


def test_a_look_does_not_take_it_for_a_value_that_cannot_be_read() -> None:
    """What a library raises whose array is read is no intruder: that value cannot be read."""
    before = signal.signal(signal.SIGINT, lambda number, frame: of_user())
    try:
        assert Interrupted(TINY).look("library") == Value(
            "cut", "str", why="not readable: ValueError"
        )
        with pytest.raises(ValueError, match="of the program"):
            Interrupted(TINY).look("interrupted")
    finally:
        signal.signal(signal.SIGINT, before)
