"""Signals that come to the command while a program runs are the program's."""

from __future__ import annotations

import contextlib
import os
import signal
from types import FrameType
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_FROM_TERMINAL = ("SIGINT", "SIGQUIT")
"""What a terminal sends to the whole group: the program has had it already."""


class Forwarding:
    """Inside it, signals go to a process; those that came before there was one, too."""

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._pid = 0
        self._waiting: list[int] = []

    def __enter__(self) -> Forwarding:
        for name in _NAMES:
            number = getattr(signal, name, None)
            # What is ignored stays so, for the program too (nohup).
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._hand_on)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def to(self, pid: int) -> None:
        """Hand signals on to this process."""
        self._pid = pid
        for number in self._waiting:
            self._send(number)

    def _hand_on(self, number: int, _: FrameType | None) -> None:
        if signal.Signals(number).name in _FROM_TERMINAL and _in_foreground():
            return
        if self._pid:
            self._send(number)
        else:
            self._waiting.append(number)

    def _send(self, number: int) -> None:
        with contextlib.suppress(OSError):  # it has just ended
            os.kill(self._pid, number)


def _in_foreground() -> bool:
    """Whether a terminal's signals go to our group, and so to the program as well."""
    try:
        with open("/dev/tty", "rb") as terminal:  # noqa: PTH123  # a device
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except (OSError, AttributeError):
        return False
