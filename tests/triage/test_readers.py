"""Each format: which failures are in it, where, and with what."""

from __future__ import annotations

import gzip
import json

import pytest

from pytest_autopsy.triage.readers.tracebacks import crash_in

from .helpers import JUNIT, LONG, SHORT, all_in, lines, ran, trace_of

REPORT = {"$report_type": "TestReport", "nodeid": "tests/test_cart.py::test_total", "when": "call"}
SNAPSHOT = {
    "name": "training", "timestamp_utc": "2026-01-27T14:30:52Z",
    "exception": {"type": "ValueError", "message": "operands could not be broadcast together"},
    "traceback": "Traceback ...",
    "frames": [
        {"file": "shop/training.py", "line": 142, "function": "step", "code": "x + residual"},
        {"file": "shop/main.py", "line": 3, "function": "main", "code": "step()"},
    ],
    "env": {"python": "3.13.1"},
}  # fmt: skip


def test_junit(tmp_path) -> None:
    file = tmp_path / "junit.xml"
    file.write_text(JUNIT, "utf-8")
    (failed, error), troubles = all_in(file)
    assert troubles == []
    assert (failed.file, failed.line) == ("junit.xml", 5)
    assert failed.name == "tests/test_cart.py::TestCart::test_total"
    assert (failed.type, failed.message) == (
        "AttributeError",
        "'Cart' object has no attribute 'lines'",
    )
    assert failed.frames == (("shop/cart.py", "total"), ("tests/test_cart.py", "test_total"))
    assert failed.code == "return sum(line.price for line in self.lines)"
    assert (error.phase, error.type, error.message) == ("setup", "ConnectionError", "refused")
    assert JUNIT.splitlines()[error.line - 1].startswith("<error ")


def test_junit_of_another_tool_tells_the_type_in_its_attribute(tmp_path) -> None:
    file = tmp_path / "other.xml"
    file.write_text(
        '<testsuite><testcase name="a"><failure type="java.lang.IllegalState" message="no"/>'
        "</testcase></testsuite>"
    )
    ((one,), _) = all_in(file)
    assert (one.type, one.message, one.name) == ("IllegalState", "no", "a")


def test_junit_with_our_properties_tells_the_cause(tmp_path) -> None:
    file = tmp_path / "ours.xml"
    file.write_text(
        '<testsuite><testcase name="a"><properties><property name="autopsy.root_cause" value="c1-00000001"/>'
        '<property name="autopsy.title" value="load swallows KeyError"/></properties>'
        '<failure message="TypeError: no">E   TypeError: no</failure></testcase></testsuite>'
    )
    ((one,), _) = all_in(file)
    assert one.known is not None
    assert (one.known.id, one.known.title) == ("c1-00000001", "load swallows KeyError")


@pytest.mark.parametrize("name", ["log.jsonl", "log.txt", "log"])
def test_report_log_under_any_name(tmp_path, name: str) -> None:
    entry = {
        "data": {
            "lines": [">       return table[key]", "E       KeyError: 'sku'"],
            "reprfileloc": {"path": "shop/load.py", "lineno": 3, "message": "KeyError"},
        }
    }
    told = {"reprtraceback": {"reprentries": [entry]}, "reprcrash": {"message": "KeyError: 'sku'"}}
    file = tmp_path / name
    file.write_text(
        lines(
            {"$report_type": "SessionStart"},
            {**REPORT, "outcome": "passed", "longrepr": None},
            {**REPORT, "outcome": "failed", "longrepr": told},
            {**REPORT, "outcome": "failed", "when": "setup", "longrepr": LONG},
        )
    )
    (first, second), troubles = all_in(file)
    assert troubles == []
    assert (first.line, first.type, first.message) == (3, "KeyError", "'sku'")
    assert first.frames[0][0] == "shop/load.py"
    assert first.code == "return table[key]"
    assert (second.line, second.phase, second.type) == (4, "setup", "AttributeError")


@pytest.mark.parametrize("indent", [None, 2])
def test_json_report(tmp_path, indent) -> None:
    document = {
        "created": 1.5, "exitcode": 1, "root": "/work",
        "collectors": [
            {"nodeid": "", "outcome": "passed"},
            {"nodeid": "tests/test_bad.py", "outcome": "failed",
             "longrepr": "E   ModuleNotFoundError: No module named 'scipy'"},
        ],
        "tests": [
            {"nodeid": "t.py::test_good", "outcome": "passed", "call": {"outcome": "passed"}},
            {"nodeid": "t.py::test_bad", "outcome": "failed", "setup": {"outcome": "passed"},
             "call": {"outcome": "failed", "longrepr": SHORT}},
            {"nodeid": "t.py::test_crash", "outcome": "failed",
             "call": {"outcome": "failed", "crash": {"path": "shop/a.py", "message": "KeyError: 'x'"}}},
        ],
    }  # fmt: skip
    file = tmp_path / "report.json"
    file.write_text(json.dumps(document, indent=indent))
    (collect, bad, crash), troubles = all_in(file)
    assert troubles == []
    assert (collect.phase, collect.type) == ("collect", "ModuleNotFoundError")
    assert (bad.type, bad.code) == ("AssertionError", "assert cart.total() == 3")
    assert bad.message.startswith("assert 4 == 3")
    assert bad.frames == (("tests/test_cart.py", "test_total"),)
    assert (crash.type, crash.message, crash.frames) == ("KeyError", "'x'", (("shop/a.py", ""),))
    if indent:
        assert file.read_text().splitlines()[bad.line - 1].strip() == "{"


