"""What we ask of the system does not meet what a test has put in its place."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import time
import types
from unittest import mock

from freezegun import freeze_time

from pytest_autopsy import store, unfaked
from pytest_autopsy.record import blackbox, marks, recorder
from pytest_autopsy.snapshot import where

UTC = datetime.timezone.utc
REFUSED = ("os.stat", "os.lstat", "os.getcwd", "os.readlink", "os.path.realpath", "os.path.exists")


def test_files_are_asked_about_behind_a_tests_fakes(tmp_path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    path = str(tmp_path / "link" / ".." / "link")
    wanted = os.path.realpath(path)
    fakes = [mock.patch(name, side_effect=OSError(name)) for name in REFUSED]
    met = [fake.start() for fake in fakes]
    try:
        found = unfaked.os.path.realpath(path), unfaked.os.path.exists(path), unfaked.os.getcwd()
    finally:
        mock.patch.stopall()
    assert found == (wanted, True, os.getcwd())
    assert [one.call_count for one in met] == [0] * len(REFUSED)


def test_it_says_what_os_says(tmp_path) -> None:
    assert vars(unfaked.os.path).keys() >= {n for n in vars(os.path) if not n.startswith("__")}
    for path in (".", "..", str(tmp_path), "/", "a//b/../c", "/nowhere/x", ""):
        for name in ("realpath", "abspath", "normpath", "exists", "isdir", "isfile", "dirname"):
            assert getattr(unfaked.os.path, name)(path) == getattr(os.path, name)(path)


def test_the_real_module_stays_as_it_is() -> None:
    assert unfaked.os.path is not os.path
    assert os.path.exists.__globals__["os"] is os  # type: ignore[attr-defined]


def test_a_file_is_read_past_a_mocked_open(tmp_path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"here")
    with mock.patch("builtins.open", side_effect=OSError), mock.patch("io.open") as opened:
        assert unfaked.read_bytes(str(file)) == b"here"
    assert not opened.called


def test_no_clock_is_where_fakes_look_for_it() -> None:
    clocks = {id(one) for name, one in vars(time).items() if callable(one)}
    for module in (unfaked, recorder, blackbox, marks):
        assert not [name for name, value in vars(module).items() if id(value) in clocks]


def test_time_goes_on_while_a_test_has_frozen_it() -> None:
    began, clock = unfaked.now(), unfaked.perf_counter_ns()
    with freeze_time("1960-01-14", auto_tick_seconds=15):
        assert datetime.datetime.now(UTC).year == 1960
        ticked = datetime.datetime.now(UTC)
        later, tick = unfaked.now(), unfaked.perf_counter_ns()
        assert datetime.datetime.now(UTC) - ticked == datetime.timedelta(seconds=15)
    assert datetime.timedelta(0) <= later - began < datetime.timedelta(minutes=5)
    assert clock <= tick


def test_modules_made_for_it_are_nobody_elses() -> None:
    assert type(unfaked.os.path) is types.ModuleType
    assert unfaked.os.path not in sys.modules.values()


MOCKED = (
    "platform.platform",
    "platform.python_version",
    "hashlib.blake2b",
    "threading.enumerate",
    "threading.main_thread",
)


def test_a_failing_test_that_mocks_what_a_snapshot_tells_keeps_it(tmp_path) -> None:
    """Its mocks are in force until its report is made, and may be in force for the whole class."""
    made = [mock.patch(name) for name in MOCKED]
    met = [one.start() for one in made]
    try:
        told = where.environment(), where.thread_name(), store.file_name("test_a.py::test_b")
    finally:
        mock.patch.stopall()
    assert told == (where.environment(), where.thread_name(), store.file_name("test_a.py::test_b"))
    assert [one.call_count for one in met] == [0] * len(MOCKED)


def test_the_machine_is_told_without_the_cache_of_platform() -> None:
    """A test that patches `platform.uname` would meet what `platform` has kept of our question."""
    script = "from pytest_autopsy.snapshot.where import environment; environment(); import platform; print(platform._platform_cache, platform._uname_cache)"
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert said.stdout == "{} None\n"
