"""Runs libraries with several faults in them at once, and stores the evidence.

    nice -n 10 python -m tests.accuracy.combine [--libs all|NAME,NAME] [--sets 4] [--trials]

The tests that enter one of the faulty functions are run, as `collect.py` does for one fault. Stored
below AUTOPSY_BUCKETS_DIR (default /tmp/autopsy-buckets); what is there is not run again. With
``--trials`` the trials of what was run are made and stored.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pytest_autopsy.integrations.trials import read_trials
from pytest_autopsy.model import Trial

from .collect import LIMIT_SECONDS
from .faults import Fault
from .kept import covering, plain_path, read_run
from .libraries import Library, chosen, run_tests
from .together import Joined, Together, failing_of, faulty_texts, path_of, place, sets_of, usable
from .trials import make_of


def run_set(library: Library, faults: tuple[Fault, ...]) -> str:
    """Run a library with a set of faults unless that was done; returns pytest's last line."""
    folder = place(library, faults)
    told = folder / "output.txt"
    if not told.exists():
        plain = read_run(plain_path(library))
        tests: set[str] = set().union(*(covering(plain, fault) for fault in faults))
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as name:
            copy = shutil.copytree(library.checkout, Path(name) / "copy", symlinks=True)
            for file, text in faulty_texts(library, faults).items():
                (copy / file).write_text(text, encoding="utf-8")
            _, output = run_tests(
                library, copy, tests,
                ["-p", "pytest_autopsy.plugin", "--autopsy", "--no-triage", "--tb=no"],
                LIMIT_SECONDS,
                ACCURACY_EVIDENCE=f"{name}/evidence", ACCURACY_ALL=str(len(plain.passed)),
            )  # fmt: skip
            if (Path(name) / "evidence").exists():
                shutil.copy(Path(name) / "evidence", folder / "evidence.jsonl.gz")
        (folder / "faults.json").write_text(json.dumps([fault.id for fault in faults]), "utf-8")
        told.write_text(output, encoding="utf-8")
    return told.read_text(encoding="utf-8").strip().rsplit("\n", 1)[-1]


def make_trials(library: Library, together: Together) -> str:
    """Make the trials of a set's causes unless that was done; returns what is to be said of it."""
    to = trials_path(library, together.faults)
    if to.exists():
        return "made before"
    texts = faulty_texts(library, together.faults)
    return make_of(library, together.run, together.path_of, texts, to)


def trials_path(library: Library, faults: tuple[Fault, ...]) -> Path:
    """Where what the trials of a set showed is kept."""
    return place(library, faults) / "trials.jsonl"


def trials_of_set(library: Library, together: Together) -> list[Trial] | None:
    """Return the stored trials of a set; None where they were not made."""
    path = trials_path(library, together.faults)
    return read_trials(together.run, path)[0] if path.exists() else None


def combined(library: Library) -> Iterator[Together]:
    """The sets that were really run, joined with the footprints of the tests that were not."""
    known = {fault.id: fault for fault in usable(library)}
    folder = place(library, ()).parent
    for named in sorted(folder.glob("*/faults.json")) if folder.is_dir() else ():
        ids = json.loads(named.read_text("utf-8"))
        evidence = named.parent / "evidence.jsonl.gz"
        if not set(ids) <= known.keys() or not evidence.exists():
            continue
        faults = tuple(known[one] for one in ids)
        made = _joined(library, faults, evidence)
        if len(set(made.true.values())) > 1:
            yield made


def _joined(library: Library, faults: tuple[Fault, ...], evidence: Path) -> Together:
    plain, run = read_run(plain_path(library)), read_run(evidence)
    joined = Joined(plain)
    joined.run.failures = list(joined.renumbered(run))
    joined.run.passed = list(joined.passed(run))
    own = {one.nodeid for one in run.passed} | {one.nodeid for one in run.failures}
    joined.run.passed += [one for one in plain.passed if one.nodeid not in own]
    single = {fault.id: {f.nodeid for f in failing_of(library, fault).failures} for fault in faults}
    broken = Counter(nodeid for tests in single.values() for nodeid in tests)
    true = {
        failure.id: fault
        for failure in joined.run.failures
        for fault, tests in single.items()
        if failure.nodeid in tests and broken[failure.nodeid] == 1
    }
    return Together(faults, joined.run, path_of(library, faults), true)


def main(arguments: list[str] | None = None) -> int:
    """Run sets of the libraries asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.combine", description=__doc__)
    parser.add_argument("--libs", default="all", help="all, or names with commas")
    parser.add_argument("--sets", type=int, default=4, help="sets of faults of each library")
    parser.add_argument("--trials", action="store_true", help="make trials of what was run")
    options = parser.parse_args(arguments)
    for library in chosen(options.libs):
        if options.trials:
            for together in combined(library):
                ids = " ".join(fault.id for fault in together.faults)
                print(ids, make_trials(library, together), flush=True)
        else:
            for faults in sets_of(usable(library), options.sets, library.name):
                print(library.name, len(faults), run_set(library, faults), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
