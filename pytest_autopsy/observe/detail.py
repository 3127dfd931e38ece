"""How much of a program's values is shown, wherever they are shown: one object a run.

With `types` a value is its type, shape and length, and None is None; nothing of its content goes
further than this module. With `none` there are no values at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..model import ARRAYS, LISTED, PAIRED, Look, Value
from .exceptions import MESSAGE, arguments_of, message
from .text import to_text
from .values import SNAPSHOT, TRACE, Limits, Looker

Describe = Callable[[Any], tuple[Any, str]]
VALUES = ("safe", "types", "none")
MIN_SHARE = 8
"""Nodes that a variable may take when there are none left."""
_NOTHING = Value("cut", "value", why="autopsy_values is none")
_FACTS = ("shape", "dtype", "device", "index")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """The settings that govern every value, message and frame."""

    values: str = "safe"
    array_head: int = 5
    max_string: int = 500
    max_items: int = 50
    depth: int = 5
    frames: int = 50
    source_context: int = 3

    @property
    def content(self) -> bool:
        """Whether what values hold may be shown."""
        return self.values == "safe"

    @property
    def snapshot(self) -> Limits:
        """Limits of a value in a snapshot."""
        limits = Limits(self.depth, self.max_items, self.max_string, SNAPSHOT.nodes)
        return limits._replace(head=self.array_head, counts=SNAPSHOT.counts)

    @property
    def trace(self) -> Limits:
        """Limits of a value that passes through a traced call."""
        return TRACE._replace(
            depth=min(TRACE.depth, self.depth),
            items=min(TRACE.items, self.max_items),
            string=min(TRACE.string, self.max_string),
            head=self.array_head,
        )

    def looker(self, limits: Limits) -> Looker:
        """Return who looks at values."""
        looker: type[Looker] = Looker if self.content else _TypesLooker
        return (looker if self.values != "none" else _NoLooker)(limits)

    def look(self, value: Any, describe: Describe | None = None) -> Look:
        """Return what a snapshot shows of one value."""
        looker = self.looker(self.snapshot)
        looker.describe = describe
        return looker.look(value)

    def looks(
        self, values: list[Any], nodes: int, describe: Describe | None = None
    ) -> tuple[list[Look], int]:
        """Return what is shown of many values, and the nodes that were walked, of `nodes` in all.

        Each may take an equal share of what is left, so that a huge one leaves the others whole.
        """
        limits = self.snapshot
        looker = self.looker(limits)
        looker.describe = describe
        shown: list[Look] = []
        for place, value in enumerate(values):
            share = max((nodes - looker.spent) // (len(values) - place), MIN_SHARE)
            share = min(share, SNAPSHOT.nodes)
            if share != limits.nodes:
                looker.limits = limits = limits._replace(nodes=share)
            shown.append(looker.look(value))
        return shown, looker.spent

    def message(self, error: BaseException, shown: str | None = None) -> str:
        """Return what an exception says; `shown` is its text where somebody has rendered it."""
        if self.content:
            return shown if shown is not None else message(error)[: self.max_string]
        if self.values == "none":
            return ""
        looker = self.looker(MESSAGE)
        return ", ".join(to_text(looker.look(arg), MESSAGE.string) for arg in arguments_of(error))


class _TypesLooker(Looker):
    """Looks as far as types go."""

    __slots__ = ()

    def look(self, value: Any) -> Look:
        return typed(super().look(value))


class _NoLooker(Looker):
    """Does not look."""

    __slots__ = ()

    def look(self, value: Any) -> Look:  # noqa: ARG002
        return _NOTHING


def typed(look: Look) -> Look:
    """Return a look without content: types, lengths, shapes, names of attributes, None."""
    if look is None:
        return None
    if not isinstance(look, Value):
        return Value("type", type(look).__name__, len(look) if type(look) is str else None)
    if look.kind == "cut":
        return look
    if look.kind in ARRAYS:
        items: tuple[Any, ...] = ()
        if look.kind == "table":
            items = tuple((typed(label), typed(column)) for label, column in look.items)
        facts = tuple((k, typed(v) if k == "index" else v) for k, v in look.attrs if k in _FACTS)
        return look._replace(items=items, attrs=facts, why=look.why or "items")
    if look.kind in PAIRED:
        items = tuple((typed(key), typed(item)) for key, item in look.items)
    elif look.kind in LISTED:
        items = tuple(map(typed, look.items))
    elif look.kind == "object":
        name = look.type.partition(".")[0]  # an enum's member is content
        attrs = tuple((k, typed(v)) for k, v in look.attrs if k.isidentifier())
        return look._replace(type=name, attrs=attrs)
    else:
        size = look.size if look.kind in ("text", "bytes") else None
        return Value("type", look.type, size)
    attrs = tuple((k, typed(v)) for k, v in look.attrs if k.isidentifier())
    return look._replace(items=items, attrs=attrs)
