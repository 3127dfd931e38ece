"""The one holder of process state: the recorder that is at work in this process, if any.

Nested sessions (pytester in-process) stack: the inner one is at work until it ends.
"""

from __future__ import annotations

from .recorder import Recorder

_active: list[Recorder] = []


def push(recorder: Recorder) -> None:
    """Make `recorder` the one at work."""
    _active.append(recorder)


def pop(recorder: Recorder) -> None:
    """Take `recorder` out, wherever it stands; twice does nothing."""
    if recorder in _active:
        _active.remove(recorder)


def current() -> Recorder | None:
    """Return the recorder at work in this process."""
    return _active[-1] if _active else None
