"""The evidence that a run left in the store, and the Run that is made of it again.

Tests that never enter a faulty function do what they did without the fault. So a fault's run is
that of the tests which do, joined with the footprints of all others from the run without the fault.
"""

from __future__ import annotations

import gzip
import hashlib
import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from pytest_autopsy import model
from pytest_autopsy.evidence import revived
from pytest_autopsy.model import Footprint, Function, Passed, Run
from pytest_autopsy.plainjson import loads
from pytest_autopsy.source import source_of

from .faults import Fault
from .libraries import Library


def plain_path(library: Library) -> Path:
    """Where the evidence of a library without a fault is."""
    return library.root / "plain.jsonl.gz"


def fault_folder(library: Library, fault: Fault) -> Path:
    """Where the evidence and the faulty file of a fault are."""
    return library.root / "faults" / fault.id


def read_run(path: Path) -> Run:
    """Return the Run that evidence was written of; its pickle is kept beside it."""
    quick = path.with_suffix(f".{_model_version()}.pickle")
    if quick.exists() and quick.stat().st_mtime > path.stat().st_mtime:
        run: Run = pickle.loads(quick.read_bytes())
        return run
    for old in path.parent.glob(f"{path.stem}.*pickle"):
        old.unlink(missing_ok=True)
    run = Run()
    fixtures: set[tuple[str, str]] = set()
    for line in gzip.decompress(path.read_bytes()).splitlines():
        data = loads(line)
        run.functions.extend(map(revived, data["functions"]))
        run.failures.extend(map(revived, data["failures"]))
        run.passed.extend(map(revived, data["passed"]))
        fixtures.update((file, name) for file, name in data["fixtures"])
    run.fixtures = frozenset(fixtures)
    quick.write_bytes(pickle.dumps(run))
    return run


@cache
def _model_version() -> str:
    """Changes with the types that are pickled."""
    return hashlib.sha256(Path(model.__file__).read_bytes()).hexdigest()[:8]


def covering(plain: Run, fault: Fault) -> set[str]:
    """The tests that enter one of a fault's functions, when there is no fault."""
    wanted = {
        index
        for index, function in enumerate(plain.functions)
        if function.file == fault.file
        and any(function.name == p.name and function.line == p.line for p in fault.functions)
    }
    return {one.nodeid for one in plain.passed if wanted & one.footprint.lines.keys()}


def joined(library: Library, fault: Fault, plain: Run) -> Run:
    """Return the run of a fault: its own evidence, and that of the tests it does not touch."""
    run = read_run(fault_folder(library, fault) / "evidence.jsonl.gz")
    own = {one.nodeid for one in run.passed} | {failure.nodeid for failure in run.failures}
    index = {function: number for number, function in enumerate(run.functions)}
    functions = list(run.functions)
    renumber: list[int] = []
    for function in plain.functions:
        there = _moved(function, fault)
        if there not in index:
            index[there] = len(functions)
            functions.append(there)
        renumber.append(index[there])
    masks: dict[tuple[int, int], int] = {}

    def mask_of(number: int, mask: int) -> int:
        if plain.functions[number].file != fault.file:
            return mask
        known = masks.get((number, mask))
        if known is None:
            known = masks[number, mask] = _moved_mask(plain.functions[number], mask, fault)
        return known

    rest = [
        Passed(one.nodeid, Footprint(
            {renumber[n]: mask_of(n, mask) for n, mask in one.footprint.lines.items()},
            {renumber[n]: found for n, found in one.footprint.features.items()},
        ))
        for one in plain.passed if one.nodeid not in own
    ]  # fmt: skip
    order = {one.nodeid: number for number, one in enumerate(plain.passed)}
    passed = sorted(run.passed + rest, key=lambda one: order.get(one.nodeid, len(order)))
    fixtures = run.fixtures | plain.fixtures
    return replace(run, functions=functions, passed=passed, fixtures=fixtures)


def path_of(library: Library, fault: Fault) -> Callable[[str], str]:
    """Return what gives the path of a file as a Function names it, the faulty one included.

    The sources are where `source_of` reads them once a process: unchanged ones in the checkout.
    """
    folder = fault_folder(library, fault)
    faulty = folder / Path(fault.file).name
    if not faulty.exists():
        text = (library.checkout / fault.file).read_text(encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        faulty.write_text(fault.apply(text), encoding="utf-8")

    def path(file: str) -> str:
        return str(faulty) if file == fault.file else str(library.checkout / file)

    source_of(str(faulty))
    return path


def _moved(function: Function, fault: Fault) -> Function:
    if function.file != fault.file or function.name == "<module>":
        return function
    return function._replace(line=fault.moved(function.line))


def _moved_mask(function: Function, mask: int, fault: Fault) -> int:
    first = fault.moved(function.line) if function.name != "<module>" else function.line
    moved = mask & 1
    for bit in range(1, mask.bit_length()):
        if mask >> bit & 1:
            line = fault.moved(function.line + bit)
            moved |= 1 << max(line - first, 0)
    return moved
