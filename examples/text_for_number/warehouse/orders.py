"""What to order next."""

from __future__ import annotations

from .delivery import Line
from .stock import Stock


def scarcest(stock: Stock, count: int = 1) -> list[str]:
    """Return the articles of which the fewest pieces are left."""
    ranked = sorted(stock.all(), key=lambda line: line.pieces)
    return [line.article for line in ranked[:count]]


def fullest(stock: Stock, shelf: str) -> Line:
    """Return the line with most pieces on a shelf."""
    return max(stock.on_shelf(shelf), key=lambda line: line.pieces)


def labels(stock: Stock) -> list[str]:
    """Return a label for each article."""
    return [f"{line.article} ({line.pieces}) {line.shelf}" for line in stock.all()]
