"""Options, negations, ini keys and which beats which: what read_settings makes of them."""

from __future__ import annotations

import pytest

from pytest_autopsy.settings import Settings

from .checks import native


def on(settings: Settings) -> set[str]:
    return {name for name in ("trace", "snapshot", "triage") if getattr(settings, name)}


EVERYTHING = {"trace", "snapshot", "triage"}


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ([], set()),
        (["--autopsy"], EVERYTHING),
        (["--no-autopsy"], set()),
        (["--snapshot"], {"snapshot"}),
        (["--triage"], {"triage"}),
        (["--trace-target=shop"], {"trace"}),
        (["--trace-exclude=shop"], set()),
        (["--autopsy-snapshot"], {"snapshot"}),
        (["--autopsy-triage"], {"triage"}),
        (["--autopsy-trace-target=shop"], {"trace"}),
        (["--autopsy", "--no-snapshot"], {"trace", "triage"}),
        (["--autopsy", "--no-autopsy-triage"], {"trace", "snapshot"}),
        (["--autopsy", "--no-triage", "--no-snapshot"], {"trace"}),
        (["--no-snapshot", "--snapshot"], {"snapshot"}),
        (["--no-autopsy", "--autopsy"], EVERYTHING),
    ],
    ids=lambda one: " ".join(sorted(one) if isinstance(one, set) else one),
)
def test_options_switch_on_only_themselves(settings, args, expected):
    assert on(settings(*args)) == expected


@pytest.mark.parametrize(
    ("ini", "args", "expected"),
    [
        ("autopsy = true", [], EVERYTHING),
        ("autopsy = false", ["--autopsy"], EVERYTHING),
        ("autopsy = true", ["--no-snapshot"], {"trace", "triage"}),
        ("autopsy_snapshot = true", [], {"snapshot"}),
        ("autopsy_triage = true", [], {"triage"}),
        ("autopsy_snapshot = true", ["--no-snapshot"], set()),
        ("autopsy_snapshot = true", ["--triage"], {"snapshot", "triage"}),
        ("addopts = --autopsy", [], EVERYTHING),
        ("addopts = --autopsy", ["--no-triage"], {"trace", "snapshot"}),
        ("autopsy = true", ["-o", "autopsy=false"], set()),
    ],
)
def test_command_line_beats_ini(settings, ini, args, expected):
    assert on(settings(*args, ini=ini)) == expected


@pytest.mark.parametrize(
    "ini",
    [
        "autopsy = true",
        "addopts = --autopsy",
        "addopts = --snapshot --trace-target=x",
        "autopsy_triage = yes",
    ],
)
def test_no_autopsy_beats_everything(settings, ini):
    found = settings("--no-autopsy", ini=ini)
    assert found.forbidden
    assert not found.active


def test_no_autopsy_beats_the_environment(settings, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--autopsy")
    assert not settings("--no-autopsy").active


def test_a_snapshot_alone_that_is_negated_elsewhere(settings):
    assert on(settings("--snapshot", ini="autopsy = false")) == {"snapshot"}


def test_defaults(settings, pytester):
    found = settings()
    assert found.directory == pytester.path / ".autopsy"
    assert found.keep_runs == 20
    assert found.max_disk == 500_000_000
    assert found.markers
    assert found.trace_targets == found.trace_exclude == ()
    assert found.cause is None


INI = """
autopsy = true
autopsy_snapshot = false
autopsy_markers = false
autopsy_trace_targets = src/shop *:total
autopsy_trace_exclude = src/shop/generated
autopsy_dir = build/runs
autopsy_keep_runs = 3
autopsy_max_disk = 1000
"""
TOML = """
autopsy = true
autopsy_snapshot = false
autopsy_markers = false
autopsy_trace_targets = ["src/shop", "*:total"]
autopsy_trace_exclude = ["src/shop/generated"]
autopsy_dir = "build/runs"
autopsy_keep_runs = 3
autopsy_max_disk = 1000
"""


@pytest.mark.parametrize(
    "where",
    [{"ini": INI}, {"toml": TOML}, pytest.param({"native": TOML}, marks=native)],
    ids=lambda one: "".join(one),
)
def test_every_ini_key_in_every_file(settings, pytester, where):
    found = settings(**where)
    assert found.trace
    assert not found.markers
    assert found.trace_targets == ("src/shop", "*:total")
    assert found.trace_exclude == ("src/shop/generated",)
    assert found.directory == pytester.path / "build/runs"
    assert found.keep_runs == 3
    assert found.max_disk == 1000


@pytest.mark.parametrize(
    "text", ["autopsy = true\nautopsy_snapshot = false", "autopsy = true\nautopsy_triage = false"]
)
def test_ini_false_takes_one_capability_out(settings, text):
    off = text.rsplit("_", 1)[1].split(" ")[0]
    assert on(settings(ini=text)) == EVERYTHING - {off}


def test_ini_targets_alone_switch_nothing_on(settings):
    assert on(settings(ini="autopsy_trace_targets = shop")) == set()


def test_command_line_targets_take_the_place_of_the_ini(settings):
    found = settings(
        "--autopsy", "--trace-target=a", "--trace-target=b", ini="autopsy_trace_targets = c"
    )
    assert found.trace_targets == ("a", "b")


def test_exclamation_mark_excludes(settings):
    found = settings("--autopsy", "--trace-target=shop", "--trace-target=!shop.cart")
    assert found.trace_targets == ("shop",)
    assert found.trace_exclude == ("shop.cart",)


def test_exclusions_of_both_places_hold(settings):
    found = settings(
        "--autopsy",
        "--trace-exclude=b",
        ini="autopsy_trace_targets = x !c\nautopsy_trace_exclude = a",
    )
    assert set(found.trace_exclude) >= {"b", "c"}


def test_directory_is_relative_to_where_pytest_is_called(settings, pytester, monkeypatch):
    inner = pytester.mkdir("inner")
    monkeypatch.chdir(inner)
    pytester.makeini("[pytest]\n")
    assert settings("--autopsy-dir=here").directory == inner / "here"


def test_ini_directory_is_relative_to_the_root(settings, pytester, monkeypatch):
    monkeypatch.chdir(pytester.mkdir("inner"))
    pytester.makeini("[pytest]\nautopsy_dir = there\n")
    assert settings(
        f"--rootdir={pytester.path}", "-c", str(pytester.path / "tox.ini")
    ).directory == (pytester.path / "there")
