"""Where a failure happened: thread, task, machine, command."""

from __future__ import annotations

import sys
import threading
from _thread import get_ident
from pathlib import Path
from types import TracebackType
from typing import Any

from ..observe.classes import plain_name
from ..unfaked import MACHINE, PYTHON, all_threads, main_thread
from .reading import local_names

_IDENT: Any = threading.Thread.__dict__["ident"].fget
_NAME: Any = threading.Thread.__dict__["name"].fget
_HOLDS_TASK = {("runners.py", "run"): "task", ("base_events.py", "run_until_complete"): "future"}
"""asyncio's own functions that drive a task to its end, and the variable that holds it."""


def environment() -> dict[str, object]:
    """Return what a reader needs to know of the machine."""
    return {
        "python": PYTHON,
        "platform": MACHINE,
        "cwd": _cwd(),
        "argv": [Path(sys.argv[0]).name, *sys.argv[1:]] if sys.argv else [],
    }


def thread_name() -> str:
    """Return this thread's name; asking current_thread() would register a thread it does not know."""
    mine = get_ident()
    for thread in all_threads():
        if _IDENT(thread) == mine:
            return "main" if thread is main_thread() else plain_name(_NAME(thread))
    return f"thread-{mine}"


def task_name(traceback: TracebackType | None) -> str | None:
    """Return the name of the asyncio task that is running, or that ended with this traceback."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return None
    try:
        task: Any = asyncio.current_task()
    except RuntimeError:
        task = None
    for _ in range(200):
        if task is not None or traceback is None:
            break
        code = traceback.tb_frame.f_code
        variable = _HOLDS_TASK.get((code.co_filename.rpartition("/")[2], plain_name(code.co_name)))
        if variable is not None and "asyncio" in code.co_filename:
            task = local_names(traceback.tb_frame).get(variable)
        traceback = traceback.tb_next
    return task.get_name() if type(task) is asyncio.Task else None


def _cwd() -> str:
    try:
        return Path.cwd().name
    except OSError:  # deleted under us
        return ""
