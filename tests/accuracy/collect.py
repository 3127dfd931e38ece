"""Runs the tests of each library with each fault in it, and stores the evidence.

    python -m tests.accuracy.collect --libs all|NAME,NAME [--limit 8] [--full] [--again]

What is stored already is skipped. The tests that enter a faulty function are run under
``--autopsy``; ranking joins them with the others' footprints from the run without the fault
(`kept.py`). ``--full`` runs them all instead, to see that this makes no difference.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from pathlib import Path

from .faults import Fault, load_one
from .inject import plain_run
from .kept import covering, fault_folder, plain_path
from .libraries import TIMED_OUT, Library, chosen, copy_of, only_one, prepare, run_tests

LIMIT_SECONDS = 400


def collect(library: Library, fault: Fault, full: bool = False) -> str:
    """Run a library with a fault and store the evidence; returns what is to be said of it."""
    plain = plain_run(library)
    folder = fault_folder(library, fault)
    text = (library.checkout / fault.file).read_text(encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    began = time.perf_counter()
    with copy_of(library, {fault.file: fault.apply(text)}) as copy:
        arguments = ["-p", "pytest_autopsy.plugin", "--autopsy", "--no-triage", "--tb=no"]
        code, output = run_tests(
            library,
            copy,
            None if full else covering(plain, fault),
            arguments,
            LIMIT_SECONDS,
            ACCURACY_EVIDENCE=str(folder / "part"),
            ACCURACY_ALL=str(len(plain.passed)),
        )
    seconds = time.perf_counter() - began
    (folder / "fault.json").write_text(
        json.dumps({"exit": code, "seconds": round(seconds, 1)}), encoding="utf-8"
    )
    (folder / Path(fault.file).name).write_text(fault.apply(text), encoding="utf-8")
    if code == TIMED_OUT or not (folder / "part").exists():
        return f"no evidence, exit code {code}: {output[-200:]}"
    (folder / "part").replace(folder / "evidence.jsonl.gz")
    last = output.strip().rsplit("\n", 1)[-1]
    return f"{seconds:5.1f} s  {last}"


def is_collected(library: Library, fault: Fault) -> bool:
    """Whether the evidence of a fault, as it now is in the data, is in the store."""
    folder = fault_folder(library, fault)
    faulty = folder / Path(fault.file).name
    if not (folder / "evidence.jsonl.gz").exists() or not faulty.exists():
        return False
    text = (library.checkout / fault.file).read_text(encoding="utf-8")
    return faulty.read_text(encoding="utf-8") == fault.apply(text)


def main(arguments: list[str] | None = None) -> int:
    """Collect what is not stored yet."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.collect", description=__doc__)
    parser.add_argument("--libs", default="all", help="all, or names with commas")
    parser.add_argument("--limit", type=int, help="faults of each library")
    parser.add_argument("--full", action="store_true", help="run all tests with each fault")
    parser.add_argument(
        "--again", action="store_true", help="what is stored, too, and the runs without a fault"
    )
    options = parser.parse_args(arguments)
    with only_one("collect"):
        for library in chosen(options.libs):
            faults = load_one(library.name)[: options.limit]
            if faults:
                prepare(library)
            if options.again:  # else its footprints are of another recorder than the faults'
                plain_path(library).unlink(missing_ok=True)
            for fault in faults:
                if options.again or not is_collected(library, fault):
                    print(f"{fault.id:20} {collect(library, fault, options.full)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
