"""A snapshot as the text that Python would print, made of what it shows: no `__str__` runs."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import ExceptionRecord, Snapshot
from .plain import safe

_LEADS = {
    "cause": "The above exception was the direct cause of the following exception:",
    "context": "During handling of the above exception, another exception occurred:",
}


def traceback_text(snapshot: Snapshot) -> str:
    """Return the exceptions as tracebacks, in Python's order: what led to it first."""
    return "\n".join(_lines(snapshot.exceptions, 0)) + "\n" if snapshot.exceptions else ""


def traceback_bytes(snapshot: Snapshot) -> bytes:
    """Return its text as a file that may be printed: control characters are written out."""
    lines = snapshot.traceback.split("\n")
    shown = ("\t".join(map(safe, line.split("\t"))) for line in lines)
    return "\n".join(shown).encode("utf-8", "replace")


def _lines(exceptions: tuple[ExceptionRecord, ...], number: int) -> Iterator[str]:
    led_by = [n for n, one in enumerate(exceptions) if n and one.of == number]
    for other in led_by:
        lead = _LEADS.get(exceptions[other].relation)
        if lead is not None:
            yield from _lines(exceptions, other)
            yield from ("", lead, "")
    record = exceptions[number]
    if record.frames:
        yield "Traceback (most recent call last):"
    for frame in sorted(record.frames, key=lambda frame: -frame.depth):
        yield f'  File "{frame.file}", line {frame.line}, in {frame.function}'
        if frame.code:
            yield f"    {frame.code}"
    left_out = record.frames_left_out + record.library_frames
    left_out -= sum(1 for frame in record.frames if frame.folded)
    if left_out > 0:
        yield f"  [{left_out} more frames are not shown]"
    yield f"{record.qualified}: {record.message}" if record.message else record.qualified
    yield from record.notes
    for other in led_by:
        if exceptions[other].relation == "member":
            yield f"  +---------------- member {other}"
            yield from (f"  | {line}" for line in _lines(exceptions, other))
