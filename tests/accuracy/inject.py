"""Finds faults that one to forty tests of a library notice, and writes them to ``data/``.

    python -m tests.accuracy.inject --libs all|NAME,NAME [--count 30] [--seed 5]

Half are mutants, half omissions; about one in ten spans two functions of a file. They are drawn at
random: a function that tests enter, then an operator, then a place, at most two faults a function.
A fault is kept or thrown away for the number of tests that fail, and for nothing else. Resumable:
the sequence is the same with the same seed, and what was tried is remembered in the store.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from pytest_autopsy.model import Run
from pytest_autopsy.source import Source

from .faults import MOST_FAILING, Edit, Fault, edit_of, joined, load_one, place_of, save
from .kept import covering, plain_path, read_run
from .libraries import Library, chosen, copy_of, only_one, prepare, run_tests
from .omissions import omissions

KINDS = ("mutant", "omission")
MOST_IN_FUNCTION = 2
SPANNING = 0.1
"""The share of draws that take two functions."""
TRIES = 4000


class Change(Protocol):
    """Something that could be made of a file."""

    @property
    def operator(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def line(self) -> int: ...
    def text(self, code: str) -> str | None: ...


class Drawer:
    """Draws faults of a library at random, always the same ones."""

    def __init__(self, library: Library, plain: Run, seed: int) -> None:
        self.library = library
        self.plain = plain
        self.random = random.Random(f"{library.name} {library.version} {seed}")
        self.ran = lines_run(plain)
        self._texts: dict[str, str] = {}
        self._changes: dict[tuple[str, str], dict[str, dict[str, list[Change]]]] = {}
        self._places = sorted({
            (function.file, function.name) for function in plain.functions
            if function.file in library.files
        })  # fmt: skip

    def draws(self) -> Iterator[Fault]:
        """Faults without end."""
        for number in range(TRIES):
            kind = KINDS[number % 2]
            file, name = self.random.choice(self._places)
            spans = self.random.random() < SPANNING
            fault = self._fault(kind, file, name, f"{self.library.name}-{number}")
            if fault is not None and spans:
                fault = self._second(fault, kind)
            if fault is not None:
                yield fault

    def _second(self, first: Fault, kind: str) -> Fault | None:
        others = [name for file, name in self._places if file == first.file]
        second = self._fault(kind, first.file, self.random.choice(others), first.id)
        if second is None or second.functions == first.functions:
            return None
        if not covering(self.plain, first) & covering(self.plain, second):
            return None
        return joined(first, second, first.id)

    def _fault(self, kind: str, file: str, name: str, fault_id: str) -> Fault | None:
        families = self._of_file(kind, file).get(name)
        if not families:
            return None
        change = self.random.choice(families[self.random.choice(sorted(families))])
        after = change.text(self._texts[file])
        if after is None:
            return None
        edit = edit_of(self._texts[file], after)
        place = place_of(Source(file, tuple(self._texts[file].split("\n"))), edit)
        if place is None or not self._is_run(file, edit) or not parses(after):
            return None
        version = self.library.version
        operator = change.operator.removeprefix("core/")
        return Fault(fault_id, self.library.name, version, kind, operator, file, (place,), (edit,))

    def _of_file(self, kind: str, file: str) -> dict[str, dict[str, list[Change]]]:
        """Function -> family -> changes."""
        if (kind, file) not in self._changes:
            text = self._texts.setdefault(
                file, (self.library.checkout / file).read_text(encoding="utf-8")
            )
            source = Source(file, tuple(text.split("\n")))
            found: dict[str, dict[str, list[Change]]] = defaultdict(lambda: defaultdict(list))
            every: Sequence[Change] = omissions(text)
            if kind == "mutant":
                from .mutants import mutants  # only this needs cosmic-ray

                every = mutants(text)
            for change in every:
                span = source.enclosing(change.line)
                if span is not None and change.line in self.ran[file]:
                    found[span.name][change.family].append(change)
            self._changes[kind, file] = found
        return self._changes[kind, file]

    def _is_run(self, file: str, edit: Edit) -> bool:
        lines = range(edit.line, max(edit.end, edit.line + 1))
        return any(line in self.ran[file] for line in lines)


def lines_run(plain: Run) -> dict[str, set[int]]:
    """File -> the lines that tests run inside functions."""
    masks: Counter[int] = Counter()
    for one in plain.passed:
        for index, mask in one.footprint.lines.items():
            masks[index] |= mask
    found: dict[str, set[int]] = defaultdict(set)
    for index, mask in masks.items():
        function = plain.functions[index]
        if function.name != "<module>":
            bits = (bit for bit in range(1, mask.bit_length()) if mask >> bit & 1)
            found[function.file].update(function.line + bit for bit in bits)
    return found


def parses(text: str) -> bool:
    """Whether a text is a program."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "faulty", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def count_failing(library: Library, fault: Fault, tests: set[str]) -> int | None:
    """Return how many of the tests fail with a fault; None where the run broke down."""
    text = (library.checkout / fault.file).read_text(encoding="utf-8")
    with (
        tempfile.TemporaryDirectory() as name,
        copy_of(library, {fault.file: fault.apply(text)}) as folder,
    ):
        failed = Path(name) / "failed"
        code, _ = run_tests(
            library, folder, tests, ["-p", "no:autopsy", f"--maxfail={MOST_FAILING + 1}", "--tb=no"], 60,
            ACCURACY_FAILED=str(failed),
        )  # fmt: skip
        if code not in (0, 1) or not failed.exists():
            return None
        told: list[str] = json.loads(failed.read_text(encoding="utf-8"))
    return None if any(one.startswith("collect ") for one in told) else len(told)


