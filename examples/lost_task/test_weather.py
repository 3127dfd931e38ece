"""Tests of the weather board."""

from __future__ import annotations

import asyncio

import pytest
from weather.board import Board
from weather.collect import fetch, fetch_all
from weather.stations import Reading, ask, parse


def board_of(*stations: str) -> Board:
    return asyncio.run(fetch_all(stations, Board()))


def test_reading() -> None:
    assert parse("pier", "14.5 C") == Reading("pier", 14.5)


def test_unit_that_is_not_known() -> None:
    with pytest.raises(ValueError, match="mill sends K"):
        parse("mill", "280 K")


def test_ask() -> None:
    assert asyncio.run(ask("hill")) == "9.0 C"


def test_mean() -> None:
    board = Board()
    board.put(Reading("pier", 14.0))
    board.put(Reading("hill", 10.0))
    assert board.mean() == 12.0


def test_one_station() -> None:
    board = Board()
    asyncio.run(fetch("pier", board))
    assert board.lines() == ["pier 14.5"]


def test_no_station() -> None:
    assert board_of().lines() == []


def test_two_stations() -> None:
    assert board_of("pier", "hill").lines() == ["hill 9.0", "pier 14.5"]


def test_every_station_is_on_the_board() -> None:
    assert len(board_of("pier", "hill", "mill").lines()) == 3


def test_station_that_cannot_be_read_is_told() -> None:
    with pytest.raises(ValueError, match="mill sends F"):
        board_of("mill", "pier")
