"""Delivery notes, as suppliers send them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """So many pieces of an article."""

    article: str
    pieces: int
    shelf: str


def read_note(text: str) -> list[Line]:
    """Return the lines of a note: article; pieces; shelf."""
    lines = []
    for row in text.strip().splitlines():
        article, pieces, shelf = (part.strip() for part in row.split(";"))
        lines.append(Line(article, pieces, shelf))
    return lines


def articles(lines: Iterable[Line]) -> list[str]:
    """Return what is in a delivery, in alphabetical order."""
    return sorted({line.article for line in lines})
