"""What the bank has published."""

from __future__ import annotations

from datetime import date

_TABLE = {
    "USD": {date(2026, 3, 2): 0.90, date(2026, 4, 1): 0.80},
    "GBP": {date(2026, 3, 2): 1.20, date(2026, 4, 1): 1.25},
}


class NotPublishedError(LookupError):
    """Raised for a day or currency without a rate."""


def published(currency: str, day: date) -> float:
    """Return the published rate, the newest that is not after the day."""
    days = sorted(known for known in _TABLE.get(currency, {}) if known <= day)
    if not days:
        raise NotPublishedError(f"no rate of {currency} for {day}")
    return _TABLE[currency][days[-1]]
