"""Compares a snapshot of ours with one of llmdebug, seed 3 as it is today, in one run.

    pip install llmdebug && python -m tests.benchmarks.llmdebug [--repeat 9] [--markdown]

Each case fails in a function that both have decorated; they take turns, so that what the machine
does besides falls on both. Time is that of the failing call with the decorator less that without,
the median of the repeats. `methods run` counts calls of methods of hostile objects that only had to
be shown; `secrets` are planted values of which the file shows the text.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import resource
import signal
import statistics
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from ..observe import hostile
from ..observe.hostile_shapes import CASES

SECRETS = {
    "password": "correct-horse-9-battery",
    "api_key": "k-81231-abcdef-99x",
    "header": "Bearer Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z",
    "dsn": "postgres://admin:s3cr3t-pw-7@db.example/x",
}
PLANTED = ("correct-horse-9", "k-81231", "Ab3dEf6hIj9k", "s3cr3t-pw-7")


def small() -> None:
    """Three locals."""
    price, quantity, name = None, 2, "jam"
    print(price * quantity, name)  # type: ignore[operator]


def deep(n: int = 39) -> None:
    """40 frames with 20 locals each."""
    a1, a2, a3, a4, a5 = [n, 1], {"k": n}, "text", (1, 2), n * 1.5
    b1, b2, b3, b4, b5 = [n, 2], {"k": n}, "text", (1, 2), n * 2.5
    c1, c2, c3, c4, c5 = [n, 3], {"k": n}, "text", (1, 2), n * 3.5
    d1, d2, d3, d4 = [n, 4], {"k": n}, "text", (1, 2)
    if not n:
        raise ValueError(a1, a2, a3, a4, a5, b1, b2, b3, b4, b5, c1, c2, c3, c4, c5, d1, d2, d3, d4)
    deep(n - 1)


def huge(numbers: list[int] = list(range(10**6)), table: dict[int, int] = {}) -> None:
    """A list of a million and a dict of 100,000."""
    table.update(dict.fromkeys(range(100_000), 1) if not table else {})
    text = "x" * 10**6
    raise ValueError(len(numbers) + len(table) + len(text))


def secret(password: str = SECRETS["password"]) -> None:
    """Four secrets: a local, a key, a header, a URL."""
    config = {"api_key": SECRETS["api_key"]}
    headers = {"Authorization": SECRETS["header"]}
    dsn = SECRETS["dsn"]
    raise ValueError(len(password) + len(config) + len(headers) + len(dsn))


def show(value: object) -> None:
    raise ValueError("shown")


MEMORY = 1 << 30
SECONDS = 5


class Tool(NamedTuple):
    """What is compared: a decorator for a folder."""

    name: str
    decorate: Callable[[str], Callable[[Any], Any]]


def tools() -> list[Tool]:
    """Ours, llmdebug as it comes, and llmdebug with what it has against leaks and without git."""
    import llmdebug

    import pytest_autopsy

    lean = {"redaction_profile": "prod", "include_git": False, "output_format": "json"}
    return [
        Tool(
            f"pytest-autopsy {pytest_autopsy.__version__}",
            lambda out: pytest_autopsy.debug_snapshot(out_dir=out),
        ),
        Tool(
            "the same, 5 frames", lambda out: pytest_autopsy.debug_snapshot(out_dir=out, frames=5)
        ),
        Tool(
            f"llmdebug {importlib.metadata.version('llmdebug')}",
            lambda out: llmdebug.debug_snapshot(config=llmdebug.SnapshotConfig(out_dir=out)),
        ),
        Tool(
            "prod profile, no git",
            lambda out: llmdebug.debug_snapshot(
                config=llmdebug.SnapshotConfig(out_dir=out, **lean)  # type: ignore[arg-type]
            ),
        ),
    ]


def elapsed(call: Callable[[], object]) -> float:
    began = perf_counter()
    try:
        call()
    except Exception:
        pass
    return perf_counter() - began


def written(folder: Path) -> int:
    """Bytes of the newest snapshot and its traceback."""
    files = [p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()]
    shots = [p for p in files if "latest" not in p.name and p.suffix in (".json", ".txt")]
    newest = max((p.stat().st_mtime for p in shots), default=0.0)
    return sum(p.stat().st_size for p in shots if p.stat().st_mtime > newest - 0.5)


def measured(tools: list[Tool], case: Callable[[], None], repeat: int) -> list[tuple[str, str]]:
    """Return (milliseconds, bytes) of each tool."""
    plain: list[float] = []
    times: list[list[float]] = [[] for _ in tools]
    with tempfile.TemporaryDirectory() as folder:
        wrapped = [tool.decorate(f"{folder}/{n}")(case) for n, tool in enumerate(tools)]
        for turn in range(repeat + 1):  # the first warms up
            plain.append(elapsed(case))
            for taken, call in zip(times, wrapped):
                taken.append(elapsed(call))
            if turn == 0:
                plain.clear()
                for taken in times:
                    taken.clear()
        base = statistics.median(plain)
        sizes = []
        for n, tool in enumerate(tools):
            elapsed(tool.decorate(f"{folder}/size-{n}")(case))
            sizes.append(written(Path(f"{folder}/size-{n}")))
    return [(f"{(statistics.median(t) - base) * 1e3:.1f}", str(s)) for t, s in zip(times, sizes)]


def leaked(tool: Tool) -> int:
    """Return how many of the planted secrets the files show."""
    with tempfile.TemporaryDirectory() as folder:
        elapsed(tool.decorate(folder)(secret))
        files = [p for p in Path(folder).rglob("*") if p.is_file()]
        text = "".join(p.read_text("utf-8", "replace") for p in files)
    # a line of source that holds the text itself would be another matter: there is none
    return sum(planted in text for planted in PLANTED)


def methods_run(tool: Tool) -> tuple[int, int, int]:
    """Return calls of hostile methods, objects of which any ran, and objects it did not survive.

    Each object in a process of its own, with at most MEMORY bytes and SECONDS seconds.
    """
    calls = objects = lost = 0
    for make in CASES.values():
        found = in_a_fork(lambda make=make: calls_for(tool, make))  # type: ignore[misc]
        lost += found is None
        calls += found or 0
        objects += bool(found)
    return calls, objects, lost


def calls_for(tool: Tool, make: Callable[[], object]) -> int:
    """Return how many methods of one hostile object run when it is shown."""
    with tempfile.TemporaryDirectory() as folder:
        made = make()
        hostile.CALLED.clear()
        elapsed(lambda: tool.decorate(folder)(show)(made))
        return len(hostile.CALLED)


def in_a_fork(work: Callable[[], int]) -> int | None:
    """Return what `work` returns in a child of this process; None where it did not come back."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            signal.alarm(SECONDS)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # it tells there of each that it gave up
            os.write(write, str(work()).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as told:
        text = told.read()
    os.waitpid(child, 0)
    return int(text) if text else None


def table(repeat: int) -> list[list[str]]:
    """Return the rows: a heading, then one for each thing that was measured."""
    compared = tools()
    rows = [["", *(tool.name for tool in compared)]]
    for case in (small, deep, huge, secret):
        found = measured(compared, case, repeat)
        name = (case.__doc__ or "").rstrip(".").lower()
        rows.append([f"{name}: ms", *(ms for ms, _ in found)])
        rows.append([f"{name}: bytes", *(size for _, size in found)])
    rows.append([f"of {len(PLANTED)} secrets shown", *(str(leaked(tool)) for tool in compared)])
    ran = [methods_run(tool) for tool in compared]
    of = f"of {len(CASES)} hostile objects"
    rows.append([f"{of}: methods run", *(str(calls) for calls, _, _ in ran)])
    rows.append([f"{of}: those of which one ran", *(str(objects) for _, objects, _ in ran)])
    rows.append([f"{of}: not done in {SECONDS} s and 1 GB", *(str(lost) for _, _, lost in ran)])
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = table(options.repeat)
    except ImportError as error:
        print(f"{error}: pip install llmdebug", file=sys.stderr)
        return 2
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths)]
        print(f"| {' | '.join(cells)} |" if options.markdown else "  ".join(cells))
        if options.markdown and number == 0:
            print(f"|{'|'.join('-' * (width + 2) for width in widths)}|")
    return 0


if __name__ == "__main__":
    sys.exit(main())
