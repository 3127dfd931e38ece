"""Tests of the office's books."""

from __future__ import annotations

from datetime import date

import pytest
from invoicing.bank import NotPublishedError, published
from invoicing.jobs import Job
from invoicing.ledger import by_customer, in_euros, turnover

MARCH, APRIL = date(2026, 3, 9), date(2026, 4, 9)


def job(words: int, currency: str, done: date, customer: str = "Ito") -> Job:
    return Job(customer, "fr", words, currency, done)


def test_price() -> None:
    assert job(500, "EUR", MARCH).price == 70.0


@pytest.mark.parametrize(("day", "expected"), [(MARCH, 0.90), (APRIL, 0.80)])
def test_bank(day: date, expected: float) -> None:
    assert published("USD", day) == expected


def test_no_rate_yet() -> None:
    with pytest.raises(NotPublishedError, match="no rate of GBP"):
        published("GBP", date(2026, 1, 1))


def test_job_in_euros() -> None:
    assert in_euros(job(100, "EUR", APRIL)) == 14.0


def test_job_in_dollars() -> None:
    assert in_euros(job(1000, "USD", MARCH)) == 126.0


def test_customers_are_kept_apart() -> None:
    books = by_customer([job(100, "EUR", MARCH), job(200, "EUR", APRIL, "Wolf")])
    assert books == {"Ito": 14.0, "Wolf": 28.0}


def test_turnover_over_two_months() -> None:
    assert turnover([job(1000, "USD", MARCH), job(1000, "USD", APRIL)]) == 238.0


def test_customer_in_pounds() -> None:
    jobs = [job(100, "GBP", MARCH, "Hall"), job(100, "GBP", APRIL, "Hall")]
    assert by_customer(jobs) == {"Hall": 34.3}
