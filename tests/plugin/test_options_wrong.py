"""Wrong values: a usage error that names the option and the value."""

from __future__ import annotations

import re

import pytest

from .checks import native

WRONG = [
    ("autopsy = perhaps", "autopsy"),
    ("autopsy_snapshot = 7", "autopsy_snapshot"),
    ("autopsy_triage = ja", "autopsy_triage"),
    ("autopsy_markers = x", "autopsy_markers"),
    ("autopsy_keep_runs = many", "autopsy_keep_runs"),
    ("autopsy_keep_runs = 0", "autopsy_keep_runs"),
    ("autopsy_keep_runs = -1", "autopsy_keep_runs"),
    ("autopsy_keep_runs = 2.5", "autopsy_keep_runs"),
    ("autopsy_max_disk = 500MB", "autopsy_max_disk"),
    ("autopsy_max_disk = -5", "autopsy_max_disk"),
    ("autopsy_dir =", "autopsy_dir"),
    ("autopsy_values = all", "autopsy_values"),
    ("autopsy_array_head = -1", "autopsy_array_head"),
    ("autopsy_max_string = 0", "autopsy_max_string"),
    ("autopsy_max_items = few", "autopsy_max_items"),
    ("autopsy_value_depth = 0", "autopsy_value_depth"),
    ("autopsy_frames = 0", "autopsy_frames"),
    ("autopsy_source_context = -2", "autopsy_source_context"),
]


@pytest.mark.parametrize(("ini", "key"), WRONG)
def test_wrong_ini_value_is_a_usage_error_that_names_it(settings, ini, key):
    with pytest.raises(pytest.UsageError) as caught:
        settings(ini=ini)
    message = str(caught.value)
    value = ini.partition("= ")[2]
    assert re.search(rf"\b{key}\b", message)
    assert value in message


def test_what_values_takes_is_said(settings):
    with pytest.raises(pytest.UsageError, match="takes safe, types or none, not 'all'"):
        settings(ini="autopsy_values = all")


WRONG_NATIVE = [
    ('autopsy = "true"', "autopsy"),
    ("autopsy = 1", "autopsy"),
    ("autopsy_snapshot = []", "autopsy_snapshot"),
    ('autopsy_trace_targets = "src"', "autopsy_trace_targets"),
    ("autopsy_trace_targets = [1]", "autopsy_trace_targets"),
    ("autopsy_dir = 5", "autopsy_dir"),
    ('autopsy_keep_runs = "many"', "autopsy_keep_runs"),
    ("autopsy_keep_runs = true", "autopsy_keep_runs"),
    ("autopsy_max_disk = 1.5", "autopsy_max_disk"),
]


@native
@pytest.mark.parametrize(("text", "key"), WRONG_NATIVE)
def test_wrong_native_toml_is_a_usage_error_that_names_it(settings, text, key):
    with pytest.raises(pytest.UsageError, match=rf"\b{key}\b"):
        settings(native=text)


@pytest.mark.parametrize("args", [["--autopsy-dir="], ["--autopsy-dir", ""]])
def test_empty_directory_is_a_usage_error(settings, args):
    with pytest.raises(pytest.UsageError, match="--autopsy-dir"):
        settings(*args)


def test_directory_that_is_a_file(settings, pytester):
    pytester.makefile(".txt", taken="")
    with pytest.raises(pytest.UsageError, match=r"--autopsy-dir .*taken\.txt is a file"):
        settings("--autopsy", "--autopsy-dir=taken.txt")


def test_directory_below_a_file(settings, pytester):
    pytester.makefile(".txt", taken="")
    with pytest.raises(pytest.UsageError, match=r"--autopsy-dir .*taken\.txt"):
        settings("--autopsy", "--autopsy-dir=taken.txt/below")
