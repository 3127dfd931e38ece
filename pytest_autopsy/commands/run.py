"""`pytest-autopsy run -- python script.py`: trace any program, nothing of it modified."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..injection import Injection, told
from ..observe.detail import Detail
from ..observe.redaction import Redactor
from ..programrun import ProgramRun
from ..record.project import Project, repository_root
from ..record.targets import TargetError, Targets, parse_target
from ..settings import new_run_id
from ..store import RunDirectory
from ..traceconfig import FILE, ConfigError, TraceConfig, read_config
from . import add_command
from .signals import Forwarding

EXAMPLES = """\
examples:
  pytest-autopsy run -- python script.py                      trace the project's code
  pytest-autopsy run --trace-target shop.cart -- -m shop      one module, of `python -m shop`
"""
NOT_FOUND, NOT_STARTED = 127, 126
"""Exit codes of a command that is not there, or cannot be started: a shell's."""


def add(commands: Any) -> None:
    """Register the command with the parsers of `pytest-autopsy`."""
    parser = add_command(
        commands, run, "run", "trace any Python program: pytest-autopsy run -- python script.py", EXAMPLES,
        "Trace a Python program and the Python processes that it starts; nothing of it is modified."
        " Its exit code is kept.",
    )  # fmt: skip
    parser.add_argument(
        "--trace-target", action="append", default=[], metavar="TARGET",
        help="trace TARGET alone, as pytest's --trace-target; repeatable; default: the project's code",
    )  # fmt: skip
    parser.add_argument(
        "--trace-exclude", action="append", default=[], metavar="TARGET",
        help="do not trace TARGET; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--config", metavar="FILE", help=f"what to trace (default: {FILE} here, where there is one)"
    )
    parser.add_argument("--out", default=".autopsy", metavar="DIR", help="where runs are kept")
    parser.add_argument("--log", metavar="FILE", help="append each event to FILE as it happens")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing at the end")
    parser.add_argument("program", nargs=argparse.REMAINDER, metavar="-- PROGRAM")
    parser.set_defaults(usage_error=parser.error)


def run(options: argparse.Namespace) -> int:
    """Run the program; return its exit code, 128 + n where signal n ended it."""
    command = command_of(options.program)
    if not command:
        options.usage_error("give a program after --, e.g. -- python script.py, or -- -m module")
    here = Path.cwd()
    project = Project(home_of(command, here))
    try:
        config, targets = _asked(options, project, here)
    except (TargetError, ConfigError, OSError) as error:
        options.usage_error(str(error))
    directory = RunDirectory(here / options.out, new_run_id())
    injection = Injection()
    try:
        parts, boxes = directory.folder("children"), directory.path
        detail = Detail(max_string=max(500, config.max_repr_length))
        known = told(project, targets, detail)
        known |= {"parts": str(parts), "boxes": str(boxes), "snapshots": True}
        injection.write(replace(config, autopsy=known))
        environment = {**os.environ, "PYTHONPATH": injection.path(os.environ)}
        code = _wait(command, environment)
    except OSError as error:
        print(f"pytest-autopsy: could not write: {error}", file=sys.stderr)
        return NOT_STARTED
    finally:
        injection.remove()
    done = ProgramRun(directory, project, Redactor(), command, code, config.max_repr_length)
    try:
        message = done.finish()
    except Exception as error:  # noqa: BLE001  # the program has run: its exit code is what counts
        message = f"the run could not be written: {type(error).__name__}: {error}"
    if not options.quiet:
        print(f"pytest-autopsy: {message}", file=sys.stderr)
    return code if code >= 0 else 128 - code


def command_of(words: list[str]) -> list[str]:
    """Return the program to start: options and Python files alone are given to this Python."""
    command = words[1:] if words[:1] == ["--"] else list(words)
    if command and (command[0][:1] == "-" or command[0].endswith(".py")):
        return [sys.executable, *command]
    return command


def home_of(command: list[str], here: Path) -> Path:
    """Return the root of the project: here, unless the script lies elsewhere."""
    script = next((Path(word) for word in command[1:] if word.endswith(".py")), None)
    if script is None or not script.is_file():
        return here
    folder = script.resolve().parent
    real = here.resolve()
    return here if real == folder or real in folder.parents else repository_root(folder)


def _asked(
    options: argparse.Namespace, project: Project, here: Path
) -> tuple[TraceConfig, Targets]:
    """What the configuration and the command line ask for; the latter goes before."""
    given = options.config
    file = here / (given or FILE)
    config = read_config(file) if given or file.is_file() else TraceConfig()
    if options.log:
        config = replace(config, log_file=str(here / options.log))
    exclude = [parse_target(text, project, here) for text in options.trace_exclude]
    texts = [text for text in options.trace_target if text[:1] != "!"]
    exclude += [parse_target(t[1:], project, here) for t in options.trace_target if t[:1] == "!"]
    found = config.targets(project)
    if texts:
        include = [parse_target(text, project, here) for text in texts]
        return config, Targets(project, include, exclude)
    return config, Targets(project, found.include, exclude, own=found.own)


def _wait(command: list[str], environment: dict[str, str]) -> int:
    """Start the program, hand signals on, and return how it ended, as subprocess says it."""
    with Forwarding() as forwarding:
        try:
            process = subprocess.Popen(command, env=environment)  # noqa: S603  # the user's own
        except FileNotFoundError:
            print(f"pytest-autopsy: there is no program {command[0]!r}", file=sys.stderr)
            return NOT_FOUND
        except OSError as error:
            print(f"pytest-autopsy: {command[0]!r} cannot be started: {error}", file=sys.stderr)
            return NOT_STARTED
        forwarding.to(process.pid)
        return process.wait()
