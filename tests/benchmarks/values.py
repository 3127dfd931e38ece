"""What a snapshot costs, by the size of what it looks at: `python -m tests.benchmarks.values`.

Each big local is compared with the same failure that holds 10 elements: time to take and write the
snapshot, and the most memory that this took beyond what was there. Runs of both are interleaved and
the medians of each are divided; a size changes nothing where the ratio is near 1.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.record.project import Project
from pytest_autopsy.report.snapshot import snapshot_json
from pytest_autopsy.snapshot.capture import Camera
from pytest_autopsy.store import RunDirectory

ROUNDS = 41
GOAL, GOAL_MS = 1.2, 30.0
FEW, SHOWN = 10, 600  # what goals compare with; a few more than any limit shows


@dataclass
class Order:
    """A small object as tests have them."""

    number: int
    lines: list[dict[str, Any]]
    note: str | None = None


def _nested(depth: int) -> Any:
    inner: Any = 1
    for _ in range(depth):
        inner = {"inner": [inner]}
    return inner


def _array(count: int) -> Any:
    import numpy

    return numpy.zeros(count)  # mapped, not touched: a gigabyte costs nothing until it is read


CASES: dict[str, tuple[Callable[[int], Any], int]] = {
    "list of 10^7": (lambda count: [*range(count)], 10**7),
    "array of 1 GB": (_array, 2**27),
    "dict of 10^6": (lambda count: {n: n for n in range(count)}, 10**6),
    "100 deep": (_nested, 100),
    "text of 10^7": (lambda count: "x" * count, 10**7),
}


def fails_with(held: Any) -> BaseException:
    """Return the error of a test of six frames with some small locals each; one holds `held`."""

    def total(depth: int, held: Any, order: Order, rate: float) -> float:
        expected = {"net": 10.0, "gross": 11.9, "currency": "EUR", "lines": [1, 2, 3]}
        found = {"net": 10.0, "gross": 12.1, "currency": "EUR", "lines": [1, 2, 3]}
        customer = {"name": "ann", "address": {"street": "Hauptstr. 5", "city": "Ulm"}}
        if depth:
            return total(depth - 1, None, order, rate)
        assert found == expected, customer
        return rate

    return _caught(lambda: total(4, held, Order(7, [{"sku": "a-1", "qty": 2}]), 0.19))


def deep_failure(frames: int, names: int) -> BaseException:
    """Return an error from a stack of `frames` functions with `names` variables each."""
    kinds = ["7", "'text of a line'", "None", "[1, 2, 3]", "{'sku': 'a-1', 'qty': 2}", "order", "1.5",
             "('a', 1)", "True", "b'raw'"]  # fmt: skip
    body = "\n".join(f"    v{n} = {kinds[n % len(kinds)]}" for n in range(names - 2))
    source = f"def step(n, order):\n{body}\n    return step(n - 1, order) if n else 1 / 0\n"
    file = Path(tempfile.mkdtemp()) / "deep.py"
    file.write_text(source, "utf-8")
    space: dict[str, Any] = {}
    exec(compile(source, str(file), "exec"), space)
    order = Order(7, [{"sku": "a-1", "qty": 2}], "as a gift")
    return _caught(lambda: space["step"](frames - 1, order))


def _caught(action: Callable[[], Any]) -> BaseException:
    try:
        action()
    except Exception as error:
        return error
    raise RuntimeError("it did not fail")


def writer(root: Path, where: Path) -> Callable[[BaseException], None]:
    """Return what takes and writes a snapshot, as a run does for a failing test."""
    camera, directory = Camera(Project(root), Redactor(), set()), RunDirectory(where, "run")

    def write(error: BaseException) -> None:
        shown = snapshot_json(camera.take("test", error))
        directory.write_json("snapshots/test.json", shown, indent=True)

    return write


def deep_root(error: BaseException) -> Path:
    """Return the folder of the code that failed, below two frames of this file."""
    assert (
        error.__traceback__ and error.__traceback__.tb_next and error.__traceback__.tb_next.tb_next
    )
    return Path(error.__traceback__.tb_next.tb_next.tb_frame.f_code.co_filename).parent


def seconds(action: Callable[[], None], clock: Callable[[], float] = perf_counter) -> float:
    began = clock()
    action()
    return clock() - began


def peak(action: Callable[[], None]) -> int:
    """The most bytes that `action` had allocated at once."""
    tracemalloc.start()
    action()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def compare(make: Callable[[int], Any], size: int, where: Path) -> list[str]:
    """Return a row of the table: medians with few, with a few more than are shown, with all."""
    write = writer(Path(__file__).parents[2], where)
    errors = [fails_with(make(count)) for count in (FEW, SHOWN, size)]
    runs = [partial(write, error) for error in errors]
    times: list[list[float]] = [[] for _ in runs]
    for run in runs:
        run()
    gc.disable()
    for _ in range(ROUNDS):
        for run, found in zip(runs, times):
            found.append(seconds(run))
    gc.enable()
    few, shown, every = (median(found) * 1000 for found in times)
    memory = [median(peak(run) for _ in range(5)) / 1024 for run in runs]
    verdict = "ok" if max(every / few, memory[2] / memory[0]) <= GOAL else f"over {GOAL}"
    return [f"{few:.2f} ms", f"{every / few:.2f}", f"{every / shown:.2f}", f"{memory[0]:.0f} kB",
            f"{memory[2] / memory[0]:.2f}", f"{memory[2] / memory[1]:.2f}", verdict]  # fmt: skip


def main() -> None:
    """Print the table."""
    print(f"Python {sys.version.split()[0]}, medians of {ROUNDS} interleaved runs, goal {GOAL}")
    print(f"| a local | time with {FEW} | all / {FEW} | all / {SHOWN} | memory with {FEW}"
          f" | all / {FEW} | all / {SHOWN} | |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, (make, size) in CASES.items():
            try:
                row = compare(make, size, Path(folder))
            except ImportError as error:
                row = [f"not measured: {error}"]
            print(f"| {name} | {' | '.join(row)} |", flush=True)
        deep = deep_failure(40, 20)
        write = partial(writer(deep_root(deep), Path(folder)), deep)
        write()
        taken = median(seconds(write) for _ in range(ROUNDS)) * 1000
        worked = median(seconds(write, process_time) for _ in range(ROUNDS)) * 1000
        verdict = "ok" if taken < GOAL_MS else f"over {GOAL_MS:.0f} ms"
        print(f"40 frames of 20 locals: {taken:.1f} ms, {worked:.1f} of it ours: {verdict}")


if __name__ == "__main__":
    main()
