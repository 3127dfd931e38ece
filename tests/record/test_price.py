"""What recording has cost: counts of work times prices."""

from __future__ import annotations

import pytest

from pytest_autopsy.record import price as prices
from pytest_autopsy.record.price import ALL, ASK_EVERY, LIGHT, UNITS_ALONE, Price
from pytest_autopsy.record.records import Recording

UNIT_NS = 100.0


@pytest.fixture
def clock(monkeypatch):
    """The nanoseconds that a unit of work takes: a list whose last number counts."""
    speeds = [UNIT_NS]
    monkeypatch.setattr(prices, "_timed", lambda: speeds[-1])
    return speeds


def recorded(rows=(), seen=0):
    recording = Recording("test", 0)
    recording.rows.update((index, 1) for index in rows)
    recording.counts[0] = seen
    return recording


def units(price, recording):
    return pytest.approx(price.of(recording) / (UNIT_NS / 1e9))


def test_a_test_costs_what_was_done_in_it(clock):
    price = Price(light=False)
    assert units(price, recorded()) == ALL.test
    assert units(price, recorded([3, 4])) == ALL.test + 2 * (ALL.new + ALL.function)
    assert units(price, recorded([3, 4], seen=7)) == ALL.test + 2 * ALL.function + 7 * ALL.call


def test_a_function_is_new_once_a_run(clock):
    price = Price(light=True)
    assert units(price, recorded([1, 2])) == LIGHT.test + 2 * (LIGHT.new + LIGHT.function)
    assert units(price, recorded([1, 2, 9])) == LIGHT.test + LIGHT.new + 3 * LIGHT.function
    assert units(price, recorded([1, 2, 9])) == LIGHT.test + 3 * LIGHT.function


def test_calls_cost_nothing_where_none_are_kept(clock):
    assert Price(light=True).of(recorded(seen=10**6)) == Price(light=True).of(recorded())


def test_the_fastest_of_a_few_rounds_is_how_fast_the_machine_is(monkeypatch):
    rounds = iter([300.0, 120.0, 100.0, 900.0, 101.0])
    monkeypatch.setattr(prices, "_timed", lambda: next(rounds))
    price = Price(light=True)
    assert price.unit_s == pytest.approx(100e-9)
    assert price.alone_s == pytest.approx(UNITS_ALONE * 100e-9)


def test_a_machine_that_becomes_slower_is_asked_again(clock):
    price = Price(light=True)
    clock.append(5 * UNIT_NS)
    first = [price.of(recorded()) for _ in range(ASK_EVERY - 1)]
    assert len(set(first)) == 1
    assert price.of(recorded()) == pytest.approx(2 * first[0])


def test_a_round_of_work_takes_time():
    assert 1 < prices._timed() < 1_000_000
