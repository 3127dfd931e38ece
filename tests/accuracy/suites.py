"""The published libraries whose own test suites are run, and how each is fetched and installed.

Everything is downloaded with pip from the package index and kept under `suites_dir()`: the sdists
(which carry the test suites) and, for each library and interpreter, a virtual environment and the
tree its tests are run in.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
HIDDEN_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONSTARTUP", "PYTHONWARNINGS")
"""What would change how pytest runs, if it came from outside."""
COMMON = ("pytest==9.2.0", "pytest-xdist==3.8.0")


@dataclass(frozen=True)
class Deselected:
    """A test that is left out, and why."""

    nodeid: str
    reason: str
    pythons: tuple[str, ...] = PYTHONS


@dataclass(frozen=True)
class Suite:
    """A library at a version, and what its tests need."""

    name: str
    version: str
    package: str
    source: str
    requirements: tuple[str, ...] = ()
    deselected: tuple[Deselected, ...] = ()
    remark: str = ""

    def fingerprint(self, python: str) -> str:
        """Changes when an environment made for this suite is to be made anew."""
        parts = [self.name, self.version, self.source, COMMON, self.requirements]
        return json.dumps([*parts, str(interpreter(python))])


SUITES = (
    Suite("jinja2", "3.1.6", "jinja2", "src", ("trio==0.27.0",)),
    Suite(
        "tomlkit",
        "0.15.2",
        "tomlkit",
        "tomlkit",
        remark="The sdist carries the toml-test submodule, so its decoding tests run too.",
    ),
    Suite(
        "markdown-it-py",
        "4.3.0",
        "markdown_it",
        "markdown_it",
        ("linkify-it-py==2.0.3", "pytest-regressions==2.8.3", "pytest-timeout==2.4.0"),
        remark="Earlier sdists carry no tests. flit_core, which the testing extra asks for, is left"
        " out: test_packaging would build an sdist from a source tree that is not there, and skips"
        " itself without flit_core. The suite limits each test to ten seconds.",
    ),
    Suite(
        "click",
        "8.5.1",
        "click",
        "src",
        remark="The suite's own options leave out its stress tests.",
    ),
)


@dataclass(frozen=True)
class Environment:
    """A library installed for one interpreter, with the tree its tests are run in."""

    suite: Suite
    python: str
    root: Path

    @property
    def executable(self) -> Path:
        """The interpreter of the virtual environment."""
        return self.root / "venv" / "bin" / "python"

    @property
    def tests(self) -> Path:
        """The folder to run pytest in: the sdist without the library's own source."""
        return self.root / "tree"

    @property
    def site_packages(self) -> Path:
        """Where the library is installed."""
        return self.root / "venv" / "lib" / f"python{self.python}" / "site-packages"

    def label(self) -> str:
        """How the environment is named in what is printed."""
        return f"{self.suite.name} {self.suite.version} py{self.python}"

    def deselections(self) -> list[str]:
        """The pytest arguments that leave out the suite's deselected tests."""
        nodeids = [test.nodeid for test in self.suite.deselected if self.python in test.pythons]
        return [argument for nodeid in nodeids for argument in ("--deselect", nodeid)]


def suites_dir() -> Path:
    """Where downloads and environments are kept."""
    return Path(os.environ.get("AUTOPSY_SUITES_DIR", "/tmp/autopsy-suites")).resolve()


def find_suites(names: list[str]) -> list[Suite]:
    """The suites called by these names; all when there are none."""
    known = {suite.name: suite for suite in SUITES}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"unknown library {', '.join(unknown)}; known: {', '.join(known)}")
    return [known[name] for name in names] if names else list(SUITES)


