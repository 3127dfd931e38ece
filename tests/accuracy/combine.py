"""Runs suites with two to eight faults in their library at once, and keeps the evidence.

    nice -n 10 python -m tests.accuracy.combine [--python 3.12] [--sets 12] [LIBRARY ...]

Each fault is also run alone: the tests that it breaks then are its own. What was kept is not run
again, so that `python -m tests.accuracy.buckets` repeats the bucketing in seconds. Kept below
AUTOPSY_BUCKETS_DIR (default /tmp/autopsy-buckets), in a folder for each set of faults.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .faults import FAULTS, Fault
from .outcomes import HIDDEN_VARIABLES, LIMIT_SECONDS
from .suites import Environment, alone, find_suites, install_autopsy, keep, mend, prepare

PLUGIN = Path(__file__).resolve().with_name("suite_evidence.py")
MOST = 8
SEED = 20261121


def evidence_dir() -> Path:
    """Where the evidence of runs is kept."""
    return Path(os.environ.get("AUTOPSY_BUCKETS_DIR", "/tmp/autopsy-buckets")).resolve()


def folder_of(library: str, faults: Sequence[Fault]) -> Path:
    """Return where a set of faults is kept; its name does not depend on their order."""
    named = "\n".join(sorted(f"{fault.name}\0{fault.old}\0{fault.new}" for fault in faults))
    digest = hashlib.blake2b(named.encode(), digest_size=5).hexdigest()
    return evidence_dir() / "runs" / library / f"{len(faults)}-{digest}"


def chosen_sets(faults: Sequence[Fault], wanted: int) -> list[tuple[Fault, ...]]:
    """Return up to `wanted` different sets of two to eight faults, the same ones each time."""
    source = random.Random(SEED)
    found: dict[frozenset[str], tuple[Fault, ...]] = {}
    for number in range(wanted * 20):
        size = 2 + number % (min(MOST, len(faults)) - 1) if len(faults) > 1 else 0
        chosen = tuple(source.sample(list(faults), size))
        apart = len({(fault.file, fault.function) for fault in chosen}) == size
        if size and apart and len(found) < wanted:
            found.setdefault(frozenset(fault.name for fault in chosen), chosen)
    return list(found.values())


@contextmanager
def all_broken(environment: Environment, faults: Sequence[Fault]) -> Iterator[None]:
    """Put several faults into the installed library, and take them out again."""
    texts: dict[str, str] = {}
    for fault in faults:
        target = environment.site_packages / fault.file
        text = texts.get(fault.file) or target.read_text(encoding="utf-8")
        if text.count(fault.old) != 1:
            raise SystemExit(f"{fault.name}: its text occurs {text.count(fault.old)} times")
        texts[fault.file] = text.replace(fault.old, fault.new)
    for file in texts:
        keep(environment, file)
    try:
        for file, text in texts.items():
            (environment.site_packages / file).write_text(text, encoding="utf-8")
        yield
    finally:
        mend(environment)


def run_with(environment: Environment, faults: Sequence[Fault]) -> Path:
    """Run a suite with these faults unless that was done, and return where it is kept."""
    folder = folder_of(environment.suite.name, faults)
    if (folder / "faults.json").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    with alone(environment), all_broken(environment, faults):
        execute(environment, folder)
        for file in {fault.file for fault in faults}:
            target = folder / "broken" / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(environment.site_packages / file, target)
    listed = [[fault.file, fault.function] for fault in faults]
    whole = {"root": str(environment.tests), "library": str(environment.site_packages)}
    (folder / "faults.json").write_text(json.dumps({"faults": listed, **whole}), "utf-8")
    return folder


def execute(environment: Environment, folder: Path) -> None:
    """Run pytest in the tree of a suite with everything recorded, and nothing diagnosed."""
    kept = {key: value for key, value in os.environ.items() if key not in HIDDEN_VARIABLES}
    with tempfile.TemporaryDirectory(prefix="suite-evidence-") as name:
        shutil.copy(PLUGIN, name)
        own = {"PYTHONPATH": name, "PYTHONHASHSEED": "0"}
        own["SUITE_EVIDENCE_FILE"] = str(folder / "evidence.json.gz")
        command = [str(environment.executable), "-m", "pytest", "-p", "suite_evidence", "-q"]
        command += ["--autopsy", "--no-triage", f"--autopsy-dir={name}/store", "--tb=no"]
        done = subprocess.run(
            [*command, *environment.deselections()],
            cwd=environment.tests,
            env=kept | own,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
    (folder / "output.txt").write_text(done.stdout + done.stderr, "utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for, one suite after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.combine", description=__doc__)
    parser.add_argument("libraries", nargs="*", metavar="LIBRARY", help="default: all")
    parser.add_argument("--python", default="3.12", help="default: 3.12")
    parser.add_argument("--sets", type=int, default=12, help="sets of faults for each library")
    options = parser.parse_args(arguments)
    for suite in find_suites(options.libraries):
        environment = prepare(suite, options.python)
        install_autopsy(environment)
        faults = [fault for fault in FAULTS if fault.library == suite.name]
        for chosen in [*((fault,) for fault in faults), *chosen_sets(faults, options.sets)]:
            folder = run_with(environment, chosen)
            last = (folder / "output.txt").read_text("utf-8").strip().splitlines()[-1:]
            print(suite.name, len(chosen), folder.name, *last, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
