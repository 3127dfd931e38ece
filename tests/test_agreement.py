"""What all workers do, and do not do in the same way."""

from __future__ import annotations

from pytest_autopsy.agreement import Agreement
from pytest_autopsy.model import Function

ONE, TWO = Function("a.py", "one", 3), Function("a.py", "two", 9)


def told(name: str, functions: list[Function], rows: dict[int, int]) -> dict[str, list[int]]:
    agreement = Agreement()
    agreement.add(name, functions, rows)
    return agreement.news()


def test_numbers_of_functions_make_no_difference() -> None:
    joined = Agreement()
    joined.join(told("the import of a.py", [ONE, TWO], {0: 5, 1: 3}))
    joined.join(told("the import of a.py", [TWO, ONE], {1: 5, 0: 3}))
    assert joined.notes() == []


def test_other_lines_are_told() -> None:
    joined = Agreement()
    joined.join(told("the fixture db", [ONE], {0: 5}))
    joined.join(told("the fixture db", [ONE], {0: 7}))
    joined.join(told("the import of a.py", [ONE], {0: 7}))
    (note,) = joined.notes()
    assert note.startswith("the fixture db did not run the same code in all workers")


def test_what_was_told_is_told_once() -> None:
    agreement = Agreement()
    agreement.add("the fixture db", [ONE], {0: 5})
    assert agreement.news()
    assert agreement.news() == {}
