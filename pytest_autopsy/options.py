"""Command line, ini and markers: registered and read here; every wrong value is a UsageError."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .env import ini_type
from .settings import LEAST_BUDGET, MODES, Settings

MARKERS = (
    "trace(*targets, depth=None, values=True): record the calls of this test, of the given targets"
    " or of the project's code, also without --autopsy (pytest-autopsy)",
    "no_trace: do not record this test (pytest-autopsy)",
    "no_snapshot: take no snapshot when this test fails (pytest-autopsy)",
)

_INI: tuple[tuple[str, str, object, str], ...] = (
    ("autopsy", "bool", False, "everything on: trace, snapshot, triage"),
    ("autopsy_snapshot", "bool", None, "crash snapshots (default: as autopsy)"),
    ("autopsy_triage", "bool", None, "root causes and the digest (default: as autopsy)"),
    ("autopsy_markers", "bool", True, "let trace markers switch recording on by themselves"),
    ("autopsy_trace_targets", "args", [], "what to trace, as --trace-target"),
    ("autopsy_trace_exclude", "args", [], "what not to trace, as --trace-exclude"),
    ("autopsy_dir", "string", ".autopsy", "where runs are kept, below the root"),
    ("autopsy_mode", "string", "all", "what is recorded: all, light or second-run"),
    ("autopsy_values", "string", "safe", "what is shown of values: safe, types or none"),
    ("autopsy_array_head", "int", 5, "elements of an array, rows of a table that are shown"),
    ("autopsy_max_string", "int", 500, "characters of a text that are shown"),
    ("autopsy_max_items", "int", 50, "items of a container that are shown"),
    ("autopsy_value_depth", "int", 5, "levels of a value that are shown"),
    ("autopsy_call_depth", "string", "none", "how deep below a test calls are kept, or none"),
    ("autopsy_max_calls", "int", 20_000, "calls of one test that are kept, the last ones"),
    ("autopsy_frames", "int", 50, "frames of an exception that are shown"),
    ("autopsy_source_context", "int", 3, "lines of source before and after the one that failed"),
    ("autopsy_keep_runs", "int", 20, "how many runs are kept"),
    ("autopsy_max_disk", "int", 500_000_000, "bytes that all runs may take together"),
    ("autopsy_redact", "linelist", [], "regexes of secrets of your own, one a line"),
    ("autopsy_redact_reports", "bool", True, "redact also in pytest's own reports"),
    ("autopsy_env", "bool", True, "facts on the environment in snapshots"),
    ("autopsy_junit", "bool", True, "the cause in JUnit XML; without it the file is pytest's own"),
    ("autopsy_children", "bool", False, "record child processes of tests too"),
    ("autopsy_causes", "int", 5, "causes that are told in full where there is a budget"),
    ("autopsy_budget", "int", 2000, "tokens of --autopsy-only and of digest.md, at most"),
    ("autopsy_trials", "bool", False, "try small changes of the suspects"),
    ("autopsy_blackbox", "bool", True, "keep what runs in a file that outlives a kill"),
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
    _switch(
        group, ("--autopsy-children",), "autopsy_children",
        "record child processes of tests too; changes PYTHONPATH while a test runs",
    )  # fmt: skip
    _switch(
        group, ("--autopsy-trials",), "autopsy_trials",
        "as --autopsy, and after the last test find changes of the suspects with which the failing tests pass: made in"
        " memory of a process of its own, which writes no file, starts no process, reaches no network",
    )  # fmt: skip
    group.addoption(
        "--triage-from", "--autopsy-triage-from", action="append", default=None,
        dest="autopsy_triage_from", metavar="PATH",
        help="also triage what earlier runs, other shards or other tools left in PATH; repeatable",
    )  # fmt: skip
    group.addoption(
        "--autopsy-mode", choices=MODES, default=None, dest="autopsy_mode",
        help="all: calls with values (default); light: functions run and snapshots, at a fraction of"
        " the price; second-run: light, then what failed once more with values, in a process of its own",
    )  # fmt: skip
    group.addoption(
        "--autopsy-baseline", default="auto", dest="autopsy_baseline", metavar="auto|none|PATH",
        help="what passing tests showed in earlier runs, for runs with few of their own: kept below"
        " --autopsy-dir (auto), not at all (none), or read from PATH",
    )  # fmt: skip
    group.addoption(
        "--autopsy-dir", default=None, dest="autopsy_dir", metavar="DIR",
        help="where runs are kept (default: .autopsy under the root)",
    )  # fmt: skip
    group.addoption(
        "--autopsy-export", default=None, dest="autopsy_export", metavar="DIR",
        help="copy what is worth uploading to DIR: no hidden names, links or owner-only modes",
    )  # fmt: skip
    group.addoption(
        "--autopsy-cause", default=None, dest="autopsy_cause", metavar="ID",
        help="run the tests of a cause: its id, also of an earlier run, or its number in the latest digest",
    )  # fmt: skip
    group.addoption(
        "--autopsy-only", action="store_true", default=False, dest="autopsy_only",
        help="as --autopsy, and the digest within autopsy_budget tokens takes the place of pytest's"
        " failures, errors, warnings and short summary; with -q nothing else but the closing line",
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


def has_workers(config: pytest.Config) -> bool:
    """Whether this is the controller of an xdist run: tests run in other processes, not here."""
    # Asked before xdist has registered its session: by what its options have come to.
    return not hasattr(config, "workerinput") and getattr(config.option, "dist", "no") != "no"


def read_settings(config: pytest.Config) -> Settings:
    """Return the settings: command line beats ini beats default. Raises pytest.UsageError."""
    option = config.option
    ini = {name: _ini(config, name, kind) for name, kind, _, _ in _INI}
    wanted = option.autopsy_enabled is not False
    only, trials = option.autopsy_only and wanted, bool(option.autopsy_trials) and wanted
    every = _first(option.autopsy_enabled, only or trials or None, ini["autopsy"], False)
    targets = option.autopsy_trace_targets
    targets = tuple(ini["autopsy_trace_targets"] if targets is None else targets)
    exclude = option.autopsy_trace_exclude
    exclude = tuple(ini["autopsy_trace_exclude"] if exclude is None else exclude)
    exclude += tuple(target[1:] for target in targets if target.startswith("!"))
    asked = bool(option.autopsy_trace_targets)
    elsewhere = _places(config, option.autopsy_triage_from or ())
    if _first(option.autopsy_triage, ini["autopsy_triage"], every) is False:
        for given, name in ((only, "--autopsy-only shows"), (trials, "--autopsy-trials looks for")):
            if given:
                raise pytest.UsageError(f"{name} root causes: it takes no --no-triage")
    return Settings(
        trace=every or asked,
        snapshot=_first(option.autopsy_snapshot, ini["autopsy_snapshot"], every),
        triage=_first(option.autopsy_triage, ini["autopsy_triage"], every or bool(elsewhere)),
        triage_from=elsewhere,
        markers=bool(ini["autopsy_markers"]),
        forbidden=option.autopsy_enabled is False,
        trace_targets=tuple(target for target in targets if not target.startswith("!")),
        trace_exclude=exclude,
        directory=_directory(config, option.autopsy_dir, ini["autopsy_dir"]),
        rootdir=config.rootpath,
        invocation_dir=config.invocation_params.dir,
        mode=option.autopsy_mode or _one_of("autopsy_mode", ini["autopsy_mode"], MODES),
        baseline=_baseline(config, option.autopsy_baseline),
        values=_one_of("autopsy_values", ini["autopsy_values"], ("safe", "types", "none")),
        array_head=_at_least("autopsy_array_head", ini["autopsy_array_head"], 0),
        max_string=_at_least("autopsy_max_string", ini["autopsy_max_string"], 1),
        max_items=_at_least("autopsy_max_items", ini["autopsy_max_items"], 1),
        value_depth=_at_least("autopsy_value_depth", ini["autopsy_value_depth"], 1),
        call_depth=_depth("autopsy_call_depth", ini["autopsy_call_depth"]),
        max_calls=_at_least("autopsy_max_calls", ini["autopsy_max_calls"], 1),
        frames=_at_least("autopsy_frames", ini["autopsy_frames"], 1),
        source_context=_at_least("autopsy_source_context", ini["autopsy_source_context"], 0),
        keep_runs=_at_least("autopsy_keep_runs", ini["autopsy_keep_runs"], 1),
        max_disk=_at_least("autopsy_max_disk", ini["autopsy_max_disk"], 0),
        redact=_regexes("autopsy_redact", ini["autopsy_redact"]),
        redact_reports=bool(ini["autopsy_redact_reports"]),
        env=bool(ini["autopsy_env"]),
        junit=bool(ini["autopsy_junit"]),
        export=_export(config),
        cause=option.autopsy_cause,
        children=_first(option.autopsy_children, ini["autopsy_children"]),
        trials=_first(option.autopsy_trials, ini["autopsy_trials"]),
        blackbox=bool(ini["autopsy_blackbox"]),
        only=only,
        causes=_at_least("autopsy_causes", ini["autopsy_causes"], 1),
        budget=_at_least("autopsy_budget", ini["autopsy_budget"], LEAST_BUDGET),
        verbosity=getattr(option, "verbose", 0),  # absent under -p no:terminal
        store_option=() if option.autopsy_dir is None else (f"--autopsy-dir={option.autopsy_dir}",),
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


def _first(*choices: bool | None) -> bool:
    """The first that was made: command line, then ini, then default."""
    return next((choice for choice in choices if choice is not None), False)


def _ini(config: pytest.Config, name: str, kind: str) -> Any:
    """Read one key; what is wrong with it is said with its name and what it takes."""
    try:
        value = config.getini(name)
        return int(value) if kind == "int" else value
    except (ValueError, TypeError, pytest.UsageError) as error:
        takes = {
            "bool": "true or false",
            "int": "a whole number",
            "args": "a list of targets",
            "linelist": "a list of regexes",
        }
        raise pytest.UsageError(
            f"ini option {name!r} takes {takes.get(kind, 'text')} ({error})"
        ) from None


def _at_least(name: str, value: int, least: int) -> int:
    if value < least:
        raise pytest.UsageError(
            f"ini option {name!r} takes a whole number of at least {least}, not {value}"
        )
    return value


def _depth(name: str, text: str) -> int | None:
    if text == "none":
        return None
    if not text.isdecimal():
        raise pytest.UsageError(
            f"ini option {name!r} takes a whole number of at least 0 or none, not {text!r}"
        )
    return int(text)


def _one_of(name: str, value: str, words: tuple[str, ...]) -> str:
    if value not in words:
        listed = f"{', '.join(words[:-1])} or {words[-1]}"
        raise pytest.UsageError(f"ini option {name!r} takes {listed}, not {value!r}")
    return value


def _regexes(name: str, texts: list[str]) -> tuple[str, ...]:
    """The user's regexes, each compiled once to tell at once of one that cannot be used."""
    if not texts:
        return ()
    from .observe.patterns import compiled

    for text in texts:
        try:
            compiled(text)
        except ValueError as error:
            raise pytest.UsageError(
                f"ini option {name!r} takes a regex a line; {text!r} is none that can be used: {error}"
            ) from None
    return tuple(texts)


