"""What a reader of JSON is: it says which items are its own, and makes incidents of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from ..incident import Incident
from .documents import Item


class Dialect(Protocol):
    """A reader of one format, for one file."""

    name: str

    def takes(self, item: Item) -> bool:
        """Whether the item is of this format."""
        ...

    def feed(self, item: Item) -> Iterator[Incident]:
        """Yield the failures that are known with this item."""
        ...

    def end(self) -> Iterator[Incident]:
        """Yield the failures that were waiting for more."""
        ...


def text_of(value: Any) -> str:
    """Return what should be a text as one; "" for nothing."""
    if isinstance(value, str):
        return value
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def dict_of(value: Any) -> dict[str, Any]:
    """Return what should be an object as one."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """Return what should be a list as one."""
    return value if isinstance(value, list) else []


def int_of(value: Any) -> int:
    """Return what should be a whole number as one; 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