def interpreter(python: str) -> Path:
    """The newest interpreter of a version such as "3.12" that pyenv has, or the one on PATH."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = list((pyenv / "versions").glob(f"{python}.*/bin/python"))
    if found:
        return max(found, key=lambda path: int(path.parts[-3].rpartition(".")[2]))
    on_path = shutil.which(f"python{python}")
    if on_path is None:
        raise SystemExit(f"no Python {python}, neither under {pyenv} nor on PATH")
    return Path(on_path)


def call(*command: str | Path) -> None:
    """Runs a preparing command quietly; shows its output only when it fails."""
    arguments = [str(part) for part in command]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"failed: {' '.join(arguments)}\n{done.stdout}{done.stderr}")


def fetch(suite: Suite, python: str) -> Path:
    """The sdist of a library, downloaded with pip unless it already was."""
    folder = suites_dir() / "sdists" / f"{suite.name}-{suite.version}"
    if not list(folder.glob("*.tar.gz")):
        options = ["--no-deps", "--no-binary", suite.name, "--dest", str(folder)]
        pin = f"{suite.name}=={suite.version}"
        call(interpreter(python), "-m", "pip", "download", *options, pin)
    return next(folder.glob("*.tar.gz"))


def unpack(archive: Path, folder: Path) -> Path:
    """Unpacks an sdist; gives the one folder that it holds."""
    with tarfile.open(archive) as opened:
        if hasattr(tarfile, "data_filter"):
            opened.extractall(folder, filter="data")
        else:
            opened.extractall(folder)
    return next(path for path in folder.iterdir() if path.is_dir())


def build(suite: Suite, python: str, root: Path) -> None:
    """Makes the virtual environment and the tree; the library is installed, not editable."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    source = unpack(fetch(suite, python), root / "unpacked")
    call(interpreter(python), "-m", "venv", root / "venv")
    python_there = root / "venv" / "bin" / "python"
    call(python_there, "-m", "pip", "install", *COMMON, *suite.requirements, source)
    shutil.rmtree(source / suite.source)
    source.rename(root / "tree")


def prepare(suite: Suite, python: str) -> Environment:
    """The environment of a suite for an interpreter, made if it is not there or out of date."""
    root = suites_dir() / "environments" / f"{suite.name}-{suite.version}-py{python}"
    environment = Environment(suite, python, root)
    stamp = root / "stamp.json"
    fingerprint = suite.fingerprint(python)
    with alone(environment):
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != fingerprint:
            build(suite, python, root)
            stamp.write_text(fingerprint, encoding="utf-8")
    return environment


def install_autopsy(environment: Environment) -> None:
    """Installs this project, editable, unless it was since its pyproject.toml last changed."""
    stamp = environment.root / "autopsy.stamp"
    digest = hashlib.sha256((PROJECT / "pyproject.toml").read_bytes()).hexdigest()
    fingerprint = f"{PROJECT} {digest}"
    with alone(environment):
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != fingerprint:
            call(environment.executable, "-m", "pip", "install", "-e", PROJECT)
            stamp.write_text(fingerprint, encoding="utf-8")


@contextmanager
def alone(environment: Environment) -> Iterator[None]:
    """Waits until no other process uses the environment, and keeps others out."""
    root = environment.root
    root.parent.mkdir(parents=True, exist_ok=True)
    with (root.parent / f"{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mend(environment)
        yield


def copy_whole(source: Path, target: Path) -> None:
    """Copies a file with its times, so that there never is a half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    shutil.copy2(source, partial)
    partial.replace(target)


def keep(environment: Environment, file: str) -> None:
    """Keeps an installed file as it is, for `mend`, before something is done to it."""
    copy_whole(environment.site_packages / file, environment.root / "kept" / file)


def mend(environment: Environment) -> None:
    """Restores every file that was kept: those of a run that was killed in between, too.

    They get their old times back, so that what was compiled meanwhile counts as out of date.
    """
    folder = environment.root / "kept"
    for kept in list(folder.rglob("*.py")):
        copy_whole(kept, environment.site_packages / kept.relative_to(folder))
        kept.unlink()
