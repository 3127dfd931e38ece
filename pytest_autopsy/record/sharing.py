"""What a result has in common with the object that it was made from: copies that are none.

Two objects that hold one and the same list are told from two that hold equal ones by identity
alone, which is gone with the call. So it is asked when a call ends: of a result and an argument of
its type, of an argument that it has changed and another one, of a new object and what it was made of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

from ..model import Look, Value
from ..observe.classes import class_facts
from ..observe.compare import named_parts
from ..observe.intruders import interrupts_a_look
from ..observe.values import own_dict

MAX_PARTS = 12
"""Parts of an object that are compared."""
MAX_KEYS = 200
"""Keys of a mapping up to which it is asked whether they are all plain texts."""
MAX_LETTERS = 38
"""Letters of a key or an attribute's name that is told: longer ones are shortened elsewhere."""


def shared_parts(value: Any, given: Any, name: str) -> tuple[str, ...]:
    """Return the mutable containers that two objects of one class both hold, as `Basket.items`,
    `dict['a']`; `name` is the class's.

    By identity, without running anything of theirs.
    """
    kind = type(value)
    if value is given or kind is not type(given):
        return ()
    try:
        if kind is list:
            pairs = list(islice(zip(value, given), MAX_PARTS))
            return tuple(f"{name}[{at}]" for at, pair in enumerate(pairs) if _is_one(*pair))
        if kind is dict:
            return tuple(f"{name}[{key!r}]" for key in _shared_names(value, given))
        return tuple(f"{name}.{one}" for one in _shared_names(_own(value), _own(given)))
    except RuntimeError as fault:
        return _changed_meanwhile(fault)


def kept_parts(value: Any, given: list[Any], name: str) -> tuple[str, ...]:
    """Return the attributes of an object that are one of the containers which its maker was given."""
    try:
        parts = list(islice(_own(value).items(), MAX_PARTS))
    except RuntimeError as fault:
        return _changed_meanwhile(fault)
    return tuple(
        f"{name}.{attribute}"
        for attribute, part in parts
        if _is_name(attribute) and any(_is_one(part, one) for one in given)
    )


def copied_parts(value: Any, given: list[Any], name: str) -> tuple[str, ...]:
    """Return what attributes of an object hold of the insides of containers that it was made of, as
    `Basket.items['a']`: those are copies of one level.
    """
    try:
        own = list(islice(_own(value).items(), MAX_PARTS))
    except RuntimeError as fault:
        return _changed_meanwhile(fault)
    found: tuple[str, ...] = ()
    for attribute, part in own:
        if _is_name(attribute) and (type(part) is dict or type(part) is list):
            for one in given:
                whole = f"{name}.{attribute}"
                inside = shared_parts(part, one, "")
                found += tuple(f"{whole}{place}" for place in inside)
    return found


def _changed_meanwhile(fault: RuntimeError) -> tuple[str, ...]:
    """Nothing is known of what another thread changes; anything else is not ours."""
    if isinstance(fault, RecursionError) or interrupts_a_look(fault):
        raise fault
    return ()


def _own(value: Any) -> dict[Any, Any]:
    facts = class_facts(type(value))
    return own_dict(value, facts)[0] if facts.has_dict and not facts.hidden else {}


def _shared_names(mine: dict[Any, Any], theirs: dict[Any, Any]) -> Iterator[str]:
    if len(theirs) > MAX_KEYS or any(type(name) is not str for name in theirs):
        return  # a key of another type would be asked whether it is equal
    for name, part in islice(mine.items(), MAX_PARTS):
        if _is_name(name) and _is_one(part, theirs.get(name)):
            yield name


def _is_name(key: Any) -> bool:
    return type(key) is str and len(key) <= MAX_LETTERS


def _is_one(part: Any, other: Any) -> bool:
    """Whether both are the same mutable container; no set of types, as in `Recorder.enter`."""
    kind = type(part)
    return part is other and (
        kind is list or kind is dict or kind is set or kind is bytearray or kind is deque
    )


def changed_parts(before: Look, after: Look) -> frozenset[str]:
    """Return the parts that differ between two looks at one object, and those of these, named as
    what is shared is named.
    """
    if not isinstance(before, Value) or not isinstance(after, Value):
        return frozenset()
    found = {f"{after.type}{name}": pair for name, pair in _differing(before, after)}
    inside = {
        f"{whole}{name}"
        for whole, (was, now) in found.items()
        if isinstance(was, Value) and isinstance(now, Value)
        for name, _ in _differing(was, now)
    }
    return frozenset(found.keys() | inside)


def _differing(before: Value, after: Value) -> list[tuple[str, tuple[Look, Look]]]:
    was, now = named_parts(before), named_parts(after)
    return [
        (name, (was[name], now[name])) for name in now if name in was and was[name] != now[name]
    ]


def owner_of(part: str) -> str:
    """Return the type of the object that a shared part is a part of."""
    whole = part.partition("[")[0]
    return whole if part.startswith(("dict[", "list[")) else whole.rpartition(".")[0]
