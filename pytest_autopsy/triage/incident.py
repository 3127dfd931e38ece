"""A failure that somebody else wrote down: what readers hand over, and its signature.

An `Incident` is what is left of a failure in a file: its place there, the exception, the code. Its
signature is the one that the same failure would have in a run of ours, as far as the file tells.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Literal, NamedTuple

from ..model import Assertion, ExceptionRecord, Failure, Frame, Phase, Snapshot
from .signature import signature

MAX_MESSAGE = 1000
"""Characters of a message that are kept: its head and its tail."""
MAX_CODE = 600
MAX_NAME = 300
MAX_FRAMES = 20
_PHASES = ("setup", "call", "teardown", "collect")
_LIBRARY = re.compile(r"site-packages|dist-packages|lib/python3|^<|(?:^|/)_pytest/")
_TEST = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")


class Known(NamedTuple):
    """What an earlier run of ours found out about a failure: its cause."""

    id: str
    title: str
    signature: str
    hint: str = ""
    culprit: str = ""  # `function at file:line`, where one was named
    confidence: str = ""
    also_ids: tuple[str, ...] = ()


class Incident(NamedTuple):
    """One failure in one file. `frames` are (file, function), the innermost first."""

    file: str
    line: int
    reader: str
    name: str  # the test's node id, or the tool
    type: str
    message: str
    phase: str = "call"
    frames: tuple[tuple[str, str], ...] = ()
    code: str = ""
    run: str = ""  # what an agent's run is known by within its file
    step: int = 0  # of an agent's run, from 1
    first: bool = False  # the first failing step of its run
    repeats: int = 0  # how often the very same call had failed so before, in this run
    ignored: bool = False  # the next step went on as if it had not failed
    known: Known | None = None


class Trouble(NamedTuple):
    """What of a file could not be used: `lost` is file, rest (from `line` on), lines (so many
    `lines`, of which `line` is the first), or nothing, where there is something to know.
    """

    file: str
    line: int
    reason: str
    lost: Literal["file", "rest", "lines", "nothing"] = "file"
    lines: int = 1


def incident(
    file: str, line: int, reader: str, name: str, kind: str, message: str, **more: object
) -> Incident:
    """Return an Incident whose texts are bounded; `kind`, the exception's type, loses its module, as ours does."""
    frames = more.pop("frames", ())
    code = str(more.pop("code", ""))
    phase = str(more.pop("phase", "call"))
    return Incident(
        file,
        line,
        reader,
        cut(name, MAX_NAME),
        cut(kind.rpartition(".")[2] or kind, 100) or "Error",
        cut(message, MAX_MESSAGE),
        phase if phase in _PHASES else "call",
        tuple(frames)[:MAX_FRAMES],  # type: ignore[arg-type]
        cut(code, MAX_CODE),
        **more,  # type: ignore[arg-type]
    )


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters: what is too long loses its middle."""
    if len(text) <= limit:
        return text
    half = (limit - 5) // 2
    return f"{text[:half]} ... {text[-half:]}"


def signature_of(one: Incident) -> str:
    """Return the signature that the failure would have in a run of ours."""
    shape = one.code if one.code.lstrip().startswith("assert") else ""
    return _signature(one.phase, one.type, one.message, one.frames, shape)


@lru_cache(maxsize=4096)
def _signature(
    phase: Phase, kind: str, message: str, frames: tuple[tuple[str, str], ...], code: str
) -> str:
    """The signature of the failure that would look so: a run's of ours is made the same way."""
    shown = tuple(Frame(file, 0, name, frame_kind(file), 0) for file, name in frames)
    raised = ExceptionRecord(kind, message, "raised", shown)
    snapshot = Snapshot("", "", (raised,), _assertion(code))
    outcome: Literal["failed", "error"] = "failed" if phase == "call" else "error"
    exception = (kind, message)
    return signature(Failure("", "", phase, outcome, "", 0, 0.0, exception, snapshot=snapshot))


def frame_kind(file: str) -> Literal["code", "test", "library"]:
    """Return what a file's path says of it."""
    if _LIBRARY.search(file):
        return "library"
    return "test" if _TEST.search(file) else "code"


def _assertion(code: str) -> Assertion | None:
    """The comparison of an assert statement, of which the first line may be all there is."""
    text = code.strip().removeprefix("assert").strip()
    for match in _OPERATOR.finditer(text[:MAX_CODE]):
        left = text[: match.start()]
        try:
            ast.parse(left, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # an operator within a text or in brackets
        return Assertion(None, match[1], None, left)
    return None


_OPERATOR = re.compile(r" (==|!=|<=|>=|<|>|not in|in|is not|is) ?")
_OUTER = re.compile(r"(\.pyx?:)(?:[\w<>]+\.)+(?=[\w<])")


def loose(signature: str) -> str:
    """Return a signature without the classes around its functions, which tracebacks do not tell."""
    return _OUTER.sub(r"\1", signature)
