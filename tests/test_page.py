"""The page as text: nothing of a test is markup, every part comes back, what is cut is named."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_autopsy.model import Failure, Footprint, Function
from pytest_autopsy.plainjson import dumps
from pytest_autopsy.report.markup import Markup, joined, tag
from pytest_autopsy.report.page import SCRIPTS, asset, page
from pytest_autopsy.report.page_parts import Evidence, Pack, executed
from pytest_autopsy.report.page_summary import MAX_FAILURES, summary
from pytest_autopsy.report.page_trace import BLOCK, CHANGED, HANDLED, Rows

HOSTILE = (
    "</script><script>window.hacked=1</script><img src=x onerror=hacked=1>'\"&{{script}}\u202e\x1b"
)


class Reader(HTMLParser):
    """What a browser makes of a page: its elements, their attributes, and their texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.words: list[str] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((name, dict(attributes)))
        if name in ("script", "style"):
            self._inside = dict(attributes).get("id") or f"{name}"

    def handle_endtag(self, name: str) -> None:
        if name in ("script", "style"):
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[self._inside] = self.texts.get(self._inside, "") + data
        else:
            self.words.append(data)

    def part(self, number: int) -> Any:
        return json.loads(zlib.decompress(base64.b64decode(self.texts[f"part-{number}"])))


def suspect(text: str = "load") -> dict[str, Any]:
    return {"file": "shop/pricing.py", "function": text, "line": 20, "kind": "code", "score": 2.5,
            "why": [f"run by 1 of 1 {text}"], "lines": [{"line": 20, "score": 1.5}]}  # fmt: skip


def a_digest(count: int = 1, text: str = "load") -> dict[str, Any]:
    failures = [
        {"id": f"f-{n:010x}", "nodeid": f"tests/test_shop.py::test_{n}{text}", "phase": "call", "attempt": 1, "worker": None,
         "outcome": "failed", "file": "tests/test_shop.py", "line": 3, "duration_s": 0.1, "came_back": None,
         "exception": {"type": "TypeError", "message": f"bad {text}"}, "root_cause": "c1-00000000", "why_no_cause": None,
         "suspects": [], "suspects_total": 0, "diagnosis": None, "snapshot": None, "trace": None, "rerun": ["pytest", text]}
        for n in range(count)
    ]  # fmt: skip
    fact = {"kind": "caller", "fact": f"{text} called it", "role": "culprit", "file": "shop/cart.py", "line": 40,
            "function": text, "test": failures[0]["nodeid"], "call": 2, "value": text}  # fmt: skip
    cause = {"id": "c1-00000000", "also_ids": [], "title": f"{text} returns None", "kind": text, "confidence": "shown",
             "signature": text, "status": None, "first_seen": None, "runs_seen": None, "exemplar": failures[0]["id"],
             "failures": [one["id"] for one in failures], "suspects": [suspect(text)] * 5, "evidence": [fact], "hint": text,
             "rerun": ["pytest", "--autopsy-cause", text], "downstream_of": None}  # fmt: skip
    run = {"id": "20261120T101502Z-3f2a9c1e", "started_utc": "2026-11-20T10:15:02Z", "python": "3.12.1", "pytest": "9.2.0",
           "argv": ["pytest", text], "mode": "all", "engine": "sys.monitoring", "engine_reason": text, "workers": 0,
           "complete": True, "stopped_by": None, "baseline": None, "commit": None, "dirty": None, "ci": None}  # fmt: skip
    totals = dict.fromkeys(("tests", "passed", "failed", "errors", "skipped", "xfailed", "xpassed", "retried"), 0)  # fmt: skip
    cost = {"slowdown_s": 1.25, "snapshot_s": 0, "diagnose_s": 0, "calls_seen": 7, "calls_kept": 7, "dropped": 0}  # fmt: skip
    return {"schema": "pytest-autopsy/digest@1", "run": run, "totals": {**totals, "tests": count, "failed": count},
            "root_causes": [cause], "failures": failures, "cost": cost}  # fmt: skip


def evidence(run: Path) -> Evidence:
    return Evidence(run, {}, lambda file: str(run / file), tuple)


