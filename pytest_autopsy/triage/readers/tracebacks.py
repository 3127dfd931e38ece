"""What a traceback as text tells: Python's own forms, and pytest's long and short ones."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import NamedTuple

MAX_TEXT = 60_000
"""Characters of a traceback that are read: its last ones, for there stands what was raised."""
_PYTHON_FRAME = re.compile(r'\s*File "([^"\n]{1,500})", line (\d{1,9})(?:, in (.{1,200}))?$')
_PYTEST_FRAME = re.compile(
    r"([^\s:][^:\n]{0,400}\.pyx?):(\d{1,9}): ?(?:in (\S{1,200})|([\w.]{0,200}))$"
)
_DEF = re.compile(r"(?:[> ]   {0,40})?(?:async )?def (\w{1,200})\(")
_RAISED = re.compile(r"([A-Za-z_][\w.]{0,200})(?::(?: (.*))?)?$")
_ERROR_LINE = re.compile(
    r"((?:[A-Za-z_]\w{0,80}\.){0,8}[A-Za-z_]\w{0,80}(?:Error|Exception|Interrupt|Exit|Failed|Warning|NotFound|Timeout))\b(?::\s?(.*))?$"
)
_ANSI = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_DIVIDERS = ("During handling of", "The above exception")


class Crash(NamedTuple):
    """What was raised, through which (file, function), the innermost first, at which code."""

    type: str
    message: str
    frames: tuple[tuple[str, str], ...] = ()
    code: str = ""


def crash_in(text: str) -> Crash | None:
    """Return the last exception that a text tells of, or None."""
    lines = _ANSI.sub("", text[-MAX_TEXT:]).splitlines()
    starts = [n for n, line in enumerate(lines) if "Traceback (most recent call last)" in line]
    if starts:
        found = _python(lines[starts[-1] + 1 :])
        if found is not None:
            return found
    return _pytest(lines) or _bare(lines)


def error_line(text: str) -> tuple[str, str] | None:
    """Return (type, message) of a text like `KeyError: 'x'`, or None."""
    match = _ERROR_LINE.match(text.strip())
    return (match[1], match[2] or "") if match else None


@lru_cache(maxsize=4096)
def shown_path(file: str) -> str:
    """Return a path as other machines would show it: below its project, as far as can be told."""
    file = file.replace("\\", "/")
    here = os.getcwd().replace("\\", "/").rstrip("/") + "/"  # noqa: PTH109  # a prefix, no path
    if file.startswith(here):
        return file[len(here) :]
    for part in ("site-packages/", "dist-packages/"):
        if part in file:
            return part + file.rpartition(part)[2]
    if file.startswith("/") or file[1:3] == ":/":
        return "/".join(file.split("/")[-3:])
    return file.removeprefix("./")


def _python(lines: list[str]) -> Crash | None:
    """The lines after the word Traceback."""
    frames: list[tuple[str, str]] = []
    code = ""
    for number, line in enumerate(lines):
        match = _PYTHON_FRAME.match(line)
        if match:
            frames.append((shown_path(match[1]), match[3] or "<module>"))
            following = lines[number + 1] if number + 1 < len(lines) else ""
            if following[:1].isspace() and not _PYTHON_FRAME.match(following):
                code = following.strip()
        elif frames and line and not line[0].isspace():
            raised = _RAISED.match(line)
            if raised is None:
                continue
            rest = [part for part in lines[number + 1 : number + 6] if part.strip()]
            message = "\n".join([raised[2] or "", *rest]).strip()
            return Crash(raised[1], message, tuple(reversed(frames)), code)
    return None


def _pytest(lines: list[str]) -> Crash | None:
    """Pytest's long and short forms: of a chain the last exception, as pytest counts it."""
    frames: list[tuple[str, str]] = []
    errors: list[str] = []
    code = function = kind = ""
    after_frame = False  # in the short form the code stands below its place
    for line in lines:
        first = line[:1]
        if first == "E" and line.startswith("E  "):
            errors.append(line[1:].strip())
        elif first == ">":
            code, errors = line[1:].strip(), []
        elif "def " in line and (match := _DEF.match(line)):
            function = match[1]
        elif after_frame and line[:4] == "    ":
            code = line.strip()
        elif line.startswith(_DIVIDERS):
            frames, errors = [], []
        elif ".py" in line and (match := _PYTEST_FRAME.match(line)):
            frames.append((shown_path(match[1]), match[3] or function or "<module>"))
            kind, after_frame = match[4] or kind, match[3] is not None
            continue
        after_frame = False
    if not errors:
        return None
    told = error_line(errors[0])
    if told is None:
        told = kind or "AssertionError", errors[0]
        if errors[0].startswith("assert "):
            told = "AssertionError", errors[0]
    message = "\n".join([told[1], *errors[1:6]]).strip()
    return Crash(told[0], message, tuple(reversed(frames)), code)


def _bare(lines: list[str]) -> Crash | None:
    """No more than a line that names an error, and what is said below it: the last one."""
    for number in range(len(lines) - 1, max(len(lines) - 200, 0) - 1, -1):
        found = error_line(lines[number])
        if found is not None:
            message = "\n".join([found[1], *lines[number + 1 : number + 6]]).strip()
            return Crash(found[0], message)
    return None
