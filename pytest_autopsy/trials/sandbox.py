"""What a changed program may do while it is tried: nothing that outlives the trial.

A process that has entered it writes below one folder, starts no other process and reaches no
network: each of these raises PermissionError (PEP 578 audit events). There is no way out of it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

MEMORY = 2 << 30
"""Bytes that a trial may take beside what its process had."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED = frozenset((
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
    "os.forkpty", "os.startfile", "os.kill", "os.killpg", "pty.spawn", "socket.connect",
    "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
))  # fmt: skip
_OF_A_PATH = frozenset((
    "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.utime", "os.chmod", "os.chown",
    "os.lchown", "os.setxattr", "os.removexattr", "os.mkfifo", "os.mknod",
))  # fmt: skip
_OF_TWO = frozenset(("os.rename", "os.link", "os.symlink", "shutil.move"))
_LOOKED_AT = _OF_A_PATH | _OF_TWO | {"open", "sqlite3.connect", "shutil.rmtree"}


class Sandbox:
    """Refuses, and remembers that it did."""

    def __init__(self, folder: Path) -> None:
        self.folder = os.path.realpath(folder)
        self.refused = ""  # what it was kept from first, in words

    def enter(self, seconds: float) -> None:
        """Confine this process, for good; `seconds` of processor time are its end."""
        sys.dont_write_bytecode = True
        os.environ["TMPDIR"] = tempfile.tempdir = self.folder
        _limit(seconds)
        sys.addaudithook(self._look)

    def _look(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in _REFUSED or (event in _LOOKED_AT and not self._may(event, arguments)):
            self._refuse(event)

    def _may(self, event: str, arguments: tuple[object, ...]) -> bool:
        if event == "open":
            path, mode, flags = arguments
            writes = isinstance(mode, str) and not set(mode).isdisjoint("wax+")
            return not (writes or _is_writing(flags)) or self._holds(path)
        if event in _OF_TWO:
            return all(map(self._holds, arguments[:2]))
        below = arguments[-1] if event in _OF_A_PATH and len(arguments) > 1 else -1
        return self._holds(arguments[0], below)

    def _refuse(self, event: str) -> None:
        self.refused = self.refused or _word_of(event)
        raise PermissionError(f"refused in a trial of pytest-autopsy: {event}")

    def _holds(self, path: object, folder: object = -1) -> bool:
        """Whether a path is the sandbox's own; a descriptor was opened before, and asked of then."""
        text = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
        if text in (os.devnull, ":memory:", ""):
            return True
        if isinstance(folder, int) and folder >= 0:
            try:  # join leaves an absolute path alone
                text = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), text)  # noqa: PTH115, PTH118
            except OSError:  # no such place on this system
                return False
        real = os.path.realpath(text)
        return real == self.folder or real.startswith(self.folder + os.sep)


def _word_of(event: str) -> str:
    if event in _LOOKED_AT:
        return "write files"
    return "reach the network" if event.startswith("socket.") else "start or end processes"


def _is_writing(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & _WRITES)


def _limit(seconds: float) -> None:
    try:
        import resource
    except ImportError:  # not everywhere
        return
    size: Callable[[], int] = lambda: int(Path("/proc/self/statm").read_text().split()[0])  # noqa: E731
    with contextlib.suppress(OSError, ValueError):
        most = size() * os.sysconf("SC_PAGE_SIZE") + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
