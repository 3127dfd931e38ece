"""Coroutines and async generators: suspended is not over, and each task has its own calls."""

import asyncio
import gc

ASYNC = """
    import asyncio

    def leaf(tag):
        return tag

    async def step(tag, times):
        for _ in range(times):
            await asyncio.sleep(0)
            leaf(tag)
        return tag

    async def both():
        return await asyncio.gather(step("a", 2), step("b", 3))

    async def awaits():
        return await step("one", 1)

    async def ticks(stop):
        for n in range(stop):
            await asyncio.sleep(0)
            yield n

    async def collects():
        return [n async for n in ticks(3)]

    async def fails():
        await asyncio.sleep(0)
        raise ValueError("late")

    async def catches():
        try:
            await fails()
        except ValueError:
            return "caught"

    async def stops():
        async for n in ticks(5):
            return n

    async def cancels():
        task = asyncio.create_task(step("long", 1000))
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return leaf("after")

    class Manager:
        async def __aenter__(self):
            await asyncio.sleep(0)
            return self

        async def __aexit__(self, *error):
            await asyncio.sleep(0)

    async def manages():
        async with Manager():
            return leaf("in")
    """


def test_a_coroutine_is_one_call(lab):
    prog = lab.load(ASYNC)
    seen = lab.run(lambda: asyncio.run(prog.awaits()))
    call = seen.one("step")
    assert (call.outcome, call.value) == ("return", "one")
    assert call.yields >= 1
    assert seen.parent("step") == "awaits"
    assert seen.parent("leaf") == "step"
    assert seen.one("awaits").value == "one"


def test_gathered_tasks_keep_their_own_calls(lab):
    prog = lab.load(ASYNC)
    seen = lab.run(lambda: asyncio.run(prog.both()))
    by_id = {call.id: call for call in seen.trace.calls}
    pairs = [(dict(by_id[leaf.parent].arguments)["tag"], leaf.value) for leaf in seen.all("leaf")]
    assert sorted(pairs) == [("a", "a")] * 2 + [("b", "b")] * 3
    tasks = {dict(call.arguments)["tag"]: call.task for call in seen.all("step")}
    assert tasks["a"] != tasks["b"] and None not in tasks.values()
    assert [call.outcome for call in seen.all("step")] == ["return"] * 2
    assert seen.one("both").outcome == "return"


def test_async_generators(lab):
    prog = lab.load(ASYNC)
    seen = lab.run(lambda: asyncio.run(prog.collects()))
    assert seen.value == [0, 1, 2]
    call = seen.one("ticks")
    assert call.outcome == "return" and call.yields >= 3
    assert call.value is None, "what an asynchronous generator yields is wrapped"
    assert seen.one("collects").handled == ()
    assert seen.parent("ticks") == "collects"


def test_an_async_generator_that_is_left_early(lab):
    prog = lab.load(ASYNC)
    seen = lab.run(lambda: asyncio.run(prog.stops()))
    assert seen.value == 0
    assert seen.one("ticks").raised is None
    assert (seen.one("stops").outcome, seen.one("stops").value) == ("return", 0)
    gc.collect()


def test_an_exception_of_a_coroutine(line_lab):
    prog = line_lab.load(ASYNC)
    seen = line_lab.run(lambda: asyncio.run(prog.catches()))
    fails = seen.one("fails")
    assert (fails.outcome, fails.raised.type, fails.raised.here) == ("raise", "ValueError", True)
    (error,) = seen.one("catches").handled
    assert (error.type, error.here) == ("ValueError", False)


def test_cancelling_is_quiet(lab):
    prog = lab.load(ASYNC)
    seen = lab.run(lambda: asyncio.run(prog.cancels()))
    assert seen.value == "after"
    assert seen.one("step").raised is None
    assert seen.one("cancels").handled == ()
    (after,) = [call for call in seen.all("leaf") if call.value == "after"]
    assert seen.parent_of(after) == "cancels"


def test_async_with(lab):
    prog = lab.load(ASYNC)
    seen = lab.run(lambda: asyncio.run(prog.manages()))
    assert {call.function.name for call in seen.trace.calls if seen.parent_of(call) == "manages"} == {
        "Manager.__aenter__", "leaf", "Manager.__aexit__"
    }  # fmt: skip


def test_a_task_belongs_to_who_made_it(lab):
    prog = lab.load(
        """
        import asyncio

        async def leaf(n):
            await asyncio.sleep(0)
            return n

        async def maker(n):
            return await asyncio.create_task(leaf(n))

        async def both():
            return await asyncio.gather(maker(1), maker(2))

        def starts():
            return asyncio.run(both())
        """
    )
    seen = lab.run(prog.starts)
    assert seen.value == [1, 2]
    assert seen.parent("both") == "starts"
    assert [seen.parent_of(call) for call in seen.all("maker")] == ["both", "both"]
    by_id = {call.id: call for call in seen.trace.calls}
    pairs = [(leaf.arguments, by_id[leaf.parent].arguments) for leaf in seen.all("leaf")]
    assert pairs == [((("n", 1),), (("n", 1),)), ((("n", 2),), (("n", 2),))]
