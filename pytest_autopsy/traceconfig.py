"""Seed 1's `trace_config.json`: what to trace in a program, read, checked and written.

Its keys are `version`, `trace_targets` (paths, modules, functions: the latter two narrow the paths
down), `output` (log_file, max_entries, max_repr_length) and `options`. All may be left out. What we
need beside them stands under `autopsy` and is written by us alone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .model import Call, Trace
from .plainjson import dumps, loads
from .record.project import Project, stdlib_folders
from .record.targets import Rule, Targets

FILE = "trace_config.json"
LOG_FILE = "trace_output.jsonl"
MAX_DEPTH, MAX_ENTRIES, MAX_REPR = 20, 10_000, 200


class ConfigError(ValueError):
    """A configuration that cannot be read; the message names the key and what it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceConfig:
    """What a `trace_config.json` says, under its own names."""

    paths: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    log_file: str | None = None
    max_entries: int = MAX_ENTRIES
    max_repr_length: int = MAX_REPR
    max_depth: int | None = None
    trace_args: bool = True
    trace_return_values: bool = True
    trace_exceptions: bool = True
    include_stdlib: bool = False
    trace_threads: bool = True
    autopsy: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return it in the file's form."""
        return {
            "version": 1,
            **{name: {key: getattr(self, key) for key in keys} for name, keys in _SECTIONS.items()},
            "autopsy": self.autopsy,
        }

    def wants(self, call: Call) -> bool:
        """Whether a call is to be shown."""
        return self.trace_threads or call.thread == "main"

    def shaped(self, call: Call) -> Call:
        """Return the call without what is not to be shown of it."""
        if not self.trace_args:
            call = replace(call, arguments=(), changes=())
        if not self.trace_return_values:
            call = replace(call, value=None)
        return call if self.trace_exceptions else replace(call, raised=None, handled=())

    def as_asked(self, trace: Trace) -> Trace:
        """Return the trace with the calls that are to be shown."""
        return replace(trace, calls=tuple(self.shaped(c) for c in trace.calls if self.wants(c)))

    def targets(self, project: Project) -> Targets:
        """Return what it names: with nothing named, the project's own code.

        Modules and functions narrow the paths down. Under `autopsy` stand rules that we have read
        from a command line; they go before.
        """
        told = self.autopsy.get("targets")
        if told is not None:
            include, exclude = (
                [Rule(*one) for one in told[name]] for name in ("include", "exclude")
            )
            return Targets(project, include, exclude, own=told["own"])
        within = [os.path.realpath(path) for path in self.paths] or [""]
        narrowed = [("module", name, "") for name in self.modules]
        narrowed += [("function", "", name) for name in self.functions]
        rules = [
            Rule(name or function, kind, name, function, within=path)
            for path in within
            for kind, name, function in narrowed
        ]
        if not narrowed:
            rules = [Rule(path, "path", path) for path in within if path]
        own = not rules
        if self.include_stdlib:
            rules += [Rule("stdlib", "path", path) for path in stdlib_folders()]
        return Targets(project, rules, own=own)


_SECTIONS: dict[str, dict[str, str]] = {
    "trace_targets": dict.fromkeys(("paths", "modules", "functions"), "a list of texts"),
    "output": {
        "log_file": "a path",
        "max_entries": "a whole number of at least 1",
        "max_repr_length": "a whole number of at least 1",
    },
    "options": {
        "max_depth": "a whole number of at least 1",
        **dict.fromkeys(
            ("trace_args", "trace_return_values", "trace_exceptions", "include_stdlib",
             "trace_threads"),
            "true or false",
        ),
    },
}  # fmt: skip


def read_config(file: Path) -> TraceConfig:
    """Return what `file` says; relative paths in it start at its folder.

    Raises OSError, and ConfigError for what is no such configuration.
    """
    try:
        data = loads(file.read_bytes())
    except ValueError as error:
        raise ConfigError(f"{file} is no JSON: {error}") from None
    if not isinstance(data, dict):
        raise ConfigError(f'{file} holds no object; e.g. {{"version": 1, "trace_targets": {{}}}}')
    if data.get("version", 1) != 1:
        raise ConfigError(f"{file}: version takes 1, not {data['version']!r}")
    known = {"version", "autopsy", *_SECTIONS}
    _refuse_unknown(file, "", data, known)
    found: dict[str, Any] = {"autopsy": data.get("autopsy") or {}}
    for name, keys in _SECTIONS.items():
        section = data.get(name) or {}
        if not isinstance(section, dict):
            raise ConfigError(f"{file}: {name} takes an object of {', '.join(keys)}")
        _refuse_unknown(file, f"{name}.", section, keys)
        for key, value in section.items():
            if value is not None:
                found[key] = _checked(file, f"{name}.{key}", value, keys[key])
    for key in ("paths", "log_file"):
        found |= _absolute(key, found.get(key), file.parent)
    return TraceConfig(**found)


def write_config(file: Path, config: TraceConfig) -> None:
    """Write it, readable for its owner alone. Raises OSError."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(dumps(config.to_json(), indent=True, newline=True))


def _refuse_unknown(file: Path, place: str, data: dict[str, Any], known: Any) -> None:
    for key in data:
        if key not in known:
            names = ", ".join(one for one in known if one != "autopsy")
            raise ConfigError(f"{file}: {place}{key} is not known here; known are {names}")


def _checked(file: Path, key: str, value: Any, takes: str) -> Any:
    right = {
        "a list of texts": type(value) is list and all(type(one) is str for one in value),
        "a path": type(value) is str and value != "",
        "true or false": type(value) is bool,
    }.get(takes, type(value) is int and value >= 1)
    if not right:
        raise ConfigError(f"{file}: {key} takes {takes}, not {dumps(value).decode()}")
    return tuple(value) if type(value) is list else value


def _absolute(key: str, value: Any, folder: Path) -> dict[str, Any]:
    if isinstance(value, tuple):
        return {key: tuple(str(folder / one) for one in value)}
    return {key: str(folder / value)} if value else {}
