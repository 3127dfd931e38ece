"""Command line, ini and markers: registered and read here; every wrong value is a UsageError."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .env import ini_type
from .settings import Settings

MARKERS = (
    "trace(*targets, depth=None, values=True): record the calls of this test, of the given targets"
    " or of the project's code, also without --autopsy (pytest-autopsy)",
    "no_trace: do not record this test (pytest-autopsy)",
    "no_snapshot: take no snapshot when this test fails (pytest-autopsy)",
)

_INI: tuple[tuple[str, str, object, str], ...] = (
    ("autopsy", "bool", False, "everything on: trace, snapshot, triage"),
    ("autopsy_snapshot", "bool", False, "crash snapshots"),
    ("autopsy_triage", "bool", False, "root causes and the digest"),
    ("autopsy_markers", "bool", True, "let trace markers switch recording on by themselves"),
    ("autopsy_trace_targets", "args", [], "what to trace, as --trace-target"),
    ("autopsy_trace_exclude", "args", [], "what not to trace, as --trace-exclude"),
    ("autopsy_dir", "string", ".autopsy", "where runs are kept, below the root"),
    ("autopsy_keep_runs", "int", 20, "how many runs are kept"),
    ("autopsy_max_disk", "int", 500_000_000, "bytes that all runs may take together"),
)


def add_options(parser: pytest.Parser) -> None:
    """Register the options and ini keys."""
    group = parser.getgroup("autopsy", "pytest-autopsy: why tests failed")
    _switch(
        group,
        ("--autopsy",),
        "autopsy_enabled",
        "trace, snapshot and triage; --no-autopsy beats ini, addopts and markers",
    )
    group.addoption(
        "--trace-target", "--autopsy-trace-target", action="append", default=None,
        dest="autopsy_trace_targets", metavar="TARGET",
        help="trace TARGET alone: a path or glob, a module, or a function as module:Class.method,"
        " path:function or *:function; repeatable; default: the project's own code",
    )  # fmt: skip
    group.addoption(
        "--trace-exclude", "--autopsy-trace-exclude", action="append", default=None,
        dest="autopsy_trace_exclude", metavar="TARGET",
        help="do not trace TARGET; repeatable",
    )  # fmt: skip
    _switch(group, ("--snapshot", "--autopsy-snapshot"), "autopsy_snapshot", "crash snapshots")
    _switch(group, ("--triage", "--autopsy-triage"), "autopsy_triage", "root causes and the digest")
    group.addoption(
        "--autopsy-dir", default=None, dest="autopsy_dir", metavar="DIR",
        help="where runs are kept (default: .autopsy under the root)",
    )  # fmt: skip
    group.addoption(
        "--autopsy-cause", default=None, dest="autopsy_cause", metavar="ID",
        help="run the tests of a cause: its id, or its number in the latest digest",
    )  # fmt: skip
    for name, kind, default, text in _INI:
        tag: Any = ini_type(kind, pytest.__version__)
        parser.addini(name, text, type=tag, default=default)


def add_markers(config: pytest.Config) -> None:
    """Register our markers, except one that the project has registered itself."""
    own = {line.partition(":")[0].partition("(")[0].strip() for line in config.getini("markers")}
    for line in MARKERS:
        if line.partition(":")[0].partition("(")[0] not in own:
            config.addinivalue_line("markers", line)


def owns_trace_marker(config: pytest.Config) -> bool:
    """Whether the marker `trace` is ours: the project has not registered one of its own."""
    return MARKERS[0] in config.getini("markers")


def read_settings(config: pytest.Config) -> Settings:
    """Return the settings: command line beats ini beats default. Raises pytest.UsageError."""
    option = config.option
    ini = {name: _ini(config, name, kind) for name, kind, _, _ in _INI}
    every = _first(option.autopsy_enabled, ini["autopsy"])
    targets = option.autopsy_trace_targets
    targets = tuple(ini["autopsy_trace_targets"] if targets is None else targets)
    exclude = option.autopsy_trace_exclude
    exclude = tuple(ini["autopsy_trace_exclude"] if exclude is None else exclude)
    exclude += tuple(target[1:] for target in targets if target.startswith("!"))
    asked = bool(option.autopsy_trace_targets)
    return Settings(
        trace=bool(every or asked),
        snapshot=bool(_first(option.autopsy_snapshot, ini["autopsy_snapshot"] or every)),
        triage=bool(_first(option.autopsy_triage, ini["autopsy_triage"] or every)),
        markers=bool(ini["autopsy_markers"]),
        forbidden=option.autopsy_enabled is False,
        trace_targets=tuple(target for target in targets if not target.startswith("!")),
        trace_exclude=exclude,
        directory=_directory(config, option.autopsy_dir, ini["autopsy_dir"]),
        rootdir=config.rootpath,
        invocation_dir=config.invocation_params.dir,
        keep_runs=_at_least("autopsy_keep_runs", ini["autopsy_keep_runs"], 1),
        max_disk=_at_least("autopsy_max_disk", ini["autopsy_max_disk"], 0),
        cause=option.autopsy_cause,
        verbosity=getattr(option, "verbose", 0),  # absent under -p no:terminal
        rerun_options=_rerun_options(option),
    )


_SHAPING = (
    ("inifilename", "-c"), ("rootdir", "--rootdir"), ("importmode", "--import-mode"), ("override_ini", "-o"), ("plugins", "-p"),
)  # fmt: skip
_USUAL = (None, "", "prepend", "no:terminal")


def _rerun_options(option: Any) -> tuple[str, ...]:
    """Options that decide how a test is found and loaded, as they were given."""
    given: list[str] = []
    for name, flag in _SHAPING:
        value = getattr(option, name, None)
        for one in value if isinstance(value, list) else [value]:
            if one not in _USUAL:
                given += [flag, str(one)]
    return tuple(given)


def with_marker_targets(settings: Settings) -> Settings:
    """Return the settings for a run in which only markers asked for traces."""
    return replace(settings, trace=True)


def _switch(group: Any, names: tuple[str, ...], dest: str, text: str) -> None:
    """An option with its negation; None where neither was given."""
    group.addoption(*names, action="store_true", default=None, dest=dest, help=text)
    negations = [name.replace("--", "--no-", 1) for name in names]
    group.addoption(
        *negations, action="store_false", default=None, dest=dest, help=f"not {names[0]}"
    )


def _first(chosen: bool | None, otherwise: bool) -> bool:
    return otherwise if chosen is None else chosen


def _ini(config: pytest.Config, name: str, kind: str) -> Any:
    """Read one key; what is wrong with it is said with its name and what it takes."""
    try:
        value = config.getini(name)
        if kind == "int":
            return int(value)
        return value
    except (ValueError, TypeError, pytest.UsageError) as error:
        takes = {"bool": "true or false", "int": "a whole number", "args": "a list of targets"}
        raise pytest.UsageError(
            f"ini option {name!r} takes {takes.get(kind, 'text')} ({error})"
        ) from None


def _at_least(name: str, value: int, least: int) -> int:
    if value < least:
        raise pytest.UsageError(
            f"ini option {name!r} takes a whole number of at least {least}, not {value}"
        )
    return value


def _directory(config: pytest.Config, chosen: str | None, ini: str) -> Path:
    """The store: relative to where pytest was called on the command line, to the root in ini."""
    if chosen == "" or not ini:
        raise pytest.UsageError("--autopsy-dir takes a directory, not an empty name")
    base = config.invocation_params.dir if chosen is not None else config.rootpath
    path = base / (chosen if chosen is not None else ini)
    if path.exists() and not path.is_dir():
        name = "--autopsy-dir" if chosen is not None else "ini option 'autopsy_dir'"
        raise pytest.UsageError(f"{name} {path} is a file; it takes a directory to keep runs in")
    return path
