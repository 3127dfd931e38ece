"""What passing tests showed in earlier runs: a file for each test file below `.autopsy/baseline`.

Each holds, for its tests, the functions that the last pass ran, in order of first call, with their lines
where those were recorded; and for each function a hash of its source and the classes of its
results. A file stands for itself and is replaced whole, so that a run of a few tests is
cheap, a kill leaves old or new, and two runs at once cannot mix.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

from .model import Footprint, Function, Passed, Run
from .observe.text import clean
from .plainjson import dumps, loads
from .rows import Pair
from .store import write_atomically
from .unfaked import now

SCHEMA = "pytest-autopsy/baseline@1"
FOLDER = "baseline"
MAX_ROW = 400
"""Functions of one test that are kept: about 2 kB."""
MAX_USED = 2000
"""Tests of a baseline that one run is compared with."""
FEW = 20
"""A run with fewer passing tests of its own than this is helped by the baseline."""
MAX_CLASSES = 12
"""Of one argument, or of results; what shows more is not told, for part of it would make the rest look new."""
DAMAGED = (OSError, ValueError, KeyError, TypeError, IndexError)
"""What reading a file of another version, or a broken one, raises."""
CLASSES = ("arg ", "return ", "handled ", "changed ")
"""Features that tell no value, not even as a hash."""


class Known(NamedTuple):
    """A function as the baseline knows it."""

    function: Function
    hash: str
    classes: tuple[str, ...] = ()


@dataclass(slots=True)
class Shard:
    """The tests of one file: each with its row, pairs of a function's place and its lines."""

    file: str
    python: str
    lines: bool  # whether lines were recorded, in all rows
    run: str = ""
    utc: str = ""
    functions: list[Known] = field(default_factory=list)
    tests: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Return the file's content: pairs and rows that are alike are written once."""
        rows = {row: number for number, row in enumerate(dict.fromkeys(self.tests.values()))}
        every = dict.fromkeys(pair for row in rows for pair in row)
        pairs = {pair: number for number, pair in enumerate(every)}
        tests = {clean(nodeid): rows[row] for nodeid, row in self.tests.items()}
        data = {
            "schema": SCHEMA, "file": clean(self.file), "python": self.python, "lines": self.lines,
            "run": self.run, "utc": self.utc,
            "functions": [
                [f.file, clean(f.name), f.line, f.kind, hash_, list(classes)]
                for f, hash_, classes in self.functions
            ],
            "pairs": [[place, f"{mask:x}"] for place, mask in pairs],
            "rows": [[pairs[pair] for pair in row] for row in rows],
            "tests": tests,
        }  # fmt: skip
        return dumps(data, newline=True)

    @classmethod
    def from_json(cls, raw: bytes) -> Shard:
        """Return what `to_json` wrote. Raises ValueError, KeyError, TypeError for anything else."""
        data = loads(raw)
        if data["schema"] != SCHEMA:
            raise ValueError(f"schema {data['schema']!r} is not {SCHEMA!r}")
        pairs = [(place, int(mask, 16)) for place, mask in data["pairs"]]
        rows = [tuple(map(pairs.__getitem__, row)) for row in data["rows"]]
        functions = [
            Known(Function(file, name, line, kind), hash_, tuple(classes))
            for file, name, line, kind, hash_, classes in data["functions"]
        ]
        tests = {nodeid: rows[number] for nodeid, number in data["tests"].items()}
        return cls(
            data["file"], data["python"], data["lines"], data["run"], data["utc"], functions, tests
        )


def shards(folder: Path, python: str) -> Iterator[Shard]:
    """Yield what can be read below `folder` and was recorded by this version of Python."""
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(*DAMAGED):
            shard = Shard.from_json(path.read_bytes())
            if shard.python == python:
                yield shard


def shard_path(folder: Path, file: str) -> Path:
    """Where the tests of a file are kept."""
    return folder / f"{hashlib.blake2b(os.fsencode(file), digest_size=8).hexdigest()}.json"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What this run knows beside its tests: how it recorded them, and the source that it ran."""

    run_id: str
    python: str
    lines: bool
    hashes: Mapping[int, str]  # by index of the function in the run
    shown: Callable[[str], str] = str  # a node id without secrets


def update(folder: Path, run: Run, recorded: Recorded) -> int:
    """Write the passing tests of `run` into the baseline; tests that it did not run stay.

    Returns how many were written. Raises OSError.
    """
    by_file: dict[str, list[Passed]] = defaultdict(list)
    for passed in run.passed:
        by_file[passed.nodeid.partition("::")[0]].append(passed)
    if by_file and not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
    for file, tests in by_file.items():
        path = shard_path(folder, file)
        shard = _updated(path, recorded.shown(file), run, tests, recorded)
        write_atomically(path, shard.to_json())
    return sum(map(len, by_file.values()))


class _Table:
    """The functions of a shard that is being made, numbered as rows name them."""

    def __init__(self) -> None:
        self.known: list[Known] = []
        self.classes: list[set[str]] = []
        self._places: dict[tuple[str, str, str], int] = {}

    def place(self, function: Function, hash_: str) -> int:
        """Return the function's number; it is given one if it has none."""
        key = (function.file, function.name, hash_)
        if key not in self._places:
            self._places[key] = len(self.known)
            self.known.append(Known(function, hash_))
            self.classes.append(set())
        return self._places[key]

    def learn(self, function: Function, hash_: str, told: Iterable[str]) -> None:
        """Add classes to a function, if a row names it."""
        number = self._places.get((function.file, function.name, hash_))
        if number is not None:
            self.classes[number].update(told)

    def functions(self) -> list[Known]:
        """Return what the rows name, with what was seen of it."""
        return [
            known._replace(classes=tuple(_bounded(classes)))
            for known, classes in zip(self.known, self.classes)
        ]


