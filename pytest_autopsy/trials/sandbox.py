"""What a changed program may do while it is tried: nothing that outlives the trial.

A process that has entered it writes below one folder, starts no other process and reaches no
network: each of these raises PermissionError (PEP 578 audit events). There is no way out of it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

MEMORY = 2 << 30
"""Bytes that a trial may take beside what its process had."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED = frozenset((
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
    "os.forkpty", "os.startfile", "os.kill", "os.killpg", "pty.spawn", "socket.connect",
    "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
))  # fmt: skip
_OF_A_PATH = frozenset((
    "os.truncate", "os.setxattr", "os.removexattr", "shutil.rmtree", "sqlite3.connect",
))  # fmt: skip
_BELOW = frozenset(("os.remove", "os.rmdir", "os.mkdir", "os.utime", "os.chmod", "os.chown"))
"""Their last argument is the descriptor of the folder that the path is seen from, or -1."""
_OF_TWO = frozenset(("os.rename", "os.link", "shutil.move", "os.symlink"))
_LOOKED_AT = _OF_A_PATH | _BELOW | _OF_TWO | {"open"}


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
        self._refuse_spawning()
        sys.addaudithook(self._look)

    def _refuse_spawning(self) -> None:
        """What multiprocessing starts processes with tells no audit hook."""
        with contextlib.suppress(ImportError):
            import _posixsubprocess

            _posixsubprocess.fork_exec = lambda *_: self._refuse("subprocess.fork_exec")

    def _look(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in _REFUSED or (event in _LOOKED_AT and not self._may(event, arguments)):
            self._refuse(event)

    def _may(self, event: str, arguments: tuple[object, ...]) -> bool:
        if event == "open":
            path, mode, flags = arguments
            writes = isinstance(mode, str) and not set(mode).isdisjoint("wax+")
            return not (writes or _is_writing(flags)) or self._holds(path)
        if event == "os.symlink":
            source, target, below = arguments
            return self._holds(source) and self._holds(target, below)
        if event in _OF_TWO:  # the paths, and of some the folders that they are seen from
            source, target, *folders = arguments
            from_, to = folders or (-1, -1)
            return self._holds(source, from_) and self._holds(target, to)
        return self._holds(arguments[0], arguments[-1] if event in _BELOW else -1)

    def _refuse(self, event: str) -> NoReturn:
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
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
