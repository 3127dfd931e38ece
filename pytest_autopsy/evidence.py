"""What a process knows of its tests as lines and back: how workers hand it to their controller.

Every type of the model is written as a list of its name and its fields, so that what comes back
equals what went in; nothing but the model's own types can be made from a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from . import model
from .observe.text import clean
from .plainjson import dumps, loads
from .record.digests import function_hash
from .rows import Rows

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


class Writer:
    """Tells what a session has come to know since it was last asked, as a line of JSON.

    A worker asks after each test: what it had finished outlives it.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._told: dict[str, int] = {}
        self._names: set[tuple[str, ...]] = set()

    def line(self) -> bytes:
        """Return what is new, and the counters as they stand."""
        ours, run = self.session, self.session.run
        targets = ours.recorder.targets
        news = {
            "schema": SCHEMA,
            "functions": self._new("functions", run.functions),
            "hashes": [function_hash(i) for i in self._new_items("hashes", ours.recorder.codes)],
            "failures": self._new("failures", run.failures),
            "retried": self._new("retried", ours.retried),
            "passed": self._new("passed", run.passed),
            "taint": self._new_taint(),
            "faults": self._new("faults", ours.faults),
            "notes": self._new("notes", ours.notes),
            "common": ours.agreement.news(),
            "fixtures": self._new_names(targets.fixtures),
            "matched": self._new_names({(text,) for text in targets.matched}),
            "engine": ours.engine_name,
            "engine_reason": ours.engine_reason,
            "counters": {name: getattr(ours, name) for name in _COUNTERS},
        }
        return dumps(news, newline=True)

    def _new(self, name: str, known: list[Any]) -> list[Any]:
        return [plain(one) for one in self._new_items(name, known)]

    def _new_items(self, name: str, known: list[Any]) -> list[Any]:
        told, self._told[name] = self._told.get(name, 0), len(known)
        return known[told:]

    def _new_taint(self) -> list[list[str]]:
        """What was learned to be secret, as hashes that only this run's processes can compare."""
        taint = self.session.redactor.taint
        told, self._told["taint"] = self._told.get("taint", 0), len(taint)
        return taint.hashed(bytes.fromhex(self.session.key), told)

    def _new_names(self, known: Iterable[tuple[str, ...]]) -> list[list[str]]:
        fresh = set(known) - self._names
        self._names |= fresh
        return sorted([clean(part) for part in name] for name in fresh)


class Reader:
    """Joins what one worker wrote, line by line, into the controller's session."""

    def __init__(self, into: Session) -> None:
        self.into = into
        self._renumber: list[int] = []
        self._hashed = 0
        self._counted: dict[str, float] = dict.fromkeys(_COUNTERS, 0)

    def read(self, raw: bytes) -> None:
        """Take in whole lines; the half one that a killed worker left behind is no line.

        Raises ValueError, KeyError for what is no evidence.
        """
        whole = raw[: raw.rfind(b"\n") + 1]
        if not whole:
            raise ValueError("no evidence in it")
        for line in whole.splitlines():
            self._join(loads(line))
            self.into.progress.step()

    def _join(self, data: Any) -> None:
        into, run = self.into, self.into.run
        known = {function: index for index, function in enumerate(run.functions)}
        for function in map(revived, data["functions"]):
            if function not in known:
                known[function] = len(run.functions)
                run.functions.append(function)
            self._renumber.append(known[function])
        for hash_ in data["hashes"]:
            into.hashes[self._renumber[self._hashed]] = hash_
            self._hashed += 1
        run.failures.extend(self._renumbered(data["failures"]))
        into.retried.extend(self._renumbered(data["retried"]))
        for passed in self._renumbered(data["passed"]):
            run.add_passed(passed.nodeid, passed.footprint)
        into.redactor.know(bytes.fromhex(into.key), data["taint"])
        into.faults.extend(data["faults"])
        into.notes.extend(data.get("notes", ()))
        into.agreement.join(data.get("common", {}))
        targets = into.recorder.targets
        targets.fixtures.update((file, name) for file, name in data["fixtures"])
        targets.matched.update(text for (text,) in data["matched"])
        into.engine_name, into.engine_reason = data["engine"], data["engine_reason"]
        for name, now in data["counters"].items():
            setattr(into, name, getattr(into, name) + now - self._counted[name])
            self._counted[name] = now

    def _renumbered(self, holders: list[Any]) -> list[Any]:
        return [renumbered(revived(one), self._renumber) for one in holders]


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
    if isinstance(value, (dict, Rows)):
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


def renumbered(holder: Any, renumber: list[int]) -> Any:
    """Return a failure or test with a footprint that counts functions as who joins them does."""
    old = holder.footprint
    if old is None:
        return holder
    lines = {renumber[index]: mask for index, mask in old.lines.items()}
    features = {renumber[index]: found for index, found in old.features.items()}
    return replace(holder, footprint=model.Footprint(lines, features))
