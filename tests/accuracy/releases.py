"""Real faults: what a patch release mended, under the tests that were released with it.

    python -m tests.accuracy.releases --find NAME...      which pairs of releases would do
    python -m tests.accuracy.releases --collect [--half fit|report]
    python -m tests.accuracy.releases --rank [--half fit|report] [-v]

A pair is a release and the patch release after it. The older one's package is put under the newer
one's tests; what fails then and not with the newer package is the fault, and the functions that the
newer release changed and that a failing test ran are its place. A project belongs to one half, by
its name: weights may be looked at on "fit", "report" is looked at once, at the end.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import itertools
import json
import re
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from pytest_autopsy.diagnose.case import Case
from pytest_autopsy.diagnose.rank import diagnose
from pytest_autopsy.model import RootCause, Run
from pytest_autopsy.pipeline import explain

from .kept import read_run
from .libraries import NEEDED, PYTHON, _plugins, store
from .positions import Key, plain_name, position, scores_of, summary
from .readings import masked, ochiai
from .suites import HIDDEN_VARIABLES, call, interpreter, unpack

INDEX = "https://pypi.org/pypi/{}/json"
LISTED = Path(__file__).parent / "data" / "releases.json"
"""The pairs that were found, so that whoever collects and ranks has the same ones."""
MOST_BYTES = 4_000_000
MOST_CHANGED = 6
MOST_FAILING = 40
PAIRS = 8
LIMIT_SECONDS = 150
UV = shutil.which("uv")
_VERSION = re.compile(r"\d+(?:\.\d+)*")
_MISSING = re.compile(r"No module named '([\w.]+)'|fixture '(\w+)' not found")
_KNOWN = {
    "yaml": "pyyaml", "dateutil": "python-dateutil", "bs4": "beautifulsoup4", "mocker": "pytest-mock",
    "benchmark": "pytest-benchmark", "freezer": "pytest-freezer", "attr": "attrs", "PIL": "pillow",
    "requests_mock": "requests-mock", "subtests": "pytest-subtests", "httpserver": "pytest-httpserver",
}  # fmt: skip


def folder() -> Path:
    """Where pairs and their evidence are kept."""
    return store().parent / "autopsy-releases"


@dataclass(frozen=True)
class Pair:
    """Two releases of a project, and the functions (file, name) that the newer one changed."""

    project: str
    old: str
    new: str
    changed: tuple[tuple[str, str], ...]

    @property
    def id(self) -> str:
        """How it is called."""
        return f"{self.project}-{self.old}-{self.new}"

    @property
    def root(self) -> Path:
        """Where it is kept."""
        return folder() / "pairs" / self.id

    @property
    def half(self) -> str:
        """Which half its project belongs to."""
        return "fit" if hashlib.sha256(self.project.encode()).digest()[0] % 2 else "report"


# -- finding pairs --------------------------------------------------------------------------


def pairs_of(project: str) -> Iterator[Pair]:
    """Pairs of releases of a project whose newer one carries tests and changed few functions."""
    with urllib.request.urlopen(INDEX.format(project), timeout=60) as answer:
        releases = json.load(answer)["releases"]
    sdists: dict[str, Any] = {
        version: next((f for f in files if f["filename"].endswith(".tar.gz") and f["size"] < MOST_BYTES), None)
        for version, files in releases.items()
        if _VERSION.fullmatch(version)
    }  # fmt: skip
    versions = sorted(
        (v for v, f in sdists.items() if f), key=lambda v: [int(part) for part in v.split(".")]
    )
    found = 0
    for old, new in reversed(list(itertools.pairwise(versions))[-40:]):
        if old.rpartition(".")[0] != new.rpartition(".")[0] or found >= PAIRS:
            continue
        trees = [
            _fetched(project, v, urljoin(INDEX.format(project), sdists[v]["url"]))
            for v in (old, new)
        ]
        if not list(trees[1].rglob("test_*.py")) + list(trees[1].rglob("*_test.py")):
            return
        changed = changed_functions(*trees)
        if changed and len(changed) <= MOST_CHANGED:
            found += 1
            yield Pair(project, old, new, tuple(changed))


def _fetched(project: str, version: str, url: str) -> Path:
    target = folder() / "sdists" / f"{project}-{version}"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        archive = target.with_suffix(".part")
        with urllib.request.urlopen(url, timeout=120) as answer:
            archive.write_bytes(answer.read())
        try:
            unpack(archive, target.with_suffix(".tree")).rename(target)
        except (tarfile.TarError, OSError, StopIteration):
            target.mkdir(exist_ok=True)
        archive.unlink()
    return target


def sources(tree: Path) -> dict[str, Path]:
    """The files of a project's packages, by their path in it; no tests, docs or examples."""
    found = {}
    for path in tree.rglob("*.py"):
        parts = path.relative_to(tree).parts
        outside = {
            "test",
            "tests",
            "testing",
            "docs",
            "doc",
            "examples",
            "example",
            "benchmarks",
            "build",
            "tools",
            "scripts",
        }
        name = path.name
        if outside & set(parts) or name.startswith("test_") or name.endswith("_test.py"):
            continue
        if len(parts) == 1 and name in ("setup.py", "conftest.py", "noxfile.py", "tasks.py"):
            continue
        found["/".join(parts)] = path
    return found


