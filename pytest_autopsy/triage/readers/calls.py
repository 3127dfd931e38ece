"""Tool calls and their results, out of the shapes in which agents' logs tell of them.

Known: messages of OpenAI (`tool_calls` and role `tool`; the older `function_call`; the responses
API's `function_call` and `function_call_output`) and of Anthropic (`tool_use` and `tool_result`
blocks), each bare, wrapped, or as a list `messages`; and any object in which a tool's name, its
arguments and an outcome (a success flag, a status, an exit code, an error) can be told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ...plainjson import loads
from .dialect import dict_of, list_of, text_of

MAX_TEXT = 20_000
"""Characters of a text that are looked at: the last ones of a result, the first of what is said."""
_MAX_NESTED = 4
_TOOL = ("tool", "tool_name", "toolName", "function", "name", "action")
_ARGUMENTS = (
    "arguments",
    "args",
    "input",
    "params",
    "parameters",
    "tool_input",
    "tool_args",
    "kwargs",
)
_CODE = ("code", "source", "script", "command", "cmd", "query", "sql", "python")
_ID = ("tool_call_id", "tool_use_id", "call_id", "id")
_RESULT = ("result", "output", "response", "observation", "content", "tool_result", "tool_output")
_WRAPPED = ("message", "payload", "data", "item", "event", "msg")
_GOOD, _BAD = ("success", "ok", "succeeded"), ("is_error", "isError", "failed")
_EXIT = ("exit_code", "exitCode", "returncode", "return_code")
_FAILED_STATUS = re.compile(r"err|fail|exception|timeout", re.I)
_DONE_STATUS = re.compile(r"ok|success|complete|done|passed", re.I)
_TRACEBACK = "Traceback (most recent call last)"
_BEGINS = re.compile(
    r"\s*(?:\[?error\b|error executing|(?:[A-Za-z_]\w{0,60}\.){0,6}\w{0,60}(?:Error|Exception): )",
    re.I,
)


class Step(NamedTuple):
    """A call, a result, or (`kind` say) what was said."""

    kind: str
    id: str = ""
    tool: str = ""
    code: str = ""  # the arguments, or the code among them
    failed: bool = False
    text: str = ""  # of a result its error, else what was said


def steps_of(value: dict[str, Any], depth: int = 0) -> Iterator[Step]:
    """Yield what an object tells, in its order; nothing where it is of no known shape."""
    if depth > _MAX_NESTED:
        return
    kind, role = value.get("type"), value.get("role")
    if isinstance(value.get("messages"), list):
        for message in value["messages"]:
            yield from steps_of(dict_of(message), depth + 1)
    elif role in ("tool", "function") or kind == "function_call_output":
        yield _result(value, text_of(value.get("name")))
    elif kind in ("tool_use", "function_call", "tool_call") and _tool_of(value):
        yield _call(value)
    elif kind == "tool_result" and "tool_use_id" in value:
        yield _result(value, "")
    elif role is not None and (
        "content" in value or "tool_calls" in value or "function_call" in value
    ):
        yield from _message(value, depth)
    elif _tool_of(value) and (_has(value, _ARGUMENTS) or _tells_outcome(value)):
        yield from _plain(value)
    else:
        for key in _WRAPPED:
            if isinstance(value.get(key), dict):
                yield from steps_of(value[key], depth + 1)


def is_log(value: dict[str, Any]) -> bool:
    """Whether an object is one of an agent's log: a message or a tool's line, whatever it tells."""
    if isinstance(value.get("messages"), list) or isinstance(value.get("role"), str):
        return True
    if next(steps_of(value), None) is not None:
        return True
    return any(isinstance(dict_of(value.get(key)).get("role"), str) for key in _WRAPPED)


def _message(value: dict[str, Any], depth: int) -> Iterator[Step]:
    """A message: what it says, then the calls or results in it."""
    content = value.get("content")
    blocks = [dict_of(block) for block in list_of(content)]
    said = [text_of(content)] if isinstance(content, str) else []
    said += [text_of(b.get("text")) for b in blocks if b.get("type") in ("text", "output_text")]
    if value.get("role") == "assistant" and any(said):
        yield Step("say", text="\n".join(said)[:MAX_TEXT])
    for block in blocks:
        if block.get("type") in ("tool_use", "tool_result"):
            yield from steps_of(block, depth + 1)
    for call in list_of(value.get("tool_calls")):
        inner = dict_of(call).get("function")
        yield _call({**dict_of(call), **dict_of(inner)})
    if isinstance(value.get("function_call"), dict):
        yield _call(value["function_call"])


def _plain(value: dict[str, Any]) -> Iterator[Step]:
    """A line of its own: a call, a result, or both at once."""
    tells = _tells_outcome(value)
    if _has(value, _ARGUMENTS) or not tells:
        yield _call(value)
    if tells:
        yield _result(value, _tool_of(value))


def _call(value: dict[str, Any]) -> Step:
    arguments = next((value[key] for key in _ARGUMENTS if value.get(key) not in (None, "")), None)
    return Step("call", _id(value), _tool_of(value), code_of(arguments))


def _result(value: dict[str, Any], tool: str) -> Step:
    failed, error = outcome_of(value)
    return Step("result", _id(value), tool, "", bool(failed), error if failed else "")


def code_of(arguments: Any) -> str:
    """Return the code among a call's arguments, or all of them as text."""
    if isinstance(arguments, str):
        parsed = _parsed(arguments)
        if parsed is None:
            return arguments[:MAX_TEXT]
        arguments = parsed
    if not isinstance(arguments, dict):
        return text_of(arguments)[:MAX_TEXT]
    for key in _CODE:
        if isinstance(arguments.get(key), str):
            return str(arguments[key])[:MAX_TEXT]
    shown = (f"{key}={_short(arguments[key])}" for key in sorted(arguments)[:20])
    return ", ".join(shown)[:MAX_TEXT]


