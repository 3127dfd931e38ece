"""What the page shows beside its summary: numbered parts, unpacked in the browser when looked at.

Each failure has one part (its digest entry, diagnosis, snapshot, the lines it ran), one for the
rows of its trace and some for their values; each source file has one. What does not fit into the
page's budget stays in the run directory, and the page says so and where.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model import Failure, Function
from ..plainjson import dumps, loads
from ..source import Source, source_of
from .page_trace import Rows

BUDGET = 24_000_000
"""Bytes that the parts of a page take at most, packed."""
READ = 64_000_000
"""Bytes of traces that are read for a page at most."""
MAX_SOURCE, SOURCES = 400_000, 3_000_000
"""Characters of a source file, and of all of them: each is looked through for secrets."""

Executed = dict[str, dict[str, list[int]]]


class Pack:
    """Parts as text that a script element can hold: JSON, deflated, in base64."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.parts: list[str] = []

    def add(self, parts: Iterable[bytes]) -> list[int] | None:
        """Take in all of `parts`; returns their numbers, None where they do not fit."""
        packed: list[str] = []
        room = self.budget
        for part in parts:
            text = base64.b64encode(zlib.compress(part, 6)).decode("ascii")
            room -= len(text)
            if room < 0:
                return None
            packed.append(text)
        self.budget = room
        self.parts += packed
        return list(range(len(self.parts) - len(packed), len(self.parts)))


@dataclass(slots=True)
class Evidence:
    """Where the evidence of a run is found: its directory, the lines that ran, and sources."""

    directory: Path
    executed: Executed  # failure id -> file -> lines
    path_of: Callable[[str], str]  # from the root to an absolute path
    redacted: Callable[[Sequence[str]], Sequence[str]]  # the lines of a source without its secrets


def executed(failures: Iterable[Failure], functions: Sequence[Function]) -> Executed:
    """Return the lines that each failing test ran, by file."""
    return {
        failure.id: _lines(failure.footprint.lines, functions)
        for failure in failures
        if failure.footprint is not None
    }


def index(digest: dict[str, Any], evidence: Evidence, pack: Pack) -> dict[str, Any]:
    """Pack the evidence, that of each cause's exemplar first; returns what finds it again."""
    reader = _Reader(evidence, pack)
    entries = {entry["id"]: entry for entry in digest["failures"]}
    exemplars = [cause["exemplar"] for cause in digest["root_causes"]]
    members = [one for cause in digest["root_causes"] for one in cause["failures"]]
    order = dict.fromkeys([*exemplars, *members, *entries])
    found = {one: reader.failure(entries[one]) for one in order if one in entries}
    return {
        "run": digest["run"]["id"],
        "causes": {cause["id"]: [cause["title"], cause["confidence"]] for cause in digest["root_causes"]},
        "failures": [found[one] for one in entries],
        "sources": reader.sources(),
        "sources_left_out": reader.left_out,
    }  # fmt: skip


class _Reader:
    """Reads the files of a run into a pack."""

    def __init__(self, evidence: Evidence, pack: Pack) -> None:
        self.evidence = evidence
        self.pack = pack
        self.left_out = 0
        self._room = READ
        self._named: dict[str, None] = {}  # sources that the page points into, in that order
        self._ran: dict[str, None] = {}  # those that ran

    def failure(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Pack one failure; returns its line of the index."""
        found: dict[str, Any] = {
            name: entry[name] for name in ("id", "nodeid", "phase", "exception", "root_cause")
        }
        diagnosis, snapshot = self._json(entry["diagnosis"]), self._json(entry["snapshot"])
        ran = self.evidence.executed.get(entry["id"], {})
        self._point_at(diagnosis, snapshot, ran)
        whole = {"entry": entry, "diagnosis": diagnosis, "snapshot": snapshot, "ran": ran}
        numbers = self.pack.add([dumps(whole)])
        if numbers is None:
            return {**found, "left_out": "the page is full: see digest.json and the files it names"}
        return {**found, "part": numbers[0], **self._trace(entry["trace"])}

    def sources(self) -> dict[str, int]:
        """Pack the sources that were pointed at; returns the number of each file's part."""
        found: dict[str, int] = {}
        room = SOURCES
        for file in {**self._named, **self._ran}:
            source = source_of(self.evidence.path_of(file))
            size = sum(map(len, source.lines))
            if not size:
                continue
            numbers = self._source(source) if size <= min(MAX_SOURCE, room) else None
            if numbers is None:
                self.left_out += 1
            else:
                found[file] = numbers[0]
                room -= size
        return found

    def _source(self, source: Source) -> list[int] | None:
        functions = [[span.name, span.first, span.line, span.last] for span in source.spans]
        lines = self.evidence.redacted(source.lines)
        return self.pack.add([dumps({"lines": lines, "functions": functions})])

    def _trace(self, path: str | None) -> dict[str, Any]:
        file = self._place(path)
        if file is None:
            return {}
        shown = f"traces/{file.name}"
        try:
            size = file.stat().st_size
            if size > self._room:
                return {"trace_left_out": [shown, size]}
            self._room -= size
            rows = Rows()
            rows.read(file.read_bytes())
        except OSError:
            return {"trace_left_out": [shown, 0]}
        numbers = self.pack.add([dumps(rows.head()), *rows.blocks()])
        if numbers is None:
            return {"trace_left_out": [shown, size]}
        return {"trace": numbers[0], "blocks": numbers[1:], "trace_file": shown}

    def _point_at(self, diagnosis: Any, snapshot: Any, ran: dict[str, list[int]]) -> None:
        suspects = diagnosis["suspects"] if diagnosis else ()
        frames = snapshot["frames"] if snapshot else ()
        named = [s["file"] for s in suspects]
        named += [frame["file"] for frame in frames if frame["kind"] != "library"]
        self._named.update(dict.fromkeys(named))
        self._ran.update(dict.fromkeys(ran))

    def _json(self, path: str | None) -> Any:
        file = self._place(path)
        if file is None:
            return None
        try:
            return loads(file.read_bytes())
        except (OSError, ValueError):
            return None

    def _place(self, path: str | None) -> Path | None:
        """The file below the run directory that the digest names."""
        if path is None:
            return None
        return self.evidence.directory.joinpath(*path.replace("\\", "/").split("/")[-2:])


def _lines(rows: dict[int, int], functions: Sequence[Function]) -> dict[str, list[int]]:
    found: dict[str, set[int]] = {}
    for function, bits in rows.items():
        about = functions[function]
        if about.name == "<module>" and bits == 1:
            continue  # imported before lines were looked at: which of them ran is not known
        found.setdefault(about.file, set()).update(about.line + place for place in _places(bits))
    return {file: sorted(found[file]) for file in sorted(found)}


def _places(bits: int) -> Iterator[int]:
    place = 0
    while bits:
        if bits & 1:
            yield place
        bits >>= 1
        place += 1
