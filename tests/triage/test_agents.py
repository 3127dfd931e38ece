"""Agents' logs in the common shapes, and what is found of a run."""

from __future__ import annotations

import json

import pytest

from .helpers import all_in, lines, ran, trace_of

ERROR = trace_of("KeyError: 'ts_code'", 2)
CODE = "df = load()\nx = df['ts_code']"

OPENAI = [
    {"role": "user", "content": "go"},
    {"role": "assistant", "content": None, "tool_calls": [
        {"id": "c1", "type": "function",
         "function": {"name": "python", "arguments": json.dumps({"code": CODE})}}]},
    {"role": "tool", "tool_call_id": "c1", "content": ERROR},
]  # fmt: skip
OLDER = [
    {
        "role": "assistant",
        "function_call": {"name": "python", "arguments": json.dumps({"code": CODE})},
    },
    {
        "role": "function",
        "name": "python",
        "content": json.dumps({"success": False, "error": ERROR}),
    },
]
RESPONSES = [
    {
        "type": "function_call",
        "call_id": "c1",
        "name": "python",
        "arguments": json.dumps({"code": CODE}),
    },
    {"type": "function_call_output", "call_id": "c1", "output": ERROR},
]
ANTHROPIC = [
    {"role": "assistant", "content": [
        {"type": "text", "text": "I run it"},
        {"type": "tool_use", "id": "t1", "name": "python", "input": {"code": CODE}}]},
    {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "t1", "is_error": True,
         "content": [{"type": "text", "text": ERROR}]}]},
]  # fmt: skip
WRAPPED = [{"type": one["role"], "sessionId": "s", "message": one} for one in ANTHROPIC]
IN_TWO_LINES = [
    {"event": "tool_call", "tool": "python", "args": {"code": CODE}},
    {"event": "tool_result", "tool": "python", "result": {"success": False, "error": ERROR}},
]
TYPED = [ran(CODE, {"type": "KeyError", "message": "'ts_code'"}, tool="python")]
SEED = [ran(CODE, ERROR, tool="python")]
EXIT = [{"name": "python", "input": {"code": CODE}, "exit_code": 1, "stderr": ERROR}]
STATUS = [{"tool_name": "python", "params": {"code": CODE}, "status": "error", "output": ERROR}]
IN_PAYLOAD = [{"tool": "python", "input": {"code": CODE}, "success": True, "error": ERROR}]
SHAPES = {
    "openai": OPENAI, "older": OLDER, "responses": RESPONSES, "anthropic": ANTHROPIC,
    "wrapped": WRAPPED, "two lines": IN_TWO_LINES, "typed": TYPED, "seed": SEED, "exit": EXIT,
    "status": STATUS, "payload": IN_PAYLOAD,
    "conversation a line": [{"id": 7, "messages": OPENAI}],
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_the_failure_is_found_with_its_code(tmp_path, shape: str) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text(lines(*SHAPES[shape]))
    ((one,), troubles) = all_in(file)
    assert troubles == []
    assert (one.name, one.type, one.message) == ("python", "KeyError", "'ts_code'")
    assert one.code == CODE
    assert one.first
    assert one.line == len(SHAPES[shape])


def test_a_conversation_as_one_document(tmp_path) -> None:
    for name, data in (
        ("list.json", ANTHROPIC),
        ("object.json", {"model": "m", "messages": OPENAI}),
    ):
        file = tmp_path / name
        file.write_text(json.dumps(data, indent=1))
        ((one,), troubles) = all_in(file)
        assert troubles == []
        assert one.type == "KeyError"


@pytest.mark.parametrize(
    "line",
    [
        {"tool": "python", "success": True, "result": "1"},
        {"tool": "read", "success": True, "output": ERROR},  # a log that was read is no failure
        {"tool": "python", "input": {"code": "1"}, "success": True, "error": ""},
        {"tool": "python", "input": {"code": "1"}, "success": True, "error": None},
        {"tool": "python", "exit_code": 0, "stderr": "a warning"},
        {"role": "assistant", "content": "The error was KeyError: 'x'"},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "ok"}]},
    ],
)
def test_what_did_not_fail_is_no_failure(tmp_path, line) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text(lines(line))
    assert all_in(file) == ([], [])


def test_the_same_call_again_to_the_same_failure_is_counted(tmp_path) -> None:
    other = ran("y", trace_of("ValueError: 1"))
    file = tmp_path / "log.jsonl"
    file.write_text(lines(ran(CODE, ERROR), ran(CODE, ERROR), other, ran(CODE, ERROR)))
    found, _ = all_in(file)
    assert [one.repeats for one in found] == [0, 1, 0, 2]
    assert [one.first for one in found] == [True, False, False, False]
    assert [one.step for one in found] == [1, 2, 3, 4]


def test_runs_are_told_apart_by_their_session(tmp_path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text(
        lines(*(ran(CODE, ERROR, session_id=name) for name in ("a", "b", "a", "b", "c")))
    )
    found, _ = all_in(file)
    assert sorted((one.run, one.repeats, one.first) for one in found) == [
        ("a", 0, True), ("a", 1, False), ("b", 0, True), ("b", 1, False), ("c", 0, True),
    ]  # fmt: skip


NEXT = {
    "another tool, nothing said": ("", "write", {"path": "x"}, True),
    "another tool, all is well": ("All good, I write the report.", "write", {"path": "x"}, True),
    "the same tool again": ("", "python", {"code": "df.columns"}, False),
    "it names the key": ("There is no ts_code here.", "read", {"path": "x"}, False),
    "it speaks of an error": ("That raised an error.", "read", {"path": "x"}, False),
    "the arguments name it": ("", "grep", {"pattern": "ts_code"}, False),
}


@pytest.mark.parametrize("case", NEXT)
def test_an_error_that_the_next_step_ignored(tmp_path, case: str) -> None:
    said, tool, arguments, ignored = NEXT[case]
    content = [{"type": "tool_use", "id": "t2", "name": tool, "input": arguments}]
    if said:
        content.insert(0, {"type": "text", "text": said})
    file = tmp_path / "log.jsonl"
    file.write_text(lines(*ANTHROPIC, {"role": "assistant", "content": content}))
    ((one,), _) = all_in(file)
    assert one.ignored is ignored


def test_an_answer_that_ignores_the_error_is_told_and_the_end_of_a_log_is_not(tmp_path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text(lines(*ANTHROPIC, {"role": "assistant", "content": "Done, see the report."}))
    assert [one.ignored for one in all_in(file)[0]] == [True]
    file.write_text(lines(*ANTHROPIC))
    assert [one.ignored for one in all_in(file)[0]] == [False]


def test_of_long_code_the_lines_around_the_failing_one_are_kept(tmp_path) -> None:
    code = "\n".join(f"step_{number} = prepare({number})" for number in range(1, 201))
    file = tmp_path / "log.jsonl"
    file.write_text(lines(ran(code, trace_of("KeyError: 'x'", 120))))
    ((one,), _) = all_in(file)
    assert one.code.splitlines() == [f"step_{n} = prepare({n})" for n in range(118, 123)]
