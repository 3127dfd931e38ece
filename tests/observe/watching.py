"""What a look runs of somebody else's code, by sys.setprofile."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType

from pytest_autopsy.atonce import uncollected

from .hostile import CALLED


@contextmanager
def watching(told: Callable[[CodeType], str]) -> Iterator[list[str]]:
    """Collect what `told` says of each code that is entered, where it says something.

    Without the garbage collector: what it collects meanwhile is not the look's doing.
    """
    entered: list[str] = []

    def hook(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and (name := told(frame.f_code)):
            entered.append(name)

    with uncollected():
        CALLED.clear()
        sys.setprofile(hook)
        try:
            yield entered
        finally:
            sys.setprofile(None)
