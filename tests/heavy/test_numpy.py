"""Numpy's arrays, scalars and dtypes, and what a user's subclass of them must not be asked."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from pytest_autopsy import evidence, plainjson
from pytest_autopsy.observe.compare import first_difference, same_content
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import SNAPSHOT, TRACE, look

np: Any = pytest.importorskip("numpy", reason="numpy is not installed (extra `heavy`)")

NAN = float("nan")
SHOWN = [
    (lambda: np.arange(12.0).reshape(3, 4), "ndarray(3, 4) float64 [0.0, 1.0, 2.0, 3.0, 4.0, ...]"),
    (lambda: np.array([1, NAN, np.inf, -np.inf]), "ndarray(4,) float64 [1.0, nan, inf, -inf] 1 NaN 2 inf"),
    (lambda: np.array(5), "ndarray() int64 [5]"),
    (lambda: np.zeros((0, 3)), "ndarray(0, 3) float64 []"),
    (lambda: np.arange(20).reshape(4, 5)[:, ::2], "ndarray(4, 3) int64 [0, 2, 4, 5, 7, ...]"),
    (lambda: np.arange(6).reshape(2, 3).T, "ndarray(3, 2) int64 [0, 3, 1, 4, 2, ...]"),
    (lambda: np.array([True, False]), "ndarray(2,) bool [True, False]"),
    (lambda: np.array(["a", "bc"]), "ndarray(2,) <U2 ['a', 'bc']"),
    (lambda: np.array([b"a"]), "ndarray(1,) |S1 [b'a']"),
    (lambda: np.array([1 + 2j]), "ndarray(1,) complex128 [complex((1+2j))]"),
    (lambda: np.array([None, {"a": 1}, NAN], dtype=object),
     "ndarray(3,) object [None, {'a': 1}, nan] 2 null"),
    (lambda: np.array(["2020-01-01", "NaT"], dtype="M8[D]"),
     "ndarray(2,) datetime64[D] ['2020-01-01', 'NaT'] 1 null"),
    (lambda: np.ma.array([1, 2, 3], mask=[0, 1, 0]), "MaskedArray(3,) int64 [1, None, 3] 1 masked"),
    (lambda: np.zeros(1, dtype=[("x", "f4"), ("n", "i8")]), "ndarray(1,) (x, n) [(0.0, 0)]"),
    (lambda: np.zeros(9, dtype="V200000"), "ndarray(9,) |V200000 <element size>"),
    (lambda: np.int64(4), "int64(4)"),
    (lambda: np.float64(1.5), "float64(1.5)"),
    (lambda: np.datetime64("2020-01-01"), "datetime64(2020-01-01)"),
    (lambda: np.dtype("f4"), "Float32DType(float32)"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "text"), SHOWN, ids=[text for _, text in SHOWN])
def test_what_an_array_shows(make: Any, text: str) -> None:
    assert to_text(look(make())) == text


@pytest.mark.parametrize("make", [make for make, _ in SHOWN], ids=[text for _, text in SHOWN])
def test_it_is_json_and_comes_back_as_it_went(make: Any) -> None:
    shown = look(make())
    data = to_json(shown)
    assert json.loads(plainjson.dumps(data)) == data
    back = evidence.revived(plainjson.loads(plainjson.dumps(evidence.plain(shown))))
    assert repr(back) == repr(shown)


def test_the_form_in_json_is_that_of_seed_3() -> None:
    assert to_json(look(np.array([[0.5, NAN]] * 3, dtype="f4"))) == {
        "__array__": "numpy.ndarray", "shape": [3, 2], "dtype": "float32", "nan": 3,
        "head": [0.5, {"__type__": "float", "text": "nan"}] * 2 + [0.5], "head_truncated": True,
    }  # fmt: skip


def test_nan_is_counted_at_snapshots_only_and_within_a_budget() -> None:
    array = np.full(1_000_000, NAN)
    shown = dict(look(array).attrs)  # type: ignore[union-attr]
    assert shown["nan"] == shown["counted"] == SNAPSHOT.counts
    assert "nan" not in dict(look(array, TRACE).attrs)  # type: ignore[union-attr]
    wide = np.full((3, 7, 100_000), NAN)[:, :, ::2]  # what is not contiguous is not copied either
    assert dict(look(wide).attrs)["counted"] <= 2 * SNAPSHOT.counts  # type: ignore[union-attr]


def test_arrays_partly_looked_at_are_never_called_equal() -> None:
    short, long = np.arange(3), np.arange(9)
    assert same_content(look(short), look(np.arange(3))) is True
    assert same_content(look(long), look(np.arange(9))) is None
    assert same_content(look(short), look(np.array([0, 1, 3]))) is False
    assert same_content(look(short), look(short.astype(float))) is False
    assert same_content(look(np.array([1, NAN])), look(np.array([1, NAN]))) is True


def test_two_looks_at_an_array_with_nan_are_the_same_look() -> None:
    array = np.array([NAN, 1.0])
    assert look(array, TRACE) == look(array, TRACE), "else every call would seem to change it"


@pytest.mark.parametrize(
    ("left", "right", "difference"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2)), ".shape: (2, 3) != (3, 2)"),
        (np.zeros(2), np.zeros(2, dtype="f4"), ".dtype: 'float64' != 'float32'"),
        (np.array([[1, 2], [3, 4]]), np.array([[1, 2], [3, 5]]), "[1, 1]: 4 != 5"),
        (np.array([1, 2]), np.array([1, 3]), "[1]: 2 != 3"),
    ],
)
def test_the_first_difference_names_the_place(left: Any, right: Any, difference: str) -> None:
    assert first_difference(look(left), look(right)) == difference


def test_a_secret_in_an_array_and_under_a_name_is_redacted() -> None:
    redactor = Redactor()
    key = "AKIAIOSFODNN7EXAMPLF"
    array = np.array([{"password": "hunter2-hunter2"}, key], dtype=object)
    text = to_text(redactor.look(look(array), "array"))
    assert "hunter2" not in text and key not in text and "ndarray(2,)" in text
    hidden = redactor.look(look(np.array([1234567, 7654321])), "password")
    assert "1234567" not in to_text(hidden) and "int64" in to_text(hidden)
    assert redactor.text("an array of int64") == "an array of int64", "a dtype is no secret"


ASKED: list[str] = []


class Told(np.ndarray):  # type: ignore[misc, name-defined]
    """Runs code at every question but those that only its class can answer."""

    unit = property(lambda self: ASKED.append("unit"))

    def __array_finalize__(self, obj: Any) -> None:
        ASKED.append("finalize")

    def __getattribute__(self, name: str) -> Any:
        ASKED.append(name)
        return super().__getattribute__(name)


for _name in ("__getitem__", "__len__", "__iter__", "tolist", "view", "reshape", "__ne__", "sum",
              "__array_ufunc__", "__array_function__", "__array__", "__array_wrap__", "__repr__"):  # fmt: skip
    setattr(Told, _name, lambda self, *a, _name=_name, **k: ASKED.append(_name))


@pytest.mark.parametrize("limits", [TRACE, SNAPSHOT], ids=["trace", "snapshot"])
def test_a_subclass_is_read_by_the_base_alone(limits: Any) -> None:
    array = np.ndarray.view(np.array([1.0, NAN]), Told)
    object.__getattribute__(array, "__dict__")["note"] = "mine"
    ASKED.clear()
    shown = to_text(look(array, limits))
    assert ASKED == []
    assert shown.startswith("Told(2,) float64 [1.0, nan]") and "note='mine'" in shown


def test_no_copy_and_no_reference_is_kept() -> None:
    array = np.zeros(1000)
    before = sys.getrefcount(array)
    look(array)
    assert sys.getrefcount(array) == before
    array.resize(2000)  # refused while somebody holds a view


def test_a_class_that_only_says_it_is_numpys_is_not_asked() -> None:
    class ndarray:
        def __init__(self) -> None:
            self.own = 1

        @property
        def shape(self) -> Any:
            raise SystemError

    ndarray.__module__ = "numpy"
    assert to_text(look(ndarray())) == "ndarray(own=1)"


def test_a_fake_library_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    import types

    fake = types.ModuleType("numpy.fake")
    made: Any = type(
        "ndarray", (), {"__module__": "numpy.fake", "shape": property(lambda s: 1 / 0)}
    )
    fake.ndarray = made  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "numpy.fake", fake)
    assert to_text(look(made())) == "<ndarray>"


def test_a_memory_map_is_not_read_to_be_counted(tmp_path: Any) -> None:
    mapped = np.memmap(tmp_path / "data", dtype="f8", mode="w+", shape=(4,))
    mapped[:] = NAN
    assert to_text(look(mapped)) == "memmap(4,) float64 [nan, nan, nan, nan]"


def test_errors_of_numpys_own_are_a_reason_not_an_error() -> None:
    with np.errstate(all="raise"):
        assert to_text(look(np.array([NAN, np.inf]))).endswith("1 NaN 1 inf")
