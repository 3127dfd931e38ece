"""Prints what the digest of a large broken run costs: time, and memory beside that of the run.

    python -m tests.benchmarks.digest [--tests 20000] [--failing 1000] [--causes 50 --causes 500]

A made-up project is really run and recorded, once right (for the expected values) and once with
faults: every test calls about eighty functions of a common core and one of its own corner of the
project, and a fault sits in a corner. A third of the faults gives a wrong number, a third a None
that is used later, a third swallows an exception.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import pickle
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from types import ModuleType
from typing import Any

from pytest_autopsy.atonce import uncollected
from pytest_autopsy.model import Failure, Run
from pytest_autopsy.observe.again import everywhere
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.pipeline import Known, diagnose_each, divergences, explain
from pytest_autopsy.record.engines import start_engine
from pytest_autopsy.record.finish import footprint, is_sampled, trace
from pytest_autopsy.record.project import Project
from pytest_autopsy.record.recorder import Recorder
from pytest_autopsy.record.targets import Targets
from pytest_autopsy.report.digest import Outcome, digest
from pytest_autopsy.report.markdown import digest_md
from pytest_autopsy.report.terminal import lines
from pytest_autopsy.session import FULL_EVIDENCE
from pytest_autopsy.snapshot.assertion import from_compare, with_source
from pytest_autopsy.snapshot.capture import Camera

SECONDS, MEGABYTES = 5.0, 300.0
CORES, WIDTH, DEPTH = 24, 10, 6
"""Modules of the core, functions in each, and how deep they call each other."""
WRONG, NONE, SWALLOWED = range(3)
_CORE = """
def {name}(x):
    total = x % {prime}
    if total > {half}:
        total += {first}(x + 1)
    else:
        total -= {second}(x + 2)
    for step in range(2):
        total += step
    return total
"""
_LEAF = """
def {name}(x):
    if x % 2:
        return x + {prime}
    return x - {prime}
"""
_CORNER = '''
TABLE_{n} = {{i: i * {prime} for i in range({rows})}}

def look_up_{n}(key):
    try:
        return TABLE_{n}[key]
    except {caught}:
        return None

def corner_{n}(x):
    """Corner {n}."""
    found = look_up_{n}(x % {modulus})
    if x < 0:
        found = 0
    {ending}

def use_{n}(x):
    base = {entry}(x)
    return base + corner_{n}(x)
'''
_TESTS = """
def test_{n}(x, expected):
    assert use_{n}(x) == expected
"""


class Made:
    """A made-up project in a folder, of which so many corners are broken."""

    def __init__(self, folder: Path, corners: int, broken: int) -> None:
        self.folder, self.corners = folder, corners
        self.broken = frozenset(random.Random(7).sample(range(corners), broken))
        self._source = random.Random(8)
        package = folder / "core"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        for number in range(CORES):
            (package / f"part_{number}.py").write_text(self._part(number))
        for start in range(0, corners, 50):
            text = self._corners(range(start, min(start + 50, corners)))
            (folder / f"corners_{start // 50}.py").write_text(text)
            tests = "".join(_TESTS.format(n=n) for n in range(start, min(start + 50, corners)))
            head = f"from corners_{start // 50} import *\n"
            (folder / f"test_corners_{start // 50}.py").write_text(head + tests)

    def _part(self, number: int) -> str:
        """A module of the core: functions that call those of a deeper module."""
        deeper = number + CORES // DEPTH
        head = f"from core.part_{deeper} import *\n" if deeper < CORES else ""
        parts = [head]
        for place in range(WIDTH):
            prime = 11 + 2 * self._source.randrange(40)
            name = f"core_{number}_{place}"
            if deeper >= CORES:
                parts.append(_LEAF.format(name=name, prime=prime))
                continue
            first, second = (f"core_{deeper}_{self._source.randrange(WIDTH)}" for _ in range(2))
            body = _CORE.format(name=name, prime=prime, half=prime // 2, first=first, second=second)
            parts.append(body)
        return "\n".join(parts)

    def _corners(self, numbers: range) -> str:
        source = random.Random(numbers.start)
        top = CORES // DEPTH
        parts = [f"from core.part_{i} import *" for i in range(top)]
        for n in numbers:
            fault = n % 3 if n in self.broken else None
            entries = [f"core_{source.randrange(top)}_{source.randrange(WIDTH)}" for _ in range(10)]
            ending = "return found + 1" if fault == WRONG else "return found"
            if fault == NONE:
                ending = "return None if x else found"
            text = _CORNER.format(
                n=n, prime=3 + n % 50, rows=9, modulus=12 if fault == SWALLOWED else 7,
                caught="KeyError", ending=ending, entry=entries[0],
            )  # fmt: skip
            calls = " + ".join(f"{entry}(x)" for entry in entries)
            parts.append(text.replace(f"base = {entries[0]}(x)", f"base = {calls}"))
        return "\n".join(parts)


def load(folder: Path, name: str) -> ModuleType:
    """Import a module of a folder afresh."""
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def forget(folder: Path) -> None:
    """Forget the modules of a folder."""
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "") or "").startswith(str(folder)):
            del sys.modules[name]


def cases(corners: int, tests: int) -> list[tuple[int, int]]:
    """Which corner each test looks at, and with which number."""
    return [(number % corners, 1 + 12 * (number // corners) + 10) for number in range(tests)]


def results(right: Path, wanted: list[tuple[int, int]]) -> list[int]:
    """What the tests have to expect: what the right project gives."""
    found = []
    for corner, x in wanted:
        module = load(right, f"corners_{corner // 50}")
        found.append(getattr(module, f"use_{corner}")(x))
    return found


def in_child(make: Callable[[], Any]) -> Any:
    """Return what `make` gives, worked out in a process of its own: its memory is not ours."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        with os.fdopen(writer, "wb") as out:
            pickle.dump(make(), out)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        found = pickle.load(told)
    os.wait()
    return found


