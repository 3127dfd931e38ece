"""Another pytest process with the options of this run, for tests that are run once more.

It is given the command line without what chooses tests or writes reports; its output is swallowed.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from ..report.rerun import rerun
from ..session import Session

PATIENCE_S = 60.0
"""What such a process may take beside what its tests are expected to."""
GRACE_S = 2.0
"""What it has for ending the processes of its own once it is told to end."""

_COVERAGE = ("COV_CORE_", "COVERAGE_PROCESS_")
_NOT_HANDED_ON = ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_")
_WITH_TERMINAL = ("usepdb", "trace", "pastebin", "debug")
_OVERRIDES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("no_cov", ("--no-cov",)),
    ("numprocesses", ("-n0", "--dist=no")),
    ("xmlpath", ("--junitxml=",)),
    ("htmlpath", ("--html=",)),
    ("json_report_file", ("--json-report-file=none",)),
    ("report_log", ("--report-log=",)),
    ("reruns", ("--reruns=0",)),
    ("log_file", (f"--log-file={os.devnull}",)),
)
"""By the name of an option that is there: what undoes it. The last one given counts."""


def refusal(config: pytest.Config, what: str) -> str:
    """Return why this run has none of `what`, which needs such a process, or nothing."""
    for name in _WITH_TERMINAL:
        if getattr(config.option, name, None):
            return f"no {what} beside --{name.replace('usepdb', 'pdb')}"
    return ""


def run_once_more(
    session: Session,
    config: pytest.Config,
    words: Sequence[str],
    nodeids: Sequence[str],
    store: Path,
    variables: Mapping[str, str],
    seconds: float,
    what: str,
) -> str:
    """Run tests in a process with this run's options, `words` and environment `variables`.

    It is ended after PATIENCE_S and so many seconds, or with this run. Returns why it did not come
    to its end, in words that begin with `what`, or nothing. Raises OSError where it cannot be
    started.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith((*_COVERAGE, *_NOT_HANDED_ON))
    }
    command = [*_python(config), *arguments(session, config, words, nodeids, store)]
    with subprocess.Popen(  # noqa: S603  # this interpreter, and the options of this run
        command,
        cwd=config.invocation_params.dir,
        env={**environment, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as child:
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(PATIENCE_S + seconds)
        finally:  # Ctrl-C as well: nobody else tells a session of its own
            _end(child)
    if child.returncode in (0, 1):
        return ""
    session.faults.append(f"{what} ended with {child.returncode}: {shlex.join(command)}")
    return f"{what} ended with exit code {child.returncode}, see autopsy.log"


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is not None:
        return
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(GRACE_S)
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()


def _python(config: pytest.Config) -> list[str]:
    """The interpreter with its own options, and pytest as it was called: it shapes sys.path."""
    given = [str(argument) for argument in config.invocation_params.args]
    called = sys.orig_argv[1 : len(sys.orig_argv) - len(given)]
    if [*called, *given] == sys.orig_argv[1:] and called:
        script = Path(called[-1]).stem
        if called[-2:] == ["-m", "pytest"] or script in ("pytest", "py"):
            return [sys.executable, *called]
    return [sys.executable, "-m", "pytest"]


def arguments(
    session: Session,
    config: pytest.Config,
    words: Sequence[str],
    nodeids: Sequence[str],
    store: Path,
) -> list[str]:
    """Return the command line of these tests with `words`, to be given to pytest."""
    option, settings = config.option, session.settings
    places = [str(place) for place in getattr(option, "file_or_dir", None) or ()]
    kept = _without(map(str, config.invocation_params.args), places)
    undone = [word for name, off in _OVERRIDES if hasattr(option, name) for word in off]
    if getattr(option, "allure_report_dir", None):
        undone.append(f"--alluredir={store / 'allure'}")
    if getattr(option, "basetemp", None):
        undone.append(f"--basetemp={store / 'tmp'}")
    if config.pluginmanager.hasplugin("cacheprovider"):
        undone += ["-o", f"cache_dir={store / 'cache'}"]
    added = [str(word) for word in config.getini("addopts")]
    if not set(added).isdisjoint(places):
        undone += ["-o", f"addopts={shlex.join(_without(iter(added), places))}"]
    if config.inipath is not None:
        undone += ["-c", str(config.inipath)]
    return [
        *kept, *undone, f"--rootdir={config.rootpath}", "--maxfail=0", f"--autopsy-dir={store}",
        "--autopsy-baseline=none", *words, *(rerun(nodeid, settings)[-1] for nodeid in nodeids),
    ]  # fmt: skip


def _without(given: Iterator[str], places: list[str]) -> list[str]:
    """The arguments without what chooses tests: their places, the tests of a cause."""
    kept: list[str] = []
    for argument in given:
        if argument == "--autopsy-cause":
            next(given, None)
        elif not argument.startswith("--autopsy-cause="):
            kept.append(argument)
    for place in places:
        if place in kept:  # the last one: the first may be an option's value
            del kept[len(kept) - 1 - kept[::-1].index(place)]
    return kept
