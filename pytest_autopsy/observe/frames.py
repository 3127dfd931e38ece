"""Tables and their columns: pandas, polars and pyarrow.

Pandas is read where it stores its data (`_mgr`, `_data`), so that a subclass's methods never run
and `attrs` are not copied; polars and arrow by slices of their own, which copy nothing.
"""

from __future__ import annotations

import datetime
from typing import Any

from .classes import class_facts
from .columns import (
    MAX_ELEMENT,
    Column,
    Table,
    column_of,
    columns_shown,
    counts,
    own_dict,
    reads,
    said,
)  # fmt: skip
from .literals import moment_text

_PLAIN_ARROW = frozenset(
    ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "halffloat",
     "float", "double", "string", "large_string", "string_view", "binary", "large_binary", "null")
)  # fmt: skip
"""Types of arrow whose elements become Python's without an import."""
_CATEGORIES = 1000
"""Categories, or labels of a level, that are read to say what a code stands for."""

# -- pandas ---------------------------------------------------------------------------------


@reads("pandas.DataFrame")
def _frame(walk: Any, value: Any, _base: type, room: int) -> Table | None:
    manager = own_dict(value)["_mgr"]
    labels, index = manager.axes
    width, rows = _length(labels), _length(index)
    columns = []
    names = _labels(walk, labels, columns_shown(walk, width))
    for place, name in enumerate(names):
        block = manager.blocks[manager.blknos[place]]
        values = block.values
        if class_facts(type(values)).library[:1] == ("numpy.ndarray",):
            values = values[manager.blklocs[place]]
        column = column_of(walk, values, room) or Column((rows,), "?", why="unknown array")
        columns.append((name, column._replace(shape=(rows,))))
    return Table((rows, width), columns, _index(walk, index, room))


@reads("pandas.Series")
def _series(walk: Any, value: Any, _base: type, room: int) -> Column:
    own = own_dict(value)
    manager = own["_mgr"]
    (index,) = manager.axes
    column = column_of(walk, manager.blocks[0].values, room)
    if column is None:
        column = Column((_length(index),), "?", why="unknown array")
    return column._replace(named=True, name=own.get("_name"), labels=_index(walk, index, room))


@reads("pandas.Index")
def _labels_alone(walk: Any, value: Any, _base: type, room: int) -> Column:
    return _index_column(walk, value, room)._replace(named=True, name=own_dict(value).get("_name"))


@reads("pandas.ExtensionArray", "pandas.NDArrayBacked")
def _extension(walk: Any, value: Any, _base: type, room: int) -> Column | None:
    """Arrays of pandas' own: by the array that they keep, with what is masked as None."""
    name = class_facts(type(value)).library[0]
    if not name:
        return None  # a project's own
    own = own_dict(value)
    buffer = own.get("_pa_array", own.get("_data"))
    if buffer is None:
        buffer = getattr(value, "_ndarray", None)
    column = column_of(walk, buffer, room) if buffer is not None else None
    if column is None:
        return Column(tuple(value.shape), said(value.dtype), why="unknown array")
    column = column._replace(dtype=said(value.dtype))
    if name == "pandas.Categorical":
        return _categorical(walk, value, column)
    mask = own.get("_mask")
    return column if mask is None else _without(walk, column, mask, room)


def _without(walk: Any, column: Column, mask: Any, room: int) -> Column:
    hidden = column_of(walk, mask, room)
    if hidden is None:
        return column
    head = tuple(None if out else item for item, out in zip(column.head, hidden.head))
    part = mask[: walk.limits.counts]
    null = counts(column.shape[0], len(part), null=int(part.sum()))
    return column._replace(head=head, facts=(*column.facts, *null))


def _categorical(walk: Any, value: Any, codes: Column) -> Column:
    """Its codes as the categories that they stand for."""
    dtype = value.dtype
    names = _labels(walk, dtype.categories, _CATEGORIES)
    head = tuple(_category(names, code) for code in codes.head)
    part = value._ndarray[: walk.limits.counts]
    null = counts(codes.shape[0], len(part), null=int((part < 0).sum()))
    ordered = ", ordered" if dtype.ordered else ""
    text = f"category of {_length(dtype.categories)}{ordered}"
    return codes._replace(dtype=text, head=head, facts=null)


def _index(walk: Any, index: Any, room: int) -> Column | None:
    """Row labels, where they are not just the rows' numbers."""
    held = own_dict(index).get("_range")
    numbers = type(held) is range and held == range(len(held))
    return None if numbers else _index_column(walk, index, room)


def _index_column(walk: Any, index: Any, room: int) -> Column:
    own = own_dict(index)
    held = own.get("_range")
    if type(held) is range:
        return Column((len(held),), "int64", tuple(held[:room]))
    if own.get("_codes"):
        return _levels(walk, own["_levels"], own["_codes"], room)
    column = column_of(walk, own["_data"], room)
    return column or Column((_length(index),), "?", why="unknown array")