def record(right: Path, made: Made, tests: int) -> tuple[Run, Targets]:
    """Run all tests against the broken project, and return what was recorded."""
    wanted = cases(made.corners, tests)
    expected = in_child(lambda: results(right, wanted))
    targets = Targets(Project(made.folder))
    recorder = Recorder(targets)
    run, redactor = Run(functions=recorder.functions), Redactor()
    camera = Camera(targets.project, redactor, set())
    engine, why = start_engine(recorder)
    assert engine is not None, why
    alike: Counter[tuple[object, ...]] = Counter()
    for (corner, x), value in zip(wanted, expected):
        module = load(made.folder, f"test_corners_{corner // 50}")
        nodeid = f"test_corners_{corner // 50}.py::test_{corner}[{x}]"
        one_test(run, recorder, camera, redactor, module, nodeid, (corner, x, value), alike, tests)
    engine.stop()
    forget(made.folder)
    return run, targets


def one_test(
    run: Run, recorder: Recorder, camera: Camera, redactor: Redactor, module: ModuleType,
    nodeid: str, case: tuple[int, int, Any], alike: Counter[tuple[object, ...]], tests: int,
) -> None:  # fmt: skip
    """Run one test and keep its evidence as a session would."""
    corner, x, expected = case
    recorder.begin(nodeid)
    recorder.recording.phase = "call"
    error: BaseException | None = None
    try:
        getattr(module, f"test_{corner}")(x, expected)
    except Exception as raised:
        assert raised.__traceback__ is not None
        error = raised.with_traceback(raised.__traceback__.tb_next)  # pytest's frames are cut, too
    recording = recorder.end()
    if error is None:
        rows = footprint(recording, [], behaviours=is_sampled(nodeid, tests))
        run.add_passed(nodeid, rows)
        return
    assertion = None
    if isinstance(error, AssertionError):
        found = from_compare("==", getattr(module, f"use_{corner}")(x), expected)
        line = error.__traceback__.tb_lineno
        assertion = with_source(found, str(module.__file__), line)
    alike[corner] += 1
    full = alike[corner] <= FULL_EVIDENCE
    run.failures.append(
        Failure(
            id=f"f-{nodeid}", nodeid=nodeid, phase="call", outcome="failed",
            file=nodeid.partition("::")[0], line=1, duration_s=0.01,
            exception=(type(error).__name__, str(error)), footprint=footprint(recording, []),
            trace=trace(recorder, recording, redactor) if full else None,
            snapshot=camera.take(nodeid, error, assertion=assertion),
        )
    )  # fmt: skip


def measure(tests: int, failing: int, causes: int) -> bool:
    """Print the cost of one digest; returns whether it is within the limits."""
    with tempfile.TemporaryDirectory(prefix="digest-") as name:
        corners = max(tests * causes // failing, causes)
        right = Made(Path(name) / "right", corners, 0)
        made = Made(Path(name) / "broken", corners, causes)
        run, targets = record(right.folder, made, tests)
        gc.collect()
        reset_peak()
        before = memory("VmRSS")
        began, waited = process_time(), perf_counter()
        with uncollected():
            known = Known(run, targets.absolute)
            found = explain(run, targets.absolute, known=known)
            explained = process_time() - began
            diagnoses = diagnose_each(run, found, targets.absolute, known=known)
            parted = divergences(run, found, known)
            found, diagnoses = everywhere((found, diagnoses), Redactor().text)
            outcome = Outcome(
                {"id": "x", "engine": "", "engine_reason": ""}, {}, run.failures, found, diagnoses, {},
                divergences=everywhere(parted, Redactor().identifier),
            )  # fmt: skip
            digest(outcome), digest_md(outcome), lines(outcome)
        seconds, peak = process_time() - began, memory("VmHWM")
        waited = perf_counter() - waited
    named = sum(
        bool(c.diagnosis.suspects) and c.diagnosis.suspects[0].function.name.split("_")[-1]
        in {str(n) for n in made.broken} and not c.diagnosis.suspects[0].function.name.startswith(("core", "test"))
        for c in found
    )  # fmt: skip
    ran = sum(len(p.footprint.lines) for p in run.passed) / max(len(run.passed), 1)
    calls = [len(f.trace.calls) for f in run.failures if f.trace is not None]
    print(
        f"{len(run.failures)} failing of {tests} tests, {causes} faults: {seconds:.1f} s of the"
        f" processor (explain {explained:.1f}), {waited:.1f} s in all; {peak - before:.0f} MB for the"
        f" digest beside {before:.0f} MB of the run and what it ran;"
        f" {len(found)} causes, {named} in a broken corner;"
        f" {ran:.0f} functions a test, {sum(calls) / max(len(calls), 1):.0f} calls a trace"
    )
    return seconds < SECONDS and peak - before < MEGABYTES


def memory(what: str) -> float:
    """Return VmRSS (now) or VmHWM (at most since `reset_peak`) of this process, in megabytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) / 1024
    return 0.0


def reset_peak() -> None:
    """Forget the most memory that was ever in use (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")


def main(arguments: list[str] | None = None) -> int:
    """Measure; 1 where a limit was passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.digest", description=__doc__)
    parser.add_argument("--tests", type=int, default=20_000)
    parser.add_argument("--failing", type=int, default=1_000)
    parser.add_argument("--causes", type=int, action="append", help="default: 50 and 500")
    options = parser.parse_args(arguments)
    fine = [
        measure(options.tests, options.failing, causes) for causes in options.causes or (50, 500)
    ]
    return int(not all(fine))


if __name__ == "__main__":
    sys.exit(main())
