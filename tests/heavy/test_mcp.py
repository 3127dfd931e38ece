"""`pytest-autopsy mcp`, asked by the official SDK's own client over stdio."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mcp.server.mcpserver", reason="the extra mcp is not installed")

from mcp import Client, StdioServerParameters

from pytest_autopsy.report.budget import tokens

from ..test_commands import RUNS, write

SECRET = "outside-of-the-project"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A project with two runs, a report of JUnit, and a link that leads out of it."""
    root = tmp_path_factory.mktemp("mcp")
    outside = root / "outside"
    outside.mkdir()
    (outside / "junit.xml").write_text(JUNIT.replace("boom", SECRET))
    (outside / "SECRET.log").write_text(f"Traceback (most recent call last):\nKeyError: {SECRET}\n")
    here = root / "project"
    write(here / ".autopsy", RUNS[0], 1)
    (here / "junit.xml").write_text(JUNIT)
    (here / "links").mkdir()
    (here / "links" / "away.xml").symlink_to(outside / "junit.xml")
    write(outside / "store", RUNS[1], 1)
    trace = next(write(here / ".autopsy", RUNS[1], 1).path.glob("traces/*.jsonl"))
    trace.unlink()
    trace.symlink_to(outside / "SECRET.log")
    write(here / ".autopsy", RUNS[2], 40)  # the latest again
    return here


JUNIT = """<testsuites><testsuite name="s" tests="1" failures="1"><testcase classname="test_a" name="test_b">
<failure message="KeyError: 'boom'">Traceback (most recent call last):
  File "a.py", line 3, in f
KeyError: 'boom'</failure></testcase></testsuite></testsuites>
"""


@pytest.fixture(scope="module")
def answers(project) -> dict:
    """Every question asked of one server: (whether it is an error, its text)."""
    asked = {
        "digest": ("digest", {}),
        "small": ("digest", {"budget": 400}),
        "tiny": ("digest", {"budget": 1}),
        "failure": ("show_failure", {"test": "test_7"}),
        "near": ("show_failure", {"test": "tests/test_shop.py::test_x"}),
        "call": ("show_call", {"test": "test_7", "call": 2}),
        "no call": ("show_call", {"test": "test_7", "call": 99}),
        "search": ("search_values", {"text": "'jam'", "test": "test_7"}),
        "search all": ("search_values", {"text": "returned=None", "budget": 600}),
        "search none": ("search_values", {"text": ""}),
        "diff": ("diff", {"before": RUNS[0]}),
        "triage": ("triage", {"paths": ["junit.xml"]}),
        "outside": ("triage", {"paths": ["../outside"]}),
        "absolute": ("triage", {"paths": ["/etc/passwd"]}),
        "link": ("triage", {"paths": ["links"]}),
        "pattern": ("triage", {"paths": ["links/*.xml"]}),
        "stdin": ("triage", {"paths": ["-"]}),
        "run outside": ("digest", {"run": "../outside/store"}),
        "linked file": ("show_call", {"test": "test_0", "call": 1, "run": RUNS[1]}),
        "no run": ("diff", {"before": "zzz"}),
    }

    async def ask() -> dict:
        server = StdioServerParameters(
            command=sys.executable, args=["-m", "pytest_autopsy", "mcp"], cwd=project
        )
        found: dict = {}
        async with Client(server) as client:
            found["tools"] = {tool.name for tool in (await client.list_tools()).tools}
            for name, (tool, arguments) in asked.items():
                result = await client.call_tool(tool, arguments)
                found[name] = bool(result.is_error), "".join(part.text for part in result.content)
        return found

    return asyncio.run(asyncio.wait_for(ask(), 120))


def test_tools(answers):
    assert answers["tools"] == {
        "digest", "show_failure", "show_call", "search_values", "diff", "triage",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("digest", "1 shown: load swallows KeyError and returns None (1 test)"),
        ("failure", "in line_total  cart.py:42  price * quantity"),
        ("call", "caught KeyError: 'jam'"),
        ("search", "tests/test_shop.py::test_7 (call 2) load pricing.py:17: name='jam'"),
        ("search all", "40 places hold 'returned=None' in 40 failing tests"),
        ("diff", "39 failures new"),
        ("triage", "1 failure in 1 file, 1 root cause"),
    ],
)
def test_answers(answers, name, word):
    wrong, text = answers[name]
    assert not wrong, text
    assert word in text
    assert SECRET not in text


def test_budget(answers):
    assert tokens(answers["digest"][1]) <= 2000
    assert tokens(answers["small"][1]) <= 400
    assert "left out: " in answers["small"][1]
    assert tokens(answers["search all"][1]) <= 600
    assert answers["search all"][1].splitlines()[-1].endswith("more: budget 2400")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("tiny", "at least 400, not 1"),
        ("near", "did you mean tests/test_shop.py::test_"),
        ("no call", "no call 99"),
        ("search none", "give a text"),
        ("no run", "no run 'zzz'"),
        ("stdin", "standard input is this server's own"),
        ("outside", "this server reads only that project"),
        ("absolute", "this server reads only that project"),
        ("link", "this server reads only that project"),
        ("pattern", "this server reads only that project"),
        ("run outside", "this server reads only that project"),
        ("linked file", "this server reads only that project"),
    ],
)
def test_refusals(answers, name, word):
    wrong, text = answers[name]
    assert wrong
    assert word in text
    assert SECRET not in text


def test_without_the_sdk(tmp_path):
    (tmp_path / "mcp.py").write_text("raise ImportError('not there')")
    done = subprocess.run(
        [sys.executable, "-m", "pytest_autopsy", "mcp"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "pytest-autopsy: mcp needs the official SDK, 2.0 or newer: pip install 'pytest-autopsy[mcp]'"
    )
