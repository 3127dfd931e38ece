"""Arrays and tables of known libraries: shape, dtype, device and the first elements.

A library's own class is told by identity: its module, as it stands in `sys.modules`, holds this
very class. Nothing is imported and nothing copied but the elements that are shown. Of a user's
subclass only the base's own C methods and stored fields are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model import Look, Value
from . import frames, numeric, stdlib  # they register what they read
from .classes import ClassFacts, mro
from .columns import Column, Table, plan_for, product

if TYPE_CHECKING:
    from .values import Looker

_NAN = float("nan")
"""One for all, so that looks at the same array are equal: tuples ask for identity first."""

__all__ = ["frames", "numeric", "read", "stdlib"]


def read(walk: Looker, value: Any, facts: ClassFacts, depth: int) -> Value | None:
    """Return what an instance of a library's class, or of a class below one, shows.

    None where it is neither array, table nor scalar: its attributes tell more.
    """
    reader, place = plan_for(facts.library)
    if reader is None:
        return None
    limits = walk.limits
    room = 0 if depth >= limits.depth else min(limits.head, limits.items)
    found = reader(walk, value, mro(type(value))[place], room)
    name = facts.library[0] or facts.name
    if type(found) is Column:
        return _array(walk, "series" if found.named else "array", name, found, depth)
    if type(found) is Table:
        return _table(walk, name, found, depth)
    if type(found) is str:
        head = found[: limits.string]
        return Value("literal", facts.name, None, (head,), (), "" if head == found else "string")
    return None


def _array(walk: Looker, kind: str, name: str, column: Column, depth: int) -> Value:
    size = product(column.shape)
    facts: list[tuple[str, Look]] = [
        ("shape", Value("sequence", "tuple", len(column.shape), column.shape)),
        ("dtype", column.dtype),
    ]
    if column.named:
        facts.append(("name", walk.at(column.name, depth + 1)))
    facts.extend(column.facts)
    if column.labels is not None:
        facts.append(("index", _array(walk, "array", "index", column.labels, depth + 1)))
    items = tuple(
        _NAN if type(item) is float and item != item else walk.at(item, depth + 1)
        for item in column.head
    )
    why = column.why or ("items" if size > len(items) else "")
    return Value(kind, name, size, items, tuple(facts), why)


def _table(walk: Looker, name: str, table: Table, depth: int) -> Value:
    items = tuple(
        (walk.at(label, depth + 1), _array(walk, "array", "column", column, depth + 1))
        for label, column in table.columns
    )
    facts: list[tuple[str, Look]] = [("shape", Value("sequence", "tuple", 2, table.shape))]
    if table.labels is not None:
        facts.append(("index", _array(walk, "array", "index", table.labels, depth + 1)))
    cut = table.shape[1] > len(items) or any(column.why for _, column in items)
    return Value("table", name, table.shape[0], items, tuple(facts), "items" if cut else "")
