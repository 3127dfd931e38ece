"""What happened between one fill and the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .parsing import Fill


@dataclass(frozen=True)
class Leg:
    """The distance driven between two fills, and what it took."""

    distance: float
    litres: float
    price: float

    def economy(self) -> float:
        """Kilometres driven on a litre."""
        return self.distance / self.litres

    def litre_price(self) -> float:
        """What a litre cost."""
        return self.price / self.litres


def legs_of(fills: Sequence[Fill]) -> list[Leg]:
    """Return the legs between successive fills."""
    return [
        Leg(after.odometer - before.odometer, after.litres, after.price)
        for before, after in pairwise(fills)
    ]


def thirstiest(legs: Sequence[Leg]) -> Leg:
    """Return the leg with the fewest kilometres to the litre."""
    return min(legs, key=Leg.economy)
