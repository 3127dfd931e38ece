"""Tests of the printed contact directory."""

from __future__ import annotations

import pytest
from paginator.contacts import Contact, alphabetical
from paginator.directory import Directory
from paginator.layout import heading
from paginator.pages import Page, PageNotFoundError

SURNAMES = ["Hale", "Adeyemi", "Brandt", "Ito", "Costa", "Dunne", "Estrada", "Fischer", "Gupta"]


def staff(count: int) -> list[Contact]:
    """Return the first `count` contacts of an office."""
    return [Contact(name, "Sam", 100 + i) for i, name in enumerate(SURNAMES[:count])]


def test_contacts_are_sorted_by_surname() -> None:
    assert [one.surname for one in alphabetical(staff(3))] == ["Adeyemi", "Brandt", "Hale"]


def test_heading_names_a_single_surname_once() -> None:
    assert heading(Page(1, [Contact("Ito", "Aki", 7), Contact("Ito", "Ken", 8)])) == "Ito"


def test_index_of_a_small_office() -> None:
    assert Directory(staff(6)).index() == ["1: Adeyemi - Dunne", "2: Hale - Ito"]


def test_index_of_a_two_page_office() -> None:
    assert Directory(staff(8)).index() == ["1: Adeyemi - Dunne", "2: Estrada - Ito"]


@pytest.mark.parametrize(
    ("count", "expected"),
    [(3, "page 1 of 1"), (4, "page 1 of 1"), (7, "page 1 of 2"), (9, "page 1 of 3")],
)
def test_footer_of_first_page(count: int, expected: str) -> None:
    assert Directory(staff(count)).show(1)[-1] == expected


def test_show_one_initial() -> None:
    assert Directory(staff(9)).show(1, initial="c") == ["Costa, Sam 0104", "page 1 of 1"]


def test_page_past_the_end_is_refused() -> None:
    with pytest.raises(PageNotFoundError, match="no page 3"):
        Directory(staff(8)).show(3)


def test_page_zero_is_refused() -> None:
    with pytest.raises(PageNotFoundError, match="no page 0"):
        Directory(staff(5)).show(0)
