"""Numpy's arrays and scalars, and torch's tensors."""

from __future__ import annotations

import mmap
import sys
from typing import Any

from ..model import Look
from .classes import class_facts, mro
from .columns import (
    MAX_ELEMENT,
    Column,
    counts,
    dimensions,
    leading,
    own_dict,
    product,
    reads,
    said,
)  # fmt: skip

_INFINITY = float("inf")
_OBJECTS = 1000
"""Elements of an array of objects among which None is counted: each is looked at by itself."""


@reads("numpy.ndarray")
def _ndarray(walk: Any, value: Any, base: Any, room: int) -> Column:
    """Everything by ndarray's own C methods; of a subclass through a view of the base's class."""
    shape = base.shape.__get__(value)
    dtype = base.dtype.__get__(value)
    name = said(dtype)  # of somebody's own dtype only the class
    if dtype.itemsize > MAX_ELEMENT or (dtype.kind == "V" and dtype.names is None):
        return Column(shape, name, why="element size")
    view = value if type(value) is base else base.view(value, base)
    head = _elements(base, dtype.kind, leading(view, shape, room), room) if room else ()
    facts: tuple[tuple[str, Look], ...] = ()
    if walk.limits.counts and type(base.base.__get__(value)) is not mmap.mmap:
        facts = _counted(base, dtype.kind, view, shape, walk.limits.counts)
    return Column(shape, name, head, facts=facts)


@reads("numpy.MaskedArray")
def _masked(walk: Any, value: Any, base: Any, room: int) -> Column:
    """What is masked is shown as None, and counted."""
    own: Any = mro(base)[1]
    column = _ndarray(walk, value, own, room)
    mask = own_dict(value).get("_mask")
    if (
        class_facts(type(mask)).library != class_facts(own).library
        or own.shape.__get__(mask) != column.shape
    ):
        return column
    hidden = _elements(own, "b", leading(mask, column.shape, room), room) if room else ()
    head = tuple(None if out else item for item, out in zip(column.head, hidden))
    part = leading(mask, column.shape, walk.limits.counts)
    masked = int(own.sum(part)) if walk.limits.counts else 0
    found = counts(product(column.shape), product(part.shape), masked=masked)
    return column._replace(head=head, facts=(*column.facts, *found))


@reads("numpy.dtype", "torch.dtype", "torch.device", "pyarrow.DataType")
def _dtype(_walk: Any, value: Any, _base: Any, _room: int) -> str:
    return said(value)


@reads("numpy.generic")
def _scalar(_walk: Any, value: Any, _base: Any, _room: int) -> str | None:
    """A scalar's text; a record may hold objects of anybody's."""
    name = class_facts(type(value)).library[0]
    return None if name in ("", "numpy.void", "numpy.record") else str(value)


def _elements(own: Any, kind: str, part: Any, room: int) -> tuple[Any, ...]:
    flat = own.reshape(part, -1)
    if kind in "mM":
        return tuple(str(one) for one in own.__getitem__(flat, slice(room)))
    return tuple(own.tolist(own.__getitem__(flat, slice(room))))


def _counted(
    own: Any, kind: str, view: Any, shape: tuple[int, ...], budget: int
) -> tuple[tuple[str, Look], ...]:
    size = product(shape)
    if kind == "O":
        part = leading(view, shape, min(budget, _OBJECTS))
        held = own.tolist(own.reshape(part, -1)) if product(part.shape) <= 2 * _OBJECTS else []
        return counts(size, len(held), null=sum(map(_is_missing, held)))
    if kind not in "fcmM":
        return ()
    part = leading(view, shape, budget)
    missing = _true(own, own.__ne__(part, part))
    if kind in "mM":
        return counts(size, product(part.shape), null=missing)
    infinite = sum(_true(own, own.__eq__(part, end)) for end in (_INFINITY, -_INFINITY))
    return counts(size, product(part.shape), nan=missing, inf=infinite)


def _is_missing(one: Any) -> bool:
    cls = type(one)
    if one is None or cls is str:
        return one is None
    if cls is float:
        return bool(one != one)
    return class_facts(cls).library[:1] in (("pandas.NAType",), ("pandas.NaTType",))


def _true(own: Any, found: Any) -> int:
    """How many are true; most arrays have none, and a sum would take a buffer of its own."""
    return int(own.sum(found)) if own.any(found) else 0


@reads("torch.Tensor", "torch.Parameter")
def _tensor(walk: Any, value: Any, base: Any, room: int) -> Column | None:
    """A tensor of torch's own classes; a subclass may run code of its own at any question."""
    if type(value) is not base:
        return None
    torch: Any = sys.modules["torch"]
    with torch._C.DisableTorchFunction():
        shape = dimensions(value.shape) or ()
        facts: list[tuple[str, Look]] = [("device", said(value.device))]
        column = Column(shape, said(value.dtype), facts=tuple(facts))
        snapshot = bool(walk.limits.counts)
        on_host = value.device.type == "cpu"
        if not room and not snapshot:
            return column
        if not on_host and not (snapshot and value.device.type != "meta"):
            return column._replace(why="not in host memory")
        if value.layout is not torch.strided or _is_watched(torch):
            return column._replace(why="not plain")
        data = value.detach()
        head = leading(data, shape, room).reshape(-1)[:room].tolist() if room else ()
        if on_host and snapshot and (value.is_floating_point() or value.is_complex()):
            part = leading(data, shape, walk.limits.counts)
            nan, infinite = int((part != part).sum()), int((part.abs() == _INFINITY).sum())
            facts.extend(counts(product(shape), part.numel(), nan=nan, inf=infinite))
        return column._replace(head=tuple(head), facts=tuple(facts))


def _is_watched(torch: Any) -> bool:
    """Whether an operation now would be seen: by a mode of the user's, or a graph being traced."""
    return bool(torch._C._len_torch_dispatch_stack()) or torch._C._get_tracing_state() is not None