EVENTS: list[dict[str, Any]] = [
    {"event": "test", "test": "t", "calls_seen": 9, "calls_kept": 3},
    {"event": "call", "call_id": 1, "parent_id": None, "depth": 0, "func": "test", "module": "m", "file": "t.py",
     "line": 1, "args": {}, "qualname": "test", "values": {}},
    {"event": "call", "call_id": 4, "parent_id": 1, "depth": 1, "func": "load", "module": "m", "file": "m.py",
     "line": 5, "args": {"sku": "'s'", "n": "1"}, "qualname": "Shop.load", "values": {"sku": "s", "n": 1}, "called_at": 2},
    {"event": "mark", "name": "half", "call_id": 4, "func": "load", "file": "m.py", "line": 6, "values": {"x": 1}},
    {"event": "handled", "call_id": 4, "depth": 1, "func": "load", "exc_type": "KeyError", "exc_value": "'s'",
     "exc_line": 7, "raised_here": True, "converted": False},
    {"event": "return", "call_id": 4, "depth": 1, "func": "load", "return_value": "None", "value": None, "line": 8,
     "duration_ns": 5, "changed": {"n": {"scope": "global", "before": "1", "after": "2"}}},
    {"event": "exception", "call_id": 1, "depth": 0, "func": "test", "exc_type": "TypeError", "exc_value": "bad",
     "exc_line": 3, "raised_here": True, "duration_ns": 9},
    {"event": "dropped", "func": "hot", "calls": 6, "at_least": True},
]  # fmt: skip


def lines_of(events: list[dict[str, Any]]) -> bytes:
    return b"".join(dumps(event, newline=True) for event in events)


# -- markup ---------------------------------------------------------------------------------


@given(st.text(), st.text())
def test_no_text_is_markup(text: str, attribute: str) -> None:
    seen = Reader(tag("p", text, title=attribute))
    assert [name for name, _ in seen.tags] == ["p"]
    assert "<" not in joined(text)
    if text.isprintable() and text.isascii():
        assert "".join(seen.words) == text


def test_only_what_tag_made_is_markup() -> None:
    assert tag("b", tag("i", "<x>"), "<y>", None) == "<b><i>&lt;x&gt;</i>&lt;y&gt;</b>"
    assert not isinstance("<b>" + tag("i"), Markup)
    assert tag("p", data_line=3, class_="a", title=None) == '<p data-line="3" class="a"></p>'


# -- the trace ------------------------------------------------------------------------------


def test_a_row_holds_a_call_from_its_beginning_to_its_end() -> None:
    rows = Rows()
    rows.read(lines_of(EVENTS))
    head = rows.head()
    assert head["id"] == [1, 4, None]
    assert head["parent"] == [-1, 0, 1]
    assert head["depth"] == [0, 1, 2]
    assert head["args"] == ["", "sku='s', n=1", ""]
    assert head["how"] == ["raised", "returned", "mark"]
    assert head["result"] == ["TypeError: bad", "None", ""]
    assert head["flags"] == [0, CHANGED | HANDLED, 0]
    assert [head["functions"][n] for n in head["function"]] == [
        ("t.py", "test", 1), ("m.py", "Shop.load", 5), ("m.py", "half", 6)
    ]  # fmt: skip
    assert head["dropped"] == [["hot", 6, True]] and head["seen"] == 9
    (details,) = (json.loads(block) for block in rows.blocks())
    assert details[1]["values"] == {"sku": "s", "n": 1}
    assert details[1]["line"] == 8 and details[1]["called_at"] == 2
    assert details[1]["handled"][0]["exc_type"] == "KeyError"
    assert details[0]["exc_line"] == 3


def test_calls_that_did_not_end_say_how() -> None:
    rows = Rows()
    rows.read(lines_of([EVENTS[0], {**EVENTS[1], "outcome": "open"}, EVENTS[2]]))
    assert rows.head()["how"] == ["open", "unknown"]


def test_damaged_lines_are_counted_and_the_rest_is_read() -> None:
    rows = Rows()
    broken = b'{"event": "call", "call_id"\n[1]\n{"event": "call"}\n{"event": "later"}\n'
    rows.read(broken + lines_of(EVENTS[:3]) + b'{"event": "return", "call_id": 99}\n')
    assert rows.head()["id"] == [1, 4]
    assert rows.head()["unreadable"] == 4