def test_snapshots_as_documents_and_as_lines(tmp_path) -> None:
    for name, text in (("a.json", json.dumps(SNAPSHOT, indent=2)), ("b.jsonl", lines(SNAPSHOT))):
        file = tmp_path / name
        file.write_text(text)
        ((one,), troubles) = all_in(file)
        assert troubles == []
        assert (one.type, one.name, one.code) == ("ValueError", "training", "x + residual")
        assert one.frames == (("shop/training.py", "step"), ("shop/main.py", "main"))


def call(number: int, parent: int | None, func: str) -> dict[str, object]:
    return {"event": "call", "call_id": number, "parent_id": parent, "depth": 0, "func": func,
            "module": "m", "file": f"src/{func}.py", "line": 1, "args": {}}  # fmt: skip


def raised(number: int, kind: str = "KeyError", value: str = "'999'") -> dict[str, object]:
    return {"event": "exception", "call_id": number, "depth": 0, "func": "?", "exc_type": kind,
            "exc_value": value, "exc_line": 14}  # fmt: skip


def returned(number: int, value: str) -> dict[str, object]:
    return {"event": "return", "call_id": number, "depth": 0, "func": "?", "return_value": value}


def test_an_exception_that_leaves_a_trace_is_told_where_it_was_raised(tmp_path) -> None:
    file = tmp_path / "trace.jsonl"
    file.write_text(
        lines(
            call(1, None, "outer"), call(2, 1, "middle"), call(3, 2, "inner"),
            raised(3), raised(2), raised(1),
            call(4, None, "later"), returned(4, "1"),
        )
    )  # fmt: skip
    ((one,), troubles) = all_in(file)
    assert troubles == []
    assert (one.line, one.type, one.message) == (4, "KeyError", "'999'")
    assert [name for _, name in one.frames] == ["inner", "middle", "outer"]


def test_a_handled_exception_is_a_failure_only_where_none_came_of_it(tmp_path) -> None:
    file = tmp_path / "trace.jsonl"
    file.write_text(
        lines(
            call(1, None, "load"), call(2, 1, "parse"), raised(2), returned(1, "None"),
            call(3, None, "get"), call(4, 3, "find"), raised(4), returned(3, "'default'"),
            call(5, None, "own"), raised(5), returned(5, "None"),
        )
    )  # fmt: skip
    found, _ = all_in(file)
    assert [one.code for one in found] == [
        "load handled it and returned None",
        "own handled it and returned None",
    ]
    assert found[0].frames == (("src/parse.py", "parse"),)


def test_an_exception_that_became_another_is_the_other(tmp_path) -> None:
    file = tmp_path / "trace.jsonl"
    file.write_text(lines(call(1, None, "a"), call(2, 1, "b"), raised(2), raised(1, "ValueError")))
    ((one,), _) = all_in(file)
    assert one.type == "ValueError"


def test_mixed_lines_are_each_read_by_their_own_reader(tmp_path) -> None:
    file = tmp_path / "mixed.jsonl"
    file.write_text(
        lines(
            ran("1/0", trace_of("ZeroDivisionError: division by zero")),
            {**REPORT, "outcome": "failed", "longrepr": LONG},
            call(1, None, "a"),
            raised(1),
            SNAPSHOT,
            {"unknown": 1},
        )
    )
    found, troubles = all_in(file)
    assert sorted(one.reader for one in found) == [
        "agent's log", "call trace", "crash snapshot", "pytest-reportlog",
    ]  # fmt: skip
    assert troubles == []


@pytest.mark.parametrize("name", ["junit.xml.gz", "junit.xml"])
def test_gzip_is_known_by_its_content(tmp_path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(gzip.compress(JUNIT.encode()))
    assert len(all_in(file)[0]) == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_other_encodings_with_their_mark(tmp_path, encoding: str) -> None:
    file = tmp_path / "log.jsonl"
    file.write_bytes(lines(ran("x", trace_of("KeyError: 'größe'"))).encode(encoding))
    ((one,), troubles) = all_in(file)
    assert troubles == []
    assert one.message == "'größe'"


def test_tracebacks_of_python_tell_the_last_exception() -> None:
    first = (
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\nKeyError: 1\n'
    )
    text = (
        f"{first}\nThe above exception was the direct cause:\n\n"
        'Traceback (most recent call last):\n  File "b.py", line 2, in h\n    raise X\nshop.Lost: 7\n'
    )
    found = crash_in(text)
    assert found is not None
    assert (found.type, found.message, found.code) == ("shop.Lost", "7", "raise X")
    assert found.frames == (("b.py", "h"),)


@pytest.mark.parametrize("text", ["", "all is well", "Traceback (most recent call last):"])
def test_a_text_without_an_exception_tells_none(text: str) -> None:
    assert crash_in(text) is None
