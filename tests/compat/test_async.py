"""Tests that are coroutines, whoever runs them."""

from __future__ import annotations

import pytest

from ..plugin.checks import needs
from .conftest import blamed, calls

ASYNCIO = """
    import asyncio

    import pytest
    import pytest_asyncio

    from stock.shop import later, price


    @pytest_asyncio.fixture
    async def name():
        await asyncio.sleep(0)
        yield "tea"
        await asyncio.sleep(0)


    @pytest.mark.asyncio
    async def test_bad(name):
        assert await later(name) == 3


    @pytest.mark.asyncio
    async def test_two_at_once(name):
        assert await asyncio.gather(later(name), later(name)) == [4, 4]


    @pytest.mark.asyncio
    async def test_in_a_task(name):
        task = asyncio.create_task(later(name), name="reader")
        assert await task == 3
    """


@needs("pytest_asyncio")
@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_asyncio(project, lives, mode):
    project.write({"test_it.py": ASYNCIO})
    project.ini(f"asyncio_mode = {mode}", "asyncio_default_fixture_loop_scope = function")
    run = lives(plugins=("asyncio",))
    assert run.counts["failed"] == 2
    assert blamed(run, "::test_bad") == "wrong_sum"
    (call,) = calls(run, "::test_in_a_task", "later")
    assert call["task"] == "reader"


ANYIO = """
    import anyio
    import pytest

    from stock.shop import price, wrong_sum

    pytestmark = pytest.mark.anyio


    async def slowly(name):
        await anyio.sleep(0)
        return wrong_sum([price(name)])


    async def test_good():
        assert await slowly("tea") == 4


    async def test_bad():
        assert await slowly("tea") == 3


    async def test_group():
        found = []

        async def put():
            found.append(await slowly("tea"))

        async with anyio.create_task_group() as group:
            group.start_soon(put)
            group.start_soon(put)
        assert found == [3, 3]
    """


@needs("anyio", "trio")
def test_anyio(project, lives):
    """On both of its backends, asyncio and trio."""
    project.write({"test_it.py": ANYIO})
    run = lives(plugins=("anyio",))
    assert run.counts["failed"] == 4
    for backend in ("asyncio", "trio"):
        assert blamed(run, f"::test_bad[{backend}]") == "wrong_sum"
        assert len(calls(run, f"::test_group[{backend}]", "wrong_sum")) == 2


TRIO = """
    import trio

    from stock.shop import price, wrong_sum


    async def slowly(name):
        await trio.sleep(0)
        return wrong_sum([price(name)])


    async def test_bad():
        assert await slowly("tea") == 3


    async def test_nursery():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(slowly, "jam")
    """


@needs("pytest_trio")
def test_trio(project, lives):
    project.write({"test_it.py": TRIO}).ini("trio_mode = true")
    run = lives(plugins=("trio",))
    assert run.counts["failed"] == 2
    assert calls(run, "::test_bad", "slowly")[0]["args"] == {"name": "'tea'"}
    assert blamed(run, "::test_nursery") in ("price", "wrong_sum")


ISOLATED = """
    import unittest

    from stock.shop import later, wrong_sum


    class TestIt(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self):
            self.name = "tea"

        async def test_bad(self):
            self.assertEqual(await later(self.name), 3)

        async def test_good(self):
            self.assertEqual(await later(self.name), 4)


    class TestSetUp(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self):
            await later("jam")

        async def test_never(self):
            pass
    """


def test_isolated_asyncio_test_case(project, lives):
    project.write({"test_it.py": ISOLATED})
    run = lives()
    assert run.counts["failed"] == 2
    assert blamed(run, "TestIt::test_bad") == "wrong_sum"
    assert run.failure("::test_never")["suspects"]
