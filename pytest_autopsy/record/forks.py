"""Who has to know that this process is a fork: told in the child, right after `os.fork`."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Watcher(Protocol):
    """Something that belongs to one process."""

    def forked(self) -> None:
        """Begin anew, in a process that is a copy."""


_watchers: WeakSet[Watcher] = WeakSet()
_registered = False


def watch(watcher: Watcher) -> None:
    """Tell `watcher`, while somebody holds it, of each fork; the interpreter's hook stays for good."""
    global _registered  # os.register_at_fork has no way back
    _watchers.add(watcher)
    if not _registered and hasattr(os, "register_at_fork"):
        _registered = True
        os.register_at_fork(after_in_child=_tell)


def leave(watcher: Watcher) -> None:
    """Tell it no more."""
    _watchers.discard(watcher)


def _tell() -> None:
    for watcher in list(_watchers):
        try:
            watcher.forked()
        except Exception:  # noqa: BLE001, S110  # the interpreter would print it
            pass
