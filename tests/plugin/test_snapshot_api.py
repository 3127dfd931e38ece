"""Sections, decorated functions and marks inside a pytest run; what a snapshot tells of a test."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

FILES = {
    "shop.py": """
        import logging
        from pytest_autopsy import debug_snapshot, mark, snapshot_section

        def price(item):
            mark("asked", item=item)
            return {"jam": 3}[item]

        @debug_snapshot("lookup")
        def lookup(item):
            return price(item)

        def tolerant(item):
            try:
                with snapshot_section("tolerant"):
                    return price(item)
            except KeyError:
                return 0

        def talks():
            for n in range(100):
                logging.getLogger("shop").warning("line %d", n)
            logging.getLogger("shop").error("password=correct-horse-9-battery")
    """,
    "test_shop.py": """
        import asyncio
        import pytest
        import shop
        from pytest_autopsy import get_latest_snapshot, mark

        def test_handled():
            assert shop.tolerant("ham") == 0
            assert get_latest_snapshot()["name"] == "tolerant"

        def test_fails():
            before = 7
            mark("before", before=before)
            shop.lookup("ham")

        def test_logs():
            shop.talks()
            assert shop.tolerant("jam") == 4

        @pytest.fixture
        def broken():
            wanted = "fixture"
            raise RuntimeError(wanted)

        @pytest.fixture
        def broken_after():
            yield 1
            raise RuntimeError("after")

        def test_setup(broken): pass
        def test_teardown(broken_after): pass

        def test_task():
            async def main():
                raise ValueError("in a task")
            asyncio.run(main())
    """,
    "test_broken.py": "import nothing_of_this_name\n",
}


GO_ON = "--continue-on-collection-errors"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    from .helpers import Project

    return Project(tmp_path_factory.mktemp("api") / "work").write(FILES).autopsy(GO_ON)


def of(run, name):
    return json.loads((run.path / run.failure(name)["snapshot"]).read_bytes())


def sections(run):
    found = [json.loads(p.read_bytes()) for p in run.directory.glob("snapshots/*.json")]
    return {one["name"]: one for one in found if "nodeid" not in one}


def test_sections_write_into_the_runs_directory(run):
    assert sections(run).keys() == {"tolerant", "lookup"}
    assert not (run.path / ".llmdebug").exists()
    assert [p.name for p in (run.store / "runs").iterdir()] == [run.directory.name]
    frames = sections(run)["lookup"]["frames"]
    assert [frame["function"] for frame in frames] == ["price", "lookup"]
    assert frames[0]["operands"] == [{"text": "item", "value": "ham"}]


def test_outcomes_are_the_programs(run):
    assert run.counts["passed"] == 2 and run.failure_count == 6


def test_latest_json_is_that_of_cause_1(run):
    latest = json.loads((run.store / "latest.json").read_bytes())
    exemplar = run.digest["root_causes"][0]["exemplar"]
    assert latest["failure"] == exemplar


def test_marks_are_in_the_trace_and_in_the_sections_snapshot(run):
    lines = run.trace("test_shop.py::test_fails")
    marks = [line for line in lines if line["event"] == "mark"]
    assert [(m["name"], m["values"]) for m in marks] == [
        ("before", {"before": 7}),
        ("asked", {"item": "ham"}),
    ]
    calls = {line["call_id"]: line for line in lines if line["event"] == "call"}
    assert [calls[m["call_id"]]["func"] for m in marks] == ["test_fails", "price"]
    order = [
        line.get("name") or line.get("func") for line in lines if line["event"] in ("call", "mark")
    ]
    assert order == ["test_fails", "before", "lookup", "price", "asked"]
    assert [m["name"] for m in sections(run)["lookup"]["marks"]] == ["asked"]
    tree = (run.path / run.failure("test_fails")["trace"]).with_suffix(".txt").read_text("utf-8")
    assert "mark asked shop.py:" in tree


def test_the_newest_log_records(run):
    logs = of(run, "test_logs")["logs"]
    assert len(logs) == 20 and "line 99" in logs[-2]
    assert "correct-horse" not in json.dumps(logs)


@pytest.mark.parametrize(
    ("name", "phase", "function", "kind"),
    [
        ("test_setup", "setup", "broken", "RuntimeError"),
        ("test_teardown", "teardown", "broken_after", "RuntimeError"),
        ("test_broken.py", "collect", "<module>", "ModuleNotFoundError"),
    ],
)
def test_other_phases(run, name, phase, function, kind):
    shot = of(run, name)
    assert (shot["phase"], shot["exception"]["type"]) == (phase, kind)
    assert shot["frames"][0]["function"] == function
    assert shot["rerun"]


def test_the_task(run):
    assert of(run, "test_task")["task"] == "Task-1"
    assert of(run, "test_fails")["task"] is None


def test_the_command_runs_this_test_again(tmp_path):
    """Also from another folder, with options, for a test with a parameter that needs quoting."""
    (tmp_path / "work" / "tests").mkdir(parents=True)
    (tmp_path / "work" / "other.ini").write_text("[pytest]\npython_functions = check_*\n")
    (tmp_path / "work" / "tests" / "test_a.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('text', ['a b', 'c'])\n"
        "def check_it(text, request):\n"
        "    assert request.config.getini('console_output_style') == 'count'\n"
        "    assert text == 'c'\n"
    )
    here = tmp_path / "work" / "tests"
    options = ["-c", "../other.ini", "--rootdir", "..", "-o", "console_output_style=count"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--autopsy",
        *options,
        "-p",
        "no:cacheprovider",
        "-q",
    ]
    first = subprocess.run(command, cwd=here, capture_output=True, text=True, timeout=120)
    assert "1 failed, 1 passed" in first.stdout, first.stdout + first.stderr
    shot = json.loads((tmp_path / "work" / ".autopsy" / "latest.json").read_bytes())
    assert shot["rerun"][0] == "pytest" and shot["rerun"][-1] == "test_a.py::check_it[a b]"
    again = subprocess.run(
        [sys.executable, "-m", *shot["rerun"], "-q"],
        cwd=here, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "1 failed in" in again.stdout, again.stdout + again.stderr


def test_workers_write_into_the_same_run(project):
    run = project.write(FILES).autopsy(GO_ON, "-n2", plugins=("autopsy", "xdist.plugin"))
    assert sections(run).keys() == {"tolerant", "lookup"}
    marks = [line for line in run.trace("::test_fails") if line["event"] == "mark"]
    assert [one["name"] for one in marks] == ["before", "asked"]


def test_without_autopsy_they_write_as_in_a_plain_program(project):
    run = project.write(FILES).run(GO_ON)
    assert not list(run.path.glob(".autopsy/latest"))
    assert json.loads((run.path / ".autopsy" / "latest.json").read_bytes())["name"] == "lookup"


ASKED_IN_CODE = {
    "test_asked.py": """
        import pytest
        from pytest_autopsy import debug_snapshot, get_latest_snapshot, mark, snapshot_section

        @debug_snapshot("lookup")
        def lookup(item):
            mark("asked", item=item)
            return {}[item]

        def test_section():
            with pytest.raises(KeyError), snapshot_section("section"):
                lookup("ham")
            assert get_latest_snapshot() is None
    """
}


@pytest.mark.parametrize("args", [(), ("-p", "xdist", "-n2")], ids=str)
def test_no_autopsy_silences_what_the_code_asks_for(project, args):
    if "xdist" in args:
        pytest.importorskip("xdist")
    run = project.write(ASKED_IN_CODE).ini("autopsy = true").run("--no-autopsy", *args)
    assert run.code == 0, run.text
    assert not (project.path / ".autopsy").exists()


def test_what_the_code_asks_for_needs_no_option(project):
    run = project.write(ASKED_IN_CODE).run()
    assert run.code == 1  # there is a snapshot
    assert (project.path / ".autopsy" / "latest.json").exists()
