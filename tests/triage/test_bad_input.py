"""What cannot be used is named with its reason and line; the rest is triaged, nothing is lost."""

from __future__ import annotations

import gzip
import json
import os

import pytest

from pytest_autopsy.triage.readers import documents, stream

from .helpers import JUNIT, all_in, gathered, lines, ran, trace_of

GOOD = ran("x", trace_of("KeyError: 'x'"))
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><testsuite><testcase name="&c;"/></testsuite>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<testsuite><testcase name="a"><failure>&x;</failure></testcase></testsuite>'
)
DEEP_XML = "<testsuite>" + "<a>" * 5000
UNUSABLE = {
    "empty.xml": (b"", "empty", 1),
    "binary.log": (b"\x7fELF\0\0\1", "binary data", 1),
    "bomb.xml": (BOMB.encode(), "a document type", 1),
    "outside.xml": (OUTSIDE.encode(), "a document type", 1),
    "deep.xml": (DEEP_XML.encode(), "nested too deeply", 1),
    "page.xml": (b"<html><body>502</body></html>", "without a testcase", 1),
    "deep.json": (b'{"tests": [' + b"[" * 50_000, "nested too deeply", 1),
    "deep.jsonl": (b"[" * 50_000, "no JSON", 1),
    "package.json": (b'{\n"name": "x",\n"version": "1"}', "objects with name, version: none of", 1),
    "words.log": (b"all is well\nnothing failed\n", "no JSON", 1),
    "number.json": (b"12\n13\n", "no JSON", 1),
    "cut.gz": (gzip.compress(JUNIT.encode() * 50)[:60], "no gzip that can be read", 1),
    "broken.json": (b'{"a": 1,\n "b": }', "no JSON", 2),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_that_cannot_be_used_is_named_with_reason_and_line(tmp_path, name: str) -> None:
    content, reason, line = UNUSABLE[name]
    (tmp_path / name).write_bytes(content)
    found, (trouble,) = all_in(tmp_path / name)
    assert found == []
    assert reason in trouble.reason
    assert (trouble.lost, trouble.line) == ("file", line)


def test_all_of_them_together_leave_the_good_ones(tmp_path) -> None:
    for name, (content, _, _) in UNUSABLE.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "good.jsonl").write_text(lines(GOOD))
    (tmp_path / "good.xml").write_text(JUNIT)
    found = gathered(tmp_path)
    assert found.incidents == 3
    read = {
        name for name in UNUSABLE if name != "cut.gz"
    }  # its name does not say that it is a report
    assert {os.path.basename(one.file) for one in found.troubles} == read


CUT = {
    "junit.xml": (JUNIT[: JUNIT.index("</testsuite>")], 2),
    "report.json": ('{"created": 1, "exitcode": 1, "tests": [\n' + json.dumps(
        {"nodeid": "a", "outcome": "failed", "call": {"outcome": "failed", "longrepr": "E   KeyError: 1"}}
    ) + ',\n{"nodeid": "b", "outc', 1),
    "log.jsonl": (lines(GOOD) + json.dumps(GOOD)[:50], 1),
}  # fmt: skip


@pytest.mark.parametrize("name", CUT)
def test_of_a_file_that_breaks_off_what_came_before_is_used(tmp_path, name: str) -> None:
    text, count = CUT[name]
    (tmp_path / name).write_text(text)
    found, (trouble,) = all_in(tmp_path / name)
    assert len(found) == count
    assert trouble.line == text.count("\n") + 1
    assert trouble.lost == ("lines" if name.endswith(".jsonl") else "rest")