def test_details_come_in_blocks() -> None:
    rows = Rows()
    rows.read(lines_of([{**EVENTS[1], "call_id": n, "values": {"n": n}} for n in range(2 * BLOCK + 1)]))  # fmt: skip
    blocks = [json.loads(block) for block in rows.blocks()]
    assert [len(block) for block in blocks] == [BLOCK, BLOCK, 1]
    assert blocks[1][0]["values"] == {"n": BLOCK}


# -- parts ----------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=200)))
def test_parts_come_back(parts: list[bytes]) -> None:
    pack = Pack()
    numbers = pack.add(parts)
    assert numbers == list(range(len(parts)))
    assert [zlib.decompress(base64.b64decode(text)) for text in pack.parts] == parts


def test_what_does_not_fit_is_not_taken_in_part() -> None:
    pack = Pack(budget=60)
    assert pack.add([b"a", b"b" * 10_000, bytes(range(256))]) is None
    assert pack.parts == [] and pack.budget == 60
    assert pack.add([b"a"]) == [0]


def test_lines_that_ran_are_told_by_file() -> None:
    functions = [
        Function("a.py", "f", 3), Function("b.py", "<module>", 1), Function("a.py", "g", 9), Function("b.py", "h", 4)
    ]  # fmt: skip
    failure = Failure("f-1", "t", "call", "failed", "t.py", 1, 0.0, None,
                      footprint=Footprint({0: 0b1011, 1: 1, 2: 1}))  # fmt: skip
    bare = Failure("f-2", "t", "call", "failed", "t.py", 1, 0.0, None)
    assert executed([failure, bare], functions) == {"f-1": {"a.py": [3, 4, 6, 9]}}


# -- the page -------------------------------------------------------------------------------


def test_the_policy_allows_the_page_s_own_script_and_style_and_nothing_else(tmp_path: Path) -> None:
    seen = Reader(page(a_digest(), evidence(tmp_path)).decode())
    policy = next(a["content"] or "" for _, a in seen.tags if a.get("http-equiv"))
    for kind in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(seen.texts[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy and "http" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_hostile_text_in_every_field_adds_no_element(tmp_path: Path) -> None:
    plain, hostile = (
        Reader(page(a_digest(text=text), evidence(tmp_path), [text]).decode())
        for text in ("load", HOSTILE)
    )
    assert [name for name, _ in hostile.tags] == [name for name, _ in plain.tags]
    assert [set(a) for _, a in hostile.tags] == [set(a) for _, a in plain.tags]
    assert hostile.texts["script"] == plain.texts["script"]
    assert not set("<>&") & set(hostile.texts["index"])
    entry = json.loads(hostile.texts["index"])["failures"][0]
    assert entry["nodeid"] == f"tests/test_shop.py::test_0{HOSTILE}"
    assert "\u202e" not in "".join(hostile.words) and "\x1b" not in "".join(hostile.words)


def test_the_page_loads_nothing() -> None:
    text = "".join(map(asset, (*SCRIPTS, "page.css", "page.html")))
    assert not re.search(r"https?://|url\(|@import|src=|XMLHttpRequest|fetch\(|import\(", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text)  # fmt: skip


def test_a_failure_s_evidence_is_found_by_its_index(tmp_path: Path) -> None:
    digest = a_digest()
    for name, text in (
        ("trace", lines_of(EVENTS)),
        ("snapshot", dumps({"frames": [{"file": "shop/cart.py", "kind": "code"}]})),
        ("diagnosis", dumps({"suspects": [suspect()], "evidence": []})),
    ):
        folder = {"trace": "traces", "snapshot": "snapshots", "diagnosis": "diagnoses"}[name]
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "t.jsonl").write_bytes(text)
        digest["failures"][0][name] = f".autopsy/runs/x/{folder}/t.jsonl"
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "pricing.py").write_text("def load():\n    return None\n")
    seen = Reader(page(digest, evidence(tmp_path)).decode())
    index = json.loads(seen.texts["index"])
    (found,) = index["failures"]
    whole = seen.part(found["part"])
    assert whole["diagnosis"]["suspects"][0]["function"] == "load"
    assert whole["entry"] == digest["failures"][0]
    assert seen.part(found["trace"])["id"] == [1, 4, None]
    assert seen.part(found["blocks"][0])[1]["values"] == {"sku": "s", "n": 1}
    source = seen.part(index["sources"]["shop/pricing.py"])
    assert source["lines"] == ["def load():", "    return None"]
    assert source["functions"] == [["load", 1, 1, 2]]
    assert index["sources_left_out"] == 0


