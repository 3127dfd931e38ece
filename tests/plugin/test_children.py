"""--autopsy-children: what a test's processes did stands in its trace, below the call that started it."""

from __future__ import annotations

import json
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")

KIDS = """
    import multiprocessing as mp
    import os
    import subprocess
    import sys

    def leaf(n, api_key="sk-proj-Zq8w7e6r5t4y3u2i1o0p"):
        return n + 1

    def job(n):
        return leaf(n) * 2

    def sub(code="import kids; print(kids.job(3))", **options):
        command = [sys.executable, "-c", code]
        return subprocess.run(command, capture_output=True, text=True, **options).stdout

    def forks():
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(write, str(job(10)).encode())
            os._exit(0)
        os.waitpid(pid, 0)
        return int(os.read(read, 10))

    def process(method):
        one = mp.get_context(method).Process(target=job, args=(20,))
        one.start()
        one.join()
        return one.exitcode

    def pool():
        with mp.get_context("fork").Pool(1) as pool:
            return pool.map(job, [1, 2])

    def dies():
        return sub("import kids, os; kids.job(5); os.kill(os.getpid(), 9)")

    def outlives():
        code = "import kids, time; kids.job(6); print('up', flush=True); time.sleep(60)"
        kid = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        kid.stdout.readline()
        return kid

    def grandchild():
        return sub("import kids; kids.leaf(7); kids.sub('import kids; kids.leaf(8)')")

    def alone():
        return sub(env={"PATH": os.environ["PATH"]})

    def pytested():
        return sub("import sys, pytest; sys.exit(pytest.main(['-q', 'inner.py', '-p', 'no:cacheprovider']))")
    """
TESTS = """
    import os
    import pytest
    import kids

    def test_sub():
        assert kids.sub() == "9"

    def test_forks():
        assert kids.forks() == 0

    @pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
    def test_process(method):
        assert kids.process(method) == 1

    def test_pool():
        assert kids.pool() == 0

    def test_dies():
        assert kids.dies() == "x"

    def test_outlives():
        kid = kids.outlives()
        try:
            assert kid.pid == 0
        finally:
            with open("outlives.pid", "w") as file:
                file.write(str(kid.pid))

    def test_grandchild():
        assert kids.grandchild() == "x"

    def test_alone():
        assert kids.alone() == "x"

    def test_pytested():
        assert kids.pytested() == "x"

    def test_passes():
        assert kids.sub() == "8\\n"
        assert "pytest-autopsy-" in os.environ["PYTHONPATH"]
    """
INNER = """
    import kids

    def test_inner():
        assert kids.leaf(9) == 10
    """
FILES = {"kids.py": KIDS, "test_kids.py": TESTS, "inner.py": INNER}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    import os
    import signal

    from .helpers import Project

    project = Project(tmp_path_factory.mktemp("kids") / "work").write(FILES)
    run = project.autopsy("--autopsy-children", "-W", "default")
    os.kill(int((project.path / "outlives.pid").read_text()), signal.SIGKILL)
    return run


def calls(ran, name):
    """Function, its argument n and the function that it stands below, of the child's calls."""
    lines = [line for line in ran.trace(name) if line["event"] == "call"]
    by_id = {line["call_id"]: line for line in lines}
    return [
        (line["func"], line["args"].get("n"), by_id.get(line["parent_id"], {}).get("func"))
        for line in lines
        if "pid" in line
    ]


@pytest.mark.parametrize(
    ("test", "n", "starter"),
    [
        ("test_sub", "3", "sub"),
        ("test_forks", "10", "forks"),
        ("test_process[fork]", "20", "process"),
        ("test_process[spawn]", "20", "process"),
        ("test_process[forkserver]", "20", "process"),
        ("test_dies", "5", "sub"),
        ("test_outlives", "6", "outlives"),
    ],
)
def test_calls_stand_below_the_call_that_started_the_process(ran, test, n, starter):
    assert calls(ran, test) == [("job", n, starter), ("leaf", n, "job")]


def test_a_pool(ran):
    assert calls(ran, "test_pool") == [
        ("job", "1", "pool"), ("leaf", "1", "job"), ("job", "2", "pool"), ("leaf", "2", "job"),
    ]  # fmt: skip


def test_a_process_of_a_process(ran):
    found = calls(ran, "test_grandchild")
    assert ("leaf", "7", "sub") in found and ("leaf", "8", "sub") in found
    assert len({line.get("pid") for line in ran.trace("test_grandchild")}) == 3


def test_a_process_with_an_environment_of_its_own_is_left_alone(ran):
    assert calls(ran, "test_alone") == []


def test_a_child_that_is_pytest_warns_of_nothing(ran):
    assert ("leaf", "9", "test_inner") in calls(ran, "test_pytested")
    assert "Warning" not in ran.failure("test_pytested")["exception"]["message"]


def test_outcomes_and_what_is_left(ran):
    assert ran.counts == {"failed": 11, "passed": 1}
    assert "note" in ran.out and "child processes did not live to their end" in " ".join(
        ran.out.split()
    )
    assert not (ran.directory / "children").exists() and not list(ran.directory.glob("*.box"))
    written = b"".join(file.read_bytes() for file in ran.directory.rglob("*") if file.is_file())
    assert b"sk-proj-Zq8w" not in written


def test_events_are_in_the_order_of_time_and_numbered(ran):
    for name in ("test_grandchild", "test_pool"):
        lines = [line for line in ran.trace(name) if line["event"] == "call"]
        assert [line["call_id"] for line in lines] == list(range(1, len(lines) + 1))
        times = [line["t_ns"] for line in lines]
        assert times == sorted(times)


def test_rows_of_children_are_the_tests(ran):
    """`job` ran in children alone, in failing tests and in the passing one."""
    failure = ran.failure("test_sub")
    diagnosis = json.loads((ran.path / failure["diagnosis"]).read_bytes())
    why = {one["function"]: " ".join(one["why"]) for one in diagnosis["suspects"]}
    assert "and 1 of 1 passing tests" in why["leaf"]


def test_off_by_default(project):
    project.write(FILES)
    run = project.autopsy("-k", "test_sub or test_passes")
    assert [line for line in run.trace("test_sub") if "pid" in line] == []
    assert run.failures.keys() == {
        ("test_kids.py::test_sub", "call"),
        ("test_kids.py::test_passes", "call"),
    }
