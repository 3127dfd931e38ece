"""Which files are the project's own: found from the layout, never from a list of names."""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from ..plainjson import loads
from ..unfaked import os

VERSION_CONTROL = (".git", ".hg", ".svn", ".bzr", ".jj")
NEVER = frozenset(
    ("site-packages", "dist-packages", "node_modules", "__pycache__", "__pypackages__", ".eggs",
     "_vendor", "_vendored", "vendored", "third_party", "_extern")
)  # fmt: skip
"""Folders of what others have written, wherever they lie."""
BUILD_OUTPUT = ("build/lib*", "build/bdist*", "build/temp*", "build/scripts*")
TEST_FOLDERS = frozenset(("tests", "test", "testing"))
MAX_FILES = 20_000

_STDLIB = tuple(
    os.path.realpath(path) + os.sep
    for path in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    if path
)
_OWN = os.path.dirname(os.path.dirname(os.path.realpath(__file__))) + os.sep
_OURS = os.path.dirname(_OWN[:-1])
"""Where this package lies: installed as editable, it is no part of the project that it is used in."""


def repository_root(start: Path) -> Path:
    """Return the folder under version control that holds `start`; `start` where there is none."""
    for folder in (start, *start.parents):
        if any((folder / name).exists() for name in VERSION_CONTROL):
            return folder
    return start


def stdlib_folders() -> tuple[str, ...]:
    """Return where the standard library lies."""
    return tuple(path.rstrip(os.sep) for path in _STDLIB)


class Project:
    """The project's own code: the files under its root, its editable installs, itself installed.

    `rootdir` is pytest's; paths are shown relative to it.
    """

    def __init__(
        self, rootdir: Path, test_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    ) -> None:
        self.rootdir = os.path.realpath(rootdir)
        self.root = os.path.realpath(repository_root(rootdir))
        self.test_files = test_files
        self.installed = tuple(_own_installed(Path(self.rootdir)))
        # What we are asked to test is ours, also where it lies in a folder of others' code.
        apart = not _below(os.path.join(self.rootdir, "any"), self.root)
        self.folders = (
            self.root,
            *([self.rootdir] if apart else []),
            *_editable_folders(self.root),
        )
        # Asked for each code object; the answer for a file is found by going through sys.path.
        self._owned: dict[str, bool] = {}
        self._shown: dict[str, str] = {}

    def known(self) -> dict[str, object]:
        """Return what was looked up, as JSON types, for a process that shall not look again."""
        found = vars(self)
        return {name: list(v) if type(v) is tuple else v for name, v in found.items()}

    @classmethod
    def from_known(cls, known: dict[str, Any]) -> Project:
        """Return the project that another process has looked up."""
        project = cls.__new__(cls)
        for name, value in known.items():
            setattr(project, name, tuple(value) if type(value) is list else value)
        return project

    def owns(self, path: str) -> bool:
        """Whether the file at `path` (absolute, real) is code of this project."""
        owned = self._owned.get(path)
        if owned is None:
            owned = self._owned[path] = self._owns(path)
        return owned

    def _owns(self, path: str) -> bool:
        if path.startswith(_OWN):
            return False
        if any(path == own or _below(path, own) for own in self.installed):
            return True
        if path.startswith(_STDLIB):
            return False
        return any(_below(path, folder) for folder in self.folders)

    def shown(self, path: str) -> str:
        """Return the path as users read it: relative to rootdir, or to where it was installed."""
        shown = self._shown.get(path)
        if shown is None:
            shown = self._shown[path] = self._as_shown(path)
        return shown

    def _as_shown(self, path: str) -> str:
        if _inside(path, self.rootdir) and not _in_site_packages(path):
            return os.path.relpath(path, self.rootdir).replace(os.sep, "/")
        for base in sorted(set(filter(None, sys.path)), key=len, reverse=True):
            if _inside(path, os.path.realpath(base)) and os.path.realpath(base) != self.root:
                return os.path.relpath(path, os.path.realpath(base)).replace(os.sep, "/")
        if _inside(path, self.root):
            return os.path.relpath(path, self.rootdir).replace(os.sep, "/")
        return path.replace(os.sep, "/")

    def is_test(self, shown: str) -> bool:
        """Whether a file, named as `shown` names it, holds tests or what serves only them."""
        *folders, name = shown.split("/")
        if name == "conftest.py" or self._is_test_file(name):
            return True
        return any(
            folder in TEST_FOLDERS
            or (folder.endswith("tests") and self._holds_tests("/".join(folders[: depth + 1])))
            for depth, folder in enumerate(folders)
        )

    def _is_test_file(self, name: str) -> bool:
        return any(fnmatch(name, pattern) for pattern in self.test_files)

    def _holds_tests(self, shown: str) -> bool:
        """Whether tests lie right in a folder: `yapftests`, where `contests` has none."""
        try:
            return any(map(self._is_test_file, os.listdir(os.path.join(self.rootdir, shown))))
        except OSError:
            return False

    def files(self) -> Iterator[str]:
        """Every Python file that the project owns, at most MAX_FILES of them."""
        count = 0
        for start in (*self.folders, *self.installed):
            for path in _python_files(start):
                if self.owns(path):
                    count += 1
                    if count > MAX_FILES:
                        return
                    yield path


