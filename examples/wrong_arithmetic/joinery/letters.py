"""What the customer and the bookkeeper get to read."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .jobs import Job
from .quotes import Quote, make_quote


def offer(job: Job, margin: Decimal) -> list[str]:
    """Return the letter that offers a job to a customer."""
    quote = make_quote(job, margin)
    body = [f"{line.text}: {line.price}" for line in quote.lines]
    return [quote.title, *body, f"total with VAT: {quote.total}"]


def ledger_line(quote: Quote) -> str:
    """Return the bookkeeper's line on a quote."""
    return f"{quote.title}: {quote.net} net, {quote.profit_share:.0%} profit"


def ledger(jobs: Iterable[Job], margin: Decimal) -> list[str]:
    """Return the bookkeeper's lines on some jobs."""
    return [ledger_line(make_quote(job, margin)) for job in jobs]
