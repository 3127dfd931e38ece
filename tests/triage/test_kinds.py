"""Seed 2's common buckets are known, with a subject where one is named, and a hint that uses it."""

from __future__ import annotations

import pytest

from pytest_autopsy.triage.hints import hint_of
from pytest_autopsy.triage.incident import incident
from pytest_autopsy.triage.kinds import KINDS, shape_of

DUCKDB = 'Binder Error: Referenced column "ts_code" not found in FROM clause!\nCandidate bindings: "ts_cod", "trade_date"'
CASES = [
    # kind, subject, type, message, code, a word of the hint
    ("missing dependency", "scipy", "ModuleNotFoundError", "No module named 'scipy.stats'", "import scipy.stats", "install scipy"),
    ("missing dependency", "sklearn", "ModuleNotFoundError", "No module named 'sklearn'", "", "scikit-learn"),
    ("missing dependency", "pyarrow", "ImportError", "Missing optional dependency 'pyarrow'. Use pip", "", "install pyarrow"),
    ("missing dependency", "matplotlib", "ImportError", "matplotlib is not installed", "", "install matplotlib"),
    ("missing column", "ts_code", "BinderException", DUCKDB, "", "nearest that is there is ts_cod"),
    ("missing column", "ts_code", "KeyError", "'ts_code'", "x = df['ts_code']", "`x = df['ts_code']`"),
    ("missing column", "a, b", "KeyError", "\"['b', 'a'] not in index\"", "", "a, b"),
    ("missing column", "qty", "OperationalError", "no such column: qty", "", "qty"),
    ("missing column", "close", "ColumnNotFoundError", "close", "", "close"),
    ("API misuse", "load() offset", "TypeError", "load() got an unexpected keyword argument 'offset'", "store.load(offset=1)", "takes no offset"),
    ("API misuse", "f() 'x'", "TypeError", "f() missing 1 required positional argument: 'x'", "", "how f()"),
    ("API misuse", "Store get_all", "AttributeError", "'Store' object has no attribute 'get_all'", "", "what Store offers"),
    ("date dtype mismatch", "trade_date", "TypeError", "'>' not supported between instances of 'str' and 'int'", "df[df.trade_date > 20240101]", "str against int"),
    ("date dtype mismatch", "", "TypeError", "can't compare datetime.datetime to datetime.date", "", "one type"),
    ("date dtype mismatch", "", "TypeError", "Cannot compare tz-naive and tz-aware timestamps", "", "time zone"),
    ("type mismatch", "", "TypeError", "'<' not supported between instances of 'str' and 'int'", "sorted(names)", "str and int"),
    ("empty data", "", "ValueError", "max() arg is an empty sequence", "max(rows)", "`max(rows)`"),
    ("empty data", "", "ValueError", "zero-size array to reduction operation maximum", "", "nothing in the data"),
    ("empty data", "", "EmptyDataError", "No columns to parse from file", "", "nothing in the data"),
    ("misaligned arrays", "", "ValueError", "operands could not be broadcast together with shapes (3,) (4,)", "", "(3,) against (4,)"),
    ("misaligned arrays", "", "ValueError", "All arrays must be of the same length", "", "one index"),
    ("misaligned arrays", "", "ValueError", "Length of values (3) does not match length of index (4)", "", "3 against 4"),
    ("missing key", "sku", "KeyError", "'sku'", "return row['sku']", "sku"),
    ("unset name", "total", "UnboundLocalError", "cannot access local variable 'total' where it is not", "", "every branch"),
    ("assertion", "", "AssertionError", "assert 3 == 4", "", ""),
    ("environment", "", "ConnectionRefusedError", "[Errno 111] Connection refused", "", ""),
    ("other", "", "RuntimeError", "no", "", ""),
    ("other", "", "AttributeError", "'NoneType' object has no attribute 'x'", "", ""),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {case[3][:40]}")
def test_kind_subject_and_hint(case) -> None:
    kind, subject, raised, message, code, word = case
    found = shape_of(raised, message, code)
    assert (found.kind, found.subject) == (kind, subject)
    one = incident("f", 1, "r", "n", raised, message, code=code)
    hint = hint_of(found, [one])
    assert word in hint
    assert bool(hint) == bool(word)


def test_the_hint_takes_the_failure_that_names_what_is_there() -> None:
    bare = incident("f", 1, "r", "n", "KeyError", "'ts_code'", code="df['ts_code']")
    telling = incident("f", 2, "r", "n", "BinderException", DUCKDB)
    assert "ts_cod" in hint_of(shape_of("BinderException", DUCKDB), [bare, telling])


def test_every_kind_is_in_the_schema() -> None:
    import json
    from pathlib import Path

    import pytest_autopsy

    file = Path(pytest_autopsy.__file__).parent / "schemas" / "triage.json"
    schema = json.loads(file.read_text("utf-8"))
    assert schema["properties"]["root_causes"]["items"]["properties"]["kind"]["enum"] == list(KINDS)


@pytest.mark.parametrize(
    "text", ["'" * 5000, "[" * 5000, "a " * 5000, "No module named " * 500, "(" * 5000]
)
def test_hostile_messages_take_no_time(text: str) -> None:
    shape_of("KeyError", text, text)
    hint_of(shape_of("TypeError", text), [incident("f", 1, "r", "n", "TypeError", text, code=text)])
