"""Runs jobs, each in a fork of this process that is confined to a sandbox, some at a time.

What has been imported and collected is there already, and what a job changes is gone with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..unfaked import perf_counter
from .sandbox import Sandbox

Result = dict[str, Any]
"""What a job returned, and beside it: `refused`, what the sandbox kept it from, or nothing;
`seconds`; `ended`, where it did not come to its end."""


@dataclass
class _Running:
    number: int
    pid: int
    pipe: int
    folder: str
    until: float
    told: bytearray = field(default_factory=bytearray)


def in_forks(
    jobs: Sequence[Callable[[], Result]], workers: int, seconds: float, below: str | None = None
) -> Iterator[tuple[int, Result]]:
    """Yield the number and the result of each job, in their order; each has so many seconds.

    Their folders are made in the folder `below`, or where temporary files are.
    """
    waiting = list(enumerate(jobs))[::-1]
    running: list[_Running] = []
    done: dict[int, Result] = {}
    following = 0
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                running.append(_start(*waiting.pop(), seconds, below))
            for one in _finished(running):
                running.remove(one)
                done[one.number] = _ended(one)
            while following in done:
                yield following, done.pop(following)
                following += 1
    finally:
        for one in running:  # who asked has stopped asking
            _ended(one)


def _start(number: int, job: Callable[[], Result], seconds: float, below: str | None) -> _Running:
    folder = tempfile.mkdtemp(prefix="autopsy-trial-", dir=below)
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads that a plugin has started
        pid = os.fork()
    if pid:
        os.close(writing)
        return _Running(number, pid, reading, folder, perf_counter() + seconds)
    try:
        os.setsid()
        began = perf_counter()
        sandbox = Sandbox(Path(folder))
        sandbox.enter(seconds)
        found = job()
        found |= {"refused": sandbox.refused, "seconds": round(perf_counter() - began, 4)}
        _write(writing, json.dumps(found).encode())
    finally:
        os._exit(0)  # whatever it was: the parent takes silence for an answer


def _write(pipe: int, data: bytes) -> None:
    while data:
        data = data[os.write(pipe, data) :]


def _finished(running: list[_Running]) -> list[_Running]:
    """Wait for the next that says something; return those that are done or out of time."""
    timeout = max(0.0, min(one.until for one in running) - perf_counter())
    ready, _, _ = select.select([one.pipe for one in running], [], [], timeout)
    found = []
    for one in running:
        piece = os.read(one.pipe, 1 << 16) if one.pipe in ready else None
        one.told += piece or b""
        if piece == b"" or perf_counter() > one.until:
            found.append(one)
    return found


def _ended(one: _Running) -> Result:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(one.pid, signal.SIGKILL)
    os.waitpid(one.pid, 0)
    os.close(one.pipe)
    shutil.rmtree(one.folder, ignore_errors=True)
    try:
        found: Result = json.loads(one.told)
    except ValueError:
        why = "too long" if perf_counter() > one.until else "died"
        return {"refused": "", "seconds": 0.0, "ended": why}
    return found
