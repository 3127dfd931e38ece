"""pytest's own options and ways to end, and terminals of every width."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys

import pytest

from ..plugin.checks import explained, same_outcomes
from ..plugin.helpers import PLUGINS

TESTS = """
    from stock.shop import total, wrong_sum


    def test_one():
        assert total("tea", 1) == 3


    def test_two():
        assert wrong_sum([1]) == 1


    def test_three():
        assert total("jam", 1) == 3


    def test_four():
        assert total("tea", 2) == 6
    """


@pytest.fixture
def four(project):
    return project.write({"test_it.py": TESTS})


def in_turn(project, first, second):
    """Two runs that share a cache: plain, then with us."""
    for before, plugins in ((), ()), (("--autopsy",), PLUGINS):
        project.run(*before, "--cache-clear", *first, plugins=plugins, cache=True)
        yield project.run(*before, *second, plugins=plugins, cache=True)


def test_last_failed(four):
    plain, ours = in_turn(four, (), ("--lf",))
    same_outcomes(plain, ours)
    explained(ours)
    assert ours.counts == {"failed": 2}


def test_stepwise(four):
    plain, ours = in_turn(four, ("--sw",), ("--sw", "--sw-skip"))
    same_outcomes(plain, ours)
    explained(ours)


def test_failed_first(four):
    plain, ours = in_turn(four, (), ("--ff", "-x"))
    same_outcomes(plain, ours)
    explained(ours)


def test_without_cache(four, lives):
    """-p no:cacheprovider is what all runs here use."""
    lives()


def at_terminal(project, *args, keys="", columns=80, **environment):
    """Run pytest at a terminal of its own; the text that it showed."""
    main, side = pty.openpty()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    kept.pop("NO_COLOR", None)
    kept |= {"COLUMNS": str(columns), "TERM": "xterm", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "autopsy", *args]
    process = subprocess.Popen(
        command, cwd=project.path, stdin=side, stdout=side, stderr=side, env=kept | environment
    )
    os.close(side)
    shown, asked = b"", 0
    while select.select([main], [], [], 100)[0]:
        try:
            chunk = os.read(main, 4096)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
        while asked < shown.count(b"(Pdb) "):
            key, _, rest = keys.partition("\n")
            keys = rest or keys  # the last one again
            os.write(main, f"{key}\n".encode())
            asked += 1
    os.close(main)
    return process.wait(100), shown.decode("utf-8", "replace").replace("\r\n", "\n")


def named(shown, number):
    """The function that the digest names first in the story of a cause."""
    told = shown[shown.index(" autopsy: ") :]
    return told[told.index(f"\n{number} ") :].split("\n")[1:4]


def test_pdb(four):
    """The debugger stops in the failing frame, and what failed before and after is explained."""
    code, shown = at_terminal(four, "--autopsy", "--pdb", keys="p 6 * 7\nc\n", NO_COLOR="1")
    assert "42" in shown and "entering PDB" in shown
    assert code == 1
    assert "autopsy: 2 failures, 2 causes" in shown
    assert "wrong_sum" in "".join(named(shown, 1) + named(shown, 2))
    assert "price" in "".join(named(shown, 1) + named(shown, 2))


def test_pdb_quit(four):
    code, shown = at_terminal(four, "--autopsy", "--pdb", keys="q\n", NO_COLOR="1")
    assert code == 2
    assert "autopsy: 1 failure, 1 cause" in shown
    assert "wrong_sum" in "".join(named(shown, 1))


def test_breakpoint(four):
    """What a test did before the debugger took over is kept; of what comes after nothing is known."""
    test = (
        "def test_break():\n    wrong_sum([2])\n    breakpoint()\n    assert wrong_sum([1]) == 1\n"
    )
    four.write({"test_it.py": TESTS})
    with (four.path / "test_it.py").open("a") as stream:
        stream.write(f"\n\n{test}")
    code, shown = at_terminal(four, "--autopsy", "-k", "break", keys="p 6 * 7\nc\n", NO_COLOR="1")
    assert "42" in shown
    assert code == 1 and "autopsy: 1 failure, 1 cause" in shown
    (trace,) = four.path.glob(".autopsy/latest/traces/*break*.jsonl")
    lines = [json.loads(line) for line in trace.read_text().splitlines()]
    summed = [
        one["args"]["numbers"]
        for one in lines
        if one.get("qualname") == "wrong_sum" and one["event"] == "call"
    ]
    assert summed == ["[2]"]


def test_colours(four):
    _, shown = at_terminal(four, "--autopsy")
    assert re.search("\x1b\\[[0-9;]*m", shown[shown.index("autopsy: 2 failures") :])
    _, plain = at_terminal(four, "--autopsy", NO_COLOR="1")
    assert "autopsy: 2 failures" in plain and "\x1b[" not in plain


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_width(four, columns):
    """No line of the digest is longer than the terminal is wide, but commands and ids."""
    code, shown = at_terminal(four, "--autopsy", columns=columns, NO_COLOR="1")
    assert code == 1
    lines = shown[shown.index("autopsy: 2 failures") :].splitlines()[1:-1]
    assert lines
    whole = ("rerun", "evidence", "cost", "  rerun")
    long = [line for line in lines if len(line) > columns and not line.strip().startswith(whole)]
    assert not [line for line in long if columns >= 40], long


def test_blocked(four):
    """-p no:autopsy: nothing of us is there."""
    plain = four.run("-p", "no:autopsy", plugins=())
    assert "autopsy" not in plain.out
    refused = four.run("-p", "no:autopsy", "--autopsy", plugins=())
    assert refused.code == 4 and "--autopsy" in refused.err


def test_autoload_off(four):
    """Only what -p names is loaded: all runs here are of that kind. Loaded twice it is once."""
    ours = four.run("--autopsy", "-p", "autopsy", plugins=PLUGINS)
    explained(ours)
    assert ours.counts["failed"] == 2


def test_autoload_on(four):
    ours = four.run("--autopsy", "-p", "no:asyncio", autoload=True)
    explained(ours)


@pytest.mark.parametrize(
    "arguments",
    [
        ("-q",), ("-qq",), ("-v",), ("-vv",), ("--tb=no",), ("--no-summary",), ("-s",),
        ("-p", "no:terminal"), ("--tb=line",), ("-rA",), ("-x",), ("--maxfail=2",),
        ("--exitfirst", "--tb=short"), ("-p", "no:logging"), ("-p", "no:capture"),
        ("--durations=3",), ("-W", "error"), ("--import-mode=importlib",),
    ],
    ids=" ".join,
)  # fmt: skip
def test_options(four, lives, arguments):
    lives(*arguments)


STOPS = {
    "interrupt": "raise KeyboardInterrupt",
    "exit": "import pytest; pytest.exit('enough')",
    "exit with a code": "import pytest; pytest.exit('enough', returncode=3)",
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
def test_stops(four, lives, stop):
    four.write({"test_it.py": f"{TESTS}\n\n    def test_stops():\n        {stop}\n"})
    run = lives()
    assert run.digest["run"]["complete"] is False
    assert run.failure("::test_two")["suspects"][0]["function"] == "wrong_sum"


HOOKS = (
    "pytest_collection_modifyitems",
    "pytest_runtest_logreport",
    "pytest_runtest_makereport",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_runtest_logfinish",
)


@pytest.mark.parametrize("hook", HOOKS)
def test_internal_errors_of_others(four, hook):
    four.write({"conftest.py": f"def {hook}():\n    raise RuntimeError('theirs')\n"})
    plain = four.plain()
    ours = four.autopsy()
    assert plain.code == ours.code
    assert plain.outcomes == ours.outcomes
    assert "theirs" in ours.text
    assert "pytest-autopsy met" not in ours.text
