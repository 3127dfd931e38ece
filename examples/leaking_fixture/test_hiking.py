"""Tests of the trails."""

from __future__ import annotations

from hiking.preferences import to_unit
from hiking.trails import Section, Trail, card, minutes


def test_climb(ridge: Trail) -> None:
    assert ridge.climb == 420


def test_length_in_kilometres(ridge: Trail) -> None:
    assert ridge.length == 12.0


def test_walking_time(ridge: Trail) -> None:
    assert minutes(ridge) == 222


def test_short_card() -> None:
    assert card(Trail("Pond", (Section(2.0, 0),))) == "Pond: 2.0 km, 0:30 h"


def test_card_in_miles(ridge: Trail, miles: dict[str, str]) -> None:
    assert card(ridge) == "Ridge: 7.5 mi, 3:42 h"


def test_time_does_not_depend_on_the_unit(ridge: Trail) -> None:
    assert minutes(ridge) == 222


def test_card(ridge: Trail) -> None:
    assert card(ridge) == "Ridge: 12.0 km, 3:42 h"


def test_ten_kilometres_stay_ten() -> None:
    assert to_unit(10.0) == 10.0
