"""The compatibility table: each row has its test, each test its row, the page has them all."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from .compat.rows import ROWS

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "compatibility.md"


def names(file: Path) -> set[str]:
    parts = ast.parse(file.read_text("utf-8")).body
    return {one.name for one in parts if isinstance(one, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_a_row_has_its_test(row):
    file, _, name = row.test.partition("::")
    assert any(one.startswith(name.rstrip("[")) for one in names(TESTS / file))


def test_the_page_tells_what_the_rows_tell():
    """It is written by `python -m tests.compat`, which runs them; none may fail."""
    known = {row.what: row for row in ROWS}
    table = PAGE.read_text("utf-8").partition("<!-- rows")[2].partition("<!-- end")[0]
    for line in table.splitlines()[3:]:
        row = known[line.split(" | ")[0].removeprefix("| ")]
        assert f"| {row.holds}" in line and f"`{row.test.rstrip('[')}`" in line
        assert "| fails |" not in line


def test_there_are_no_two_rows_of_one_thing():
    assert len({row.what for row in ROWS}) == len(ROWS)
