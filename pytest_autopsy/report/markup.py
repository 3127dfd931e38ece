"""HTML that cannot be broken out of: text is escaped unless it was made here.

What a test printed is hostile: characters that steer a terminal or turn the direction of a line
are written out, as they are at the terminal.
"""

from __future__ import annotations

import html

from .plain import safe

VOID = frozenset({"wbr"})


class Markup(str):
    """A text that is HTML already; only `tag` makes it."""

    __slots__ = ()


def tag(name: str, *children: str | None, **attributes: object) -> Markup:
    """Return an element; `class_` is the class, `data_x` is data-x, an attribute of None is left out."""
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(safe(str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Markup(f"<{name}{pairs}>")
    return Markup(f"<{name}{pairs}>{joined(*children)}</{name}>")


def joined(*children: str | None) -> Markup:
    """Return the children in a row: markup as it is, text escaped, None left out."""
    return Markup("".join(map(_child, children)))


def _child(child: str | None) -> str:
    if child is None:
        return ""
    return child if isinstance(child, Markup) else html.escape(safe(child))
