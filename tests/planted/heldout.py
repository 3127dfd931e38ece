"""The open half, which the filter may be tuned on, and the half that is held out.

The rule is `Item.heldout`: the first byte of the SHA-256 of an item's id is odd. The held-out half
is run once, at the end, and not before; `control` runs it without the plugin.
"""

from __future__ import annotations

from . import innocent, secrets
from .item import Item


def half(*, heldout: bool) -> list[Item]:
    """Secrets and innocents of one half."""
    return [item for item in (*secrets.ITEMS, *innocent.ITEMS) if item.heldout is heldout]
