"""Threads: each has its own stack of calls."""

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

    def in_pool():
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(work, range(4)))
    """


def test_a_thread_has_its_own_stack(lab):
    prog = lab.load(THREADS)
    seen = lab.run(prog.in_thread)
    work = seen.one("work")
    assert work.thread != "main" == seen.one("in_thread").thread
    assert work.parent is None and work.outcome == "return"
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
