"""The libraries that faults are put into, and the place where each is unpacked and run.

A library's sdist is unpacked whole and its tests run there on its own source, as in a checkout of
the project; the virtual environment holds the library too, for its metadata and what it needs.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .suites import HIDDEN_VARIABLES, PROJECT, Suite, call, fetch, interpreter, unpack

PYTHON = "3.12"
NEEDED = ("pytest==9.2.0", "orjson>=3.10", "pluggy>=1.4")
TIMED_OUT = 124
CHANGED = ".accuracy-changed"
"""A file in the copy that tests are run in: which files of it carry a fault."""


@dataclass(frozen=True)
class Library:
    """A library at a version."""

    name: str
    version: str
    package: str
    source: str = ""
    """The folder of the sdist that holds the package, where it is not the sdist's root."""
    requirements: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    """What pytest is given: the folder of the tests first, then what leaves the slow ones out."""
    fitted: int = 16
    """Weights have been set on so many of its faults, the first that were found; not on the others."""

    @property
    def root(self) -> Path:
        """Where all of it is kept."""
        return store() / f"{self.name}-{self.version}"

    @property
    def checkout(self) -> Path:
        """The sdist, unpacked, without a fault."""
        return self.root / "checkout"

    @property
    def executable(self) -> Path:
        """The interpreter that runs its tests."""
        return self.root / "venv" / "bin" / "python"

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The source files of the package, relative to the checkout, without its tests."""
        folder = self.checkout / self.source / self.package
        every = sorted(path.relative_to(self.checkout) for path in folder.rglob("*.py"))
        return tuple(path.as_posix() for path in every if "tests" not in path.parts)


LIBRARIES = (
    Library("jinja2", "3.1.6", "jinja2", "src", ("trio==0.27.0",), ("tests",)),
    Library("tomlkit", "0.15.2", "tomlkit", "", ("pyyaml",), ("tests",)),
    Library(
        "markdown-it-py", "4.3.0", "markdown_it", "",
        ("linkify-it-py==2.0.3", "pytest-regressions==2.8.3", "pytest-timeout==2.4.0"), ("tests",),
        fitted=0,
    ),
    Library("click", "8.5.1", "click", "src", (), ("tests",), fitted=0),
    Library("parse", "1.22.4", "parse", "", (), ("tests", "-o", "addopts=")),
    Library("cachetools", "8.0.1", "cachetools", "src", (), ("tests",)),
    Library("marshmallow", "4.4.0", "marshmallow", "src", ("simplejson",), ("tests",)),
    Library(
        "sqlparse", "0.6.1", "sqlparse", "", (),
        ("tests", "--ignore=tests/test_dos_prevention.py", "--ignore=tests/test_cli.py"),
    ),
    Library("tabulate", "0.10.0", "tabulate", "", ("wcwidth",), ("test",)),
    Library("voluptuous", "0.16.0", "voluptuous", "", (), ("voluptuous/tests",)),
    Library("boltons", "26.2.0", "boltons", "", (), ("tests",)),
    Library(
        "mistune", "3.4.0", "mistune", "src", (),
        ("tests", "--ignore-glob=*security*", "--ignore-glob=*limits*"),
    ),
)  # fmt: skip

FRAMEWORKS = (
    Library(
        "werkzeug", "3.1.9", "werkzeug", "src",
        ("ephemeral-port-reserve", "pytest-timeout", "pytest-xprocess", "watchdog", "cryptography"),
        ("tests", "--ignore=tests/test_serving.py", "--ignore=tests/live_apps"),
    ),
    Library("webob", "1.8.11", "webob", "src", (), ("tests",)),
    Library(
        "cmd2", "4.3.1", "cmd2", "", ("pytest-mock",),
        ("tests", "-o", "addopts=", "--ignore=tests/test_pipeline_job_control.py"),
    ),
)  # fmt: skip
"""Where most functions hand on what others made: by name only, apart from the tables' sets. No weight
was set on their faults, but each was looked at."""


def store() -> Path:
    """Where libraries, and the evidence of their faults, are kept."""
    return Path(os.environ.get("AUTOPSY_ACCURACY_DIR", "/tmp/autopsy-accuracy")).resolve()


def chosen(names: str) -> list[Library]:
    """All libraries, or those named, with commas. Raises SystemExit where none has such a name."""
    if names == "all":
        return list(LIBRARIES)
    every = (*LIBRARIES, *FRAMEWORKS)
    found = [one for one in every if one.name in names.split(",")]
    if not found:
        known = ", ".join(one.name for one in every)
        raise SystemExit(f"{names}: give all, or names of {known}")
    return found


def prepare(library: Library) -> None:
    """Fetch and install a library, unless it was."""
    stamp = library.root / "stamp.json"
    wanted = json.dumps([library.requirements, NEEDED, str(interpreter(PYTHON))])
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    for folder in ("checkout", "venv", "unpacked"):
        shutil.rmtree(library.root / folder, ignore_errors=True)
    suite = Suite(library.name, library.version, library.package, library.source)
    unpack(fetch(suite, PYTHON), library.root / "unpacked").rename(library.checkout)
    call(interpreter(PYTHON), "-m", "venv", library.root / "venv")
    needed = (*NEEDED, *library.requirements)
    call(library.executable, "-m", "pip", "install", *needed, library.checkout)
    shutil.rmtree(library.checkout / "build", ignore_errors=True)
    stamp.write_text(wanted, encoding="utf-8")


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Keep other processes that do the same out of it until it is done."""
    store().mkdir(parents=True, exist_ok=True)
    with (store() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def copy_of(library: Library, changed: dict[str, str]) -> Iterator[Path]:
    """The copy of a checkout that tests are run in, some files (name -> text) changed meanwhile.

    It stays where it is, so that what was compiled of the other files is used again.
    """
    folder = library.root / "work"
    with only_one(f"{library.name}-work"):
        if not folder.exists():
            shutil.copytree(library.checkout, folder, symlinks=True)
        for name in (*_left_changed(folder), *changed):
            _put(library.checkout / name, folder / name)
        (folder / CHANGED).write_text("\n".join(changed), encoding="utf-8")
        for name, text in changed.items():
            (folder / name).write_text(text, encoding="utf-8")
        yield folder


def _left_changed(folder: Path) -> list[str]:
    note = folder / CHANGED
    return note.read_text(encoding="utf-8").split() if note.exists() else []


def _put(source: Path, target: Path) -> None:
    """Puts a file back, and throws away what was compiled of it."""
    shutil.copy2(source, target)
    for compiled in (target.parent / "__pycache__").glob(f"{target.stem}.*.pyc"):
        compiled.unlink()


def run_tests(
    library: Library,
    folder: Path,
    tests: Iterable[str] | None,
    arguments: Iterable[str],
    limit: float,
    **variables: str,
) -> tuple[int, str]:
    """Run a library's tests, or those given by node id, in a copy of it.

    Returns exit code (124: out of time) and output. Only the files of the tests are collected.
    """
    chosen_tests = library.arguments
    if tests is not None:
        chosen_ids = sorted(tests)
        listed = folder / ".accuracy-tests"
        listed.write_text("\n".join(chosen_ids), encoding="utf-8")
        variables["ACCURACY_TESTS"] = str(listed)
        files = dict.fromkeys(one.split("::")[0] for one in chosen_ids)
        chosen_tests = (*files, *library.arguments[1:])
    plugins = _plugins()
    paths = (plugins, folder / library.source if library.source else folder)
    kept = {key: value for key, value in os.environ.items() if key not in HIDDEN_VARIABLES}
    own = {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(
            [
                str(library.executable), "-m", "pytest", "-q", "-p", "no:cacheprovider",
                "-p", "accuracy_plugin", "--rootdir=.", *chosen_tests, *arguments,
            ],
            cwd=folder, env=kept | own | variables, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            timeout=limit, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return TIMED_OUT, f"not finished within {limit} s"
    return done.returncode, done.stdout


def _plugins() -> Path:
    """A folder with nothing but this project's package and our plugin in it.

    The project itself on the path would let a library's tests import ours by mistake.
    """
    folder = store() / "path" / str(os.getpid())
    folder.mkdir(parents=True, exist_ok=True)
    links = {
        "pytest_autopsy": PROJECT / "pytest_autopsy",
        "accuracy_plugin.py": Path(__file__).with_name("accuracy_plugin.py"),
    }
    for name, target in links.items():
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(target)
    return folder
