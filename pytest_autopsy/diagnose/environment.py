"""Causes outside the program: a module, program, service, name or right that is not there."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ..model import Confidence, ExceptionRecord, Failure
from ..source import source_of
from .case import Case
from .known import Known

MAX_FAILURES = 20
_ROOTS = ("", "src/", "lib/")
_MODULE = re.compile(r"No module named '([\w.]+)'")
_QUOTED = re.compile(r"'([^']+)'")


class _Rule(NamedTuple):
    kind: str
    title: str
    hint: str
    says: str = ""  # how the message begins; what its group names stands for {} in title and hint


_REFUSED = _Rule(
    "ConnectionRefusedError", "connection refused",
    "start what is to listen there, or point the tests elsewhere",
)  # fmt: skip
_UNRESOLVED = _Rule(
    "gaierror", "host name not resolved",
    "check the host's name, and whether tests may use the network here",
)  # fmt: skip
_RULES = (
    _REFUSED,
    _UNRESOLVED,
    _Rule("SocketBlockedError", "network is blocked", "tests may not use the network here: mark or mock this one"),
    _Rule("NetworkBlockedError", "network is blocked", "tests may not use the network here: mark or mock this one"),
    _Rule("ZoneInfoNotFoundError", "time zone not found", "install tzdata, or the system's time zones"),
    _Rule("Error", "locale not installed", "generate the locale that is asked for", "unsupported locale setting"),
    _Rule("PermissionError", "permission denied", "check the owner and mode of what is named"),
    _Rule("ReadOnlyFilesystemError", "file system is read-only", "write below tmp_path"),
    _Rule("FixtureLookupError", "missing fixture {}",
          "install the plugin that has the fixture {}, or define it in a conftest.py above the test", r"'(\w+)'"),
    _Rule("PackageNotFoundError", "missing distribution {}",
          "install {} itself where the tests run: `pip install -e .` does, where it is this project",
          r"(?:No package metadata was found for )?([\w.-]+)$"),
    _Rule("DistributionNotFound", "missing distribution {}", "install {} where the tests run",
          r"The '([\w.-]+)[^']*' distribution was not found"),
)  # fmt: skip
_BY_SYSTEM = (
    (re.compile(r"\[Errno \d+\].*(?:Connection|actively) refused"), _REFUSED),
    (re.compile(r"Name or service not known|failure in name resolution"), _UNRESOLVED),
    (re.compile(r"nodename nor servname|getaddrinfo failed"), _UNRESOLVED),
)
"""What the system says, whatever the exception that a client wraps it in -> the rule that it is."""
_REJECTED = ("AssertionError", "Failed")
"""What these say is what a test has compared."""
_GONE = {
    "3.10": "formatter parser symbol",
    "3.11": "binhex",
    "3.12": "asynchat asyncore distutils imp smtpd",
    "3.13": "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes"
    " sndhdr spwd sunau telnetlib uu xdrlib",
}
REMOVED = {name: version for version, names in _GONE.items() for name in names.split()}
"""Modules of the standard library -> the Python that no longer has them ("What's New", PEP 594)."""


class Outside(NamedTuple):
    """What is missing outside the program, and what to do about it."""

    what: str  # the same for all failures that end in it
    hint: str
    detail: str = ""
    confidence: Confidence = "likely"

    @property
    def title(self) -> str:
        """What is missing, in a line."""
        return f"{self.what}: {self.detail}" if self.detail else self.what


def find(case: Case) -> Outside | None:
    """Return what is missing outside the program, where every failure (of the first MAX_FAILURES)
    ended in it and the program did not raise that itself.
    """
    ends = [missing(case.known, failure) for failure in case.failures[:MAX_FAILURES]]
    found = {end for end in ends if end is not None}
    if None in ends or len({end.what for end in found}) != 1:
        return None
    one = min(found)
    return one if len(found) == 1 else one._replace(detail="")


def missing(known: Known, failure: Failure) -> Outside | None:
    """Return what one failure missed outside the program; None where that is not what it ended in."""
    return known.once(("missing", failure.id), lambda: _missing(known, failure))


def _missing(known: Known, failure: Failure) -> Outside | None:
    if failure.snapshot is None:
        return _named(known, *failure.exception) if failure.exception is not None else None
    chain = failure.snapshot.exceptions
    for number, record in enumerate(chain):
        if record.relation == "context" and not _by_raise(chain[record.of]):
            continue  # handled: what came after it is another failure
        outside = _named(known, record.type, record.message) or _elsewhere(known, failure, record)
        if outside is not None and not _is_own(chain, number):
            return outside
    return None


def _is_own(chain: Sequence[ExceptionRecord], number: int) -> bool:
    """Whether the project raised it with a statement of its own, and not for what a library raised."""
    own = chain[number].project_frames
    if not own or own[0].depth != 0 or not _by_raise(chain[number]):
        return False
    causes = [n for n, one in enumerate(chain) if one.relation == "cause" and one.of == number]
    return all(_is_own(chain, cause) for cause in causes)


def _by_raise(record: ExceptionRecord) -> bool:
    """Whether it was a statement that raised it, as far as frames are shown."""
    return any(f.depth == 0 and f.code.lstrip().startswith("raise") for f in record.frames)


def _named(known: Known, kind: str, message: str) -> Outside | None:
    first = message.strip().splitlines()[0][:120] if message.strip() else ""
    if kind == "ModuleNotFoundError" and (module := _MODULE.search(message)):
        name = module.group(1)
        if is_ours(known, name):
            return None
        return Outside(f"missing module {name}", _instead(name.split(".")[0]), confidence="shown")
    if kind == "FileNotFoundError" and (program := _QUOTED.search(message)):
        name = program.group(1)
        if "/" in name or "." in name or "\\" in name:
            return None  # a path that the program made up
        return Outside(f"missing program {name}", f"install {name}, or put it on PATH")
    for rule in _RULES:
        said = re.match(rule.says, first) if kind == rule.kind else None
        if said is not None and said.groups():
            title, hint = rule.title.format(said[1]), rule.hint.format(said[1])
            return Outside(title, hint, confidence="shown")
        if said is not None:
            return Outside(rule.title, rule.hint, first)
    if kind not in _REJECTED:
        for says, rule in _BY_SYSTEM:
            if says.search(first):
                return Outside(rule.title, rule.hint, first)
    return None


def _elsewhere(known: Known, failure: Failure, record: ExceptionRecord) -> Outside | None:
    """A relative path that is not there, where it is there from a folder around the test."""
    named = _QUOTED.search(record.message) if record.type == "FileNotFoundError" else None
    _, root = _names_and_root(known)
    if named is None or not root or Path(named.group(1)).is_absolute():
        return None
    for folder in PurePosixPath(failure.file).parents:
        at = PurePosixPath(os.path.normpath(folder / named.group(1))).as_posix()
        with suppress(OSError, ValueError):  # a name that no file can have
            if (Path(root) / at).exists():
                if str(folder) == ".":  # from the root pytest is run: something went elsewhere
                    hint = f"name {at} from __file__: the working directory was another one"
                    return Outside("working directory left", hint, f"{at} is where pytest began")
                hint = f"run pytest from {folder}, or name {at} from __file__"
                return Outside("wrong working directory", hint, f"{named.group(1)} is at {at}")
    return None


def _instead(module: str) -> str:
    if module in REMOVED:
        return f"Python {REMOVED[module]} and later have no {module}: use what took its place, or an older Python"
    return f"install {module} where the tests run"


def is_ours(known: Known, module: str) -> bool:
    """Return whether a module is the project's: one that ran, or one that lies below its root."""
    top = module.split(".")[0]
    names, root = _names_and_root(known)
    if top in names or not root:
        return top in names
    places = (f"{root}{folder}{top}{end}" for folder in _ROOTS for end in (".py", "/__init__.py"))
    return not all(source_of(place).why for place in places)


def _names_and_root(known: Known) -> tuple[frozenset[str], str]:
    """The names of the project's folders and files that ran, without suffixes; the folder that
    the files are named from, "" where that is not known.
    """

    def found() -> tuple[frozenset[str], str]:
        files = sorted({function.file for function in known.run.functions})
        names = frozenset(part.removesuffix(".py") for file in files for part in file.split("/"))
        paths = ((file, known.source(file).path) for file in files)
        ends = (path[: -len(file)] for file, path in paths if path.endswith(f"/{file}"))
        return names, next(ends, "")

    return known.once("names of ours", found)
