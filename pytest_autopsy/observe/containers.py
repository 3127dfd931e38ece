"""What builtin containers, bytes, numbers of subclasses and enum members hold.

Everything is read by the base type's own methods, so that a subclass's are never asked.
"""

from __future__ import annotations

from array import array
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..model import Look, Value, new_value
from .classes import ClassFacts, derives_from, plain_name
from .literals import MAX_INT, head_of

if TYPE_CHECKING:
    from .values import Looker

_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
_ATOMS = (str, int, float, bool, type(None))
_MAX_ORDERED = 1_000
"""Of a longer OrderedDict only the head is shown, and that as the dict has it."""

NOTHING: dict[str, Any] = {}
stored = object.__getattribute__
"""Reads `__dict__` where class_facts says that this runs nobody's code."""


def text_of(raw: Any) -> Any:
    """Bytes as the characters of their literal; text as it is."""
    return raw if type(raw) is str else repr(bytes(raw))[2:-1]


def number(base: type, value: Any, name: str) -> Value:
    """A number of a subclass, read by its base."""
    plain = float.__float__(value) if base is float else int.__int__(value)
    if type(plain) is int and not -MAX_INT < plain < MAX_INT:
        return Value("number", name, plain.bit_length(), (), (), "bits")
    return Value("number", name, None, (plain,))


def _sequence(base: Any) -> Any:
    return lambda walk, value, name, depth: walk.items(
        base.__iter__(value), base.__len__(value), name, depth, value
    )


def _set(base: Any) -> Any:
    """Sets have no order of their own: sorted where whole, past the limit only size and type."""

    def shown(walk: Looker, value: Any, name: str, depth: int) -> Look:
        size = base.__len__(value)
        if size > walk.limits.items:
            return Value("set", name, size, why="items")
        found = walk.items(base.__iter__(value), size, name, depth, value)
        return found._replace(kind="set", items=tuple(sorted(found.items, key=repr)))

    return shown


def _dict(walk: Looker, value: Any, name: str, depth: int) -> Look:
    size = dict.__len__(value)
    if depth >= walk.limits.depth and size:
        return new_value(Value, ("mapping", name, size, (), (), "depth"))
    if id(value) in walk.open:
        return Value("cut", name, size, why="cycle")
    walk.open.append(id(value))
    most, string, at = walk.limits.items, walk.limits.string, walk.at
    found = dict.items(value) if type(value) is dict else _in_order(value)
    shown = tuple(
        [
            (
                key if type(key) is str and len(key) <= string else at(key, depth + 1),
                item
                if item is None or (type(item) is str and len(item) <= string)
                else at(item, depth + 1),
            )
            for key, item in (found if size <= most else islice(found, most))
        ]
    )
    walk.open.pop()
    cut = "items" if size > len(shown) else ""
    return new_value(Value, ("mapping", name, size, shown, (), cut))


def _in_order(value: Any) -> Iterable[tuple[Any, Any]]:
    """The pairs of a mapping; of an OrderedDict in its own order, which may not be the dict's.

    Walking that order asks each key for its hash: only where all of them are atoms.
    """
    found: Iterable[tuple[Any, Any]] = dict.items(value)
    cls = type(value)
    if cls is dict or cls is defaultdict or not derives_from(cls, OrderedDict):
        return found
    if dict.__len__(value) > _MAX_ORDERED or not all(
        type(key) in _ATOMS for key in dict.__iter__(value)
    ):
        return found
    return [(key, dict.__getitem__(value, key)) for key in OrderedDict.__iter__(value)]


def _bytes(walk: Looker, value: Any, name: str, _depth: int) -> Look:
    head, cut = head_of(value, type(value), walk.limits.string)
    return Value("bytes", name, len(value), (text_of(head),), (), cut)


def enum_member(walk: Looker, value: Any, facts: ClassFacts, depth: int) -> Look:
    """A member by its name and value, as the enum machinery stored them."""
    own = stored(value, "__dict__") if facts.has_dict else NOTHING
    held = {key: item for key, item in islice(own.items(), 50) if type(key) is str}
    name = held.get("_name_")
    member = f"{facts.name}.{plain_name(name)}"
    if depth >= walk.limits.depth or id(value) in walk.open:
        return Value("object", member, why="depth")
    walk.open.append(id(value))
    shown = walk.at(held.get("_value_"), depth + 1)
    walk.open.pop()
    return Value("object", member, None, (), (("value", shown),))


def named_tuple(walk: Looker, value: Any, facts: ClassFacts, depth: int, attrs: Value) -> Value:
    """A named tuple by the names of its items, and `attrs`, which a subclass of one may have."""
    if depth >= walk.limits.depth:
        return attrs
    held = islice(zip(facts.fields, tuple.__iter__(value)), walk.limits.items)
    shown = tuple((name, walk.at(item, depth + 1)) for name, item in held)
    cut = len(facts.fields) > len(shown)
    size, why = (len(facts.fields), "items") if cut else (attrs.size, attrs.why)
    return Value("object", facts.name, size, (), shown + attrs.attrs, why)


CONTAINERS: dict[type, Any] = {
    **{cls: _sequence(cls) for cls in (list, tuple, deque, array, *_VIEWS)},
    **{cls: _set(cls) for cls in (set, frozenset)},
    **dict.fromkeys((dict, OrderedDict, Counter, defaultdict), _dict),
    **dict.fromkeys((bytes, bytearray), _bytes),
}
