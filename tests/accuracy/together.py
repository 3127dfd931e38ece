"""Several faults in a library at once: which sets of them, and the run that each set gives.

`composed` joins the stored runs of the single faults: the tests that each fault breaks fail as they
did, all others pass as they do without a fault. That is what a run with all of them would show where
they do not meddle with each other; `combine.py` really runs some, to see how far that holds.
A test that two of the faults break is left out: whose it is cannot be told.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pytest_autopsy.model import Failure, Footprint, Function, Passed, Run

from .collect import is_collected
from .faults import Fault, load_one
from .kept import fault_folder, plain_path, read_run
from .libraries import Library

MOST = 8
SEED = 6


class Together(NamedTuple):
    """A run with several faults: `true` names for each failure the fault that breaks its test."""

    faults: tuple[Fault, ...]
    run: Run
    path_of: Callable[[str], str]
    true: dict[str, str]


def usable(library: Library) -> list[Fault]:
    """The faults whose evidence is stored and which leave every line where it was.

    Of one in two functions each half alone may break some of the tests: how many causes it is, is
    not known, so it is left out.
    """
    return [
        fault for fault in load_one(library.name)
        if all(len(edit.old) == len(edit.new) for edit in fault.edits)
        and len(fault.functions) == 1
        and is_collected(library, fault)
    ]  # fmt: skip


def sets_of(faults: Sequence[Fault], wanted: int, name: str) -> list[tuple[Fault, ...]]:
    """Return up to `wanted` sets of two to eight faults in different functions, always the same."""
    source = random.Random(f"{name} {SEED}")
    found: dict[frozenset[str], tuple[Fault, ...]] = {}
    for number in range(wanted * 20):
        size = 2 + number % (MOST - 1)
        if len(found) == wanted or size > len(faults):
            continue
        chosen = tuple(source.sample(list(faults), size))
        places = [(fault.file, place) for fault in chosen for place in fault.functions]
        if len(places) == len(set(places)):
            found.setdefault(frozenset(fault.id for fault in chosen), chosen)
    return list(found.values())


def failing_of(library: Library, fault: Fault) -> Run:
    """Return the stored run of a fault."""
    return read_run(fault_folder(library, fault) / "evidence.jsonl.gz")


def composed(library: Library, faults: tuple[Fault, ...]) -> Together | None:
    """Return the run that a set of faults would give; None where fewer than two would show."""
    plain = read_run(plain_path(library))
    runs = [failing_of(library, fault) for fault in faults]
    broken = Counter(nodeid for run in runs for nodeid in {f.nodeid for f in run.failures})
    joined = Joined(plain)
    true: dict[str, str] = {}
    for fault, run in zip(faults, runs):
        for failure in joined.renumbered(run):
            if broken[failure.nodeid] == 1:
                joined.run.failures.append(failure)
                true[failure.id] = fault.id
    joined.run.passed = [one for one in plain.passed if one.nodeid not in broken]
    if len(set(true.values())) < 2:
        return None
    joined.run.failures.sort(key=lambda failure: (failure.nodeid, failure.phase, failure.id))
    return Together(faults, joined.run, path_of(library, faults), true)


class Joined:
    """A run into which the failures of others are taken, their functions counted anew."""

    def __init__(self, plain: Run) -> None:
        self.run = Run(functions=list(plain.functions), fixtures=plain.fixtures)
        self._index = {function: index for index, function in enumerate(plain.functions)}

    def renumbered(self, other: Run) -> Iterator[Failure]:
        """The failures of another run."""
        numbers = self._numbers(other)
        for failure in other.failures:
            print_of = failure.footprint
            counted = _counted(print_of, numbers) if print_of is not None else None
            yield replace(failure, footprint=counted)

    def passed(self, other: Run) -> Iterator[Passed]:
        """The tests that passed in another run."""
        numbers = self._numbers(other)
        for one in other.passed:
            yield Passed(one.nodeid, _counted(one.footprint, numbers))

    def _numbers(self, other: Run) -> list[int]:
        self.run.fixtures |= other.fixtures
        return [self._number(function) for function in other.functions]

    def _number(self, function: Function) -> int:
        if function not in self._index:
            self._index[function] = len(self.run.functions)
            self.run.functions.append(function)
        return self._index[function]


def _counted(print_of: Footprint, numbers: list[int]) -> Footprint:
    lines = {numbers[index]: mask for index, mask in print_of.lines.items()}
    features = {numbers[index]: found for index, found in print_of.features.items()}
    return Footprint(lines, features)


def place(library: Library, faults: Sequence[Fault]) -> Path:
    """Where what belongs to a set of faults is kept."""
    root = Path(os.environ.get("AUTOPSY_BUCKETS_DIR", "/tmp/autopsy-buckets")).resolve()
    named = "\n".join(sorted(f"{fault.id} {fault.edits}" for fault in faults))
    digest = hashlib.blake2b(named.encode(), digest_size=5).hexdigest()
    return root / "together" / library.name / f"{len(faults)}-{digest}"


def faulty_texts(library: Library, faults: Sequence[Fault]) -> dict[str, str]:
    """Return the text of each file that has a fault, with all of its faults."""
    texts: dict[str, str] = {}
    for fault in faults:
        text = texts.get(fault.file) or (library.checkout / fault.file).read_text(encoding="utf-8")
        texts[fault.file] = fault.apply(text)
    return texts


def path_of(library: Library, faults: Sequence[Fault]) -> Callable[[str], str]:
    """Return what gives the path of a file with all of the faults in it."""
    folder = place(library, faults) / "faulty"
    made: dict[str, Path] = {}
    for file, text in faulty_texts(library, faults).items():
        made[file] = folder / file
        made[file].parent.mkdir(parents=True, exist_ok=True)
        made[file].write_text(text, encoding="utf-8")
    return lambda file: str(made.get(file, library.checkout / file))
