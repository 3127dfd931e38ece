"""What a process knows of its tests as bytes and back: how workers hand it to their controller.

Every type of the model is written as a list of its name and its fields, so that what comes back
equals what went in; nothing but the model's own types can be made from a file.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from . import model
from .observe.text import clean
from .plainjson import dumps, loads

if TYPE_CHECKING:
    from .session import Session

SCHEMA = "pytest-autopsy/evidence@1"
_COUNTERS = ("calls_seen", "calls_kept", "dropped", "snapshot_s", "recording_s")
_TYPES = {
    name: getattr(model, name)
    for name in (
        "Assertion", "Call", "Change", "ExceptionRecord", "Failure", "Footprint", "Frame",
        "Function", "Mark", "Passed", "Raised", "Site", "Snapshot", "Trace", "Value",
    )
}  # fmt: skip


def encode(session: Session) -> bytes:
    """Return what a session recorded as JSON."""
    run = session.run
    return dumps(
        {
            "schema": SCHEMA,
            "functions": [plain(function) for function in run.functions],
            "fixtures": sorted(
                [clean(file), clean(name)] for file, name in session.recorder.targets.fixtures
            ),
            "failures": [plain(failure) for failure in run.failures],
            "retried": [plain(failure) for failure in session.retried],
            "passed": [plain(passed) for passed in run.passed],
            "faults": [clean(fault) for fault in session.faults],
            "engine": session.engine_name,
            "engine_reason": session.engine_reason,
            "counters": {name: getattr(session, name) for name in _COUNTERS},
        }
    )


def decode(raw: bytes, into: Session) -> None:
    """Join what a worker recorded into the controller's session. Raises ValueError, KeyError."""
    data = loads(raw)
    run = into.run
    known = {function: index for index, function in enumerate(run.functions)}
    renumber: list[int] = []
    for function in map(revived, data["functions"]):
        if function not in known:
            known[function] = len(run.functions)
            run.functions.append(function)
        renumber.append(known[function])
    run.failures.extend(_renumbered(revived(one), renumber) for one in data["failures"])
    into.retried.extend(_renumbered(revived(one), renumber) for one in data["retried"])
    run.passed.extend(_renumbered(revived(one), renumber) for one in data["passed"])
    into.recorder.targets.fixtures.update((file, name) for file, name in data["fixtures"])
    into.faults.extend(data["faults"])
    into.engine_name, into.engine_reason = data["engine"], data["engine_reason"]
    for name in _COUNTERS:
        setattr(into, name, getattr(into, name) + data["counters"][name])


def plain(value: Any) -> Any:
    """Return a value of the model as JSON types."""
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(plain(getattr(value, f.name)) for f in fields(value))]
    if isinstance(value, tuple):
        name = type(value).__name__ if type(value) is not tuple else "tuple"
        return [name, *map(plain, value)]
    if isinstance(value, frozenset):
        return ["set", *map(clean, sorted(value))]
    if isinstance(value, list):
        return ["list", *map(plain, value)]
    if isinstance(value, dict):
        return ["dict", *([plain(k), plain(v)] for k, v in value.items())]
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 53:
        return ["int", str(value)]
    if isinstance(value, float):
        return ["float", repr(value)]
    return value


def revived(data: Any) -> Any:
    """Return the value that `plain` was given."""
    if not isinstance(data, list):
        return data
    name, *parts = data
    if name == "dict":
        return {revived(k): revived(v) for k, v in parts}
    if name == "int":
        return int(parts[0])
    if name == "float":
        return float(parts[0])
    if name == "set":
        return frozenset(parts)
    values = [revived(part) for part in parts]
    if name == "tuple":
        return tuple(values)
    return values if name == "list" else _TYPES[name](*values)


def _renumbered(holder: Any, renumber: list[int]) -> Any:
    """The same failure or test with a footprint that counts functions as the controller does."""
    old = holder.footprint
    if old is None:
        return holder
    lines = {renumber[index]: mask for index, mask in old.lines.items()}
    features = {renumber[index]: found for index, found in old.features.items()}
    return replace(holder, footprint=model.Footprint(lines, features))