def _levels(walk: Any, levels: Any, codes: Any, room: int) -> Column:
    """A MultiIndex: each label as the tuple of what its codes stand for."""
    names = [_labels(walk, level, _CATEGORIES) for level in levels]
    parts = [column_of(walk, code, room) for code in codes]
    coded = zip(*(part.head for part in parts if part is not None))
    head = tuple(tuple(map(_category, names, label)) for label in coded)
    return Column((len(codes[0]),), f"{len(names)} levels", head)


def _category(names: tuple[Any, ...], code: int) -> Any:
    """What a code stands for; -1 is missing."""
    if code < 0:
        return None
    return names[code] if code < len(names) else f"category {code}"


def _labels(walk: Any, index: Any, count: int) -> tuple[Any, ...]:
    column = _index_column(walk, index, count)
    known = column.head if not column.why else ()
    return known or tuple(range(min(column.shape[0], count)))


def _length(index: Any) -> int:
    own = own_dict(index)
    held = own.get("_range")
    if held is None:
        held = own["_codes"][0] if own.get("_codes") else own["_data"]
    if not class_facts(type(held)).library and type(held) is not range:
        raise TypeError("labels of a class that is not known")
    return len(held)


@reads("pandas.Timestamp", "pandas.NaTType", "pandas.NAType", "pandas.Timedelta")
def _scalar(_walk: Any, value: Any, _base: type, _room: int) -> str | None:
    name = class_facts(type(value)).library[0]
    if name == "pandas.Timestamp":
        return moment_text(value)
    return {"pandas.NaTType": "NaT", "pandas.NAType": "NA"}.get(name) or (
        datetime.timedelta.__str__(value) if name == "pandas.Timedelta" else None
    )


# -- polars ---------------------------------------------------------------------------------


@reads("polars.DataFrame")
def _polars_frame(walk: Any, value: Any, base: Any, room: int) -> Table:
    frame = value if type(value) is base else base._from_pydf(own_dict(value)["_df"])
    rows, width = frame.shape
    columns = []
    for place in range(columns_shown(walk, width)):
        series = frame.to_series(place)
        columns.append((series.name, _polars_column(walk, series, room)))
    return Table((rows, width), columns)


@reads("polars.Series")
def _polars_series(walk: Any, value: Any, base: Any, room: int) -> Column:
    series = value if type(value) is base else base._from_pyseries(own_dict(value)["_s"])
    return _polars_column(walk, series, room)._replace(named=True, name=series.name)


def _polars_column(walk: Any, series: Any, room: int) -> Column:
    """Elements and counts from a slice as Python's values: no query runs, no thread starts."""
    size, dtype = len(series), series.dtype
    if dtype.is_nested():
        return Column((size,), said(dtype), why="nested")
    head = series.head(room)
    if head.estimated_size() > MAX_ELEMENT * (room + 1):
        return Column((size,), said(dtype), why="element size")
    facts: tuple[tuple[str, Any], ...] = ()
    if walk.limits.counts:
        part = series.head(walk.limits.counts).to_list() if dtype.is_float() else ()
        nan = sum(1 for one in part if one is not None and one != one)
        infinite = sum(1 for one in part if one in (float("inf"), float("-inf")))
        facts = counts(size, len(part) or size, nan=nan, inf=infinite, null=series.null_count())
    return Column((size,), said(dtype), tuple(head.to_list()), facts=facts)


# -- arrow ----------------------------------------------------------------------------------


@reads("pyarrow.Table", "pyarrow.RecordBatch")
def _arrow_table(walk: Any, value: Any, base: Any, room: int) -> Table | None:
    if type(value) is not base:
        return None
    shown = range(columns_shown(walk, value.num_columns))
    names = value.schema.names
    columns = [
        (names[place], _arrow_array(walk, value.column(place), base, room)) for place in shown
    ]
    return Table((value.num_rows, value.num_columns), columns)


@reads("pyarrow.Array", "pyarrow.ChunkedArray")
def _arrow_array(walk: Any, value: Any, _base: type, room: int) -> Column:
    size, kind = len(value), value.type
    text = str(kind)[:80]
    facts = counts(size, size, null=value.null_count) if walk.limits.counts else ()
    if text not in _PLAIN_ARROW or not room:
        return Column((size,), text, why="" if not room else "not plain", facts=facts)
    head = value.slice(0, room)
    if head.nbytes > MAX_ELEMENT * room:
        return Column((size,), text, why="element size", facts=facts)
    return Column((size,), text, tuple(head.to_pylist()), facts=facts)
