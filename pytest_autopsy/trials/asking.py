"""Asks tests: what they do without an edit and with one, each time in a fork of this process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from math import inf
from types import CodeType, FunctionType
from typing import Any, Protocol

from ..unfaked import perf_counter
from .choose import Attempt
from .forks import Result, in_forks
from .swap import Loaded, swap

MAX_WORKERS = 4
PATIENCE_S = 30.0
"""Seconds for what runs without an edit, or with one that is known to come to an end."""
BATCH = 8
"""Edits, or tests, that are tried in one fork at first: a fork costs more than most tests."""
ALL = 1 << 30


class Tests(Protocol):
    """What has been collected, by node id."""

    def __contains__(self, name: str) -> bool: ...

    def run(self, names: Sequence[str], until: int = ..., seconds: float = ...) -> dict[str, str]:
        """Run tests one after the other and return their outcomes.

        Until so many have not passed, or so many seconds are over.
        """


class Asking:
    """Asks the tests of a session; folders of forks are made in `folder`.

    `parent` is the id of the process that wants to know: once it is gone, nothing more is asked.
    """

    def __init__(
        self, tests: Tests, loaded: Loaded, folder: str | None, parent: int | None = None
    ) -> None:
        self.tests = tests
        self.loaded = loaded
        self.folder = folder
        self.workers = min(MAX_WORKERS, os.cpu_count() or 1)
        self._until = inf
        self._parent = parent or os.getppid()
        self._asked: set[str] = set()
        self._sound: set[str] = set()

    def within(self, seconds: float) -> None:
        """Ask for so many seconds more; what has not been answered then is not told."""
        self._until = perf_counter() + seconds

    @property
    def is_late(self) -> bool:
        """Whether this time is over, or nobody is left who wants to know."""
        return perf_counter() > self._until or os.getppid() != self._parent

    def unchanged(self, names: Iterable[str]) -> tuple[dict[str, tuple[str, float]], list[str]]:
        """Name -> outcome and seconds of tests alone in a sandbox; what others were refused."""
        jobs = [partial(self._run, [name]) for name in names if name in self.tests]
        found: dict[str, tuple[str, float]] = {}
        refused = []
        for _, one in self._forked(jobs, PATIENCE_S):
            if one["refused"]:
                refused.append(one["refused"])
            else:
                found |= {name: (how, one["seconds"]) for name, how in one.get("tests", {}).items()}
        return found, refused

    def sound(self, names: Iterable[str]) -> set[str]:
        """Return those that pass in a sandbox, too."""
        wanted = set(names)
        self._sound |= self._passing(sorted(wanted - self._asked))
        if not self.is_late:
            self._asked |= wanted
        return wanted & self._sound

    def _passing(self, names: list[str]) -> set[str]:
        """Several in one fork; where not all of these pass, each gets its own."""
        batches = _batches([name for name in names if name in self.tests])
        jobs = [partial(self._run, batch) for batch in batches]
        found: set[str] = set()
        again: list[str] = []
        for number, one in self._forked(jobs, PATIENCE_S):
            outcomes = one.get("tests", {})
            if one["refused"] or set(outcomes.values()) != {"passed"}:
                again += batches[number]
            else:
                found.update(outcomes)
        known, _ = self.unchanged(again)
        return found | {name for name, (how, _) in known.items() if how == "passed"}

    def with_edits(
        self,
        asked: Sequence[tuple[Attempt, list[str]]],
        seconds: float,
        until: int = ALL,
        enough: float = inf,
    ) -> Iterator[tuple[int, Result]]:
        """Yield the number of each attempt, and the outcomes of its tests.

        Until so many have not passed, or after `enough` seconds. Not of attempts with which something
        was refused, or a test did not come to its end.
        """
        jobs = [partial(self._with_edit, *one, until, enough) for one in asked]
        for number, result in self._forked(jobs, seconds):
            if not result["refused"] and "ended" not in result:
                yield number, result

    def screened(self, tier: list[Attempt], name: str, alarm: float) -> tuple[list[Attempt], int]:
        """Return with which edits a failing test passes, and how many could be made.

        Several are tried in one fork. Where one of these ends it, each gets its own.
        """
        found: list[Attempt] = []
        made = 0
        batches = _batches(tier)
        while batches and not self.is_late:
            again: list[list[Attempt]] = []
            jobs = [partial(self._screen, batch, name, alarm) for batch in batches]
            seconds = 1.0 + 2 * alarm * len(batches[0])  # for what no alarm ends
            for number, result in self._forked(jobs, seconds):
                batch = batches[number]
                if len(batch) > 1 and (result["refused"] or "ended" in result):
                    again += [[one] for one in batch]
                    continue
                made += result.get("made", 1)
                found += [batch[place] for place in result.get("passed", ())]
            batches = again
        return sorted(found, key=tier.index), made

    def _screen(self, batch: list[Attempt], name: str, alarm: float) -> Result:
        """In a fork: run a failing test with one edit after the other."""
        made, passed = 0, []
        for place, attempt in enumerate(batch):
            undo = attempt.edit.apply()
            taken = self._swapped(attempt)
            if taken:
                made += 1
                with _alarm(alarm):
                    if self.tests.run([name])[name] == "passed":
                        passed.append(place)
            for function, code in taken:
                function.__code__ = code
            undo()
        return {"made": made, "passed": passed}

    def _with_edit(self, attempt: Attempt, names: list[str], until: int, enough: float) -> Result:
        attempt.edit.apply()
        self._swapped(attempt)
        return self._run(names, until, enough)

    def _run(self, names: Sequence[str], until: int = ALL, enough: float = inf) -> Result:
        return {"tests": self.tests.run(names, until, enough)}

    def _swapped(self, attempt: Attempt) -> list[tuple[FunctionType, CodeType]]:
        try:
            return swap(attempt.top, attempt.suspect["path"], self.loaded)
        except (SyntaxError, ValueError, TypeError, RecursionError):
            return []  # the language does not take it

    def _forked(self, jobs: list[partial[Result]], seconds: float) -> Iterator[tuple[int, Result]]:
        waiting = [] if self.is_late else jobs
        seconds = max(min(seconds, self._until - perf_counter()), 0.0)
        for found in in_forks(waiting, self.workers, seconds, self.folder):
            yield found
            if self.is_late:
                return


class _OutOfTime(BaseException):
    """No Exception: those a program handles."""


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise into what takes more processor time, again and again: a loop may catch what it meets.

    The timer of real time is pytest-timeout's.
    """

    def late(*_: object) -> None:
        raise _OutOfTime(f"{seconds} s are over")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _batches(every: list[Any]) -> list[list[Any]]:
    return [every[place : place + BATCH] for place in range(0, len(every), BATCH)]
