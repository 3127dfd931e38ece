"""The small project of these tests, and the conftest that breaks the plugin from inside."""

SHOP = """
import asyncio

CACHE = {}


class Stock:
    def __init__(self, items):
        self.items = dict(items)

    def take(self, key):
        CACHE[key] = self.items[key]
        return self.items.pop(key)


def load(row):
    return row["sku"]


def safe(text):
    try:
        return int(text)
    except ValueError:
        return None


def strict(text):
    try:
        return int(text)
    except ValueError as error:
        raise LookupError(text) from error


def numbers(stop):
    for n in range(stop):
        yield n


async def later(n):
    await asyncio.sleep(0)
    return n


def total(names):
    return len([safe(name) for name in names]) + sum(numbers(2))
"""

TESTS = """
import asyncio
import warnings

import pytest
import shop


@pytest.fixture(scope="module")
def stock():
    return shop.Stock({"a": 1, "b": 2})


@pytest.fixture
def broken():
    raise RuntimeError("set-up")


@pytest.fixture
def breaks_later():
    yield
    raise RuntimeError("tear-down")


def test_passes(stock):
    assert stock.take("a") == 1


@pytest.mark.trace("shop")
def test_marked():
    assert shop.safe("x") is None


def test_fails(stock):
    assert shop.total(["a", "b"]) == 4


def test_fails_alike(stock):
    assert shop.total(["a", "b"]) == 5


def test_raises():
    shop.load(None)


def test_raises_in_generator():
    list(shop.numbers("x"))


def test_converts():
    shop.strict("x")


def test_errors(broken):
    pass


def test_errors_after(breaks_later):
    pass


def test_warns():
    warnings.warn(PendingDeprecationWarning("theirs"))


def test_skips():
    pytest.skip("not today")


@pytest.mark.xfail
def test_xfails():
    assert shop.safe("1") == 2


@pytest.mark.xfail(strict=True)
def test_xpasses():
    assert shop.safe("1") == 1


@pytest.mark.parametrize("n", [0, 1, 2])
def test_many(n):
    assert list(shop.numbers(n)) == list(range(n))


def test_async():
    assert asyncio.run(shop.later(2)) == 2


def test_throws():
    found = shop.numbers(3)
    next(found)
    with pytest.raises(KeyError):
        found.throw(KeyError("x"))
"""

BROKEN_MODULE = """
import shop

shop.load(None)
"""

CONFTEST = """
import errno
import importlib
import json
import os

import pytest_autopsy

ERRORS = {
    "RuntimeError": lambda: RuntimeError("injected"),
    "MemoryError": lambda: MemoryError("injected"),
    "RecursionError": lambda: RecursionError("injected"),
    "surrogate": lambda: RuntimeError("injected \\\\udc80"),
    "ENOSPC": lambda: OSError(errno.ENOSPC, "injected: No space left on device"),
    "EROFS": lambda: OSError(errno.EROFS, "injected: Read-only file system"),
}


def hit(where):
    with open(os.environ["FAULT_HITS"], "a") as stream:
        stream.write(where + "\\\\n")


def as_ours(function):
    # What code of others raises while ours runs is an intruder, and no fault of ours.
    function.__code__ = function.__code__.replace(co_filename=pytest_autopsy.__file__)
    return function


def break_it(where, kind):
    module, _, path = where.partition(":")
    holder = importlib.import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        holder = getattr(holder, part)
    assert callable(getattr(holder, name)), where

    def broken(*arguments, **named):
        hit(where)
        raise ERRORS[kind]()

    broken.__name__ = name
    setattr(holder, name, as_ours(broken))


class BrokenRows(dict):
    @as_ours
    def get(self, *arguments):
        hit("rows")
        raise RuntimeError("injected")


def break_rows():
    from pytest_autopsy.record.records import Recording

    begin = Recording.__init__

    def with_broken_rows(self, *arguments, **named):
        begin(self, *arguments, **named)
        self.rows = BrokenRows()

    Recording.__init__ = with_broken_rows


for where, kind in json.loads(os.environ.get("FAULTS", "[]")):
    break_rows() if where == "rows" else break_it(where, kind)

seen = []


def pytest_runtest_logreport(report):
    seen.append([report.nodeid, report.when, report.outcome, getattr(report, "wasxfail", None)])


def pytest_collectreport(report):
    if report.failed:
        seen.append([report.nodeid, "collect", report.outcome, None])


def pytest_sessionfinish(session, exitstatus):
    if not hasattr(session.config, "workerinput"):
        with open(os.environ["FAULT_OUTCOMES"], "w") as stream:
            json.dump([int(exitstatus), sorted(seen, key=str)], stream)
""".replace("\\\\", "\\")
