"""A trace as lines of JSON (seed 1's events and keys, and more) and as an indented tree."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Call, Change, Look, Mark, Trace, Value
from ..observe.compare import named_parts
from ..observe.text import clean, to_json, to_text
from ..plainjson import dumps

SCHEMA = "pytest-autopsy/trace@1"
MAX_TEXT = 200
_ABSENT = object()


def trace_jsonl(trace: Trace, limit: int = MAX_TEXT) -> bytes:
    """Return the trace as JSON lines: a `test` line, then events in the order they happened.

    `limit` bounds the characters of a value's text.
    """
    lines = [_test_line(trace)]
    events: list[tuple[int, int, dict[str, object]]] = []
    for call in trace.calls:
        events.append((call.start, 0, call_line(call, limit)))
        ending, *handled = end_lines(call, limit)
        events.extend((call.end or call.start, 1, line) for line in handled)
        if call.end is not None:
            events.append((call.end, 2, ending))
    events.extend((mark.order, 0, _mark_line(mark)) for mark in trace.marks)
    events.sort(key=lambda event: event[:2])
    lines.extend(event[2] for event in events)
    lines.extend(_dropped_lines(trace))
    return b"".join(dumps(line, newline=True) for line in lines)


def _test_line(trace: Trace) -> dict[str, object]:
    return {
        "event": "test",
        "schema": SCHEMA,
        "test": clean(trace.test),
        "calls_seen": trace.seen,
        "calls_kept": len(trace.calls),
    }


def call_line(call: Call, limit: int = MAX_TEXT) -> dict[str, object]:
    """Return the line of a call that begins."""
    line: dict[str, object] = {
        "event": "call",
        "call_id": call.id,
        "parent_id": call.parent,
        "depth": call.depth,
        "func": call.function.short.rsplit(".", 1)[-1],
        "module": call.module,
        "file": call.function.file,
        "line": call.function.line,
        "args": {name: to_text(value, limit) for name, value in call.arguments},
        "qualname": call.function.name,
        "phase": call.phase,
        "t_ns": call.t_ns,
        "thread": call.thread,
        "values": {name: to_json(value) for name, value in call.arguments},
    }
    if call.site is not None:
        line["called_at"] = call.site.line
    if call.task is not None:
        line["task"] = clean(call.task)
    if call.pid is not None:
        line["pid"] = call.pid
    if call.outcome in ("open", "suspended", "unknown"):
        line["outcome"] = call.outcome
    return line


def end_lines(call: Call, limit: int = MAX_TEXT) -> list[dict[str, object]]:
    """Return the line of a call's end, and those of what it handled."""
    return [_end_line(call, limit), *_handled_lines(call)]


def _end_line(call: Call, limit: int) -> dict[str, object]:
    line: dict[str, object] = {
        "event": "return" if call.outcome == "return" else "exception",
        "call_id": call.id,
        "depth": call.depth,
        "func": call.function.short.rsplit(".", 1)[-1],
    }
    if call.outcome == "return":
        line["return_value"] = to_text(call.value, limit)
        line["value"] = to_json(call.value)
        line["line"] = call.line
    else:
        raised = call.raised
        line["exc_type"] = raised.type if raised else None
        line["exc_value"] = clean(raised.message) if raised else None
        line["exc_line"] = raised.line if raised else call.line
        line["raised_here"] = raised.here if raised else None
    line["duration_ns"] = call.duration_ns
    if call.pid is not None:
        line["pid"] = call.pid
    if call.yields:
        line["yields"] = call.yields
    if call.changes:
        line["changed"] = {change.name: _changed(change, limit) for change in call.changes}
    if call.rebound:
        line["rebound"] = list(call.rebound)
    if call.shares:
        line["shares"] = list(map(clean, call.shares))
    return line


def _changed(change: Change, limit: int) -> dict[str, object]:
    part, before, after = changed_part(change)
    return {
        "scope": change.scope,
        "part": clean(part),
        "before": to_text(before, limit),
        "after": to_text(after, limit),
    }


