"""Causes outside the program: a module, program, service, name or right that is not there."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..model import ExceptionRecord, Failure
from .case import Case

MAX_FAILURES = 20
_MODULE = re.compile(r"No module named '([\w.]+)'")
_QUOTED = re.compile(r"'([^']+)'")
_RULES: tuple[tuple[str, str, str], ...] = (
    ("ConnectionRefusedError", "connection refused", "start what is to listen there, or point the tests elsewhere"),
    ("gaierror", "host name not resolved", "check the host's name, and whether tests may use the network here"),
    ("SocketBlockedError", "network is blocked", "tests may not use the network here: mark or mock this one"),
    ("NetworkBlockedError", "network is blocked", "tests may not use the network here: mark or mock this one"),
    ("ZoneInfoNotFoundError", "time zone not found", "install tzdata, or the system's time zones"),
    ("PermissionError", "permission denied", "check the owner and mode of what is named"),
    ("ReadOnlyFilesystemError", "file system is read-only", "write below tmp_path"),
)  # fmt: skip


class Outside(NamedTuple):
    """What is missing outside the program, and what to do about it."""

    title: str
    hint: str


def find(case: Case) -> Outside | None:
    """Return what is missing outside the program, where every failure (of the first MAX_FAILURES)
    ended in it and the program did not raise that itself.
    """
    found = {_of_failure(case, failure) for failure in case.failures[:MAX_FAILURES]}
    return found.pop() if len(found) == 1 else None


def _of_failure(case: Case, failure: Failure) -> Outside | None:
    if failure.snapshot is None:
        return _named(case, *failure.exception) if failure.exception is not None else None
    for record in failure.snapshot.exceptions:
        outside = _named(case, record.type, record.message)
        if outside is not None and not _is_own(record):
            return outside
    return None


def _is_own(record: ExceptionRecord) -> bool:
    """Whether the project raised it with a statement of its own."""
    own = [frame for frame in record.frames if frame.kind != "library"]
    return bool(own) and own[0].depth == 0 and own[0].code.lstrip().startswith("raise")


def _named(case: Case, kind: str, message: str) -> Outside | None:
    first = message.strip().splitlines()[0][:120] if message.strip() else ""
    if kind == "ModuleNotFoundError" and (module := _MODULE.search(message)):
        name = module.group(1)
        if _is_ours(case, name):
            return None
        return Outside(
            f"missing module {name}", f"install {name.split('.')[0]} where the tests run"
        )
    if kind == "FileNotFoundError" and (program := _QUOTED.search(message)):
        name = program.group(1)
        if "/" in name or "." in name or "\\" in name:
            return None  # a path that the program made up
        return Outside(f"missing program {name}", f"install {name}, or put it on PATH")
    for rule, title, hint in _RULES:
        if kind == rule:
            return Outside(f"{title}: {first}" if first else title, hint)
    return None


def _is_ours(case: Case, module: str) -> bool:
    """Whether a module's first name is that of a folder or file of the project."""
    top = module.split(".")[0]
    parts = {part.removesuffix(".py") for f in case.run.functions for part in f.file.split("/")}
    return top in parts