def test_bad_lines_are_counted_and_the_others_used(tmp_path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text(lines(GOOD) + "oops\n" + lines(GOOD) + "{oops\n[1]\n")
    found, troubles = all_in(file)
    assert len(found) == 2
    assert sorted((one.line, one.lines, one.lost) for one in troubles) == [
        (2, 2, "lines"),
        (5, 1, "lines"),
    ]


def test_a_huge_line_is_passed_over_in_bounded_memory(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(stream, "CHUNK", 1000)
    monkeypatch.setattr(stream, "MAX_LINE", 5000)
    monkeypatch.setattr(documents, "MAX_LINE", 5000)
    file = tmp_path / "log.jsonl"
    huge = json.dumps({**GOOD, "error": "x" * 20_000}) + "\n"
    file.write_text(lines(GOOD) + huge + lines(GOOD))
    found, (trouble,) = all_in(file)
    assert [one.line for one in found] == [1, 3]
    assert (trouble.line, trouble.lost) == (2, "lines")
    assert "longer than" in trouble.reason


def test_a_huge_value_of_a_document_ends_it_with_what_came_before(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(stream, "CHUNK", 1000)
    monkeypatch.setattr(documents, "MAX_LINE", 5000)
    test = {"nodeid": "a", "call": {"outcome": "failed", "longrepr": "E   KeyError: 1"}}
    file = tmp_path / "report.json"
    file.write_text(
        json.dumps({"exitcode": 1, "tests": [test, {"nodeid": "x" * 30_000}]}, indent=0)
    )
    found, (trouble,) = all_in(file)
    assert len(found) == 1
    assert "longer than" in trouble.reason


@pytest.mark.parametrize("size", [1, 7, 64])
def test_where_chunks_end_does_not_matter(tmp_path, monkeypatch, size: int) -> None:
    document = json.dumps(
        {"n": 12345, "tests": [{"nodeid": "ä", "call": {"outcome": "failed"}}] * 3}
    )
    for name, text in (("a.json", document), ("b.xml", JUNIT), ("c.jsonl", lines(GOOD, GOOD))):
        (tmp_path / name).write_text(text, "utf-8")
    whole = [all_in(tmp_path / name) for name in ("a.json", "b.xml", "c.jsonl")]
    monkeypatch.setattr(stream, "CHUNK", size)
    assert [all_in(tmp_path / name) for name in ("a.json", "b.xml", "c.jsonl")] == whole


@pytest.mark.parametrize("name", ["junit.xml", "log.jsonl"])
def test_bytes_that_are_no_text_are_replaced_and_told(tmp_path, name: str) -> None:
    text = (
        JUNIT
        if name == "junit.xml"
        else lines(ran("x", "KeyError: 'größe'")).replace("\\u00f6", "ö").replace("\\u00df", "ß")
    )
    text = text.replace("refused", "größe")
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    found, (trouble,) = all_in(tmp_path / name)
    assert found
    assert "not all of it is UTF-8" in trouble.reason
    assert trouble.lost == "nothing"


def test_control_characters_do_not_break_xml(tmp_path) -> None:
    (tmp_path / "a.xml").write_text(JUNIT.replace("refused", "\x1b[31mref\x00\x08used"))
    found, troubles = all_in(tmp_path / "a.xml")
    assert len(found) == 2 or troubles[0].reason == "binary data"


def test_a_bomb_of_gzip_is_given_up(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(stream, "FREE_GROWTH", 1 << 20)
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress(lines(GOOD).encode() + b" " * (40 << 20)))
    found, (trouble,) = all_in(file)
    assert len(found) == 1
    assert "unpacks to more than" in trouble.reason


def test_links_that_loop_or_lead_nowhere(tmp_path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "a.jsonl").write_text(lines(GOOD))
    (tmp_path / "runs" / "back").symlink_to(tmp_path)
    (tmp_path / "runs" / "same.jsonl").symlink_to(tmp_path / "runs" / "a.jsonl")
    (tmp_path / "gone.jsonl").symlink_to(tmp_path / "nothing")
    (tmp_path / "self.jsonl").symlink_to(tmp_path / "self.jsonl")
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "b.jsonl").write_text(lines(GOOD))
    (outside / "home").symlink_to(outside)
    (tmp_path / "other").symlink_to(outside)
    found = gathered(tmp_path)
    assert found.incidents == 2
    assert sorted(os.path.basename(one.file) for one in found.troubles) == [
        "gone.jsonl", "self.jsonl",
    ]  # fmt: skip


def test_a_file_given_twice_is_read_once(tmp_path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(GOOD))
    assert gathered(tmp_path, tmp_path / "a.jsonl", tmp_path / "*.jsonl").incidents == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(GOOD))
    (tmp_path / "a.jsonl").chmod(0)
    ((trouble,),) = (gathered(tmp_path).troubles,)
    assert "ermission" in trouble.reason


HOSTILE = [
    {"event": "call", "call_id": "x", "func": 3}, {"event": "exception", "call_id": [], "func": None},
    {"event": "return", "call_id": 1e300, "func": {}}, {"event": "test", "test": 3},
    {"$report_type": "TestReport", "outcome": "failed", "nodeid": 3, "longrepr": [[]], "when": {}},
    {"$report_type": "X", "outcome": "failed", "longrepr": {"reprtraceback": {"reprentries": [3, {"data": 3}]}}},
    {"exception": {"type": 3, "message": []}, "frames": [3, {"file": 1}], "traceback": 3},
    {"schema": "pytest-autopsy/digest@1", "root_causes": [3, {"id": 3}], "failures": [3, {"exception": 3}]},
    {"messages": [3, None, {"role": 3}, {"role": "assistant", "content": [3], "tool_calls": [3, {"function": 3}]}]},
    {"tool": {"name": {"name": "x"}}, "success": False}, {"tool": "t", "success": False, "error": [[[]]]},
    {"tool": "t", "success": False, "error": {"traceback": [3, None]}, "arguments": 3},
    {"tool": "t", "result": {"result": {"result": {"result": {"result": {"result": {}}}}}}},
    {"role": "tool", "tool_call_id": 3, "content": {"success": False}},
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(HOSTILE)))
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_wrong_types_anywhere_break_nothing(tmp_path, number: int, name: str) -> None:
    file = tmp_path / name
    file.write_text(json.dumps(HOSTILE[number]) + "\n" + lines(GOOD))
    found, _ = all_in(file)
    assert any(one.type == "KeyError" and one.code == "x" for one in found)