def changed_functions(old: Path, new: Path) -> list[tuple[str, str]]:
    """The functions of the old tree that the new one has otherwise; [] where too much is new."""
    before, after = sources(old), sources(new)
    changed = []
    for name in before.keys() & after.keys():
        one, two = (path.read_text("utf-8", "replace") for path in (before[name], after[name]))
        if one == two:
            continue
        try:
            was, now = functions(one), functions(two)
        except SyntaxError:
            return []
        changed += [
            (name, function) for function, text in was.items() if now.get(function, text) != text
        ]
    return sorted(changed)


def functions(text: str) -> dict[str, str]:
    """Qualified name -> what the function is, without docstrings, positions and inner functions."""
    found: dict[str, str] = {}

    def walk(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                body = child.body
                if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
                    child.body = body[1:] or [ast.Pass()]
                name = f"{prefix}{child.name}"
                found[name] = ast.dump(child)
                walk(child, f"{name}.")
            else:
                walk(child, f"{prefix}{child.name}." if isinstance(child, ast.ClassDef) else prefix)

    walk(ast.parse(text), "")
    return found


# -- running them ---------------------------------------------------------------------------


def collect(pair: Pair) -> str:
    """Run a pair and store the evidence of its fault; returns what is to be said of it."""
    old, new = (folder() / "sdists" / f"{pair.project}-{v}" for v in (pair.old, pair.new))
    python = _environment(pair, new)
    trees = {name: pair.root / name for name in ("good", "bad")}
    for tree in trees.values():
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(new, tree, symlinks=True)
    for name, path in sources(old).items():
        if (trees["bad"] / name).exists():
            shutil.copyfile(path, trees["bad"] / name)
    good = _outcomes(pair, python, trees["good"])
    if good is None or not good[1]:
        return "the newer release's own tests do not run"
    bad = _outcomes(pair, python, trees["bad"])
    if bad is None:
        return "the older package cannot be loaded under the newer tests"
    failing = bad[0] - good[0]
    passing = good[1] & bad[1]
    if not 1 <= len(failing) <= MOST_FAILING:
        return f"{len(failing)} tests fail"
    chosen = pair.root / "tests.txt"
    chosen.write_text("\n".join(sorted(failing | passing)), "utf-8")
    part = pair.root / "evidence.part"
    _pytest(python, trees["bad"], ["-p", "pytest_autopsy.plugin", "--autopsy", "--no-triage", "--tb=no"],
            {"ACCURACY_TESTS": str(chosen), "ACCURACY_EVIDENCE": str(part)}, LIMIT_SECONDS * 6)  # fmt: skip
    shutil.rmtree(trees["good"], ignore_errors=True)
    if not part.exists():
        return "no evidence"
    part.replace(pair.root / "evidence.jsonl.gz")
    return f"{len(failing)} fail, {len(passing)} pass"


def _environment(pair: Pair, tree: Path) -> Path:
    """A virtual environment with the newer release and what its tests are said to need."""
    venv = folder() / "venvs" / f"{pair.project}-{pair.new.rpartition('.')[0]}"
    python = venv / "bin" / "python"
    if not (venv / "done").exists():
        shutil.rmtree(venv, ignore_errors=True)
        call(interpreter(PYTHON), "-m", "venv", *(["--without-pip"] if UV else []), venv)
        _install(python, *NEEDED, "setuptools<81")
        for extra in ("[test]", "[tests]", "[testing]", "[dev]", ""):
            try:
                _install(python, f"{tree}{extra}", *NEEDED)
                break
            except SystemExit:
                continue
        (venv / "done").touch()
    return python


def _install(python: Path, *what: str) -> None:
    """Install with uv where it is there: it takes a tenth of the time."""
    tool = (
        (UV, "pip", "install", "-q", "-p", str(python))
        if UV
        else (str(python), "-m", "pip", "install", "-q")
    )
    call(*tool, *what)


def _outcomes(pair: Pair, python: Path, tree: Path) -> tuple[set[str], set[str]] | None:
    """The tests that fail and those that pass; None where they cannot be collected."""
    report = pair.root / "outcomes.json"
    for _ in range(5):
        report.unlink(missing_ok=True)
        text = _pytest(python, tree, ["-p", "no:autopsy", "--tb=line", f"--maxfail={MOST_FAILING * 3}"],
                       {"ACCURACY_OUTCOMES": str(report)}, LIMIT_SECONDS)  # fmt: skip
        told = json.loads(report.read_text("utf-8")) if report.exists() else None
        missing = {_KNOWN.get(m, f"pytest-{m}" if fixture else m.split(".")[0])
                   for module, fixture in _MISSING.findall(text) for m in (module or fixture,)}  # fmt: skip
        if told is not None and not told["collect"]:
            return set(told["failed"]), set(told["passed"])
        if not missing:
            return None
        for name in sorted(missing):
            with suppress(SystemExit):
                _install(python, name)
    return None


def _pytest(
    python: Path, tree: Path, arguments: list[str], variables: dict[str, str], limit: float
) -> str:
    import os

    source = [tree / "src"] if (tree / "src").is_dir() else []
    source += [tree / "lib"] if (tree / "lib").is_dir() else []
    kept = {key: value for key, value in os.environ.items() if key not in HIDDEN_VARIABLES}
    path = os.pathsep.join(map(str, [_plugins(), *source, tree]))
    try:
        done = subprocess.run(
            [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "accuracy_plugin",
             "--rootdir=.", "-W", "ignore", "-o", "addopts=", "-o", "filterwarnings=", *arguments],
            cwd=tree, env={**kept, "PYTHONPATH": path, "PYTHONHASHSEED": "0", **variables},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            timeout=limit, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


# -- ranking --------------------------------------------------------------------------------


def run_of(pair: Pair) -> Run:
    """The run of a pair's fault."""
    return read_run(pair.root / "evidence.jsonl.gz")


def truth(pair: Pair, run: Run) -> set[Key]:
    """The changed functions that a failing test ran."""
    ran = {
        (run.functions[i].file, plain_name(run.functions[i].name))
        for failure in run.failures if failure.footprint is not None
        for i in failure.footprint.lines
    }  # fmt: skip
    return {(file, plain_name(name)) for file, name in pair.changed} & ran


def known_pairs(half: str) -> list[Pair]:
    """The pairs that were found, of a half or of both ("all")."""
    data = json.loads(LISTED.read_text("utf-8"))
    found = [Pair(**{**one, "changed": tuple(map(tuple, one["changed"]))}) for one in data]
    return [pair for pair in found if half in ("all", pair.half)]


def _path(tree: Path, file: str) -> str:
    return str(tree / file)


def _size(cause: RootCause) -> int:
    return len(cause.failures)


def rank(half: str, verbose: bool) -> None:
    """Print where the mended functions stand."""
    places: list[float | None] = []
    together: list[float | None] = []
    hidden: list[float | None] = []
    spectrum: list[float | None] = []
    right: dict[str, list[bool]] = {}
    for pair in known_pairs(half):
        if not (pair.root / "evidence.jsonl.gz").exists():
            continue
        run = run_of(pair)
        true = truth(pair, run)
        if not true or not run.failures:
            continue
        path_of = partial(_path, pair.root / "bad")
        cause = max(explain(run, path_of), key=_size)
        place = position(scores_of(cause.diagnosis.suspects), true)
        places.append(place)
        nameless = max(explain(masked(run), path_of), key=_size)
        hidden.append(position(scores_of(nameless.diagnosis.suspects), true))
        union = diagnose(Case(run, run.failures, path_of))
        together.append(position(scores_of(union.suspects), true))
        spectrum.append(position(ochiai(run, path_of), true))
        first = cause.diagnosis.suspects[0].function if cause.diagnosis.suspects else None
        right.setdefault(cause.diagnosis.confidence, []).append(place == 1)
        if verbose:
            named = first.name if first is not None else "nobody"
            print(f"{place!s:>6}  {cause.diagnosis.confidence:6} {len(run.failures):3} failed  {pair.id:34}"
                  f" {', '.join(sorted(name for _, name in true))[:60]}  (first: {named})", flush=True)  # fmt: skip
    readings = {
        "largest cause": places, "names masked": hidden,
        "all failures": together, "Ochiai": spectrum,
    }  # fmt: skip
    for name, those in readings.items():
        told = summary(those)
        shares = "  ".join(f"@{n} {share:.0%}" for n, share in told.at.items())
        print(f"{name:14} {told.count} faults  {shares}  MRR {told.mrr:.3f}")
    for word, all_of in sorted(right.items()):
        print(f"{word:7} {sum(all_of)} of {len(all_of)} right")


def main(arguments: list[str] | None = None) -> int:
    """Find, collect or rank."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.releases", description=__doc__)
    parser.add_argument("--find", nargs="+", metavar="NAME")
    parser.add_argument("--collect", action="store_true")
    parser.add_argument("--rank", action="store_true")
    parser.add_argument("--half", default="fit")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore", SyntaxWarning)  # what is not ours to mend
    if options.find:
        have = {pair.id: pair for pair in known_pairs("all")} if LISTED.exists() else {}
        for project in options.find:
            try:
                for pair in pairs_of(project):
                    have[pair.id] = pair
                    print(pair.id, len(pair.changed), pair.half, flush=True)
            except Exception as error:  # a project that is not there is told, not fatal
                print(f"{project}: {type(error).__name__} {error}", flush=True)
            rows = (json.dumps(asdict(pair)) for _, pair in sorted(have.items()))
            LISTED.write_text("[\n" + ",\n".join(rows) + "\n]\n", "utf-8")
    if options.collect:
        for pair in known_pairs(options.half):
            said = pair.root / "said.txt"
            if said.exists():
                continue
            began = time.perf_counter()
            try:
                pair.root.mkdir(parents=True, exist_ok=True)
                told = collect(pair)
            except (Exception, SystemExit) as error:
                told = f"{type(error).__name__} {str(error)[:200]}"
            said.write_text(told, "utf-8")
            print(f"{pair.id:40} {told}  {time.perf_counter() - began:.0f} s", flush=True)
    if options.rank:
        rank(options.half, options.verbose)
    return 0


if __name__ == "__main__":
    sys.exit(main())