def _places(config: pytest.Config, given: Sequence[str]) -> tuple[str, ...]:
    """What --triage-from names, seen from where pytest was called. A pattern may match later."""
    for text in given:
        path = config.invocation_params.dir / text
        if not path.exists() and not any(character in text for character in "*?["):
            raise pytest.UsageError(
                f"--triage-from {text}: there is no such file; it takes a file, a directory or a"
                " pattern with reports, logs or runs"
            )
    return tuple(given)


def _directory(config: pytest.Config, chosen: str | None, ini: str) -> Path:
    """The store: relative to where pytest was called on the command line, to the root in ini."""
    given = chosen is not None
    name, text = ("--autopsy-dir", chosen) if given else ("ini option 'autopsy_dir'", ini)
    if not text:
        raise pytest.UsageError(f"{name} takes a directory, not an empty name")
    path: Path = (config.invocation_params.dir if given else config.rootpath) / text
    there = next(place for place in (path, *path.parents) if place.exists())
    if not there.is_dir():
        raise pytest.UsageError(
            f"{name} {text}: {there} is a file; it takes a directory to keep runs in"
        )
    return path


def _export(config: pytest.Config) -> Path | None:
    """Where to copy the run to; relative to where pytest was called."""
    text = config.option.autopsy_export
    if text is None:
        return None
    wanted = "it takes a directory for files to upload"
    path: Path = config.invocation_params.dir / text
    if not text or path.name[:1] == ".":
        name = "an empty name" if not text else f"{text}: upload steps leave out hidden names"
        raise pytest.UsageError(f"--autopsy-export: not {name}; {wanted}")
    there = next(place for place in (path, *path.parents) if place.exists())
    if not there.is_dir():
        raise pytest.UsageError(f"--autopsy-export {text}: {there} is a file; {wanted}")
    return path


def _baseline(config: pytest.Config, given: str) -> str:
    """auto, none, or the folder that is meant: a baseline, or a store that holds one."""
    if given in ("auto", "none"):
        return given
    path = config.invocation_params.dir / given
    for folder in (path / "baseline", path):
        if given and folder.is_dir() and any(folder.glob("*.json")):
            return str(folder)
    raise pytest.UsageError(
        f"--autopsy-baseline {given}: there is no baseline; it takes auto, none or the path of a"
        " folder such as .autopsy/baseline"
    )


def place_of(config: pytest.Config, target: str, *, excluded: bool) -> str:
    """Return where a target was given, for messages: the option's or the ini key's name."""
    option = config.option
    if excluded and f"!{target}" in (option.autopsy_trace_targets or ()):
        return "--trace-target"
    given = option.autopsy_trace_exclude if excluded else option.autopsy_trace_targets
    if target in (given or ()):
        return "--trace-exclude" if excluded else "--trace-target"
    if excluded and target in config.getini("autopsy_trace_exclude"):
        return "ini option 'autopsy_trace_exclude'"
    return "ini option 'autopsy_trace_targets'"
