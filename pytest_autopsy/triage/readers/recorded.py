"""What runs leave behind: digests, which tell of failures with their causes, and crash snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..incident import Incident, Known, incident
from .dialect import dict_of, int_of, list_of, text_of
from .documents import Item
from .tracebacks import shown_path

MAX_CAUSES = 10_000
"""Causes of a digest that are kept for its failures."""
_MAX_FRAMES = 50


class Digest:
    """digest.json: each failure, with the cause that the run found for it."""

    name = "pytest-autopsy digest"

    def __init__(self, file: str) -> None:
        self.file = file
        self._causes: dict[str, Known] = {}

    def takes(self, item: Item) -> bool:
        return text_of(item.head.get("schema")).startswith("pytest-autopsy/digest@")

    def feed(self, item: Item) -> Iterator[Incident]:
        if item.key:
            yield from self._element(item.line, item.key, dict_of(item.value))
            return
        for key in ("root_causes", "failures"):  # a digest on a line of its own
            for element in list_of(dict_of(item.value).get(key)):
                yield from self._element(item.line, key, dict_of(element))

    def _element(self, line: int, key: str, value: dict[str, Any]) -> Iterator[Incident]:
        if key == "root_causes" and len(self._causes) < MAX_CAUSES:
            cause = known_cause(value)
            if cause is not None:
                self._causes[cause.id] = cause
        elif key == "failures":
            told = dict_of(value.get("exception"))
            yield incident(
                self.file, line, self.name,
                text_of(value.get("nodeid")),
                text_of(told.get("type")) or "Failed",
                text_of(told.get("message")),
                phase=text_of(value.get("phase")),
                frames=((text_of(value.get("file")), ""),),
                known=self._causes.get(text_of(value.get("root_cause"))),
            )  # fmt: skip

    def end(self) -> Iterator[Incident]:
        yield from ()


def known_cause(value: dict[str, Any]) -> Known | None:
    """Return the cause that an element of a digest's `root_causes` tells of, or None."""
    identity, shape = text_of(value.get("id")), text_of(value.get("signature"))
    if not identity or not shape:
        return None
    first = dict_of((list_of(value.get("suspects")) or [None])[0])
    culprit = ""
    if first:
        place = f"{text_of(first.get('file'))}:{int_of(first.get('line'))}"
        culprit = f"{text_of(first.get('function'))} at {place}"
    return Known(
        identity,
        text_of(value.get("title")),
        shape,
        text_of(value.get("hint")),
        culprit,
        text_of(value.get("confidence")),
        tuple(text_of(one) for one in list_of(value.get("also_ids"))),
    )


class Snapshots:
    """Documents with an exception, its frames (the innermost first) and their locals."""

    name = "crash snapshot"

    def __init__(self, file: str) -> None:
        self.file = file
        self._frames: list[Any] = []

    def takes(self, item: Item) -> bool:
        if not isinstance(item.head.get("exception"), dict):
            return False
        return (
            item.key != ""
            or "frames" in item.head
            or "traceback" in item.head
            or ("frames" in list_of(item.head.get("")))
        )

    def feed(self, item: Item) -> Iterator[Incident]:
        if item.key == "frames" and len(self._frames) < _MAX_FRAMES:
            self._frames.append(item.value)
        if item.key:
            return
        frames = [dict_of(one) for one in self._frames or list_of(item.value.get("frames"))]
        self._frames = []
        told = dict_of(item.value.get("exception"))
        first = frames[0] if frames else {}
        yield incident(
            self.file, item.line, self.name,
            text_of(item.value.get("name")),
            text_of(told.get("type")),
            text_of(told.get("message")),
            phase=text_of(item.value.get("phase")),
            frames=tuple(
                (shown_path(text_of(frame.get("file"))), text_of(frame.get("function")))
                for frame in frames
            ),
            code=_asserted(dict_of(item.value.get("assertion"))) or text_of(first.get("code")),
        )  # fmt: skip

    def end(self) -> Iterator[Incident]:
        yield from ()


def _asserted(assertion: dict[str, Any]) -> str:
    """The comparison that failed, where the snapshot has it as data."""
    left, operator = text_of(assertion.get("left_source")), text_of(assertion.get("operator"))
    right = text_of(assertion.get("right_source")) or "..."
    return f"assert {left} {operator} {right}" if left and operator else ""
