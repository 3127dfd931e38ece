"""Types of the standard library whose attributes would say nothing."""

from __future__ import annotations

import array
import asyncio
import datetime
import functools
import ipaddress
import threading
import types
import zoneinfo
from collections import namedtuple
from typing import Any

import pytest

from pytest_autopsy.observe.compare import same_content
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import Limits, look


def shown(value: Any) -> str:
    return to_text(look(value))


def test_tasks_and_futures_tell_their_state() -> None:
    async def waits() -> None:
        await asyncio.sleep(10)

    async def fails() -> None:
        raise ValueError("no")

    async def main() -> list[str]:
        tasks = [
            asyncio.create_task(work(), name=f"t{n}")
            for n, work in enumerate((waits, fails, waits))
        ]
        tasks[2].cancel()
        await asyncio.sleep(0.01)
        future = asyncio.get_running_loop().create_future()
        told = [shown(one) for one in (*tasks, future)]
        tasks[0].cancel()
        tasks[1].exception()
        return told

    line = waits.__code__.co_firstlineno + 1
    assert asyncio.run(main()) == [
        f"Task(t0, pending in waits, line {line})",
        "Task(t1, raised ValueError)",
        "Task(t2, cancelled)",
        "Future(pending)",
    ]


def test_a_task_of_the_users_is_not_asked() -> None:
    class Mine(asyncio.Task):  # type: ignore[type-arg]
        def get_name(self) -> str:
            raise SystemError

        done = cancelled = get_name  # type: ignore[assignment]

    async def main() -> str:
        task = Mine(asyncio.sleep(0))
        told = shown(task)
        await task
        return told

    assert asyncio.run(main()).startswith("<Mine>")


def test_locks() -> None:
    lock, again = threading.Lock(), threading.RLock()
    assert (shown(lock), shown(again)) == ("lock(unlocked)", "RLock(unlocked)")
    with lock, again, again:
        assert (shown(lock), shown(again)) == ("lock(locked)", "RLock(locked 2 times)")


READS = [
    ({"a": 1}.keys(), "dict_keys(['a'])"),
    ({"a": 1}.values(), "dict_values([1])"),
    ({"a": 1}.items(), "dict_items([('a', 1)])"),
    (array.array("i", [1, 2]), "array([1, 2])"),
    (memoryview(b"abc"), "memoryview(3 bytes, B)"),
    (functools.lru_cache(shown), f"_lru_cache_wrapper({__name__}.shown)"),
    (shown.__code__, "code(shown)"),
    (datetime.timezone.utc, "timezone(0:00:00)"),
    (zoneinfo.ZoneInfo("UTC"), "ZoneInfo(UTC)"),
    (datetime.datetime(2020, 1, 2, tzinfo=zoneinfo.ZoneInfo("UTC")), "datetime(2020-01-02T00:00:00+00:00)"),
    (ipaddress.ip_address("10.0.0.1"), "IPv4Address(10.0.0.1)"),
    (ipaddress.ip_network("fe80::/64"), "IPv6Network(fe80::/64)"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), READS, ids=[text for _, text in READS])
def test_what_they_show(value: Any, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize("value", [memoryview(b"abc"), shown.__code__, threading.Lock()])
def test_what_shows_little_is_not_called_equal(value: Any) -> None:
    assert same_content(look(value), look(value)) is None


Pair = namedtuple("Pair", "user password")


def test_a_named_tuple_tells_its_fields() -> None:
    assert shown(Pair("ann", 2)) == "Pair(user='ann', password=2)"
    assert to_json(look(Pair("ann", 2))) == {
        "__type__": "Pair", "attrs": {"user": "ann", "password": 2},
    }  # fmt: skip
    assert "hunter2" not in to_text(Redactor().look(look(Pair("ann", "hunter2-hunter2"))))
    assert same_content(look(Pair(1, 2)), look(Pair(1, 3))) is False
    assert same_content(look(Pair(1, 2)), look(Pair(1, 2))) is True
    cut: Any = look(Pair(1, 2), Limits(depth=3, items=1, string=9, nodes=9))
    assert (cut.attrs, cut.size, cut.why) == ((("user", 1),), 2, "items")


def test_a_named_tuple_of_another_length_is_a_tuple() -> None:
    assert shown(tuple.__new__(Pair, (1, 2, 3))) == "Pair([1, 2, 3])"


def test_slots_come_in_the_order_in_which_they_are_declared() -> None:
    made = types.new_class("Made", (), {}, lambda space: space.update(__slots__=("z", "a", "m")))()
    for name in "azm":
        setattr(made, name, name)
    assert shown(made) == "Made(z='z', a='a', m='m')"
