"""The one holder of process state: who is at work in this process, if anybody.

Nested sessions (pytester in-process) stack: the inner one is at work until it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from .marks import Marks
    from .recorder import Recorder

T = TypeVar("T")


class Keeper(Protocol):
    """Takes snapshots of what the Python API tells it and writes them to a run's directory."""

    def keep(self, name: str, error: BaseException, given: Mapping[str, Any], marks: Marks) -> None:
        """Write the snapshot of `error`. Raises OSError, ValueError."""

    def latest(self) -> Mapping[str, Any] | None:
        """Return the newest one, parsed."""


class Silent:
    """A Keeper that keeps nothing: what --no-autopsy puts in the place of all others."""

    def keep(self, name: str, error: BaseException, given: Mapping[str, Any], marks: Marks) -> None:
        """Keep nothing."""

    def latest(self) -> Mapping[str, Any] | None:
        """There is none."""


class Aside(Protocol):
    """Records this process until somebody who knows more of it does."""

    def step_aside(self) -> None:
        """Stop."""


class Stack(Generic[T]):
    """Who is at work: the last that was pushed and not yet taken out."""

    def __init__(self) -> None:
        self._held: list[T] = []

    def push(self, one: T) -> None:
        """Make `one` the one at work."""
        self._held.append(one)

    def pop(self, one: T) -> None:
        """Take `one` out, wherever it stands; twice does nothing."""
        if one in self._held:
            self._held.remove(one)

    def current(self) -> T | None:
        """Return the one at work."""
        return self._held[-1] if self._held else None


recorders: Stack[Recorder] = Stack()
keepers: Stack[Keeper] = Stack()
children: Stack[Aside] = Stack()
"""Whoever records this process because it is a child of a test, or a program that `run` runs."""

outside: dict[tuple[int, str], Keeper] = {}
"""Keepers of programs that run outside pytest, by process (a fork has its own) and store."""

sections: ContextVar[tuple[Marks, ...]] = ContextVar("pytest_autopsy_sections", default=())
"""The marks of each section that is open in this thread or task, outermost first."""
