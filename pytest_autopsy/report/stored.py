"""A value as a snapshot's file holds it, written as Python would write it, on one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}")}
_ARRAYS = ("__array__", "__series__", "__dataframe__")


def stored_text(value: object, room: int = 200) -> str:
    """Return about `room` characters of a value: no more of it is looked at than is shown."""
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > room:
            break
    return text


def _pieces(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from _within("[", map(_pieces, value), "]")
    elif not isinstance(value, dict):
        yield repr(value)
    elif any(mark in value for mark in _ARRAYS):
        yield from _array(value)
    elif "__type__" not in value:
        yield from _within("{", (_pair(repr(key), item) for key, item in value.items()), "}")
    else:
        yield from _typed(value)


def _typed(value: dict[str, Any]) -> Iterator[str]:
    name, cut = str(value["__type__"]), ("...",) if value.get("why") else ()
    if isinstance(value.get("attrs"), dict):
        shown = (_named(key, item) for key, item in value["attrs"].items())
        yield from _within(f"{name}(", _and(shown, cut), ")")
    elif isinstance(value.get("items"), list):
        left, right = _BRACKETS.get(name, (f"{name}(", ")"))
        yield from _within(left, _and(map(_pieces, value["items"]), cut), right)
    elif "text" in value:
        text = value["text"]
        quoted = repr(text) if name in ("str", "bytes") else f"{name}({text})"
        yield quoted + "".join(cut)
    else:
        size = f" of {value['len']}" if "len" in value else ""
        yield f"<{name}{size}{', ' if cut else ''}{value.get('why', '')}>"


def _array(value: dict[str, Any]) -> Iterator[str]:
    facts = ((key, held) for key, held in value.items() if key not in ("__type__", *_ARRAYS))
    name = value.get("__type__", value.get("__array__"))
    yield from _within(f"{name}(", (_named(key, held) for key, held in facts), ")")


def _pair(key: str, item: object) -> Iterator[str]:
    yield f"{key}: "
    yield from _pieces(item)


def _named(key: object, item: object) -> Iterator[str]:
    yield f"{key}="
    yield from _pieces(item)


def _and(pieces: Iterable[Iterable[str]], more: tuple[str, ...]) -> Iterator[Iterable[str]]:
    yield from pieces
    yield from ([one] for one in more)


def _within(left: str, items: Iterable[Iterable[str]], right: str) -> Iterator[str]:
    yield left
    for place, item in enumerate(items):
        if place:
            yield ", "
        yield from item
    yield right
