"""What is traced: rules from the command line, ini and markers, asked once a code object."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from types import CodeType

from ..model import Function, Kind
from ..unfaked import os
from .outline import OPTIMISED, Outline, outline_of
from .project import Project

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
_UNNAMED = ("<lambda>", "<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>")


class TargetError(ValueError):
    """A target that cannot be read; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One target: files, modules or functions. `function` is a glob over qualified names."""

    text: str
    kind: str  # path, module, function
    pattern: str = ""
    function: str = ""
    within: str = ""  # a path that it holds for, "": everywhere

    def matches(self, path: str, module: str, name: str) -> bool:
        """Whether a function `name` of `module` in the file `path` is meant."""
        if self.within and not _path_matches(path, self.within):
            return False
        if self.function and not _name_matches(name, self.function):
            return False
        if self.kind == "path":
            return _path_matches(path, self.pattern)
        if self.kind == "module":
            return (
                module == self.pattern
                or module.startswith(self.pattern + ".")
                or (fnmatchcase(module, self.pattern))
            )
        return True

    @property
    def reading(self) -> str:
        """How the target was read, for the header."""
        return f"{self.text} ({self.kind})"


def parse_target(text: str, project: Project, here: Path) -> Rule:
    """Read one `--trace-target`; relative paths start at `here`, then at the root.

    Raises TargetError where it has no reading.
    """
    if not text.strip():
        raise TargetError("an empty target; give a path, a module or a function")
    if "::" in text:
        path, _, name = text.partition("::")
        function = name.replace("::", ".").split("[")[0]
        raise TargetError(
            f"{text!r} is a test's node id; a target is code: give a path ({path}), a module or"
            f" a function ({path}:{function}); tests are chosen as pytest's own arguments"
        )
    place, separator, function = (text, "", "") if _has_drive(text) else text.partition(":")
    if separator and not function:
        raise TargetError(f"{text!r} names no function after the colon; e.g. {place}:Cart.add")
    if place in ("*", "") and function:
        return Rule(text, "function", "", function)
    found = _as_path(place, project, here)
    if found is not None:
        return Rule(text, "path", found, function)
    if "/" in place or os.sep in place or place.endswith(".py"):
        raise TargetError(f"{text!r}: there is no file or folder {place} under {here}")
    if not all(part.isidentifier() or "*" in part for part in place.split(".")):
        raise TargetError(
            f"{text!r} is no path, module or function; e.g. src/shop, shop.cart:Cart.add"
        )
    if function or "." in place or _is_module(place, project):
        return Rule(text, "module", place, function)
    return Rule(text, "function", "", place)


class Targets:
    """Decides which code objects are recorded, and as which Function."""

    def __init__(
        self,
        project: Project,
        include: Iterable[Rule] = (),
        exclude: Iterable[Rule] = (),
        *,
        own: bool | None = None,
    ) -> None:
        self.project = project
        self.include = tuple(include)
        self.exclude = tuple(exclude)
        self.own = not self.include if own is None else own  # the project's own code, as a whole
        self.fixtures: set[tuple[str, str]] = set()
        self.matched: set[str] = set()  # texts of rules that met code
        self._paths: dict[str, str] = {}
        self._absolute: dict[str, str] = {}
        self._kinds: dict[str, Kind] = {}
        self._named: dict[tuple[str, str], Function | None] = {}
        self._outlines: dict[str, Outline] = {}  # by file: of its import where that was seen

    def match(self, code: CodeType, module: str) -> Function | None:
        """Return the function that `code` belongs to if it is a target, else None.

        Comprehensions, generator expressions and lambdas belong to the function around them.
        """
        filename = code.co_filename
        if filename[:1] == "<" or (not code.co_flags & OPTIMISED and code.co_name != "<module>"):
            return None
        if _ADDRESS.search(filename) and not os.path.exists(filename):
            return None  # generated, and called another thing in each run
        path = self._path(filename)
        if not self.include and not (self.own and self.project.owns(path)):
            return None
        function = self._function(code, path)
        if self.includes(function, path, module):
            return function
        return None

    def includes(self, function: Function, path: str, module: str) -> bool:
        """Whether the rules name this function."""
        if any(rule.matches(path, module, function.name) for rule in self.exclude):
            return False
        owns = self.project.owns(path)  # a function of any module is one of the project's own
        met = [
            rule.text
            for rule in self.include
            if (owns or rule.within or rule.kind != "function")
            and rule.matches(path, module, function.name)
        ]
        self.matched.update(met)
        return bool(met) or (self.own and owns)

    def widened(self, more: Iterable[Rule], *, own: bool) -> Targets:
        """Return targets with `more` rules beside these, as markers name them."""
        wider = Targets(self.project, (*self.include, *more), self.exclude, own=own)
        wider.fixtures, wider.matched = self.fixtures, self.matched
        wider._absolute, wider._outlines = self._absolute, self._outlines
        return wider

    def count(self) -> tuple[int, int]:
        """Return how many files in how many packages are targets."""
        files = [path for path in self.project.files() if self._file_included(path)]
        return len(files), len({os.path.dirname(path) for path in files})

    def absolute(self, file: str) -> str:
        """Return the absolute path of a file that a Function names."""
        path = self._absolute.get(file)
        if path is None:  # recorded by another process
            bases = (self.project.rootdir, *filter(None, sys.path))
            found = (os.path.join(base, file) for base in bases)
            path = next((one for one in found if os.path.exists(one)), file)
            self._absolute[file] = path = os.path.realpath(path)
        return path

    def _file_included(self, path: str) -> bool:
        module = os.path.splitext(self.project.shown(path))[0].replace("/", ".")
        module = module.removesuffix(".__init__").removeprefix("src.")
        if any(not r.function and r.matches(path, module, "") for r in self.exclude):
            return False
        wanted = [Rule(r.text, r.kind, r.pattern) for r in self.include]
        return self.own or any(rule.matches(path, module, "") for rule in wanted)

    def _path(self, filename: str) -> str:
        path = self._paths.get(filename)
        if path is None:
            path = self._paths[filename] = os.path.realpath(filename)
        return path

    def _function(self, code: CodeType, path: str) -> Function:
        shown = self.project.shown(path)
        self._absolute[shown] = path
        kind = self._kinds.get(shown)
        if kind is None:
            kind = self._kinds[shown] = "test" if self.project.is_test(shown) else "code"
        if code.co_name == "<module>":
            self._outlines[shown] = Outline(code)
        name: str = getattr(code, "co_qualname", "")  # since 3.11
        if code.co_name in _UNNAMED:
            around = self._named.get((shown, name.rpartition(".<locals>.")[0]))
            return around or self._around(code, path, shown, kind)
        name = name or self._outline(path, shown).name_of(code)
        function = Function(shown, name, code.co_firstlineno, kind)
        if self._named.setdefault((shown, name), function) != function:
            self._named[shown, name] = None  # two of one name, as a property's are
        return function

    def _around(self, code: CodeType, path: str, shown: str, kind: Kind) -> Function:
        found = self._outline(path, shown).around(code.co_firstlineno)
        return Function(shown, *(found or ("<module>", 1)), kind)

    def _outline(self, path: str, shown: str) -> Outline:
        outline = self._outlines.get(shown)
        if outline is None:
            outline = self._outlines[shown] = outline_of(path)
        return outline


def _has_drive(text: str) -> bool:
    return os.name == "nt" and text[1:3] == ":\\"


def _name_matches(name: str, pattern: str) -> bool:
    """A qualified name, or its last parts, matches."""
    plain = name.replace("<locals>.", "")
    return fnmatchcase(plain, pattern) or fnmatchcase(plain, f"*.{pattern}")


def _path_matches(path: str, pattern: str) -> bool:
    if path == pattern or path.startswith(pattern.rstrip(os.sep) + os.sep):
        return True
    return any(c in pattern for c in "*?[") and (
        fnmatchcase(path, pattern) or fnmatchcase(path, pattern + os.sep + "*")
    )


def _as_path(place: str, project: Project, here: Path) -> str | None:
    has_glob = any(character in place for character in "*?[")
    for base in (here, Path(project.rootdir), Path(project.root)):
        candidate = base / place
        if has_glob and ("/" in place or place.endswith(".py")):
            if any(base.glob(place)):
                return os.path.realpath(base) + os.sep + place.replace("/", os.sep)
        elif not has_glob and candidate.exists():
            return os.path.realpath(candidate)
    return None


def _is_module(word: str, project: Project) -> bool:
    """Whether a bare word is a module of the project or of sys.path."""
    from importlib.util import find_spec

    try:
        if find_spec(word) is not None:
            return True
    except (ImportError, ValueError, AttributeError):
        pass
    wanted = (f"{word}.py", os.path.join(word, "__init__.py"))
    return any(path.endswith(tuple(os.sep + w for w in wanted)) for path in project.files())
