"""Kill runs at random moments, fill the disk at random sizes, and read what they left.

    python -m tests.faults.kills [--seed 0] [--kills 50] [--disks 20] [-n 2]

A run is killed with SIGKILL, itself and its workers, at a moment between its first test and its
end. Then every test that had finished has its evidence, and no file under a final name is a half
one. The disk that fills up is a writer that takes so many bytes and then writes half of what it is
given and raises ENOSPC: outcomes and exit code stay those of the plain run too. The exit code is 1
where anything of that does not hold. The moments depend on the machine, the sizes do not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pytest_autopsy.store import load_run

TESTS = 40
FILE = """
import time

import pytest


def work(n):
    time.sleep(0.005)
    return {"n": n, "text": "x" * 50 * n}


""" + "\n\n".join(
    f"def test_{n}():\n    assert work({n})['n'] {'==' if n % 3 else '!='} {n}, 'at {n}'"
    for n in range(TESTS)
)
CONFTEST = """
import errno, json, os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logstart(nodeid):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    here = "PYTEST_XDIST_WORKER" in os.environ or not os.environ.get("KILLS_WORKERS")
    if here:
        with open(f"started-{worker}.txt", "a") as stream:
            stream.write(nodeid + "\\n")


seen = []


def pytest_runtest_logreport(report):
    seen.append([report.nodeid, report.when, report.outcome])


def pytest_sessionfinish(session, exitstatus):
    if not hasattr(session.config, "workerinput"):
        with open("outcomes.json", "w") as stream:
            json.dump([int(exitstatus), sorted(seen)], stream)


class Disk:
    # It takes so many bytes; of what comes then it writes a half. Each process has one of its own.

    def __init__(self, room):
        self.room = room

    def __getattr__(self, name):
        return getattr(os, name)

    def fdopen(self, *args, **kwargs):
        stream = os.fdopen(*args, **kwargs)
        return Stream(stream, self)


class Stream:
    def __init__(self, stream, disk):
        self.stream, self.disk = stream, disk

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stream.close()

    def write(self, data):
        self.disk.room -= len(data)
        if self.disk.room < 0:
            open("full.txt", "a").close()
            self.stream.write(data[: len(data) // 2])
            self.stream.flush()
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.stream.write(data)


if "KILLS_ROOM" in os.environ:
    from pytest_autopsy import store, sweep

    store.os = sweep.os = Disk(int(os.environ["KILLS_ROOM"]))
"""


class Lab:
    """The project of these runs, in a folder of its own."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder = folder
        self.workers = workers
        (folder / "test_it.py").write_text(FILE, "utf-8")
        (folder / "conftest.py").write_text(CONFTEST, "utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")

    def clean(self) -> None:
        """Remove what the last run left, but the project."""
        subprocess.run(["rm", "-rf", str(self.folder / ".autopsy")], check=True)
        for pattern in ("started-*.txt", "outcomes.json", "full.txt"):
            for file in self.folder.glob(pattern):
                file.unlink()

    def start(self, *args: str, room: int | None = None) -> subprocess.Popen[bytes]:
        """Start pytest in a process group of its own."""
        self.clean()
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "autopsy", *args]
        if self.workers:
            command += ["-p", "xdist", "-n", str(self.workers)]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "KILLS_"))}
        kept |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "KILLS_WORKERS": "1" * bool(self.workers)}
        if room is not None:
            kept["KILLS_ROOM"] = str(room)
        return subprocess.Popen(
            command, cwd=self.folder, env=kept, start_new_session=True,
            stdout=(self.folder / "out.txt").open("wb"), stderr=subprocess.STDOUT,
        )  # fmt: skip

    def started(self) -> bool:
        """Whether the first test has begun."""
        return any(self.folder.glob("started-*.txt"))

    def finished(self) -> list[str]:
        """The tests that had finished: each worker's but its last, which was running."""
        files = self.folder.glob("started-*.txt")
        return [name for file in files for name in file.read_text().splitlines()[:-1]]

    @property
    def run(self) -> Path | None:
        """The directory of the one run."""
        found = list((self.folder / ".autopsy" / "runs").glob("*"))
        return found[0] if found else None

    def outcomes(self) -> object:
        """Exit code and outcomes, as the run's conftest saw them."""
        return json.loads((self.folder / "outcomes.json").read_text())


def is_growing(file: Path) -> bool:
    """Whether a file grows under its name: its reader leaves out what is half."""
    return file.parent.name == "workers" or file.suffix == ".box"


