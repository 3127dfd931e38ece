"""What a run of many passing tests adds to the memory of xdist's controller.

    python -m tests.benchmarks.controller [--tests 50000] [-n 2]

Runs a suite of passing tests of a small package under ``-n``, plain and under ``--autopsy``, and
prints the peak of the controller's resident memory in both, and the ratio of the processor times
beside the serial one of a tenth of the tests.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MODULES = 50
LIMIT_MB = 300
PACKAGE = """
def price(name, quantity):
    return len(name) * quantity


def total(lines):
    return sum(price(*line) for line in lines)


class Cart:
    def __init__(self):
        self.lines = []

    def add(self, name, quantity):
        self.lines.append((name, quantity))

    def total(self):
        return total(self.lines)
"""
MODULE = """
import pytest

from cart import Cart


@pytest.mark.parametrize("n", range({count}))
def test_it(n):
    cart = Cart()
    cart.add("tea", n)
    if n % 2:
        cart.add("jam", {module})
    assert cart.total() == 3 * n + (3 * {module} if n % 2 else 0)
"""
CONFTEST = """
import os, resource


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        with open(os.environ["PEAK"], "w") as stream:
            stream.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""


def write(folder: Path, tests: int) -> None:
    """Write the package and so many tests."""
    (folder / "cart.py").write_text(PACKAGE, "utf-8")
    (folder / "conftest.py").write_text(CONFTEST, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    for module in range(MODULES):
        text = MODULE.format(count=tests // MODULES, module=module)
        (folder / f"test_{module}.py").write_text(text, "utf-8")


def run(folder: Path, *args: str) -> tuple[float, float]:
    """Return the controller's peak in MB and the processor seconds of one run, workers and all."""
    peak = folder / "peak.txt"
    environment = os.environ | {"PEAK": str(peak), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "autopsy"]
    began = processor()
    done = subprocess.run(
        [*command, "-p", "xdist", *args], cwd=folder, env=environment, capture_output=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return int(peak.read_text()) / 1024, processor() - began


def processor() -> float:
    """Seconds that child processes have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare(tests: int, *args: str) -> tuple[float, float]:
    """Return the megabytes that --autopsy adds, and the ratio of the times."""
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), tests)
        plain, before = run(Path(name), *args)
        ours, after = run(Path(name), "--autopsy", *args)
    how = " ".join(args) or "serial"
    print(
        f"{tests} tests, {how}: plain {plain:.0f} MB, {before:.1f} s;"
        f" --autopsy {ours:.0f} MB, {after:.1f} s: +{ours - plain:.0f} MB, ratio {after / before:.2f}",
        flush=True,
    )
    return ours - plain, after / before


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.controller", description=__doc__
    )
    parser.add_argument("--tests", type=int, default=50_000)
    parser.add_argument("-n", dest="workers", default="2")
    options = parser.parse_args()
    compare(options.tests // 10)
    compare(options.tests // 10, f"-n{options.workers}")
    added, _ = compare(options.tests, f"-n{options.workers}")
    return int(added > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
