"""Tables and their columns: pandas, polars, pyarrow."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pytest_autopsy import plainjson
from pytest_autopsy.observe.compare import first_difference, same_content
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import SNAPSHOT, TRACE, look

REASON = "{} is not installed (extra `heavy`)"
pd: Any = pytest.importorskip("pandas", reason=REASON.format("pandas"))
pl: Any = pytest.importorskip("polars", reason=REASON.format("polars"))
pa: Any = pytest.importorskip("pyarrow", reason=REASON.format("pyarrow"))

SHOWN = [
    (lambda: pd.DataFrame({"n": [1, 2], "x": [0.5, None]}),
     "DataFrame(2, 2) {'n': int64 [1, 2], 'x': float64 [0.5, nan] 1 NaN}"),
    (lambda: pd.DataFrame(), "DataFrame(0, 0) {}"),
    (lambda: pd.DataFrame({("a", 1): [1]}), "DataFrame(1, 1) {('a', 1): int64 [1]}"),
    (lambda: pd.DataFrame({"a": range(9)}, index=list("abcdefghi"))["a"],
     "Series(9,) 'a' int64 [0, 1, 2, 3, 4, ...] index="),
    (lambda: pd.Series([1, None], dtype="Int64"), "Series(2,) Int64 [1, None] 1 null"),
    (lambda: pd.Series(["u", None, "v"], dtype="category"),
     "Series(3,) category of 2 ['u', None, 'v'] 1 null"),
    (lambda: pd.Series(pd.to_datetime(["2020-01-02", None])).astype("datetime64[ns]"),
     "Series(2,) datetime64[ns] ['2020-01-02T00:00:00.000000000', 'NaT'] 1 null"),
    (lambda: pd.Series([{"k": 1}, [2]]), "Series(2,) object [{'k': 1}, [2]]"),
    (lambda: pd.RangeIndex(3), "RangeIndex(3,) int64 [0, 1, 2]"),
    (lambda: pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]),
     "MultiIndex(2,) 2 levels [('a', 1), ('b', 2)]"),
    (lambda: pd.Timestamp("2020-01-02"), "Timestamp(2020-01-02T00:00:00)"),
    (lambda: [pd.NaT, pd.NA], "[NaTType(NaT), NAType(NA)]"),
    (lambda: pl.DataFrame({"n": [1, None], "s": ["x", "y"]}),
     "DataFrame(2, 2) {'n': Int64 [1, None] 1 null, 's': String ['x', 'y']}"),
    (lambda: pl.Series("f", [1.0, float("nan")]), "Series(2,) 'f' Float64 [1.0, nan] 1 NaN"),
    (lambda: pl.Series("l", [[1], [2]]), "Series(2,) 'l' List(Int64) <nested>"),
    (lambda: pl.Series("o", [object()], dtype=pl.Object), "Series(1,) 'o' Object"),
    (lambda: pa.table({"n": [1, None]}), "Table(2, 1) {'n': int64 [1, None] 1 null}"),
    (lambda: pa.array(["x"]), "StringArray(1,) string ['x']"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "text"), SHOWN, ids=[text for _, text in SHOWN])
def test_what_a_table_shows(make: Any, text: str) -> None:
    shown = look(make())
    assert to_text(shown).startswith(text)
    data = to_json(shown)
    assert json.loads(plainjson.dumps(data)) == data


def test_strings_of_pandas_are_read_in_every_storage() -> None:
    for dtype in ("object", "string", "str", "string[pyarrow]"):
        try:
            series = pd.Series(["x", None], dtype=dtype)
        except (TypeError, ImportError, ValueError):
            continue  # not in this version
        text = to_text(look(series))
        if "'None'" not in text:  # before pandas 3 dtype str made text of it
            assert re.search(r"\['x', (None|nan|NAType\(NA\))\] 1 null", text), (dtype, text)


def test_the_forms_in_json_are_those_of_seed_3() -> None:
    table = to_json(look(pd.DataFrame({"a": range(7), "b": [0.5] * 7})))
    assert table == {
        "__dataframe__": True, "__type__": "pandas.DataFrame", "shape": [7, 2],
        "columns": ["a", "b"], "dtypes": ["int64", "float64"],
        "head": [[row, 0.5] for row in range(5)], "head_truncated": True,
    }  # fmt: skip
    series = to_json(look(pl.Series("age", [1, 2])))
    assert series == {
        "__series__": True, "__type__": "polars.Series", "shape": [2], "dtype": "Int64",
        "name": "age", "head": [1, 2],
    }  # fmt: skip


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_wide_and_long_tables_are_cut_and_say_so(library: Any) -> None:
    shown = look(library.DataFrame({f"c{n}": range(300) for n in range(300)}))
    data: Any = to_json(shown)
    assert data["shape"] == [300, 300] and len(data["columns"]) == SNAPSHOT.items
    assert data["columns_truncated"] and data["head_truncated"] and len(data["head"]) == 5
    assert same_content(shown, shown) is None


def test_tables_are_equal_only_where_all_was_seen() -> None:
    small = {"a": [1, 2], "b": [0, 0]}
    frame = pd.DataFrame(small)
    assert same_content(look(frame), look(frame.copy())) is True
    assert same_content(look(frame), look(frame[["b", "a"]])) is None
    assert same_content(look(pd.DataFrame(small)), look(pl.DataFrame(small))) is False
    assert same_content(look(pd.Series([1])), look(pd.Series([1]))) is True
    assert same_content(look(pd.Series([1])), look(pd.Series([1], index=[5]))) is False
    assert same_content(look(pd.Series(range(9))), look(pd.Series(range(9)))) is None


def test_the_first_difference_of_tables_names_column_and_row() -> None:
    left, right = pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 3]})
    assert first_difference(look(left), look(right)) == "['a'][1]: 2 != 3"


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_a_column_with_a_secrets_name_is_redacted(library: Any) -> None:
    table = library.DataFrame({"user": ["ann"], "password": ["hunter2-hunter2"]})
    hidden = Redactor().look(look(table), "table")
    assert "hunter2" not in to_text(hidden) and "hunter2" not in json.dumps(to_json(hidden))
    assert "'ann'" in to_text(hidden)


ASKED: list[str] = []


def _asking(base: Any) -> Any:
    """A subclass whose every method of its own notes that it ran."""
    made = type("Mine", (base,), {})
    for name in ("__getattr__", "__getitem__", "__len__", "__iter__", "head", "iloc", "shape",
                 "dtype", "dtypes", "columns", "name", "to_list", "to_series", "_constructor", "values",
                 "__repr__", "__finalize__", "slice", "null_count", "__array__", "get_columns"):  # fmt: skip
        setattr(made, name, property(lambda self, name=name: ASKED.append(name)))
    return made


SUBCLASSED = [
    (pd.DataFrame, {"a": [1, 2]}, "Mine(2, 1) {'a': int64 [1, 2]}"),
    (pd.Series, [1, 2], "Mine(2,) int64 [1, 2]"),
    (pl.DataFrame, {"a": [1, 2]}, "Mine(2, 1) {'a': Int64 [1, 2]}"),
    (pl.Series, [1, 2], "Mine(2,) '' Int64 [1, 2]"),
]


@pytest.mark.parametrize("limits", [TRACE, SNAPSHOT], ids=["trace", "snapshot"])
@pytest.mark.parametrize(("base", "data", "text"), SUBCLASSED)
def test_a_subclass_is_read_where_the_base_stores(
    base: Any, data: Any, text: str, limits: Any
) -> None:
    plain = base(data)
    made = object.__new__(_asking(base))
    object.__getattribute__(made, "__dict__").update(vars(plain))
    ASKED.clear()
    assert to_text(look(made, limits)) == text
    assert ASKED == []


def test_attrs_are_not_copied() -> None:
    class Held:
        def __deepcopy__(self, memo: Any) -> Any:
            raise SystemError

    frame = pd.DataFrame({"a": [1]})
    frame.attrs["x"] = Held()
    assert "int64 [1]" in to_text(look(frame))


def test_a_projects_own_extension_array_is_not_asked() -> None:
    class Mine(pd.api.extensions.ExtensionArray):  # type: ignore[misc, name-defined]
        dtype = pd.array([1]).dtype
        nbytes = 0

        def __init__(self) -> None:
            self.asked = 0

        def __len__(self) -> int:
            self.asked += 1
            return 2

        def __getitem__(self, item: Any) -> Any:
            self.asked += 1
            return self if isinstance(item, slice) else 1

        def copy(self) -> Any:
            return self

        @classmethod
        def _from_sequence(cls, *_: Any, **__: Any) -> Any:
            return cls()

    values = Mine()
    series = pd.Series(values, copy=False)
    held = series.array
    before = held.asked
    text = to_text(look(series))
    assert held.asked == before and "unknown array" in text


def test_a_lazy_frame_is_never_collected() -> None:
    ran = []

    def step(frame: Any) -> Any:
        ran.append(1)
        return frame

    lazy = pl.LazyFrame({"a": [1]}).map_batches(step)
    assert to_text(look(lazy)).startswith("LazyFrame(") and ran == []


def test_one_huge_element_is_not_built() -> None:
    for series in (pl.Series(["x" * 10_000_000]), pa.array(["x" * 10_000_000])):
        assert "element size" in to_text(look(series))
