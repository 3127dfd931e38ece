"""Priced offers for jobs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .jobs import Job, Need
from .pricing import selling_price, vat_on


@dataclass(frozen=True)
class QuoteLine:
    """One line of a quote."""

    text: str
    cost: Decimal
    price: Decimal


@dataclass(frozen=True)
class Quote:
    """A priced job."""

    title: str
    lines: tuple[QuoteLine, ...]

    @property
    def cost(self) -> Decimal:
        """What the job costs the workshop."""
        return sum((line.cost for line in self.lines), Decimal(0))

    @property
    def net(self) -> Decimal:
        """The price before tax."""
        return sum((line.price for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """The price the customer pays."""
        return self.net + vat_on(self.net)

    @property
    def profit_share(self) -> Decimal:
        """The part of the net price that is left over the cost."""
        return (self.net - self.cost) / self.net


def price_need(need: Need, margin: Decimal) -> QuoteLine:
    """Price one need of a job."""
    text = f"{need.quantity} x {need.name}"
    return QuoteLine(text, need.cost, selling_price(need.cost, margin))


def make_quote(job: Job, margin: Decimal) -> Quote:
    """Price a whole job."""
    return Quote(job.title, tuple(price_need(need, margin) for need in job.needs))
