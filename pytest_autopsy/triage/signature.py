"""A failure's signature: exact, versioned, explainable, without lines, values or numbers."""

from __future__ import annotations

import ast
import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

from ..model import Failure

VERSION = 1


class Rule(NamedTuple):
    """What varies between runs without saying anything of the cause, and what stands for it."""

    name: str
    pattern: str
    word: str
    kept_in_names: bool = False  # not applied where quoted words are the cause itself


RULES: tuple[Rule, ...] = (
    Rule("colour", r"\x1b\[[0-9;]*[A-Za-z]", ""),
    Rule("object address", r" (?:object )?at 0x[0-9a-fA-F]+", ""),
    Rule("hex number", r"\b0x[0-9a-fA-F]+\b", "HEX"),
    Rule("uuid", r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b", "UUID"),
    Rule(
        "moment",
        r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
        r"|\bdatetime\.(?:datetime|date|time|timedelta)\([^()]*\)|\b\d\d:\d\d:\d\d(?:\.\d+)?",
        "TIME",
    ),
    Rule("duration", r"\b\d+(?:\.\d+)? ?(?:ns|us|ms|s|sec|seconds|min|minutes)\b", "DURATION"),
    Rule("url", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s'\"]+", "URL"),
    Rule("mail address", r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b", "MAIL"),
    Rule("address", r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b|\blocalhost:\d+", "ADDRESS"),
    Rule("temporary path", r"(?:/private)?/(?:tmp|var/folders)/[^\s'\":]+", "TMP"),
    Rule("path", r"(?:\b[A-Za-z]:)?(?:[/\\][\w.@+-]+){2,}", "PATH"),
    Rule("line in a file", r"(?<=[\w>]):\d+(?::\d+)?\b|\bline \d+\b", ":N"),
    Rule("digest", r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b", "HASH"),
    Rule("base64", r"(?<![\w+/])[A-Za-z0-9+/]{12,}={1,2}", "BASE64"),
    Rule("worker", r"\bgw\d+\b|\bThread-\d+|\bpid[ =]\d+", "WORKER"),
    Rule("parameter", r"(?<=\w)\[[^\[\]\n]*\](?= |$)", "[*]", kept_in_names=True),
    Rule("number", r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\b", "N"),
    Rule("quoted text", r"'[^'\n]*'|\"[^\"\n]*\"", "STR", kept_in_names=True),
    Rule("set or mapping", r"\{[^{}\n]*,[^{}\n]*\}", "{*}"),
)
"""Applied in this order."""

_COMPILED = tuple((re.compile(rule.pattern), rule) for rule in RULES)
NAMES_MATTER = frozenset(
    ("NameError", "AttributeError", "KeyError", "ImportError", "ModuleNotFoundError",
     "UnboundLocalError", "TypeError", "FixtureLookupError")
)  # fmt: skip
"""Errors whose quoted words are the cause itself: a missing attribute, key or module."""


@lru_cache(maxsize=4096)
def normalised(kind: str, text: str) -> str:
    """Return the first line of a message with everything that varies between runs replaced."""
    first = text.strip().splitlines()[0][:400] if text.strip() else ""
    for pattern, rule in _COMPILED:
        if not (rule.kept_in_names and kind in NAMES_MATTER):
            first = pattern.sub(rule.word, first)
    return first


def signature(failure: Failure) -> str:
    """Return what makes two failures alike at first sight, as one readable line."""
    if failure.exception is None:
        return f"{failure.phase} | no exception"
    kind, text = failure.exception
    frames = _frames(failure)
    shape = _assertion_shape(failure)
    message = shape or normalised(kind, text)
    return " | ".join([failure.phase, kind, message, *frames])


def cause_id(text: str) -> str:
    """Return the id of a cause with this signature: c, the version, eight hex digits."""
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"c{VERSION}-{digest}"


def raised_at(failure: Failure) -> tuple[str, ...]:
    """Return error, message and the statement of the project's code that raised it; () where a test
    did, or nothing of the project.

    Two failures that agree in it are one rather than two, whatever led there.
    """
    frame = next(iter(failure.project_frames), None)
    if failure.exception is None or frame is None or frame.kind != "code":
        return ()
    kind, text = failure.exception
    return kind, normalised(kind, text), frame.file, frame.function, frame.code.strip()


def _frames(failure: Failure) -> list[str]:
    """The two innermost project frames, without lines; the test's own where there is no other."""
    mine = failure.project_frames
    code = [f for f in mine if f.kind != "test"] or mine[:1]
    return [f"{frame.file}:{frame.function}" for frame in code[:2]]


def _assertion_shape(failure: Failure) -> str:
    """The assertion's operator and the shape of its left side, values left out."""
    if failure.snapshot is None or failure.snapshot.assertion is None:
        return ""
    assertion = failure.snapshot.assertion
    return f"assert {_shape(assertion.left_source)} {assertion.operator} *"


@lru_cache(maxsize=4096)
def _shape(source: str) -> str:
    try:
        node = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError):
        return "*"
    if isinstance(node, ast.Call):
        target = node.func
        return (
            target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "*")
        ) + "(*)"
    return f"*.{node.attr}" if isinstance(node, ast.Attribute) else "*"
