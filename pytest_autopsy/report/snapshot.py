"""A snapshot as JSON: seed 3's keys with its meaning, and the whole chain beside them."""

from __future__ import annotations

from ..model import Assertion, ExceptionRecord, Failure, Frame, Snapshot
from ..observe.text import clean, to_json

SCHEMA = "pytest-autopsy/snapshot@1"


def snapshot_json(snapshot: Snapshot, failure: Failure | None = None) -> dict[str, object]:
    """Return the snapshot as plain JSON; frames are innermost first."""
    first = snapshot.exceptions[0] if snapshot.exceptions else None
    shown: dict[str, object] = {
        "schema": SCHEMA,
        "name": clean(snapshot.name),
        "timestamp_utc": snapshot.timestamp_utc,
        "exception": _exception(first) if first else None,
        "traceback": clean(snapshot.traceback),
        "frames": [_frame(frame) for frame in first.frames] if first else [],
        "frames_left_out": first.frames_left_out if first else 0,
        "env": {clean(name): _plain(value) for name, value in snapshot.env.items()},
        "thread": clean(snapshot.thread),
        "task": clean(snapshot.task) if snapshot.task is not None else None,
        "chain": [_chained(record) for record in snapshot.exceptions[1:]],
        "assertion": _assertion(snapshot.assertion) if snapshot.assertion else None,
    }
    if failure is not None:
        shown["failure"] = failure.id
        shown["nodeid"] = clean(failure.nodeid)
        shown["phase"] = failure.phase
        shown["rerun"] = ["pytest", clean(failure.nodeid)]
    return shown


def _plain(value: object) -> object:
    """What is told of the machine: texts, and lists of them, may hold bytes of file names."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return clean(value) if isinstance(value, str) else value


def _exception(record: ExceptionRecord) -> dict[str, object]:
    return {
        "type": clean(record.type),
        "message": clean(record.message),
        "qualified_type": clean(record.qualified),
    }


def _chained(record: ExceptionRecord) -> dict[str, object]:
    return {
        **_exception(record),
        "relation": record.relation,
        "frames": [_frame(frame) for frame in record.frames],
        "frames_left_out": record.frames_left_out,
    }


def _frame(frame: Frame) -> dict[str, object]:
    shown: dict[str, object] = {
        "file": clean(frame.file),
        "line": frame.line,
        "function": clean(frame.function),
        "kind": frame.kind,
        "code": clean(frame.code),
    }
    if frame.kind == "library":
        return shown
    shown["source"] = {
        "start": frame.source_start,
        "end": frame.source_start + max(len(frame.source) - 1, 0),
        "snippet": [
            {"lineno": number, "code": clean(text)}
            for number, text in enumerate(frame.source, frame.source_start)
        ],
    }
    shown["locals"] = {clean(name): to_json(value) for name, value in frame.locals}
    if frame.locals_left_out:
        shown["locals_left_out"] = frame.locals_left_out
    if frame.expression:
        shown["expression"] = clean(frame.expression)
    if frame.why:
        shown["why"] = clean(frame.why)
    return shown


def _assertion(assertion: Assertion) -> dict[str, object]:
    return {
        "left": to_json(assertion.left),
        "operator": assertion.operator,
        "right": to_json(assertion.right),
        "left_source": clean(assertion.left_source),
        "right_source": clean(assertion.right_source),
        "first_difference": clean(assertion.difference),
    }
