"""What is read of one array: the common form, who reads which class, and the general rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from ..model import Look
from .classes import class_facts, class_name, derives_from, mro, namespace
from .containers import NOTHING, stored

MAX_ELEMENT = 100_000
"""Bytes of one element past which none is shown: what is shown has to be built first."""

_BUFFERS = ("_ndarray", "_data", "data", "_pa_array", "_variable", "_npy_value")
_MAX_TEXT = 80


class Column(NamedTuple):
    """An array as far as it is shown; `head` holds its first elements as they are."""

    shape: tuple[int, ...]
    dtype: str
    head: tuple[Any, ...] = ()
    why: str = ""  # why there is no head
    facts: tuple[tuple[str, Look], ...] = ()  # device, and at snapshots nan, inf, null, counted
    named: bool = False  # a series
    name: Any = None
    labels: Column | None = None  # of its rows


class Table(NamedTuple):
    """Columns under their labels, as many as are shown."""

    shape: tuple[int, int]
    columns: list[tuple[Any, Column]]
    labels: Column | None = None  # of its rows


Reader = Callable[[Any, Any, type, int], Any]
"""Takes (looker, value, the library's class that it is or derives from, how many elements).

Returns a Column, a Table, the text of a scalar, or None where attributes tell more."""

Read = TypeVar("Read", bound=Reader)

READERS: dict[str, Reader] = {}


def reads(*names: str) -> Callable[[Read], Read]:
    """Register a reader for the named classes of libraries, and for what derives from them."""

    def register(reader: Read) -> Read:
        READERS.update(dict.fromkeys(names, reader))
        return reader

    return register


_names: dict[str, str] = {}
_plans: dict[tuple[str, ...], tuple[Reader | None, int]] = {}


def plan_for(library: tuple[str, ...]) -> tuple[Reader | None, int]:
    """Who reads a class, and as which base: the nearest one with a reader, else the general rule."""
    plan = _plans.get(library)
    if plan is None:
        place = next((place for place, name in enumerate(library) if name in READERS), -1)
        if place >= 0:
            plan = READERS[library[place]], place
        else:
            plan = (array_like if library and library[0] else None), 0
        _plans[library] = plan
    return plan


def column_of(walk: Any, value: Any, room: int) -> Column | None:
    """Return the column that an array of a known library holds; None for anything else."""
    reader, place = plan_for(class_facts(type(value)).library)
    found = reader(walk, value, mro(type(value))[place], room) if reader is not None else None
    return found if type(found) is Column else None


def array_like(walk: Any, value: Any, base: type, room: int) -> Column | None:
    """The general rule for a library's own class that has a shape.

    What it says of shape, dtype and device; elements only where it keeps them in an array of the
    host's that is known by itself: nothing is computed, loaded or fetched from a device.
    """
    if not _has(base, "shape"):
        return None
    shape = dimensions(value.shape)
    if shape is None:
        return None
    facts: list[tuple[str, Look]] = []
    if _has(base, "device"):
        facts.append(("device", said(value.device)))
    dtype = said(value.dtype) if _has(base, "dtype") else "?"
    held = next(
        (
            column
            for one in stored_fields(value, _BUFFERS)
            if (column := column_of(walk, one, room))
        ),
        None,
    )
    if held is None:
        return Column(shape, dtype, (), "not in host memory", tuple(facts))
    if held.shape != shape:  # sparse: what is stored, and not all of it is
        facts.append(("stored", held.shape[0] if held.shape else 1))
        return Column(shape, dtype, held.head, held.why or "sparse", (*facts, *held.facts))
    return held._replace(dtype=dtype, facts=(*facts, *held.facts), why=held.why or "only its data")


def columns_shown(walk: Any, width: int) -> int:
    """How many columns of a table are read: each counts as a node of its own."""
    shown = min(width, walk.limits.items, max(walk.nodes, 1))
    walk.nodes -= shown
    return int(shown)


def stored_fields(value: Any, names: tuple[str, ...]) -> list[Any]:
    """What an instance keeps in its dict or its slots under these names, as far as it does."""
    own = own_dict(value)
    found = [own[name] for name in names if name in own]
    slots = dict(class_facts(type(value)).slots)
    for name in names:
        if name in slots:
            member = namespace(mro(type(value))[slots[name]])[name]
            try:
                found.append(member.__get__(value))
            except AttributeError:
                continue
    return found


def own_dict(value: Any) -> dict[str, Any]:
    """The instance's own dict where it is a plain one with plain names, else an empty one."""
    own = stored(value, "__dict__") if class_facts(type(value)).has_dict else NOTHING
    plain = type(own) is dict and len(own) < 200 and all(type(name) is str for name in own)
    return own if plain else NOTHING


def dimensions(shape: Any) -> tuple[int, ...] | None:
    """A shape as a plain tuple of numbers; None where it is something else."""
    if not derives_from(type(shape), tuple):
        return None
    lengths = tuple(tuple.__iter__(shape))
    return lengths if all(type(length) is int for length in lengths) else None


def said(thing: Any) -> str:
    """Return the text of a dtype or device; the class's name where it is no library's own."""
    if type(thing) is str:
        return thing[:_MAX_TEXT]
    facts = class_facts(type(thing))
    if not facts.library or not facts.library[0]:
        return class_name(thing) if derives_from(type(thing), type) else facts.name
    text = dtype_text(thing) if "numpy.dtype" in facts.library else str(thing)
    return text.removeprefix("torch.")[:_MAX_TEXT]


def dtype_text(dtype: Any) -> str:
    """Return a numpy dtype's name, of a structured one its fields' names."""
    if dtype.names is not None:
        return f"({', '.join(name[:20] for name in dtype.names[:8])})"
    if dtype.kind not in "biufcmM":
        return str(dtype)
    if dtype.str not in _names:
        _names[dtype.str] = str(dtype)
    return _names[dtype.str]


def leading(view: Any, shape: tuple[int, ...], count: int) -> Any:
    """Return a part of `view` that begins with its first `count` elements and has fewer than
    twice as many: only slices, no copy.
    """
    size = product(shape)
    while size > count:
        inner = size // shape[0]
        if inner <= count:
            return view[: -(-count // inner)]
        view, shape, size = view[0], shape[1:], inner
    return view


def product(shape: tuple[int, ...]) -> int:
    """How many elements an array of this shape has."""
    size = 1
    for length in shape:
        size *= length
    return size


def counts(size: int, counted: int, **found: int) -> tuple[tuple[str, Look], ...]:
    """Counts as facts: those that are not zero, and among how many where not among all."""
    shown = [(name, number) for name, number in found.items() if number]
    if shown and counted < size:
        shown.append(("counted", counted))
    return tuple(shown)


def _has(cls: type, name: str) -> bool:
    return any(name in namespace(base) for base in mro(cls))
