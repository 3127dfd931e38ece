"""Types of the standard library's modules that are known only where they are imported."""

from __future__ import annotations

import types
from typing import Any

from .classes import class_facts, plain_name
from .columns import reads, stored_fields


@reads("_asyncio.Task")
def _task(_walk: Any, value: Any, base: Any, _room: int) -> str | None:
    """A task's name, its state, and where its coroutine waits."""
    if type(value) is not base:
        return None
    state = "pending"
    if base.done(value):
        state = "cancelled" if base.cancelled(value) else "done"
        error = None if state == "cancelled" else base._exception.__get__(value)
        state = f"raised {class_facts(type(error)).name}" if error is not None else state
    coroutine: Any = base._coro.__get__(value)
    if type(coroutine) is types.CoroutineType and coroutine.cr_frame is not None:
        code = coroutine.cr_code
        state += f" in {plain_name(code.co_name)}, line {coroutine.cr_frame.f_lineno}"
    return f"{plain_name(base.get_name(value))}, {state}"


@reads("_asyncio.Future")
def _future(_walk: Any, value: Any, base: Any, _room: int) -> str | None:
    if type(value) is not base:
        return None
    return "done" if base.done(value) else "pending"


@reads("zoneinfo.ZoneInfo")
def _zone(_walk: Any, value: Any, base: Any, _room: int) -> str | None:
    key = value.key if type(value) is base else None
    return key if type(key) is str else None


@reads(*(f"ipaddress.IPv{v}{kind}" for v in "46" for kind in ("Address", "Network", "Interface")))
def _address(_walk: Any, value: Any, base: Any, _room: int) -> str | None:
    held = stored_fields(value, ("_ip", "_prefixlen"))
    plain = type(value) is base and all(type(number) is int for number in held)
    return str(value) if plain else None
