"""What runs that did not come to their end were doing: their black boxes, to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..model import Call
from ..observe.text import to_json, to_text
from ..record.recovery import Wreck, boxes
from ..report.plain import cut_end, safe
from ..report.trace import ending
from ..sweep import hides
from ..wreckage import read_wreck

SCHEMA = "pytest-autopsy/blackbox@1"
MAX_OPEN, MAX_LAST = 30, 10


def unfinished(runs: Iterable[Path]) -> tuple[Path | None, list[Wreck]]:
    """Return the first of some runs that has black boxes, and what they hold; None without one."""
    for run in runs:
        wrecks = []
        hide = hides(run)
        for file in boxes(run):
            try:
                wrecks.append(read_wreck(file, hide))
            except (OSError, ValueError):
                continue
        if wrecks:
            return run, wrecks
    return None, []


def wreck_lines(run: Path, wrecks: list[Wreck]) -> Iterator[str]:
    """Return the text of a run that did not end: its processes, their open and last calls."""
    yield f"run {run.name} has not come to its end; this stood in its black boxes"
    for wreck in wrecks:
        yield ""
        state = "is still there" if wreck.running else "is gone"
        yield f"{safe(wreck.name)}, process {wreck.pid}, {state}; last heard of {_ago(wreck.last, wreck)}"
        if not wreck.phase:
            yield "  no test was running"
            continue
        yield safe(f"  {wreck.phase:9} {wreck.test}")
        yield f"  began     {wreck.last - wreck.began:.1f} s before that"
        yield f"  arguments {_written(wreck)}"
        calls = wreck.open_calls
        for call in calls[:3] + calls[max(3, len(calls) - MAX_OPEN) :]:
            yield f"  open      {_called(call)}"
        for call in [one for one in wreck.trace.calls if one.outcome != "open"][-MAX_LAST:]:
            yield f"  last      {_called(call)} -> {safe(_ended(call))}"


def wreck_json(run: Path, wrecks: list[Wreck]) -> dict[str, Any]:
    """Return the same as JSON."""
    return {
        "schema": SCHEMA,
        "run": run.name,
        "processes": [
            {
                "name": wreck.name,
                "pid": wreck.pid,
                "running": wreck.running,
                "test": wreck.test,
                "phase": wreck.phase or None,
                "age_s": round(wreck.read - wreck.last, 3),
                "arguments_age_s": _rounded(wreck),
                "open_calls": [
                    {
                        "function": call.function.name,
                        "file": call.function.file,
                        "line": call.function.line,
                        "args": {name: to_json(look) for name, look in call.arguments},
                    }
                    for call in wreck.open_calls
                ],
            }
            for wreck in wrecks
        ],
    }


def _rounded(wreck: Wreck) -> float | None:
    return None if wreck.written is None else round(wreck.read - wreck.written, 3)


def _ago(moment: float, wreck: Wreck) -> str:
    return f"{max(wreck.read - moment, 0.0):.1f} s ago"


def _written(wreck: Wreck) -> str:
    if wreck.written is None:
        return "of no call were written yet: too few events had passed"
    return f"as of {max(wreck.last - wreck.written, 0.0):.1f} s before that"


def _called(call: Call) -> str:
    function = call.function
    shown = ", ".join(f"{name}={to_text(look, 60)}" for name, look in call.arguments)
    text = f"{function.file}:{function.line}  {function.short}({shown or '...'})"
    return cut_end(safe(text), 160)


def _ended(call: Call) -> str:
    return {"return": "returned", "raise": "raised"}.get(call.outcome, ending(call))
