"""Shipments: orders that have been given a service and a posting day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .orders import Order, parse_order
from .services import Service, service_for


@dataclass(frozen=True)
class Shipment:
    """An order on its way."""

    order: Order
    service: Service
    posted: date

    def cost_pence(self) -> int:
        """What the carrier charges for the parcel."""
        return self.service.base_pence + self.order.started_kilos * self.service.kilo_pence

    def due(self) -> date:
        """The day the parcel should arrive."""
        return self.posted + timedelta(days=self.service.days)


def book(order: Order, posted: date) -> Shipment:
    """Book an order with the carrier."""
    return Shipment(order, service_for(order.country, order.speed), posted)


def book_all(lines: Iterable[str], posted: date) -> list[Shipment]:
    """Book every order of a picking list, leaving out blank lines."""
    return [book(parse_order(line), posted) for line in lines if line.strip()]
