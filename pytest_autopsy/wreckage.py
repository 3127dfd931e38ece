"""What a process that died was doing, from its black box, as evidence of the test that it ran."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .model import Failure, Footprint, Told
from .observe.again import everywhere
from .record.recovery import Wreck, read_box
from .report.trace import trace_jsonl, trace_tree
from .store import file_name

if TYPE_CHECKING:
    from .session import Session

STRENGTH = 1.0


def read_wreck(file: Path, hide: Callable[[str], str]) -> Wreck:
    """Return what a box holds, without what its run has come to know as secret.

    Raises OSError, and ValueError for what is no box.
    """
    wreck = read_box(file)
    return replace(wreck, test=hide(wreck.test), trace=everywhere(wreck.trace, hide))


def salvaged(ours: Session, failure: Failure) -> Failure:
    """Return a failure that only its report tells of with what its process's black box held.

    The innermost open call is told against its function.
    """
    wreck = next((one for one in ours.wrecks if one.test == failure.nodeid), None)
    if wreck is None or not wreck.phase:
        return failure
    number = {function: index for index, function in enumerate(ours.run.functions)}
    for call in wreck.trace.calls:
        if call.function not in number:
            number[call.function] = ours.recorder.index_of(call.function)
    rows = {number[call.function]: 1 for call in wreck.trace.calls}
    below = wreck.open_calls[1:][::-1]  # the first is the test itself
    code = [call for call in below if call.function.kind == "code"]
    innermost = next(iter(code or below), None)
    if innermost is not None:
        fact = f"{innermost.function.short} was the innermost open call when its process died"
        told = Told(innermost.function, fact, innermost.function.line, STRENGTH)
        ours.run.told[failure.id] = (told,)
    name = f"traces/{file_name(failure.nodeid, failure.phase)}"
    try:
        ours.directory.write(f"{name}.jsonl", trace_jsonl(wreck.trace))
        ours.directory.write(f"{name}.txt", trace_tree(wreck.trace).encode())
        path: str | None = f"{name}.jsonl"
    except OSError as error:
        ours.files.cannot_write(error)
        path = None
    return replace(
        failure, trace=wreck.trace, trace_path=path, footprint=Footprint(rows), why_no_trace=""
    )
