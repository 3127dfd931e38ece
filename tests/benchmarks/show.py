"""How long `pytest-autopsy show` takes on a run with 1,000 failures, beside an empty Python.

    python -m tests.benchmarks.show [--failures 1000] [--repeat 9]

Each is a process of its own; they take turns. Wall is what a person waits, on an idle machine;
processor time (user and system) is what it is on a busy one. The least of the repeats stands.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from pytest_autopsy.plainjson import dumps
from pytest_autopsy.report.digest import digest
from pytest_autopsy.store import RunDirectory

from ..test_report import outcome

RUN = "20261120T101502Z-3f2a9c1e"


def make(store: Path, failures: int) -> int:
    """Write a run in which each failure has a cause of its own; returns the digest's bytes."""
    directory = RunDirectory(store, RUN)
    made = digest(outcome(failures))
    directory.write_json("digest.json", made)
    directory.finish(None)
    return len(dumps(made))


def timed(*arguments: str) -> tuple[float, float]:
    """Return (wall, processor) milliseconds of a Python with these arguments."""
    before, began = spent_by_children(), perf_counter()
    with open(os.devnull, "wb") as nowhere:
        child = os.posix_spawn(
            sys.executable, [sys.executable, *arguments], os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)],
        )  # fmt: skip
        os.waitpid(child, 0)
    wall = perf_counter() - began
    return wall * 1e3, (spent_by_children() - before) * 1e3


def spent_by_children() -> float:
    """Return seconds of processor time."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--failures", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        size = make(Path(folder), options.failures)
        show = ("-m", "pytest_autopsy", "show", "--dir", folder)
        cases = {
            "an empty Python": ("-c", "pass"),
            "show": show,
            "show TEST": (*show, f"tests/test_shop.py::test_{options.failures // 2}"),
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
        for _ in range(options.repeat):
            for name, arguments in cases.items():
                taken[name].append(timed(*arguments))
    print(f"{options.failures} failures, as many causes, digest.json {size / 1e6:.1f} MB")
    for name, found in taken.items():
        wall, spent = (min(column) for column in zip(*found))
        print(f"{name:16} wall {wall:6.0f} ms   processor {spent:6.0f} ms")
    print(f"load average {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
