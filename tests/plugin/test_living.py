"""Living with others: whatever a test does to its process, outcomes are those of a run without us,
and what could not be recorded is said.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from .helpers import PLUGINS, Project

SINCE_312 = sys.version_info >= (3, 12)
since_312 = pytest.mark.skipif(not SINCE_312, reason="sys.monitoring came with 3.12")

COUNTED = """
    def covered(n):
        if n > 1:
            return "big"
        return "small"

    def never(n):
        return n

    def loops(n):
        total = 0
        for one in range(n):
            if one % 2:
                continue
            total += one
        return total

    def catches(n):
        try:
            return 1 // n
        except ZeroDivisionError:
            return None

    def gives(n):
        for one in range(n):
            yield one
    """
COUNTED_TESTS = """
    import threading
    import counted

    def test_one():
        assert counted.covered(1) == "small"
        assert counted.loops(60) == 870

    def test_two():
        assert counted.catches(0) is None
        thread = threading.Thread(target=counted.covered, args=(5,))
        thread.start()
        thread.join()

    def test_fails():
        assert list(counted.gives(3)) == [0]
    """


def figures(project: Project, *args: str) -> tuple[dict, list]:
    run = project.run(
        "--cov=counted", "--cov-branch", "--cov-report=json", "--cov-context=test", *args,
        plugins=(*PLUGINS, "pytest_cov"),
    )  # fmt: skip
    report = json.loads((project.path / "coverage.json").read_bytes())
    return {name: file["executed_lines"] + file.get("executed_branches", []) for name, file in
            report["files"].items()}, run.outcomes  # fmt: skip


@pytest.mark.parametrize("core", ["ctrace", "sysmon"] if SINCE_312 else ["ctrace"])
def test_coverage_counts_the_same(project, monkeypatch, core):
    monkeypatch.setenv("COVERAGE_CORE", core)
    project.write({"counted.py": COUNTED, "test_counted.py": COUNTED_TESTS})
    plain = figures(project)
    assert figures(project, "--autopsy") == plain
    assert len(plain[0]["counted.py"]) > 10
    if SINCE_312:
        names = {line["qualname"] for file in project.path.glob(".autopsy/latest/traces/*.jsonl")
                 for line in map(json.loads, file.read_text().splitlines())
                 if line["event"] == "call"}  # fmt: skip
        assert names == {"test_fails", "gives"}


HARSH = """
    import os
    import sys
    import threading

    import pytest

    def leaf(n):
        return n

    def deep(n):
        return deep(n + 1)

    def test_before():
        assert leaf(1) == 2

    def test_settrace():
        seen = []
        sys.settrace(lambda *event: seen.append(event[1]))
        leaf(1)
        sys.settrace(None)
        assert "call" in seen
        assert leaf(2) == 3

    def test_setprofile():
        seen = []
        sys.setprofile(lambda *event: seen.append(event[1]))
        leaf(1)
        sys.setprofile(None)
        assert "call" in seen

    def test_cprofile():
        import cProfile
        profile = cProfile.Profile()
        profile.enable()
        leaf(1)
        profile.disable()
        assert any("leaf" in str(one.code) for one in profile.getstats())

    def test_recursion():
        with pytest.raises(RecursionError):
            deep(0)

    def test_recursion_fails():
        deep(0)

    def test_forks_and_exits():
        pid = os.fork()
        if pid == 0:
            leaf(9)
            os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7

    def test_memory():
        code = (
            "import resource, sys\\n"
            "resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))\\n"
            "try:\\n    bytearray(1 << 30)\\nexcept MemoryError:\\n    sys.exit(5)\\n"
        )
        import subprocess
        assert subprocess.run([sys.executable, "-c", code]).returncode == 5

    def test_descriptors():
        pid = os.fork()
        if pid == 0:
            os.closerange(3, 200)
            with open("mine.txt", "w") as file:
                file.write(str(leaf(5)))
            os._exit(0)
        os.waitpid(pid, 0)
        assert open("mine.txt").read() == "5"

    def test_environment_is_replaced(monkeypatch):
        monkeypatch.setattr(os, "environ", {"PATH": ""})
        assert leaf(3) == 3

    def test_threads_of_its_own():
        threads = [threading.Thread(target=leaf, args=(n,)) for n in range(5)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert threading.active_count() == 1

    def test_directory_is_gone(tmp_path, monkeypatch):
        gone = tmp_path / "gone"
        gone.mkdir()
        os.chdir(gone)
        gone.rmdir()
        try:
            assert leaf(1) == 3
        finally:
            os.chdir(os.environ["HOME_OF_TESTS"])

    def test_after():
        assert leaf(4) == 5
    """
MONITORS = """
    import sys

    def leaf(n):
        return n

    MONITORING = sys.monitoring

    def other(*_):
        pass

    def test_replaces_callbacks():
        for tool in range(6):
            if "autopsy" in str(MONITORING.get_tool(tool)):
                MONITORING.register_callback(tool, MONITORING.events.PY_START, other)
        assert leaf(1) == 2

    def test_next():
        assert leaf(2) == 3

    def test_frees_the_tools():
        for tool in range(6):
            if "autopsy" in str(MONITORING.get_tool(tool)):
                MONITORING.set_events(tool, 0)
                MONITORING.free_tool_id(tool)
        assert leaf(3) == 4

    def test_then():
        assert leaf(4) == 5

    def test_another_tool():
        tool = next(tool for tool in range(6) if MONITORING.get_tool(tool) is None)
        seen = []
        MONITORING.use_tool_id(tool, "another")
        MONITORING.register_callback(tool, MONITORING.events.PY_START, lambda code, _: seen.append(code.co_name))
        MONITORING.set_events(tool, MONITORING.events.PY_START)
        leaf(5)
        MONITORING.set_events(tool, 0)
        MONITORING.register_callback(tool, MONITORING.events.PY_START, None)
        MONITORING.free_tool_id(tool)
        assert "leaf" in seen
        assert leaf(6) == 7
    """
TAKES_ALL = """
    import sys

    for tool in range(6):
        if sys.monitoring.get_tool(tool) is None:
            sys.monitoring.use_tool_id(tool, "greedy")
    """


def same(project: Project, *args: str, **options):
    """Run plain and with us; return the latter, whose outcomes are those of the former."""
    plain = project.plain(*args)
    run = project.autopsy(*args, **options)
    assert run.outcomes == plain.outcomes and run.code == plain.code
    assert run.warnings == plain.warnings
    return run


def leaves(run, name):
    return [
        line["args"]["n"]
        for line in run.trace(name)
        if line["event"] == "call" and line["func"] == "leaf"
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_whatever_a_test_does(project, monkeypatch):
    monkeypatch.setenv("HOME_OF_TESTS", str(project.path))
    run = same(project.write({"test_harsh.py": HARSH}))
    assert leaves(run, "test_before") == ["1"] and leaves(run, "test_after") == ["4"]
    assert leaves(run, "test_directory_is_gone") == ["1"]
    assert run.failure("test_recursion_fails")["exception"]["type"] == "RecursionError"
    told = " ".join(run.out.split())
    if SINCE_312:
        assert leaves(run, "test_settrace") == ["1", "2"]
    else:
        assert "test_settrace took sys.settrace from the recording" in told
    with_children = project.autopsy("--autopsy-children")
    assert with_children.outcomes == run.outcomes


@since_312
def test_tools_of_monitoring(project):
    run = same(project.write({"test_monitors.py": MONITORS}))
    assert [leaves(run, name) for name in ("test_next", "test_then")] == [["2"], ["4"]]
    assert leaves(run, "test_another_tool") == ["5", "6"]
    told = " ".join(run.out.split())
    assert "test_replaces_callbacks took callbacks or events of sys.monitoring from the" in told
    assert "test_frees_the_tools took the tool ids of sys.monitoring from the" in told


@since_312
def test_all_tool_ids_are_taken(project):
    project.write({"greedy.py": TAKES_ALL, "test_shop.py": "def test_it():\n    assert 1 == 2\n"})
    command = [
        sys.executable,
        "-c",
        "import greedy, pytest, sys; sys.exit(pytest.main(sys.argv[1:]))",
    ]
    command += ["-p", "pytest_autopsy.plugin", "--autopsy", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, cwd=project.path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "1 failed" in done.stdout
    assert "nothing was recorded: fewer than two of the six" in " ".join(done.stdout.split())


DEBUGGED = """
    def leaf(n):
        return n

    def test_stops():
        leaf(1)
        breakpoint()
        assert leaf(2) == 3

    def test_next():
        assert leaf(4) == 5
    """


@pytest.mark.parametrize("args", [(), ("--pdb",)])
def test_a_debugger(project, args):
    project.write({"test_debugged.py": DEBUGGED})
    command = [sys.executable, "-m", "pytest", *(f"-p{name}" for name in PLUGINS), *args]
    command += ["-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "80"}
    kept = []
    for ours in ((), ("--autopsy",)):
        done = subprocess.run(
            [*command, *ours], cwd=project.path, env=environment, input="p leaf(7)\nn\nc\nc\nc\n",
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        assert "(Pdb) 7" in done.stdout and "2 failed" in done.stdout
        kept.append([line for line in done.stdout.splitlines() if line.startswith(("->", ">"))])
    assert kept[0] == kept[1], "the debugger stops where it would without us"
    told = " ".join(done.stdout.split())
    assert "test_stops was debugged: its calls after that are not recorded" in told
    run = json.loads((project.path / ".autopsy" / "latest" / "digest.json").read_bytes())
    trace = next(f for f in run["failures"] if f["nodeid"].endswith("test_next"))["trace"]
    assert '"func":"leaf"' in (project.path / trace).read_text()


NESTED = """
    pytest_plugins = "pytester"

    def leaf(n):
        return n

    def test_nested(pytester):
        leaf(1)
        pytester.makepyfile(test_inside="def inner(n):\\n    return n\\ndef test_in():\\n    assert inner(3) == 4\\n")
        result = pytester.inline_run("-p", "autopsy", "--autopsy", "-p", "no:cacheprovider")
        assert result.ret == 1
        leaf(2)
        assert list(pytester.path.glob(".autopsy/latest/traces/*.txt"))
        assert leaf(3) == 4
    """


def test_a_session_in_a_session(project):
    run = project.write({"test_nested.py": NESTED}).autopsy()
    assert run.counts == {"failed": 1}
    assert "assert 3 == 4" in run.failure("test_nested")["exception"]["message"]
    if SINCE_312:
        assert leaves(run, "test_nested") == ["1", "2", "3"]


TIMES_OUT = """
    import time

    def waits(n):
        time.sleep(n)

    def test_waits():
        waits(30)
    """


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_pytest_timeout(project):
    project.write({"test_waits.py": TIMES_OUT})
    plugins = (*PLUGINS, "pytest_timeout")
    run = project.autopsy("--timeout=1", "--timeout-method=signal", plugins=plugins)
    assert "Timeout" in run.failure("test_waits")["exception"]["message"]
    (waits,) = [
        line["args"]
        for line in run.trace("test_waits")
        if line.get("func") == "waits" and line["event"] == "call"
    ]
    assert waits == {"n": "30"}
    run = project.autopsy("--timeout=1", "--timeout-method=thread", plugins=plugins)
    assert run.code == 1 and "Timeout" in run.text
    shown = subprocess.run(
        [sys.executable, "-m", "pytest_autopsy", "show"],
        cwd=project.path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "call      test_waits.py::test_waits" in shown.stdout
    assert "open      test_waits.py:3  waits(" in shown.stdout
