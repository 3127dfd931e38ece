"""Load our own modules as installed, past pytest's assertion rewriting. PYTEST_DONT_REWRITE.

pytest rewrites every module of a distribution that has a plugin, asserts or not: it reads its own
cache of each, and where it may write none (PYTHONDONTWRITEBYTECODE, a read-only installation, both
common in CI) it compiles all of them again in every run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

OURS = f"{__package__}."


class PlainFinder:
    """A finder for sys.meta_path that knows our modules alone, and finds them as Python does."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module of ours is; None for any other."""
        return PathFinder.find_spec(name, path, target) if name.startswith(OURS) else None


def install() -> PlainFinder | None:
    """Put a finder before pytest's, for `remove` to take back; None where one is there already."""
    if any(type(one) is PlainFinder for one in sys.meta_path):
        return None
    finder = PlainFinder()
    sys.meta_path.insert(0, finder)
    return finder


def remove(finder: PlainFinder | None) -> None:
    """Take a finder back; twice does nothing."""
    # Not by `in` and `remove`, which ask the others there whether they are equal to it.
    sys.meta_path[:] = [one for one in sys.meta_path if one is not finder]


@contextmanager
def plainly() -> Iterator[None]:
    """What is imported of ours within is loaded as installed."""
    finder = install()
    try:
        yield
    finally:
        remove(finder)
