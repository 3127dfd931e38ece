"""One planted value, and which half it belongs to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

PLACES = (
    "locals", "arguments", "nested", "attributes", "source", "assertion",
    "exception", "stdout", "log", "argv", "environment", "url",
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A value in a place.

    `name` is the variable, key, option or header it stands under; `value` what stands there, which
    holds the texts of `secrets` (none for an innocent). `told` says where a secret without a shape
    of its own is met under a telling name: in the "same" test, in a test "before" or "after" it.
    """

    id: str
    place: str
    kind: str
    name: str
    value: Any
    secrets: tuple[str, ...] = ()
    told: str = ""
    why: str = ""

    @property
    def heldout(self) -> bool:
        """A fixed rule, so that adding an item moves no other one between the halves."""
        return bool(hashlib.sha256(self.id.encode()).digest()[0] & 1)

    @property
    def slug(self) -> str:
        """The id as an identifier without digits: failures that differ in digits alone are one
        cause, of which only the first ones keep their records."""
        return self.id.translate(str.maketrans("-.0123456789", "__abcdefghij"))
