"""How triage of files grows: `python -m tests.benchmarks.triage [FAILURES ...]`.

Writes reports of so many failures (JUnit XML, reportlog, json-report, agents' logs), of 40 causes
with messages that vary (and, in the last row, each of a cause of its own), and triages them in a process of its own. Prints seconds, peak
memory, and processor time and failures as multiples of the row before: linear where the two are alike.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

SIZES = (1000, 10_000, 100_000, 1_000_000)
CAUSES = 40
PER_FILE = 25_000


def cause_of(number: int) -> str:
    """A word for a number, which no rule takes for one."""
    return "".join(chr(97 + int(digit)) for digit in str(number % CAUSES))


def longrepr(number: int) -> str:
    """What pytest prints of a failure, about as long as it is in life."""
    cause = cause_of(number)
    body = "\n".join(f"        step_{line} = prepare({line})" for line in range(12))
    return (
        f"    def test_{number}():\n{body}\n>       assert load_{cause}({number})\n\n"
        f"tests/test_shop.py:{number % 900}: \n_ _ _ _ _ _\n\n    def load_{cause}(key):\n"
        f">       return table[key]\nE       KeyError: 'column_{cause}'\n\nshop/load.py:7: KeyError"
    )


def junit(numbers: range) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest">\n'
    for n in numbers:
        yield (
            f'<testcase classname="tests.test_shop" name="test_{n}" time="0.01">'
            f"<failure message={quoteattr(f'KeyError: column {n}')}>{escape(longrepr(n))}</failure></testcase>\n"
        )
    yield "</testsuite></testsuites>"


def report_log(numbers: range) -> Iterator[str]:
    for n in numbers:
        report = {
            "nodeid": f"tests/test_shop.py::test_{n}", "outcome": "failed", "when": "call",
            "longrepr": longrepr(n), "$report_type": "TestReport",
        }  # fmt: skip
        yield json.dumps(report) + "\n"


def json_report(numbers: range) -> Iterator[str]:
    yield '{"created": 1.5, "exitcode": 1, "root": "/x", "tests": ['
    for n in numbers:
        stage = {"outcome": "failed", "longrepr": longrepr(n)}
        test = {"nodeid": f"tests/test_shop.py::test_{n}", "outcome": "failed", "call": stage}
        yield ("" if n == numbers[0] else ", ") + json.dumps(test)
    yield "]}"


def agents(numbers: range) -> Iterator[str]:
    for n in numbers:
        code = f"step = {n}\nfrom shop import load\nload.load_{cause_of(n)}({n})"
        error = (
            'Traceback (most recent call last):\n  File "<string>", line 3, in <module>\n'
            f'  File "/srv/shop/load.py", line {n}, in load_{cause_of(n)}\n    return table[{n}]\n'
            f"ValueError: no row {n} in table {cause_of(n)} at 0x{n:x}"
        )
        line = {
            "session_id": n // 10, "tool": "tool_execute_python", "success": False, "error": error,
            "arguments": {"code": code},
        }  # fmt: skip
        yield json.dumps(line) + "\n"


FORMATS = (("xml", junit), ("jsonl", report_log), ("json", json_report), ("log", agents))


def write(folder: Path, count: int) -> int:
    """Write `count` failures below `folder`, a quarter in each format; return their bytes."""
    share = count // len(FORMATS)
    for place, (ending, make) in enumerate(FORMATS):
        for part, start in enumerate(range(0, share, PER_FILE)):
            numbers = range(place * share + start, place * share + min(start + PER_FILE, share))
            with (folder / f"{place}-{part}.{ending}").open("w", encoding="utf-8") as out:
                out.writelines(make(numbers))
    return sum(file.stat().st_size for file in folder.iterdir())


def measured(folder: Path) -> tuple[float, float, float, int]:
    """Triage a folder in a process of its own; return seconds, seconds of the processor, peak MB,
    failures found."""
    inner = (
        "import sys, time, resource\n"
        "from pytest_autopsy.triage.gather import Gathered\n"
        "from pytest_autopsy.triage.reading import gather\n"
        "from pytest_autopsy.report.foreign import Inputs, triage_json\n"
        "began = time.perf_counter()\n"
        "found = Gathered()\n"
        "gather([sys.argv[1]], found)\n"
        "report = triage_json(found, Inputs())\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "print(time.perf_counter() - began, time.process_time(), peak, found.incidents)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", inner, str(folder)], capture_output=True, text=True, check=True
    )
    seconds, processor, peak, failures = done.stdout.split()
    return float(seconds), float(processor), float(peak), int(failures)


def main(sizes: tuple[int, ...]) -> None:
    print("failures      MB   seconds processor  peak MB   time x   failures x")
    before: tuple[int, float] | None = None
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            written = write(Path(name), size)
            seconds, processor, peak, failures = measured(Path(name))
        grown = f"{processor / before[1]:8.1f} {failures / before[0]:12.1f}" if before else ""
        row = f"{failures:8} {written / 1e6:7.1f} {seconds:9.2f} {processor:9.2f} {peak:8.0f}"
        print(f"{row} {grown}", flush=True)
        before = failures, processor
    globals()["CAUSES"] = 1 << 60  # each failure has a cause of its own
    with tempfile.TemporaryDirectory() as name:
        written = write(Path(name), min(max(sizes), 100_000))
        seconds, processor, peak, failures = measured(Path(name))
    print(
        f"{failures:8} {written / 1e6:7.1f} {seconds:9.2f} {processor:9.2f} {peak:8.0f} all different"
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(tuple(map(int, sys.argv[1:])) or SIZES)
