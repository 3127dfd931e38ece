"""Who handed work to a thread, a pool or a task: noted where the standard library takes it.

A call in another thread, and a task's first step, has no frame of the program's around it. Its parent is the
call that started the thread, submitted the work, or made the task.
"""

from __future__ import annotations

from types import CodeType, CoroutineType, FrameType
from typing import TYPE_CHECKING, Any

from ..model import Function
from .codes import CodeInfo

if TYPE_CHECKING:
    from .records import Entry

THREAD, ITEM, WORK, TASK = "start", "__init__", "run", "create_task"
_POOLS = "concurrent.futures.thread"
_TAKERS = frozenset(
    (
        ("threading", THREAD),
        (_POOLS, ITEM),
        (_POOLS, WORK),
        ("asyncio.base_events", TASK),
    )
)
MAX_WAITING = 10_000


def is_taker(code: CodeType, module: str) -> bool:
    """Whether this is a method of the standard library that takes work for later."""
    if (module, code.co_name) not in _TAKERS:
        return False
    return code.co_name != ITEM or "fn" in code.co_varnames  # a pool has an __init__, too


def taker(code: CodeType) -> CodeInfo:
    """Return what the engines need to know of such a method."""
    info = CodeInfo(code, Function("", code.co_name, code.co_firstlineno), -1)
    info.is_taker = info.is_special = True
    info.is_generator = False
    return info


class Handover:
    """The work of one test that waits for its thread or task, and who handed it over."""

    def __init__(self) -> None:
        self.threads: dict[int, list[tuple[int, Entry]]] = {}
        """Thread -> since which clock its calls are on whose behalf."""
        self._waiting: dict[int, Entry] = {}  # by id of a work item, or of a coroutine's frame
        self._starting: dict[int, tuple[int, Entry]] = {}  # by id of the frame of Thread.start

    def taken(self, frame: FrameType, ident: int, clock: int, call: Entry | None) -> None:
        """A method that takes work begins in `frame`; `call` is the one that called it."""
        name = frame.f_code.co_name
        local = frame.f_locals
        if name == WORK:
            maker = self._waiting.pop(id(local.get("self")), None)
            if maker is not None:
                self.threads.setdefault(ident, []).append((clock, maker))
        elif call is not None and len(self._waiting) < MAX_WAITING:
            if name == THREAD:
                self._starting[id(frame)] = clock, call
            elif name == ITEM:
                self._waiting[id(local.get("self"))] = call
            elif type(coroutine := local.get("coro")) is CoroutineType:
                self._waiting[id(coroutine.cr_frame)] = call

    def started(self, frame: FrameType) -> None:
        """`Thread.start` is over: its thread has a number."""
        found = self._starting.pop(id(frame), None)
        if found is None:
            return
        thread: Any = frame.f_locals.get("self")
        try:
            ident = object.__getattribute__(thread, "__dict__").get("_ident")
        except AttributeError:
            return
        if type(ident) is int:
            self.threads.setdefault(ident, []).append(found)

    def maker(self, frame: FrameType) -> Entry | None:
        """Return who made the task whose coroutine begins in `frame`."""
        return self._waiting.pop(id(frame), None) if self._waiting else None

    def on_behalf(self, ident: int, clock: int) -> Entry | None:
        """Return on whose behalf a thread ran at `clock`."""
        since = [found for found in self.threads.get(ident, ()) if found[0] <= clock]
        return max(since, key=lambda one: one[0])[1] if since else None
