"""From costs to prices."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
VAT_RATE = Decimal("0.20")


def to_pence(amount: Decimal) -> Decimal:
    """Round an amount to whole pence."""
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def selling_price(cost: Decimal, margin: Decimal) -> Decimal:
    """Return the price of which `margin`, a fraction of that price, is left over the cost."""
    if not 0 <= margin < 1:
        raise ValueError(f"margin must be from 0 to below 1, not {margin}")
    return to_pence(cost * (1 + margin))


def vat_on(net: Decimal) -> Decimal:
    """Return the tax due on a net amount."""
    return to_pence(net * VAT_RATE)
