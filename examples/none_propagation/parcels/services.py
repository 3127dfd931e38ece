"""The carrier's services and the zones they go to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """A way to send a parcel, its price in pence and its time in days."""

    name: str
    days: int
    base_pence: int
    kilo_pence: int


EUROPE = frozenset({"AT", "BE", "DE", "ES", "FR", "IE", "IT", "NL", "PT"})

SERVICES: dict[str, dict[str, Service]] = {
    "home": {
        "standard": Service("Home 48", 2, 310, 40),
        "express": Service("Home 24", 1, 520, 60),
    },
    "europe": {
        "standard": Service("Euro Road", 5, 890, 150),
        "express": Service("Euro Air", 2, 1650, 320),
    },
    "world": {
        "standard": Service("World Mail", 12, 1420, 480),
    },
}


def zone_of(country: str) -> str:
    """Return the zone a country belongs to."""
    if country == "GB":
        return "home"
    return "europe" if country in EUROPE else "world"


def service_for(country: str, speed: str) -> Service:
    """Return the service to a country at a speed, or the standard one if that is all there is."""
    offered = SERVICES[zone_of(country)]
    return offered.get(speed)
