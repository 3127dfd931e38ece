"""Arrays, series and tables as text on one line, and as seed 3's JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..model import Value

Pieces = Callable[[Any], Iterator[str]]
Json = Callable[[Any], Any]
_COUNTS = {"nan": "NaN", "inf": "inf", "null": "null", "masked": "masked", "stored": "stored"}
_MARKS = {"array": "__array__", "series": "__series__", "table": "__dataframe__"}


def array_pieces(value: Value, pieces: Pieces) -> Iterator[str]:
    """`ndarray(3, 4) float64 [0.0, 1.0, ...] 2 NaN`; of a table its columns in the same way."""
    facts = dict(value.attrs)
    yield value.type.rpartition(".")[2]
    yield from pieces(facts.pop("shape", "?"))
    if value.kind == "table":
        yield " {"
        for place, (label, column) in enumerate(value.items):
            yield ", " if place else ""
            yield from pieces(label)
            yield ": "
            yield from _inner(column, pieces)
        yield ", ...}" if _columns_left_out(value) else "}"
        facts.pop("index", None)
    else:
        name = facts.pop("name", None)
        if name is not None:
            yield " "
            yield from pieces(name)
        yield " "
        yield from _content(value, facts, pieces)
    yield from _rest(facts, pieces)


def _inner(column: Any, pieces: Pieces) -> Iterator[str]:
    """A column of a table: its shape is the table's."""
    if not isinstance(column, Value) or column.kind != "array":
        yield from pieces(column)
        return
    facts = dict(column.attrs)
    facts.pop("shape", None)
    yield from _content(column, facts, pieces)
    yield from _rest(facts, pieces)


def _content(value: Value, facts: dict[str, Any], pieces: Pieces) -> Iterator[str]:
    """The dtype, the device if it is not the usual one, the first elements."""
    yield str(facts.pop("dtype", "?"))
    device = facts.pop("device", "cpu")
    yield f" {device}" if device != "cpu" else ""
    if not value.items and value.why:
        yield f" <{value.why}>"
        return
    yield " ["
    for place, item in enumerate(value.items):
        yield ", " if place else ""
        yield from pieces(item)
    yield "]" if len(value.items) == value.size else ", ...]"


def _rest(facts: dict[str, Any], pieces: Pieces) -> Iterator[str]:
    """What was counted, and what a subclass keeps beside its elements."""
    among = facts.pop("counted", None)
    for name, held in facts.items():
        if name in _COUNTS:
            yield f" {held} {_COUNTS[name]}"
        else:
            yield f" {name}="
            yield from _inner(held, pieces) if name == "index" else pieces(held)
    if among is not None:
        yield f" in the first {among}"


def array_json(value: Value, json: Json) -> dict[str, Any]:
    """Seed 3's `__array__`, `__series__` and `__dataframe__`, with what it lacks beside them.

    A table's `head` is a list of rows.
    """
    facts = dict(value.attrs)
    name = json(value.type)
    shape = [json(length) for length in facts.pop("shape").items]
    if value.kind == "array":
        shown = {"__array__": name}
    else:
        shown = {_MARKS[value.kind]: True, "__type__": name}
    shown["shape"] = shape
    if value.kind == "table":
        shown.update(_columns(value, json))
    shown.update((json(fact), json(held)) for fact, held in facts.items())
    if value.kind != "table" and (value.items or not value.why):
        shown["head"] = [json(item) for item in value.items]
    if value.why == "items":
        shown["head_truncated"] = True
    elif value.why:
        shown["why"] = value.why
    return shown


def _columns(table: Value, json: Json) -> dict[str, Any]:
    """Names, dtypes and counts of the columns, and the first rows."""
    names, dtypes, heads, counted = [], [], [], {}
    for label, column in table.items:
        names.append(json(label))
        known = isinstance(column, Value) and column.kind == "array"
        facts = dict(column.attrs) if known else {}
        facts.pop("shape", None)
        dtypes.append(json(facts.pop("dtype", "?")))
        heads.append([json(item) for item in column.items] if known else [])
        if facts:
            counted[str(len(names) - 1)] = {json(k): json(v) for k, v in facts.items()}
    rows = max(map(len, heads), default=0)
    head = [[held[row] if row < len(held) else "..." for held in heads] for row in range(rows)]
    shown: dict[str, Any] = {"columns": names, "dtypes": dtypes, "head": head}
    if counted:
        shown["counts"] = counted  # by the column's place
    if _columns_left_out(table):
        shown["columns_truncated"] = True
    return shown


def _columns_left_out(table: Value) -> bool:
    shape = table.attrs[0][1].items
    return len(shape) > 1 and shape[1] != len(table.items)
