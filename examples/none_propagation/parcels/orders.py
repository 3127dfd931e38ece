"""Orders as they come from the shop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """One order that is packed and ready to go."""

    number: str
    country: str
    weight_g: int
    speed: str = "standard"

    def __post_init__(self) -> None:
        if self.weight_g <= 0:
            raise ValueError(f"order {self.number} has no weight")

    @property
    def started_kilos(self) -> int:
        """The weight in kilograms, every started one counted in full."""
        return -(-self.weight_g // 1000)


def parse_order(line: str) -> Order:
    """Read an order from a line such as `A17 FR 1200 express`."""
    number, country, weight, *speed = line.split()
    return Order(number, country.upper(), int(weight), *speed)