@pytest.mark.parametrize(("budget", "kept"), [(0, 0), (500, 1), (10**6, 3)])
def test_what_does_not_fit_is_named_and_the_exemplar_goes_first(
    tmp_path: Path, budget: int, kept: int
) -> None:
    digest = a_digest(3)
    digest["root_causes"][0]["exemplar"] = digest["failures"][2]["id"]
    seen = Reader(page(digest, evidence(tmp_path), budget=budget).decode())
    found = json.loads(seen.texts["index"])["failures"]
    there = [one["id"] for one in found if "part" in one]
    assert len(there) == kept
    assert not kept or digest["failures"][2]["id"] in there
    assert all("digest.json" in one["left_out"] for one in found if "part" not in one)


def test_sources_past_their_limit_are_counted_and_what_is_suspected_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.py", "b.py", "suspected.py"):
        (tmp_path / name).write_text("x = 1\n" * 10)
    (tmp_path / "d.json").write_bytes(
        dumps({"suspects": [{"file": "suspected.py"}], "evidence": []})
    )
    digest = a_digest()
    digest["failures"][0]["diagnosis"] = "d.json"
    ran = {digest["failures"][0]["id"]: {"a.py": [1], "b.py": [1], "gone.py": [1]}}
    monkeypatch.setattr("pytest_autopsy.report.page_parts.SOURCES", 120)
    found = Evidence(tmp_path, ran, lambda file: str(tmp_path / file), tuple)
    index = json.loads(Reader(page(digest, found).decode()).texts["index"])
    assert list(index["sources"]) == ["suspected.py", "a.py"]
    assert index["sources_left_out"] == 1


def test_a_trace_that_does_not_fit_is_named_with_its_size(tmp_path: Path) -> None:
    digest = a_digest()
    digest["failures"][0]["trace"] = ".autopsy/runs/x/traces/t.jsonl"
    (tmp_path / "traces").mkdir()
    raw = lines_of([{**EVENTS[1], "values": {"noise": hashlib.sha256(bytes([n])).hexdigest()}} for n in range(200)])  # fmt: skip
    (tmp_path / "traces" / "t.jsonl").write_bytes(raw)
    seen = Reader(page(digest, evidence(tmp_path), budget=4000).decode())
    (found,) = json.loads(seen.texts["index"])["failures"]
    assert found["trace_left_out"] == ["traces/t.jsonl", len(raw)]
    assert "part" in found and "trace" not in found


def test_the_summary_needs_no_script_and_counts_what_it_leaves_out() -> None:
    count = MAX_FAILURES + 7
    seen = Reader(summary(a_digest(count), ["a note"]))
    words = "".join(seen.words)
    assert f"{count} failures, 1 cause" in words
    assert "load returns None" in words and "shown" in words and "a note" in words
    assert "pytest --autopsy-cause load" in words
    assert "2 more suspects" in words
    assert "7 more are in digest.json" in words
    links = [a.get("href") for name, a in seen.tags if name == "a"]
    assert "#f-0000000000/2" in links and "#f-0000000000/source/40/shop/cart.py" in links
    assert sum(1 for link in links if link and link.startswith("#f-") and "/" not in link) == MAX_FAILURES  # fmt: skip


def test_failures_without_a_cause_are_listed_with_the_reason() -> None:
    digest = a_digest(2)
    digest["root_causes"] = []
    for failure in digest["failures"]:
        failure.update(root_cause=None, why_no_cause="triage is off")
    words = "".join(Reader(summary(digest)).words)
    assert "2 failures" in words and "triage is off" in words and "test_1load" in words


def test_a_command_is_shown_as_a_shell_takes_it() -> None:
    digest = a_digest(text="a b'c\x1b[201~")
    words = "".join(Reader(summary(digest)).words)
    assert "'a b'\"'\"'c\\x1b[201~'" in words
