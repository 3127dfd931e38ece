"""One call of a trace, told from its file: what went in, what came out, whom it called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..plainjson import loads
from ..report.plain import cut_end, many, safe

MAX_CHILDREN = 20
MAX_VALUE = 300


def events_of(trace: Path) -> list[dict[str, Any]]:
    """Return the events of a trace file; lines that cannot be read are left out."""
    found = []
    with trace.open("rb") as lines:
        for line in lines:
            try:
                event = loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                found.append(event)
    return found


def call_of(events: list[dict[str, Any]], number: int) -> dict[str, Any] | None:
    """Return the call with this id: its events joined, its callers and the calls that it made."""
    calls = {event["call_id"]: event for event in events if event.get("event") == "call"}
    if number not in calls:
        return None
    own = [event for event in events if event.get("call_id") == number]
    callers = []
    up = calls[number].get("parent_id")
    while up in calls and up not in callers:
        callers.append(up)
        up = calls[up].get("parent_id")
    endings = {
        event["call_id"]: event for event in events if event.get("event") in ("return", "exception")
    }
    children = [event for event in calls.values() if event.get("parent_id") == number]
    return {
        "call": calls[number],
        "events": own,
        "callers": [calls[one] for one in callers],
        "calls": [{**child, "ended": endings.get(child["call_id"])} for child in children],
    }


def call_lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield a call as lines to read."""
    call = found["call"]
    yield safe(f"call {call['call_id']}  {call['qualname']}  {call['file']}:{call['line']}")
    for caller in found["callers"]:
        yield safe(f"  called by  {caller['call_id']}  {caller['qualname']}  {caller['file']}")
    for name, value in call.get("args", {}).items():
        yield f"  {safe(name)} = {cut_end(safe(str(value)), MAX_VALUE)}"
    for event in found["events"]:
        yield from _event(event)
    children = found["calls"]
    if children:
        yield f"  made {many(len(children), 'call')}"
    for child in children[:MAX_CHILDREN]:
        given = ", ".join(f"{name}={value}" for name, value in child.get("args", {}).items())
        shown = cut_end(safe(f"{child['qualname']}({given})"), 100)
        yield f"    {child['call_id']}  {shown} -> {cut_end(safe(_outcome(child['ended'])), 80)}"
    if len(children) > MAX_CHILDREN:
        yield f"    and {len(children) - MAX_CHILDREN} more, with --json"


def _event(event: dict[str, Any]) -> Iterator[str]:
    if event["event"] in ("return", "exception"):
        yield f"  -> {cut_end(safe(_outcome(event)), MAX_VALUE)}"
        for name, change in event.get("changed", {}).items():
            what = f"{name}{change.get('part', '')}: {change.get('before')}"
            yield cut_end(safe(f"  changed {what} became {change.get('after')}"), MAX_VALUE)
    elif event["event"] == "handled":
        yield cut_end(
            safe(f"  caught {event.get('exc_type')}: {event.get('exc_value')}"), MAX_VALUE
        )
    elif event["event"] == "yield":
        yield cut_end(
            safe(f"  yielded {event.get('value', event.get('return_value', ''))}"), MAX_VALUE
        )


def _outcome(event: dict[str, Any] | None) -> str:
    if event is None:
        return "did not end"
    if event["event"] == "exception":
        return f"raised {event.get('exc_type')}: {event.get('exc_value')}"
    return f"returned {event.get('return_value')}"
