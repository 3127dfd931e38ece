"""A snapshot as JSON: seed 3's keys with its meaning, and the whole chain beside them."""

from __future__ import annotations

from ..model import Assertion, ExceptionRecord, Failure, Frame, Look, Mark, Snapshot
from ..observe.text import clean, to_json

SCHEMA = "pytest-autopsy/snapshot@1"


def snapshot_json(snapshot: Snapshot, failure: Failure | None = None) -> dict[str, object]:
    """Return the snapshot as plain JSON; frames are innermost first, the project's before others'."""
    first = snapshot.exceptions[0] if snapshot.exceptions else None
    shown: dict[str, object] = {
        "schema": SCHEMA,
        "name": clean(snapshot.name),
        "timestamp_utc": snapshot.timestamp_utc,
        "exception": _exception(first) if first else None,
        "traceback": clean(snapshot.traceback),
        "assertion": _assertion(snapshot.assertion) if snapshot.assertion else None,
        **(_frames(first) if first else {"frames": [], "frames_left_out": 0}),
        "chain": [
            _chained(record, number) for number, record in enumerate(snapshot.exceptions[1:], 1)
        ],
        "chain_left_out": snapshot.exceptions_left_out,
        "marks": [_mark(mark) for mark in snapshot.marks],
        "marks_left_out": snapshot.marks_left_out,
        "logs": [clean(line) for line in snapshot.logs],
        "thread": clean(snapshot.thread),
        "task": clean(snapshot.task) if snapshot.task is not None else None,
        "env": {clean(name): _plain(value) for name, value in snapshot.env.items()},
        "why": [clean(text) for text in snapshot.why],
    }
    if failure is not None:
        shown["failure"] = failure.id
        shown["nodeid"] = clean(failure.nodeid)
        shown["phase"] = failure.phase
    if snapshot.rerun:
        shown["rerun"] = [clean(word) for word in snapshot.rerun]
    return shown


def _plain(value: object) -> object:
    """What is told of the machine: texts, and lists of them, may hold bytes of file names."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return clean(value) if isinstance(value, str) else value


def _exception(record: ExceptionRecord) -> dict[str, object]:
    shown: dict[str, object] = {
        "type": clean(record.type),
        "message": clean(record.message),
        "qualified_type": clean(record.qualified),
    }
    if record.notes:
        shown["notes"] = [clean(note) for note in record.notes]
    if record.why:
        shown["why"] = [clean(text) for text in record.why]
    return shown


def _chained(record: ExceptionRecord, number: int) -> dict[str, object]:
    return {
        "number": number,
        "relation": record.relation,
        "of": record.of,
        **_exception(record),
        **_frames(record),
    }


def _frames(record: ExceptionRecord) -> dict[str, object]:
    return {
        "frames": [_frame(frame) for frame in record.frames],
        "frames_left_out": record.frames_left_out,
        "library_frames": record.library_frames,
    }


def _frame(frame: Frame) -> dict[str, object]:
    shown: dict[str, object] = {
        "file": clean(frame.file),
        "line": frame.line,
        "function": clean(frame.function),
        "kind": frame.kind,
        "depth": frame.depth,
        "code": clean(frame.code),
    }
    if frame.folded:
        return shown
    shown["source"] = {
        "start": frame.source_start,
        "end": frame.source_start + max(len(frame.source) - 1, 0),
        "snippet": [
            {"lineno": number, "code": clean(text)}
            for number, text in enumerate(frame.source, frame.source_start)
        ],
    }
    shown["locals"] = _named(frame.locals)
    if frame.locals_left_out:
        shown["locals_left_out"] = frame.locals_left_out
    if frame.expression:
        shown["expression"] = clean(frame.expression)
    if frame.site is not None and frame.site.column is not None:
        shown["range"] = list(frame.site)
    if frame.operands:
        shown["operands"] = [
            {"text": clean(text), "value": to_json(value)} for text, value in frame.operands
        ]
    if frame.why:
        shown["why"] = clean(frame.why)
    return shown


def _mark(mark: Mark) -> dict[str, object]:
    return {
        "name": clean(mark.name),
        "file": clean(mark.file),
        "line": mark.line,
        "function": clean(mark.function),
        "thread": clean(mark.thread),
        "values": _named(mark.values),
    }


def _named(pairs: tuple[tuple[str, Look], ...]) -> dict[str, object]:
    return {clean(name): to_json(value) for name, value in pairs}


def _assertion(assertion: Assertion) -> dict[str, object]:
    shown: dict[str, object] = {
        "left": to_json(assertion.left),
        "operator": assertion.operator,
        "right": to_json(assertion.right),
        "left_source": clean(assertion.left_source),
        "right_source": clean(assertion.right_source),
        "first_difference": clean(assertion.difference),
    }
    if assertion.helper:
        shown["helper"] = assertion.helper
    if assertion.details:
        shown["details"] = _named(assertion.details)
    return shown
