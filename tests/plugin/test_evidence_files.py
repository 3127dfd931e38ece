"""Snapshots with seed 3's keys and traces with seed 1's."""

from __future__ import annotations

import json
import re

import pytest

NAME = "test_shop.py::test_unknown"


# -- snapshots: seed 3's keys ----------------------------------------------------------------


@pytest.fixture
def snapshot(shop_run) -> dict:
    return json.loads((shop_run.path / shop_run.failure(NAME)["snapshot"]).read_bytes())


def test_snapshot_keys(snapshot):
    assert snapshot.keys() >= {
        "schema",
        "name",
        "timestamp_utc",
        "exception",
        "traceback",
        "frames",
        "env",
    }
    assert snapshot["exception"]["type"] == "TypeError"
    assert "unsupported operand" in snapshot["exception"]["message"]
    assert snapshot["env"].keys() >= {"python", "platform", "cwd"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", snapshot["timestamp_utc"])


def test_frames_are_innermost_first(snapshot):
    frames = snapshot["frames"]
    assert frames[0]["function"] == "line_total"
    assert [frame["function"] for frame in frames if frame["kind"] == "test"][-1] == "test_unknown"
    assert frames[0]["code"] == "return price * quantity"
    assert frames[0]["locals"] == {"name": "jam", "price": None, "quantity": 2}


def test_frame_source(snapshot):
    frame = snapshot["frames"][0]
    assert frame["source"].keys() >= {"start", "end", "snippet"}
    lines = {line["lineno"]: line["code"] for line in frame["source"]["snippet"]}
    assert lines[frame["line"]].strip() == frame["code"]
    assert min(lines) == frame["source"]["start"]
    assert max(lines) == frame["source"]["end"]


def test_no_frame_is_ours_or_pytests(snapshot):
    shown = [frame["file"] for frame in snapshot["frames"]]
    assert not [file for file in shown if "pytest" in file or "pluggy" in file]


def test_traceback_file(shop_run):
    text = next(shop_run.directory.glob("snapshots/*.traceback.txt")).read_text("utf-8")
    assert "TypeError: unsupported operand" in text
    assert "line_total" in text


# -- traces: seed 1's keys -------------------------------------------------------------------


def test_trace_lines(shop_run):
    lines = shop_run.trace(NAME)
    assert lines[0]["event"] == "test"
    assert lines[0]["schema"] == "pytest-autopsy/trace@1"
    assert lines[0]["test"] == NAME
    wanted = {
        "call": {"call_id", "parent_id", "depth", "func", "module", "file", "line", "args"},
        "return": {"call_id", "depth", "func", "return_value"},
        "exception": {"call_id", "depth", "func", "exc_type", "exc_value", "exc_line"},
        "handled": {"call_id", "func", "exc_type"},
    }
    assert {line["event"] for line in lines[1:]} == wanted.keys()
    for line in lines[1:]:
        assert line.keys() >= wanted[line["event"]]


def test_trace_is_a_tree(shop_run):
    seen: dict[int, dict] = {}
    for line in shop_run.trace(NAME)[1:]:
        if line["event"] == "call":
            parent = seen.get(line["parent_id"])
            assert (line["parent_id"] is None) == (line["depth"] == 0)
            assert parent is None or line["depth"] == parent["depth"] + 1
            seen[line["call_id"]] = line
        else:
            assert line["call_id"] in seen


def test_trace_text(shop_run):
    by_name = {(line["event"], line["func"]): line for line in shop_run.trace(NAME)[1:]}
    call = by_name["call", "load_price"]
    assert (call["module"], call["file"], call["args"]) == (
        "shop.pricing",
        "shop/pricing.py",
        {"name": "'jam'"},
    )
    assert by_name["return", "load_price"]["return_value"] == "None"
    assert by_name["exception", "parse"]["exc_type"] == "KeyError"
    assert by_name["exception", "parse"]["exc_value"] == "'jam'"
    assert by_name["exception", "line_total"]["exc_line"] == 17


def test_text_tree(shop_run):
    text = (shop_run.path / shop_run.failure(NAME)["trace"]).with_suffix(".txt").read_text("utf-8")
    assert text.startswith(f"# {NAME}\n")
    rows = [line for line in text.splitlines() if "load_price(" in line]
    assert len(rows) == 2
    assert "-> None" in rows[1]
    assert rows[1].endswith("shop/pricing.py:8")
    assert rows[1].index("load_price") > next(
        r for r in text.splitlines() if "Cart.total(" in r
    ).index("Cart.total")


def test_a_traceback_may_be_printed(shop):
    """Whoever reads the file with `cat` is not to have the terminal cleared by a test's message."""
    shop.write(
        {"test_shop.py": r"""
        def test_it():
            raise ValueError("\x1b]0;title\x07\x1b[2J \u202e and\ttab")
        """}
    )  # fmt: skip
    ours = shop.autopsy()
    (file,) = ours.directory.glob("snapshots/*.traceback.txt")
    text = file.read_text("utf-8")
    assert all(line.replace("\t", "").isprintable() for line in text.splitlines())
    assert r"ValueError: \x1b]0;title\x07\x1b[2J \u202e and" in text


def test_hostile_node_ids_become_safe_file_names(shop):
    shop.write(
        {
            "test_shop.py": r"""
        import pytest

        @pytest.mark.parametrize("text", ["../../up", "/etc", "a" * 300, "\u202e", ".", "x", "X"])
        def test_it(text):
            assert not text
        """
        }
    )
    ours = shop.autopsy()
    assert len(ours.digest["failures"]) == 7
    named = {failure["trace"] for failure in ours.digest["failures"]}
    assert len({name.lower() for name in named}) == 7
    for name in named:
        assert re.fullmatch(r"\.autopsy/runs/[\w-]+/traces/[\w.-]{1,110}\.jsonl", name)
        assert (shop.path / name).is_file()