def outcome_of(value: Any, depth: int = 0) -> tuple[bool | None, str]:
    """Return whether a result failed (None: nothing tells) and the text that tells why."""
    if depth > _MAX_NESTED:
        return None, ""
    if not isinstance(value, dict):
        return _outcome_of_text(_joined(value), depth)
    flag = _flag(value)
    error = _error_text(value.get("error")) or _error_text(value.get("exception"))
    if error and (flag is not False or _is_python_error(error)):
        return True, error
    inner: tuple[bool | None, str] = (None, "")
    if flag is not False:
        for key in _RESULT:
            if key in value:
                inner = outcome_of(value[key], depth + 1)
                if inner[0]:
                    return inner
    if flag:
        said = [_joined(value.get(key)) for key in ("stderr", "traceback", *_RESULT, "message")]
        return True, next((text for text in said if text), "")[-MAX_TEXT:]
    return (flag, "") if flag is not None else inner


def _flag(value: dict[str, Any]) -> bool | None:
    """Whether the outcome's own words say that it failed; None where there are none."""
    for key in _GOOD:
        if isinstance(value.get(key), bool):
            return not value[key]
    for key in _BAD:
        if isinstance(value.get(key), bool):
            return bool(value[key])
    for key in _EXIT:
        if isinstance(value.get(key), int):
            return bool(value[key] != 0)
    status = value.get("status")
    if isinstance(status, str):
        if _FAILED_STATUS.search(status):
            return True
        if _DONE_STATUS.search(status):
            return False
    return None


def _outcome_of_text(text: str, depth: int) -> tuple[bool | None, str]:
    """A result that is no more than text: it failed where it is an error's."""
    parsed = _parsed(text)
    if isinstance(parsed, dict):
        return outcome_of(parsed, depth + 1)
    if _TRACEBACK in text or _BEGINS.match(text):
        return True, text[-MAX_TEXT:]
    return None, ""


def _error_text(error: Any) -> str:
    """An error payload as text: Python's traceback, else its type and message."""
    if isinstance(error, str):
        return error[-MAX_TEXT:]
    told = dict_of(error)
    trace = told.get("traceback") or told.get("stack") or told.get("stacktrace")
    if trace:
        return _joined(trace)[-MAX_TEXT:]
    kind = text_of(told.get("type") or told.get("name") or told.get("exc_type") or told.get("code"))
    message = text_of(told.get("message") or told.get("msg") or told.get("exc_value"))
    text = f"{kind}: {message}" if kind and message else kind or message
    return text[-MAX_TEXT:]


def _is_python_error(text: str) -> bool:
    return _TRACEBACK in text or _BEGINS.match(text) is not None


def _tells_outcome(value: dict[str, Any]) -> bool:
    return _flag(value) is not None or _has(value, ("error", "exception", *_RESULT))


def _tool_of(value: dict[str, Any]) -> str:
    for key in _TOOL:
        found = value.get(key)
        if isinstance(found, dict):
            found = found.get("name")
        if isinstance(found, str) and found:
            return found
    return ""


def _id(value: dict[str, Any]) -> str:
    for key in _ID if "tool_call_id" in value or "call_id" in value else ("tool_use_id", "id"):
        if isinstance(value.get(key), (str, int)):
            return str(value[key])
    return ""


def _has(value: dict[str, Any], keys: tuple[str, ...]) -> bool:
    return any(value.get(key) not in (None, "") for key in keys)


def _joined(value: Any) -> str:
    """Text, or the texts of blocks or lines."""
    if isinstance(value, list):
        parts = (
            text_of(dict_of(one).get("text")) if isinstance(one, dict) else text_of(one)
            for one in value
        )
        return "\n".join(part for part in parts if part)
    return text_of(value)


def _parsed(text: str) -> Any:
    if text[:1] != "{":
        return None
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return None


def _short(value: Any) -> str:
    return repr(value)[:200] if not isinstance(value, (dict, list)) else f"<{type(value).__name__}>"
