"""Wrap functions in sections: what passes through leaves without a line of ours in its traceback.

A section is open only while the function itself runs: not while a generator waits to be resumed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..observe.exceptions import without_frames_of
from ..record.marks import Marks


def plain_wrapper(function: Any, section: Callable[..., Any]) -> Any:
    """For functions and methods."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        try:
            with section():
                return function(*args, **kwargs)
        except BaseException as error:
            without_frames_of(error, HERE)
            raise

    return wrapper


def async_wrapper(function: Any, section: Callable[..., Any]) -> Any:
    """For coroutine functions."""

    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        try:
            with section():
                return await function(*args, **kwargs)
        except BaseException as error:
            without_frames_of(error, HERE)
            raise

    return wrapper


def generator_wrapper(function: Any, section: Callable[..., Any]) -> Any:
    """For generator functions: `yield from`, with each step in the section."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        inner = function(*args, **kwargs)
        opened = section(marks=Marks())
        step, sent = inner.send, None
        try:
            while True:
                with opened:
                    try:
                        value = step(sent)
                    except StopIteration as stop:
                        return stop.value
                try:
                    sent = yield value
                    step = inner.send
                except GeneratorExit:
                    inner.close()
                    raise
                except BaseException as thrown:  # noqa: BLE001  # it is the generator's
                    step, sent = inner.throw, thrown
        except BaseException as error:
            without_frames_of(error, HERE)
            raise

    return wrapper


def async_generator_wrapper(function: Any, section: Callable[..., Any]) -> Any:
    """For asynchronous generator functions."""

    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        inner = function(*args, **kwargs)
        opened = section(marks=Marks())
        step, sent = inner.asend, None
        try:
            while True:
                with opened:
                    try:
                        value = await step(sent)
                    except StopAsyncIteration:
                        return
                try:
                    sent = yield value
                    step = inner.asend
                except GeneratorExit:
                    await inner.aclose()
                    raise
                except BaseException as thrown:  # noqa: BLE001  # it is the generator's
                    step, sent = inner.athrow, thrown
        except BaseException as error:
            without_frames_of(error, HERE)
            raise

    return wrapper


HERE = plain_wrapper.__code__.co_filename
