"""Text that a terminal can be given: hostile characters written out, widths in cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

DOTS = "..."
MAX_RANGES = 4
"""Ranges of lines that are named."""


def safe(text: str) -> str:
    """Return `text` on one line with control, bidi and zero-width characters written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_safe(character) for character in text)


def width(text: str) -> int:
    """Return how many terminal cells `text` takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def cut_end(text: str, cells: int) -> str:
    """Return `text` in at most `cells` cells; it loses its end."""
    if width(text) <= cells:
        return text
    return _head(text, max(cells - len(DOTS), 0)) + DOTS[: max(cells, 0)]


def cut_front(text: str, cells: int) -> str:
    """Return `text` in at most `cells` cells; it loses its front (names)."""
    if width(text) <= cells:
        return text
    return DOTS[: max(cells, 0)] + _head(text[::-1], max(cells - len(DOTS), 0))[::-1]


def cut_path(place: str, cells: int) -> str:
    """Return a path, with a line number behind it or not, in at most `cells` cells.

    It loses its middle; the file's name and the line stay whole as long as there is room.
    """
    if width(place) <= cells:
        return place
    parts = place.split("/")
    for dropped in range(1, len(parts) - 1):
        shorter = "/".join([parts[0], DOTS, *parts[dropped + 1 :]])
        if width(shorter) <= cells:
            return shorter
    return cut_front(parts[-1], cells)


def split(text: str, cells: int) -> tuple[str, str]:
    """Return what fits into `cells` cells, broken at a space where there is one, and the rest."""
    if width(text) <= cells:
        return text, ""
    head = _head(text, cells)
    space = len(head) if text[len(head) :].startswith(" ") else head.rfind(" ")
    if space > 0:
        head = head[:space]
    return head.rstrip(), text[len(head) :].lstrip()


def padded(text: str, cells: int) -> str:
    """Return `text` filled up with spaces to `cells` cells."""
    return text + " " * max(cells - width(text), 0)


def many(count: int, thing: str) -> str:
    """Return how many there are of a thing, in words."""
    return f"{count} {thing}" + ("" if count == 1 else "s")


def ranges(lines: Sequence[int], most: int = MAX_RANGES) -> str:
    """Return line numbers in few words: `3-5, 9`."""
    found: list[list[int]] = []
    for line in lines:
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    said = [str(a) if a == b else f"{a}-{b}" for a, b in found[:most]]
    return ", ".join([*said, "..."] if len(found) > most else said)


def _safe(character: str) -> str:
    if character.isprintable() and unicodedata.category(character) != "Cf":
        return character
    return character.encode("unicode_escape").decode()


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _head(text: str, cells: int) -> str:
    used = 0
    for place, character in enumerate(text):
        used += _cells(character)
        if used > cells:
            return text[:place]
    return text


def cut_short(run: Mapping[str, object]) -> str:
    """Return, of a run's facts as digest.json has them, why it is not complete; empty if it is."""
    if run.get("complete", True):
        return ""
    return f"not complete: {run.get('stopped_by') or 'it ended early'}"