def halves(run: Path) -> Iterator[str]:
    """The files under final names that cannot be read whole."""
    for file in sorted(run.rglob("*")):
        if file.is_dir() or file.name.startswith(".") or is_growing(file):
            continue
        text = file.read_text("utf-8")
        try:
            if file.suffix == ".json":
                json.loads(text)
            elif file.suffix == ".jsonl":
                assert [json.loads(line) for line in text.splitlines()] and text.endswith("\n")
            else:
                assert text.strip()
        except (ValueError, AssertionError):
            yield f"{file.relative_to(run)} is a half file of {len(text)} characters"


def missing(lab: Lab) -> Iterator[str]:
    """What the finished failing tests do not have."""
    for nodeid in lab.finished():
        number = int(nodeid.rpartition("_")[2])
        if number % 3:
            continue
        for place in ("traces/{}.jsonl", "traces/{}.txt", "snapshots/{}.json"):
            name = place.format(f"test_it.py_test_{number}-*")
            if lab.run is None or len(list(lab.run.glob(name))) != 1:
                yield f"{nodeid} had finished and has no {name}"


def unreadable(lab: Lab) -> Iterator[str]:
    """What a reader of the store meets."""
    try:
        load_run(lab.folder / ".autopsy")
    except FileNotFoundError:
        pass  # it had not come to its digest
    except Exception as error:
        yield f"load_run raised {type(error).__name__}: {error}"


def kill_once(lab: Lab, after_s: float) -> list[str]:
    """Kill a run so many seconds after its first test has begun; return what is wrong then."""
    process = lab.start("--autopsy")
    while not lab.started() and process.poll() is None:
        time.sleep(0.002)
    time.sleep(after_s)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    wrong = [*missing(lab), *unreadable(lab)]
    return wrong + (list(halves(lab.run)) if lab.run is not None else [])


def fill_once(lab: Lab, room: int, expected: object) -> list[str]:
    """Run on a disk with so much room; return what is wrong then."""
    lab.start("--autopsy", room=room).wait()
    out = (lab.folder / "out.txt").read_text("utf-8", "replace")
    wrong = list(halves(lab.run)) if lab.run is not None else []
    wrong += unreadable(lab)
    if lab.outcomes() != expected:
        wrong.append(f"outcomes differ: {lab.outcomes()}"[:300])
    told, due = out.count("pytest-autopsy met"), int((lab.folder / "full.txt").exists())
    if told != due:
        wrong.append(f"{told} warnings instead of {due}:\n{out[-1500:]}")
    left = list((lab.folder / ".autopsy").rglob(".tmp-*"))
    if left:
        wrong.append(f"temporary files are left: {left}")
    return wrong


def measured(lab: Lab) -> tuple[object, float, int]:
    """The plain outcomes; the time from the first test to the end, and bytes, of a whole run."""
    lab.start("--no-autopsy").wait()
    expected = lab.outcomes()
    process = lab.start("--autopsy")
    while not lab.started() and process.poll() is None:
        time.sleep(0.002)
    began = time.monotonic()
    process.wait()
    assert lab.run is not None, (lab.folder / "out.txt").read_text()
    assert lab.outcomes() == expected
    size = sum(f.stat().st_size for f in lab.run.rglob("*") if f.is_file())
    return expected, time.monotonic() - began, size


def check(folder: Path, seed: int, kills: int, disks: int, workers: int = 0) -> list[str]:
    """Kill and fill so often; return what was wrong, one line each."""
    chance = random.Random(seed)
    lab = Lab(folder, workers)
    expected, seconds, size = measured(lab)
    print(f"a whole run: {seconds:.2f} s from its first test to its end, {size} bytes", flush=True)
    wrong = []
    reached = []
    for _ in range(kills):
        after = chance.uniform(0, seconds)
        wrong += [f"killed after {after:.3f} s: {what}" for what in kill_once(lab, after)]
        reached.append(len(lab.finished()))
    if kills:
        print(f"{kills} killed, with {min(reached)} to {max(reached)} of {TESTS} tests finished")
    for _ in range(disks):
        room = chance.randrange(size)
        wrong += [f"room for {room} bytes: {what}" for what in fill_once(lab, room, expected)]
    if disks:
        print(f"{disks} disks filled up at 0 to {size} bytes")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kills", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--disks", type=int, default=20)
    parser.add_argument("-n", dest="workers", type=int, default=0, help="workers of xdist")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wrong = check(Path(folder), options.seed, options.kills, options.disks, options.workers)
    print("\n".join(wrong) or "nothing was lost, nothing was half")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
