"""What a job needs: timber, fittings and time."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

HOURLY_COST = Decimal("24.00")

UNIT_COSTS: dict[str, Decimal] = {
    "oak board": Decimal("36.00"),
    "pine board": Decimal("12.50"),
    "hinge": Decimal("2.40"),
    "handle": Decimal("5.25"),
}


@dataclass(frozen=True)
class Need:
    """A quantity of one thing and what it costs the workshop."""

    name: str
    quantity: Decimal
    unit_cost: Decimal

    @property
    def cost(self) -> Decimal:
        """What the whole quantity costs."""
        return self.quantity * self.unit_cost


@dataclass
class Job:
    """A piece of work for a customer."""

    title: str
    needs: list[Need] = field(default_factory=list)

    def material(self, name: str, quantity: int) -> Job:
        """Add something from the store."""
        self.needs.append(Need(name, Decimal(quantity), UNIT_COSTS[name]))
        return self

    def labour(self, hours: str) -> Job:
        """Add hours at the bench."""
        self.needs.append(Need("labour", Decimal(hours), HOURLY_COST))
        return self