@cache
def plain_run(library: Library) -> Run:
    """Return the run of a library without a fault, which is made if it is not there."""
    path = plain_path(library)
    if not path.exists():
        with copy_of(library, {}) as folder:
            arguments = ["-p", "pytest_autopsy.plugin", "--autopsy", "--no-triage"]
            code, output = run_tests(
                library,
                folder,
                None,
                arguments,
                600,
                ACCURACY_EVIDENCE=str(path.with_suffix(".part")),
            )
        if code:
            raise SystemExit(f"{library.name}: its tests fail without a fault\n{output[-3000:]}")
        path.with_suffix(".part").replace(path)
    return read_run(path)


def inject(library: Library, count: int, seed: int) -> None:
    """Find faults of a library until there are `count`, one half of each kind."""
    prepare(library)
    faults = load_one(library.name)
    tried_path = library.root / f"tried-{seed}.json"
    tried: dict[str, int | None] = {}
    if tried_path.exists():
        tried = json.loads(tried_path.read_text(encoding="utf-8"))
    plain = plain_run(library)
    have = Counter(fault.kind for fault in faults)
    used = Counter(place for fault in faults for place in fault.functions)
    for fault in Drawer(library, plain, seed).draws():
        if sum(have.values()) >= count:
            break
        if fault.id in tried or have[fault.kind] * 2 >= count:
            continue
        if any(used[place] >= MOST_IN_FUNCTION for place in fault.functions):
            continue
        failing = count_failing(library, fault, covering(plain, fault))
        tried[fault.id] = failing
        tried_path.write_text(json.dumps(tried), encoding="utf-8")
        if failing and failing <= MOST_FAILING:
            have[fault.kind] += 1
            used.update(fault.functions)
            faults.append(Fault(**{**vars(fault), "failing": failing}))
            save(library.name, faults)
            where = ", ".join(place.name for place in fault.functions)
            print(f"{failing:3}  {fault.id}  {fault.operator}  {where}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Find faults of the libraries asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.inject", description=__doc__)
    parser.add_argument("--libs", default="all", help="all, or names with commas")
    parser.add_argument("--count", type=int, default=30, help="faults of each library")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args(arguments)
    with only_one("inject"):
        for library in chosen(options.libs):
            inject(library, options.count, options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
