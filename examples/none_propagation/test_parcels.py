"""Tests of the depot's labels and manifest."""

from __future__ import annotations

from datetime import date

import pytest
from parcels.manifest import pounds, print_labels, print_manifest
from parcels.orders import Order, parse_order
from parcels.services import service_for, zone_of


@pytest.fixture
def monday() -> date:
    """The day the van is loaded."""
    return date(2024, 3, 4)


def test_parse_order_defaults_to_standard() -> None:
    assert parse_order("A17 fr 1200") == Order("A17", "FR", 1200, "standard")


def test_zones() -> None:
    assert [zone_of(country) for country in ("GB", "IE", "JP")] == ["home", "europe", "world"]


def test_pounds() -> None:
    assert pounds(1205) == "£12.05"


def test_express_at_home_takes_a_day() -> None:
    assert service_for("GB", "express").days == 1


def test_manifest_of_a_quiet_day(monday: date) -> None:
    assert print_manifest(["A17 GB 900", "", "A18 FR 2100 express"], monday) == [
        "parcels: 2",
        "carriage: £29.60",
        "delivered by: 06 Mar",
    ]


def test_manifest_with_overseas_mail(monday: date) -> None:
    assert print_manifest(["A20 US 400"], monday)[-1] == "delivered by: 16 Mar"


def test_manifest_of_a_busy_day(monday: date) -> None:
    assert print_manifest(["A30 GB 500 express", "A31 JP 1500 express"], monday) == [
        "parcels: 2",
        "carriage: £29.60",
        "delivered by: 16 Mar",
    ]


def test_labels(monday: date) -> None:
    assert print_labels(["B1 GB 300", "B2 ES 800"], monday) == ["B1 GB Home 48", "B2 ES Euro Road"]


def test_labels_of_urgent_orders(monday: date) -> None:
    assert print_labels(["C1 DE 300 express", "C2 AU 800 express"], monday) == [
        "C1 DE Euro Air",
        "C2 AU World Mail",
    ]
