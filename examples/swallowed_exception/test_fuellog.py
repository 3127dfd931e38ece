"""Tests of the fuel log's monthly report."""

from __future__ import annotations

import pytest
from fuellog.journal import load_journal
from fuellog.report import month_report
from fuellog.trips import Leg, thirstiest


@pytest.fixture
def may() -> str:
    """A month's log as the driver typed it."""
    return (
        "# May\n"
        "2024-05-02; 48210; 38,4; 67,20\n"
        "2024-05-11; 48760; 40.0; 70.00\n"
        "\n"
        "2024-05-23; 49240; 32,0; 57,60\n"
    )


def test_report_of_a_clean_log(may: str) -> None:
    assert month_report(may) == ["spent 194.80 in 3 fills", "worst leg 550 km at 13.8 km/l"]


def test_fills_are_put_in_order_of_date(may: str) -> None:
    journal = load_journal(may + "2024-05-05; 48400; 12; 21\n")
    assert [fill.day.day for fill in journal.fills] == [2, 5, 11, 23]


def test_report_of_a_single_fill() -> None:
    assert month_report("2024-06-01; 50100; 20; 36")[1] == "no trips"


@pytest.mark.parametrize("line", ["2024-05-30; 49500; 21", "30 May; 49500; 21; 37,80"])
def test_incomplete_line_is_left_out(may: str, line: str) -> None:
    assert month_report(may + line)[-1] == "left out: line 6"


def test_unreadable_volume_is_left_out(may: str) -> None:
    assert month_report(may + "2024-05-30; 49500; full; 37,80\n") == [
        "spent 194.80 in 3 fills",
        "worst leg 550 km at 13.8 km/l",
        "left out: line 6",
    ]


def test_unreadable_price_is_left_out(may: str) -> None:
    assert month_report(may + "2024-05-30; 49500; 16; voucher\n") == [
        "spent 194.80 in 3 fills",
        "worst leg 550 km at 13.8 km/l",
        "left out: line 6",
    ]


def test_thirstiest_leg() -> None:
    town, motorway = Leg(120.0, 12.0, 21.0), Leg(600.0, 36.0, 66.0)
    assert thirstiest([motorway, town]) is town
