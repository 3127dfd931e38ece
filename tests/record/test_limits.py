"""What one test may keep: so many calls, so deep, whatever it runs."""

from __future__ import annotations

import tracemalloc

from pytest_autopsy.record.recorder import Recorder

from .helpers import engine_class, without_tools

MANY = """
    def leaf(n):
        return [n]

    def other(n):
        return leaf(n)

    def work(times):
        for n in range(times):
            other(n)
"""


def test_of_more_calls_than_are_kept_the_last_stay(lab):
    functions = "\n".join(f"def f{n}():\n    return {n}\n" for n in range(30))
    module = lab.load(functions + "def work():\n" + "".join(f"    f{n}()\n" for n in range(30)))
    lab.recorder = recorder = Recorder(lab.targets(), None, 10)
    engine = engine_class(lab.engine_name)(recorder)
    with without_tools():
        assert engine.start() == ""
        try:
            done = lab.again(module.work)
        finally:
            engine.stop()
    assert [call.function.name for call in done.trace.calls] == [f"f{n}" for n in range(20, 30)]
    assert sum(done.trace.dropped.values()) == 21
    assert done.trace.seen == 31


def test_a_million_calls_stay_within_the_budget_of_memory(lab):
    module = lab.load(MANY)
    with lab.started():
        lab.again(module.work, 10)
        tracemalloc.start()
        try:
            lab.again(module.work, 500 if lab.engine_name != "monitoring" else 500_000)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 64_000_000