def changed_part(change: Change) -> tuple[str, Look, Look]:
    """Return the innermost part that holds all that changed, as `._known[3]`, before and after."""
    path, before, after = "", change.before, change.after
    while isinstance(before, Value) and isinstance(after, Value) and before.kind == after.kind:
        was, now = named_parts(before), named_parts(after)
        differ = [name for name, value in now.items() if was.get(name, _ABSENT) != value]
        if was.keys() != now.keys() or len(differ) != 1 or before.type != after.type:
            break
        path += differ[0]
        before, after = was[differ[0]], now[differ[0]]
    return path, before, after


def _handled_lines(call: Call) -> Iterator[dict[str, object]]:
    for error in call.handled:
        yield {
            "event": "handled",
            "call_id": call.id,
            "depth": call.depth,
            "func": call.function.short.rsplit(".", 1)[-1],
            "exc_type": error.type,
            "exc_value": clean(error.message),
            "exc_line": error.line,
            "raised_here": error.here,
            "converted": error.converted,
        }


def _mark_line(mark: Mark) -> dict[str, object]:
    return {
        "event": "mark",
        "name": clean(mark.name),
        "call_id": mark.call,
        "func": clean(mark.function),
        "file": clean(mark.file),
        "line": mark.line,
        "t_ns": mark.t_ns,
        "thread": mark.thread,
        "values": {clean(name): to_json(value) for name, value in mark.values},
    }


def _dropped_lines(trace: Trace) -> Iterator[dict[str, object]]:
    if trace.marks_left_out:
        yield {"event": "dropped", "marks": trace.marks_left_out}
    for name, count in trace.dropped.items():
        at_least = name in trace.at_least
        yield {"event": "dropped", "func": name, "calls": count, "at_least": at_least}


def trace_tree(trace: Trace) -> str:
    """Return the calls as an indented tree, one line a call, to read and to grep."""
    lines = [f"# {clean(trace.test)}"]
    rows = [(call.start, _tree_line(call)) for call in trace.calls]
    depths = {call.id: call.depth + 1 for call in trace.calls}
    rows += [(mark.order, _tree_mark(mark, depths.get(mark.call or 0, 0))) for mark in trace.marks]
    lines.extend(text for _, text in sorted(rows, key=lambda row: row[0]))
    for name, count in trace.dropped.items():
        more = "at least " if name in trace.at_least else ""
        lines.append(f"# dropped: {more}{count} calls of {name}")
    return "\n".join(_one_line(line) for line in lines) + "\n"


def _tree_mark(mark: Mark, depth: int) -> str:
    values = ", ".join(f"{name}={to_text(value, 60)}" for name, value in mark.values)
    return f"{'  ' * depth}mark {mark.name} {mark.file}:{mark.line} {values}".rstrip()


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _tree_line(call: Call) -> str:
    arguments = ", ".join(f"{name}={to_text(value, 60)}" for name, value in call.arguments)
    notes = [f"handled {error.type}({error.message!r}) line {error.line}" for error in call.handled]
    notes += [_tree_change(change) for change in call.changes]
    if call.pid is not None:
        notes.append(f"pid {call.pid}")
    extra = f"  [{'; '.join(notes)}]" if notes else ""
    place = f"{call.function.file}:{call.function.line}"
    head = f"{call.id:>5} {'  ' * call.depth}{call.function.short}({arguments})"
    return f"{head} -> {ending(call)}{extra}  {place}"


def _tree_change(change: Change) -> str:
    part, before, after = changed_part(change)
    return f"changed {change.name}{part}: {to_text(before, 40)} -> {to_text(after, 40)}"


def ending(call: Call, limit: int = 80) -> str:
    """Return how a call ended, in a few words."""
    if call.outcome == "return":
        return to_text(call.value, limit)
    if call.outcome == "raise":
        raised = call.raised
        return f"raised {raised.type}({raised.message[:limit]!r})" if raised else "raised"
    return {"open": "never ended", "suspended": "suspended"}.get(call.outcome, "end not seen")