def _inside(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _in_site_packages(path: str) -> bool:
    return "site-packages" in path or "dist-packages" in path


def _below(path: str, folder: str) -> bool:
    """Whether `path` lies under `folder`, and not in something else that is kept there."""
    if not _inside(path, folder):
        return False
    relative = os.path.relpath(os.path.dirname(path), folder).replace(os.sep, "/")
    if relative == ".":
        return True
    parts = relative.split("/")
    if any(part in NEVER or part.startswith(".") for part in parts):
        return False
    if any(fnmatch("/".join(parts[:2]), pattern) for pattern in BUILD_OUTPUT):
        return False
    places = ("/".join(parts[: n + 1]) for n in range(len(parts)))
    return not any(_is_environment(os.path.join(folder, place)) for place in places)


@lru_cache(maxsize=4096)
def _is_environment(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, "pyvenv.cfg")) or os.path.exists(
        os.path.join(folder, "conda-meta")
    )


def _python_files(start: str) -> Iterator[str]:
    if os.path.isfile(start):
        yield start
        return
    for folder, inner, names in os.walk(start):
        inner[:] = sorted(
            name
            for name in inner
            if name not in NEVER
            and not name.startswith(".")
            and not _is_environment(os.path.join(folder, name))
        )
        yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))


def _editable_folders(root: str) -> Iterator[str]:
    """Where editable installs lie that are not under `root` (PEP 610 direct_url.json)."""
    for distribution in metadata.distributions():
        try:
            text = distribution.read_text("direct_url.json")
        except (OSError, UnicodeDecodeError):
            continue
        if text and '"editable": true' in text.replace('"editable":true', '"editable": true'):
            folder = _folder_of_url(text)
            outside = folder and os.path.isdir(folder) and not _inside(folder + os.sep, root)
            if outside and folder != _OURS:
                yield folder


def _folder_of_url(direct_url: str) -> str:
    try:
        url = loads(direct_url).get("url", "")
    except ValueError:
        return ""
    return os.path.realpath(unquote(urlparse(url).path)) if url.startswith("file:") else ""


def _own_installed(rootdir: Path) -> Iterator[str]:
    """Where this project's own distribution is installed, if not from its source tree."""
    name = _project_name(rootdir)
    if not name:
        return
    try:
        files = metadata.distribution(name).files or ()
    except (metadata.PackageNotFoundError, OSError, ValueError):
        return
    tops: set[str] = set()
    for file in files:
        if file.suffix == ".py" and file.parts[0] != ".." and "__pycache__" not in file.parts:
            first = file.parts[0] if len(file.parts) > 1 else str(file)
            tops.add(os.path.realpath(str(file.locate())[: -len(str(file))] + first))
    yield from sorted(tops)


def _project_name(rootdir: Path) -> str:
    """The distribution's name, from pyproject.toml, setup.cfg or an sdist's PKG-INFO."""
    for file, pattern in (
        (
            "pyproject.toml",
            r"(?ms)^\[(?:project|tool\.poetry)\]\s*$(?:(?!^\[).)*?^name\s*=\s*[\"']([\w.-]+)[\"']",
        ),
        ("setup.cfg", r"(?m)^name\s*=\s*([\w.-]+)\s*$"),
        ("PKG-INFO", r"(?m)^Name: ([\w.-]+)\s*$"),
    ):
        try:
            text = (rootdir / file).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        found = re.search(pattern, text)
        if found:
            return found.group(1)
    return ""
