"""Which open call started which child process: noted where Python itself starts one.

`subprocess` (asyncio's too) and `multiprocessing` each have one method that starts the process and
leaves its pid in the object. After `os.fork` the child itself knows, for it has our memory.
"""

from __future__ import annotations

from types import CodeType, FrameType
from typing import Any

from ..model import Function
from .codes import CodeInfo
from .records import START, Entry

_SPAWNERS = frozenset(
    (
        ("subprocess", "_execute_child"),
        ("multiprocessing.popen_fork", "_launch"),
        ("multiprocessing.popen_spawn_posix", "_launch"),
        ("multiprocessing.popen_spawn_win32", "__init__"),
        ("multiprocessing.popen_forkserver", "_launch"),
    )
)
MAX_BIRTHS = 1000


def is_spawner(code: CodeType, module: str) -> bool:
    """Whether this is a method of the standard library that starts a process."""
    return (module, code.co_name) in _SPAWNERS


class Births:
    """The processes that the running test has started: pid -> START of the call that did it."""

    def __init__(self) -> None:
        self.started: dict[int, int] = {}
        self.count = 0  # of those that were tried
        self._waiting: dict[int, Entry] = {}  # by id of the frame that starts one

    def clear(self) -> None:
        """A new test begins."""
        self.started = {}
        self._waiting.clear()
        self.count = 0

    def info(self, code: CodeType) -> CodeInfo:
        """Return what the engines need to know of a method that starts processes."""
        info = CodeInfo(code, Function("", code.co_name, code.co_firstlineno), -1)
        info.is_spawner = info.is_special = True
        info.is_generator = False
        return info

    def before(self, frame: FrameType, call: Entry | None) -> None:
        """A process is about to be started by `call`, where it is known."""
        self.count += 1
        if call is not None:
            self._waiting[id(frame)] = call

    def after(self, frame: FrameType) -> None:
        """It was started, unless that failed."""
        call = self._waiting.pop(id(frame), None)
        if call is None:
            return
        holder: Any = frame.f_locals.get("self")
        try:
            pid = object.__getattribute__(holder, "__dict__").get("pid")
        except AttributeError:
            return
        if type(pid) is int and len(self.started) < MAX_BIRTHS:
            self.started[pid] = call[START]
