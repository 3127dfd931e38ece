"""Tests of the workshop's offers and ledger."""

from __future__ import annotations

from decimal import Decimal

import pytest
from joinery.jobs import Job
from joinery.letters import ledger, offer
from joinery.pricing import to_pence, vat_on


@pytest.fixture
def cupboard() -> Job:
    """A job with a bit of everything."""
    return Job("Cupboard").material("pine board", 4).material("hinge", 5).labour("2.5")


def test_needs_are_costed(cupboard: Job) -> None:
    assert [need.cost for need in cupboard.needs] == [50, 12, 60]


@pytest.mark.parametrize(("net", "tax"), [("10.00", "2.00"), ("0.12", "0.02"), ("0.13", "0.03")])
def test_tax_is_rounded_to_pence(net: str, tax: str) -> None:
    assert vat_on(Decimal(net)) == Decimal(tax)


def test_half_a_penny_is_rounded_up() -> None:
    assert to_pence(Decimal("1.005")) == Decimal("1.01")


def test_offer_at_cost(cupboard: Job) -> None:
    assert offer(cupboard, Decimal(0)) == [
        "Cupboard",
        "4 x pine board: 50.00",
        "5 x hinge: 12.00",
        "2.5 x labour: 60.00",
        "total with VAT: 146.40",
    ]


def test_offer_to_a_customer(cupboard: Job) -> None:
    assert offer(cupboard, Decimal("0.20")) == [
        "Cupboard",
        "4 x pine board: 62.50",
        "5 x hinge: 15.00",
        "2.5 x labour: 75.00",
        "total with VAT: 183.00",
    ]


def test_offer_needs_a_sensible_margin(cupboard: Job) -> None:
    with pytest.raises(ValueError, match="margin must be"):
        offer(cupboard, Decimal("1.5"))


def test_ledger_shows_the_profit(cupboard: Job) -> None:
    shelf = Job("Shelf").material("oak board", 1)
    assert ledger([cupboard, shelf], Decimal("0.25")) == [
        "Cupboard: 162.67 net, 25% profit",
        "Shelf: 48.00 net, 25% profit",
    ]
