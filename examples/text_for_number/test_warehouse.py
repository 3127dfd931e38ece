"""Tests of the warehouse."""

from __future__ import annotations

from warehouse.delivery import Line, articles, read_note
from warehouse.orders import fullest, labels, scarcest
from warehouse.stock import Stock

NOTE = """
screws; 250; A1
hinges; 40; A1
glue; 9; B2
"""


def stock_of(*lines: Line) -> Stock:
    stock = Stock()
    stock.put(lines)
    return stock


def test_articles() -> None:
    assert articles(read_note(NOTE)) == ["glue", "hinges", "screws"]


def test_shelf() -> None:
    stock = stock_of(*read_note(NOTE))
    assert stock.shelf_of("glue") == "B2"


def test_newest_line_counts() -> None:
    stock = stock_of(Line("glue", 9, "B2"), Line("glue", 30, "B3"))
    assert stock.shelf_of("glue") == "B3"


def test_scarcest_of_counted_articles() -> None:
    assert scarcest(stock_of(Line("glue", 9, "B2"), Line("tape", 12, "B2"))) == ["glue"]


def test_fullest_of_counted_articles() -> None:
    assert fullest(stock_of(Line("glue", 9, "B2"), Line("tape", 12, "B2")), "B2").article == "tape"


def test_labels() -> None:
    assert labels(stock_of(*read_note(NOTE)))[0] == "glue (9) B2"


def test_order_after_a_delivery() -> None:
    assert scarcest(stock_of(*read_note(NOTE))) == ["glue"]


def test_fullest_after_a_delivery() -> None:
    note = "nails; 1000; A1\nscrews; 250; A1"
    assert fullest(stock_of(*read_note(note)), "A1").article == "nails"