def _bounded(features: Iterable[str]) -> Iterator[str]:
    """Of each argument and of results the classes, where these are few; the first of all else."""
    for of, told in groupby(sorted(features), lambda feature: feature.rpartition(" ")[0]):
        group = list(told)
        if len(group) <= MAX_CLASSES or not of.startswith(("arg ", "return")):
            yield from group[:MAX_CLASSES]


def _updated(path: Path, file: str, run: Run, tests: list[Passed], recorded: Recorded) -> Shard:
    shard = Shard(
        file, recorded.python, recorded.lines, recorded.run_id,
        now().strftime("%Y-%m-%dT%H:%M:%SZ"),
    )  # fmt: skip
    table = _Table()
    places: dict[Pair, Pair | None] = {}  # of a pair in the run: what the shard has in its place
    rows: dict[int, tuple[Pair, ...]] = {}  # by id: tests with the same row share it
    for passed in tests:
        lines = passed.footprint.lines
        row = rows.get(id(lines))
        if row is None:
            pairs = list(islice(lines.items(), MAX_ROW))
            for pair in pairs:
                if pair not in places:
                    places[pair] = _placed(pair, run, recorded, table)
            row = rows[id(lines)] = tuple(filter(None, map(places.__getitem__, pairs)))
        shard.tests[recorded.shown(passed.nodeid)] = row
        for index, features in passed.footprint.features.items():
            told = (f for f in features if f.startswith(CLASSES))
            table.learn(run.functions[index], recorded.hashes.get(index, ""), told)
    _keep_others(path, shard, table)
    shard.functions = table.functions()
    return shard


def _placed(pair: Pair, run: Run, recorded: Recorded, table: _Table) -> Pair | None:
    """A pair of the run's as the shard knows it; None where the source is not known."""
    index, mask = pair
    hash_ = recorded.hashes.get(index, "")
    return (table.place(run.functions[index], hash_), mask) if hash_ else None


def _keep_others(path: Path, shard: Shard, table: _Table) -> None:
    """Take over from the file that is there what this run has not run."""
    try:
        old = Shard.from_json(path.read_bytes())
    except DAMAGED:
        return
    if (old.python, old.lines) != (shard.python, shard.lines):
        return
    for nodeid, row in old.tests.items():
        if nodeid not in shard.tests:
            functions = [(old.functions[number], mask) for number, mask in row]
            shard.tests[nodeid] = tuple((table.place(f[0], f[1]), mask) for f, mask in functions)
    for known in old.functions:
        table.learn(*known)


@dataclass(slots=True)
class Used:
    """What a run was given of the baseline: facts for its digest, and the rows."""

    run: str = ""
    utc: str = ""
    tests: int = 0
    left_out: float = 0.0
    rows: list[Passed] = field(default_factory=list)

    def facts(self) -> dict[str, object]:
        """Return `run.baseline` of digest.json: age in seconds, the share of functions left out."""
        made = datetime.strptime(self.utc, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        age = (now() - made).total_seconds()
        return {
            "id": self.run, "age_s": max(int(age), 0), "tests": self.tests,
            "left_out": round(self.left_out, 3),
        }  # fmt: skip


def consult(
    folder: Path,
    run: Run,
    python: str,
    lines: bool,
    hashes: Mapping[int, str],
    chosen: Callable[[str, int], bool],
) -> Used | None:
    """Return what the baseline can tell of a run that has few passing tests; None where nothing.

    Rows count functions as the run does. A function whose source is another now, by `hashes` of
    what has run, is left out, and so is what has not run: it is no suspect. `chosen` picks tests
    by name, out of so many, where there are more than MAX_USED.
    """
    known = {
        (f.file, f.name, hashes.get(index, "")): index for index, f in enumerate(run.functions)
    }
    ran = {(f.file, f.name) for f in run.functions}
    own = {passed.nodeid for passed in run.passed}
    used = Used()
    changed: set[tuple[str, str]] = set()
    features: dict[int, set[str]] = defaultdict(set)
    found = [shard for shard in shards(folder, python) if shard.lines or not lines]
    count = sum(len(shard.tests) for shard in found)
    for shard in found:
        indexes = [known.get((f.file, f.name, hash_)) for f, hash_, _ in shard.functions]
        for index, entry in zip(indexes, shard.functions):
            if index is not None:
                features[index].update(entry.classes)
            elif entry.function[:2] in ran:
                changed.add(entry.function[:2])
        used.run, used.utc = max((used.utc, used.run), (shard.utc, shard.run))[::-1]
        for nodeid, row in shard.tests.items():
            if nodeid in own or (count > MAX_USED and not chosen(nodeid, count)):
                continue
            there = {i: mask for n, mask in row if (i := indexes[n]) is not None}
            used.rows.append(Passed(nodeid, Footprint(there)))
    if not used.rows:
        return None
    used.rows.sort(key=lambda passed: passed.nodeid)
    # Classes are known per function, not per test: any row may bring them.
    first = used.rows[0]
    shown = {index: frozenset(told) for index, told in features.items() if told}
    used.rows[0] = Passed(first.nodeid, Footprint(first.footprint.lines, shown))
    used.tests = len(used.rows)
    used.left_out = len(changed) / max(len(ran), 1)
    return used
