"""The system as it was when we were loaded, whatever a test puts in its place.

Tests freeze time, count the calls of `os.path.realpath` and refuse `os.stat`. What we do while a test
runs must neither meet their fakes nor be counted by them. Fakes are put where modules have the real
thing as an attribute (freezegun goes through all modules for them): here nothing is one.
"""

from __future__ import annotations

import genericpath
import hashlib
import io
import os as _real
import sys
import threading
import time
from datetime import datetime, timezone
from functools import partial
from importlib.util import find_spec, module_from_spec
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

perf_counter = partial(time.perf_counter)
perf_counter_ns = partial(time.perf_counter_ns)
thread_time_ns = partial(time.thread_time_ns)
monotonic = partial(time.monotonic)
time_ns = partial(time.time_ns)
blake2b = partial(hashlib.blake2b)
all_threads = partial(threading.enumerate)
main_thread = partial(threading.main_thread)
_open = partial(io.open)
_DATETIME = (datetime,)  # within a tuple nobody looks for it


def _machine() -> str:
    """The system, its release and the machine; `platform` would keep its answer for the tests' time."""
    if not hasattr(_real, "uname"):
        return sys.platform
    told = _real.uname()
    return f"{told.sysname}-{told.release}-{told.machine}"


MACHINE = _machine()
PYTHON = sys.version.partition(" ")[0]


def now() -> datetime:
    """Return the time, in UTC."""
    return _DATETIME[0].fromtimestamp(time_ns() / 1e9, timezone.utc)


def read_bytes(path: str) -> bytes:
    """Return what a file holds. Raises OSError."""
    with _open(path, "rb") as file:
        return cast("bytes", file.read())


def _private_os() -> Any:
    """A copy of `os` whose `path` is a module of our own, which uses that copy."""
    copied = SimpleNamespace(**vars(_real))
    copied.path = _real.path
    spec = find_spec(_real.path.__name__)
    plain = find_spec("genericpath")
    if spec is None or spec.loader is None or plain is None or plain.loader is None:
        return copied
    path, generic = module_from_spec(spec), module_from_spec(plain)
    plain.loader.exec_module(generic)
    spec.loader.exec_module(path)
    for module in (path, generic):
        vars(module)["os"] = copied
    vars(path).update({name: vars(generic)[name] for name in genericpath.__all__})
    copied.path = path
    return copied


if TYPE_CHECKING:
    import os as os
else:
    os = _private_os()
    """`os` as it was, for what asks about files while a test runs."""
