"""What the depot prints when the van is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from .dispatch import Shipment, book_all


def pounds(pence: int) -> str:
    """Format an amount of pence."""
    return f"£{pence // 100}.{pence % 100:02d}"


def label(shipment: Shipment) -> str:
    """Return the text of a parcel's label."""
    order = shipment.order
    return f"{order.number} {order.country} {shipment.service.name}"


def total_cost(shipments: Sequence[Shipment]) -> int:
    """Return what the carrier charges for all the shipments, in pence."""
    return sum(shipment.cost_pence() for shipment in shipments)


def last_arrival(shipments: Sequence[Shipment]) -> date:
    """Return the day by which every shipment should have arrived."""
    return max(shipment.due() for shipment in shipments)


def print_labels(lines: Sequence[str], posted: date) -> list[str]:
    """Return the labels of a picking list."""
    return [label(shipment) for shipment in book_all(lines, posted)]


def print_manifest(lines: Sequence[str], posted: date) -> list[str]:
    """Return the closing lines of a day's manifest."""
    shipments = book_all(lines, posted)
    return [
        f"parcels: {len(shipments)}",
        f"carriage: {pounds(total_cost(shipments))}",
        f"delivered by: {last_arrival(shipments):%d %b}",
    ]
