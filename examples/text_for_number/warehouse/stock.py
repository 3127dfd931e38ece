"""What lies on the shelves."""

from __future__ import annotations

from collections.abc import Iterable

from .delivery import Line


class Stock:
    """The newest count of each article, and where it lies."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    def put(self, lines: Iterable[Line]) -> None:
        """Take in lines; one for an article that is known replaces it."""
        for line in lines:
            self._lines[line.article] = line

    def shelf_of(self, article: str) -> str:
        """Return where an article lies."""
        return self._lines[article].shelf

    def on_shelf(self, shelf: str) -> list[Line]:
        """Return what lies on a shelf."""
        return [line for line in self._lines.values() if line.shelf == shelf]

    def all(self) -> list[Line]:
        """Return everything, by article."""
        return [self._lines[article] for article in sorted(self._lines)]
