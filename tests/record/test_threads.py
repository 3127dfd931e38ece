"""Threads: each has its own stack of calls, below the call that handed it its work."""

import os
import sys
import threading
import warnings

import pytest

from pytest_autopsy.record.engines import start_engine
from pytest_autopsy.record.recorder import Recorder

from .helpers import without_tools

THREADS = """
    import threading
    from concurrent.futures import ThreadPoolExecutor

    def leaf(n):
        return n

    def work(n):
        return leaf(n)

    def in_thread():
        thread = threading.Thread(target=work, args=(1,))
        thread.start()
        thread.join()
        return leaf(2)

    class Worker(threading.Thread):
        def run(self):
            leaf(3)

    def starts_a_worker():
        worker = Worker()
        worker.start()
        worker.join()

    def first(pool):
        return pool.submit(work, 1)

    def second(pool):
        return pool.submit(work, 2)

    def shared_pool():
        with ThreadPoolExecutor(1) as pool:
            return first(pool).result() + second(pool).result()

    def in_pool():
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(work, range(4)))
    """


def test_a_thread_has_its_own_stack(lab):
    prog = lab.load(THREADS)
    seen = lab.run(prog.in_thread)
    work = seen.one("work")
    assert work.thread != "main" == seen.one("in_thread").thread
    assert seen.parent_of(work) == "in_thread" and not work.direct and work.outcome == "return"
    inside, after = seen.all("leaf")
    assert (seen.parent_of(inside), inside.thread) == ("work", work.thread)
    assert (seen.parent_of(after), after.thread) == ("in_thread", "main")


def test_a_pool_of_threads(lab):
    prog = lab.load(THREADS)
    seen = lab.run(prog.in_pool)
    assert seen.value == [0, 1, 2, 3]
    by_id = {call.id: call for call in seen.trace.calls}
    pairs = [(leaf.value, by_id[leaf.parent].arguments[0][1]) for leaf in seen.all("leaf")]
    assert sorted(pairs) == [(n, n) for n in range(4)]
    assert all(call.outcome == "return" for call in seen.trace.calls)


def test_a_subclass_of_thread(lab):
    prog = lab.load(THREADS)
    seen = lab.run(prog.starts_a_worker)
    assert (seen.parent("Worker.run"), seen.parent("leaf")) == ("starts_a_worker", "Worker.run")


def test_work_belongs_to_who_submitted_it(lab):
    """Also where another call's work started the thread."""
    prog = lab.load(THREADS)
    seen = lab.run(prog.shared_pool)
    parents = {call.arguments[0][1]: seen.parent_of(call) for call in seen.all("work")}
    assert parents == {1: "first", 2: "second"}
    assert seen.value == 3


def test_a_thread_that_nobody_known_started(lab):
    prog = lab.load(THREADS)

    def outside():
        thread = threading.Thread(target=prog.work, args=(5,))
        thread.start()
        thread.join()

    assert lab.run(outside).parent("work") is None


def test_functions_are_switched_off_while_other_threads_run(lab):
    """Nobody waits for the others: what is open is looked through while they enter and leave calls."""
    prog = lab.load(
        "".join(f"def f{n}(left):\n    return left and f{n}(left - 1)\n" for n in range(300))
    )
    before = sys.getswitchinterval()

    def work(first):
        for n in range(first, first + 50):
            for left in (60, 3, 60, 3):
                getattr(prog, f"f{n}")(left)

    def all_at_once():
        threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 300, 50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    sys.setswitchinterval(1e-6)
    try:
        recorded = lab.run(all_at_once)
    finally:
        sys.setswitchinterval(before)
    assert recorded.trace.dropped
    assert lab.recorder.faults == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_while_another_thread_makes_a_number_goes_on(lab):
    """The lock that it held is held for ever in the child, where the thread is not."""
    recorder = Recorder(lab.targets())
    with without_tools():
        engine, _ = start_engine(recorder)
        assert engine is not None
        engine.stop()
    taken, done = threading.Event(), threading.Event()

    def hold():
        with recorder._lock:
            taken.set()
            done.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait(10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 3.12 warns of a fork beside threads
        child = os.fork()
    if not child:
        os._exit(0 if recorder._lock.acquire(blocking=False) else 1)
    done.set()
    holder.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
