"""Compares our Ochiai with FauxPy's on some of the faults: is the baseline what others call Ochiai?

    python -m tests.accuracy.fauxpy [--libs voluptuous,parse,boltons] [--limit 30]

FauxPy 0.7.0 (statement granularity; a function scores as the best of its lines) runs in an
environment of its own, with pytest 8.4, for it knows no newer one. It looks at the call of each
test only, we at what fixtures and imports ran too.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

from pytest_autopsy.source import source_of

from .faults import Fault
from .kept import fault_folder, path_of
from .libraries import PYTHON, Library, copy_of, store
from .positions import Key, plain_name, position, truth
from .ranks import run_of, usable
from .readings import ochiai
from .suites import HIDDEN_VARIABLES, call, interpreter

NEEDED = ("fauxpy==0.7.0", "pytest==8.4.2")
LIMIT_SECONDS = 900
ADDED = 0.1


def prepare(library: Library) -> Path:
    """Return the interpreter of the environment with FauxPy and what the library's tests need."""
    folder = store() / "fauxpy" / f"{library.name}-{library.version}"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        call(interpreter(PYTHON), "-m", "venv", folder)
        call(python, "-m", "pip", "install", *NEEDED, *library.requirements)
        (folder / "ready").touch()
    return python


def scores(library: Library, fault: Fault) -> dict[Key, float]:
    """Run all tests of a library under FauxPy; return the best score of each function."""
    kept = fault_folder(library, fault) / "fauxpy.csv"
    if not kept.exists():
        text = (library.checkout / fault.file).read_text(encoding="utf-8")
        with copy_of(library, {fault.file: fault.apply(text)}) as folder:
            report = _run(prepare(library), library, folder)
            shutil.copy(report / "Scores_Ochiai.csv", kept)
            shutil.rmtree(report)
    paths = path_of(library, fault)
    found: dict[Key, float] = {}
    with kept.open(encoding="utf-8", newline="") as opened:
        for entity, score in list(csv.reader(opened))[1:]:
            path, line = entity.split("::")[:2]
            file = os.path.relpath(path, library.root / "work")
            span = source_of(paths(file)).enclosing(int(line))
            if span is not None and file in library.files:  # its tests are no suspects
                key = file, plain_name(span.name)
                found[key] = max(float(score), found.get(key, 0.0))
    return found


def _run(python: Path, library: Library, folder: Path) -> Path:
    """Run the tests; return the folder that FauxPy left."""
    before = set(folder.parent.glob("FauxPyReport*"))
    kept = {key: value for key, value in os.environ.items() if key not in HIDDEN_VARIABLES}
    source = library.source or "."
    own = {"PYTHONPATH": str(folder / source), "PYTHONHASHSEED": "0"}
    package = Path(source) / library.package
    done = subprocess.run(
        [
            str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", "--rootdir=.",
            *library.arguments, f"--src={package}", "--family=sbfl", "--granularity=statement",
        ],
        cwd=folder, env=kept | own, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        errors="replace", timeout=LIMIT_SECONDS, check=False,
    )  # fmt: skip
    new = set(folder.parent.glob("FauxPyReport*")) - before
    if len(new) != 1:
        raise SystemExit(f"FauxPy left no report\n{done.stdout[-2000:]}{done.stderr[-1000:]}")
    return new.pop()


def compare(library: Library, fault: Fault) -> tuple[float | None, float | None, list[str]]:
    """Return our position, FauxPy's, and each function whose score differs."""
    run = run_of(library, fault)
    ours = ochiai(run, path_of(library, fault))
    theirs = scores(library, fault)
    differing = [
        f"{key[0]}:{key[1]} {ours.get(key, 0.0):.4f}, FauxPy {theirs.get(key, 0.0):.4f}"
        for key in sorted(ours.keys() | theirs.keys())
        if key[0] in library.files and key[1] != "<module>"
        and not is_same(ours.get(key, 0.0), theirs.get(key, 0.0), len(run.failures))
    ]  # fmt: skip
    true = truth(fault)
    return position(ours, true), position(theirs, true), differing


def is_same(ours: float, theirs: float, failing: int) -> bool:
    """Whether scores are equal but for what FauxPy adds to the formula's denominator.

    It has ef / (sqrt(...) + 0.1), with ef the failing tests that run the line: one to all.
    """
    if not ours or not theirs:
        return ours == theirs
    return any(abs(ef / (ef / ours + ADDED) - theirs) < 1e-4 for ef in range(1, failing + 1))


def main(arguments: list[str] | None = None) -> int:
    """Compare, and print what differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.fauxpy", description=__doc__)
    parser.add_argument("--libs", default="voluptuous,parse,boltons", help="as for ranks")
    parser.add_argument("--limit", type=int, default=30)
    options = parser.parse_args(arguments)
    equal = count = 0
    for library, fault in list(usable(options.libs))[: options.limit]:
        ours, theirs, differing = compare(library, fault)
        count += 1
        equal += ours == theirs
        print(f"{fault.id:18} ours {ours}, FauxPy {theirs}; {len(differing)} functions differ")
        for one in differing[:3]:
            print(f"    {one}")
        sys.stdout.flush()
    print(f"the same position for {equal} of {count} faults")
    return 0


if __name__ == "__main__":
    sys.exit(main())
