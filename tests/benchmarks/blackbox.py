"""What the black box costs: `python -m tests.benchmarks.blackbox [ROUNDS]`.

Each row is a ratio of processor time with the box to that without it, of runs in pairs that take
turns at being first: medians of the pairs, and their quartiles. `calls` is one recorded call with
three arguments and its return; `tests` short tests of a few calls each, with their phases; `suite` a
whole `pytest --autopsy` of a generated project, start and end of the process included.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import process_time

from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.record.blackbox import BlackBox
from pytest_autopsy.record.engines import start_engine
from pytest_autopsy.record.project import Project
from pytest_autopsy.record.recorder import Recorder
from pytest_autopsy.record.targets import Targets

ROUNDS = 15
CALLS, TESTS = 30, 400
PROGRAM = "\n".join(
    [f"def f{n}(a, b, c):\n    return a + b" for n in range(CALLS)]
    + ["def test():\n" + "\n".join(f"    f{n}({n}, 2, 'three')" for n in range(CALLS))]
)
SUITE = """
import pytest
from shop import f{0}, test as whole
@pytest.mark.parametrize("n", range(20))
def test_{0}(n):
    assert f{0}(n, 1, [n]) == n + 1
    whole()
"""


def main() -> None:
    """Print the rows."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / ".git").mkdir()
        (place / "shop.py").write_text(PROGRAM)
        report("calls", pairs(lambda box: calls(place, box), rounds))
        report("tests", pairs(lambda box: tests(place, box), rounds))
        for number in range(6):
            (place / f"test_{number}.py").write_text(SUITE.format(number))
        report("suite", pairs(lambda box: suite(place, box), rounds))


def pairs(run: Callable[[bool], float], rounds: int) -> list[float]:
    """Return the ratios of `run(True)` to `run(False)`."""
    run(True), run(False)
    found = []
    for number in range(rounds):
        first = bool(number % 2)
        times = {first: run(first), (not first): run(not first)}
        found.append(times[True] / times[False])
    return found


def report(name: str, ratios: list[float]) -> None:
    """Print a row."""
    low, _, high = quantiles(ratios, n=4)
    print(f"{name:6} {median(ratios):6.3f}  (quartiles {low:.3f} to {high:.3f})", flush=True)


def recorded(place: Path, box: bool, body: Callable[[Recorder, BlackBox | None], None]) -> float:
    """Return the seconds that `body` takes under an engine."""
    recorder = Recorder(Targets(Project(place)))
    made = BlackBox(place / "bench.box", recorder, Redactor()) if box else None
    recorder.tap = made
    engine, reason = start_engine(recorder)
    assert engine is not None, reason
    try:
        began = process_time()
        body(recorder, made)
        return process_time() - began
    finally:
        engine.stop()
        if made is not None:
            made.close()


def program(place: Path) -> Callable[[], None]:
    """Return the program's function, compiled anew: engines know code objects by identity."""
    space: dict[str, Callable[[], None]] = {}
    exec(compile(PROGRAM, str(place / "shop.py"), "exec"), space)
    return space["test"]


def calls(place: Path, box: bool) -> float:
    """One long test, no function of it switched off."""
    run = program(place)

    def body(recorder: Recorder, made: BlackBox | None) -> None:
        recorder.effort = recorder.effort._replace(calls=10**9, small_calls=10**9)
        recorder.begin("test")
        for _ in range(300):
            run()
        recorder.end()

    return recorded(place, box, body)


def tests(place: Path, box: bool) -> float:
    """Many short tests."""
    run = program(place)

    def body(recorder: Recorder, made: BlackBox | None) -> None:
        for number in range(TESTS):
            recorder.begin("test")
            if made is not None:
                made.test(f"test_shop.py::test[{number}]")
            for phase in ("setup", "call", "teardown"):
                recorder.go_on(phase)
                if made is not None:
                    made.phase(phase)
                if phase == "call":
                    run()
                recorder.pause()
                if made is not None:
                    made.phase("between phases")
            recorder.end()
            if made is not None:
                made.phase("")

    return recorded(place, box, body)


def suite(place: Path, box: bool) -> float:
    """A whole run of pytest, in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--autopsy"]
    command += ["-o", f"autopsy_blackbox={str(box).lower()}"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=place, env=kept, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
