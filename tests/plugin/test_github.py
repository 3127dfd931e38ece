"""GitHub Actions: workflow commands that cannot be broken out of, and a summary below its limit."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_autopsy.model import Diagnosis, Failure, Function, RootCause, Suspect
from pytest_autopsy.report.digest import Outcome
from pytest_autopsy.report.github import MAX_ANNOTATIONS, MAX_SUMMARY, summary, workflow_commands

from .checks import needs
from .helpers import PLUGINS
from .shop_project import SHOP

ACTIONS = {"GITHUB_ACTIONS": "true"}
COMMAND = re.compile(r"::(error|notice) file=([^,:]+),line=(\d+),title=([^,:]*)::(.*)")


def outcome(titles: list[str], file: str = "shop/a.py") -> Outcome:
    failures = [
        Failure(f"f-{n}", f"test_{n}", "call", "failed", "test_a.py", 1, 0.1, ("E", title))
        for n, title in enumerate(titles)
    ]
    causes = [
        RootCause(
            f"c1-{n}", (), "signature", f"f-{n}", (f"f-{n}",),
            Diagnosis((f"f-{n}",), (Suspect(Function(file, "f", 3), 4, 1.0),), (), "likely", "code", title),
        )
        for n, title in enumerate(titles)
    ]  # fmt: skip
    run: dict[str, object] = {"id": "x", "engine": "none", "engine_reason": ""}
    return Outcome(run, {}, failures, causes, {}, {})


def unescaped(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


@given(st.text(min_size=1))
def test_a_title_is_one_property_of_one_line(title):
    (command,) = workflow_commands(outcome([title]), "error")
    assert len(command.splitlines()) == 1
    assert command.isprintable()
    found = COMMAND.fullmatch(command)
    assert found is not None, command
    assert "%" not in re.sub(r"%(0A|0D|25|2C|3A)", "", found[4])


@pytest.mark.parametrize("text", ["a, b: c", "100%", "%0A::error::x", "two\nlines"])
def test_titles_come_back_as_they_were(text):
    (command,) = workflow_commands(outcome([text]), "error")
    shown = unescaped(COMMAND.fullmatch(command)[4])
    assert shown == f"autopsy: likely: {text}".replace("\n", "\\n")


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_a_file_name_is_one_property(name):
    (command,) = workflow_commands(outcome(["title"], name), "error", "sub/")
    assert unescaped(COMMAND.fullmatch(command)[2]).startswith("sub/")


def test_the_last_of_ten_counts_the_rest():
    commands = workflow_commands(outcome([f"cause {n}" for n in range(25)]), "error")
    assert len(commands) == MAX_ANNOTATIONS
    assert commands[-1].endswith("15 causes more in the step's summary")
    assert len(workflow_commands(outcome(["one"] * MAX_ANNOTATIONS), "error")) == MAX_ANNOTATIONS


@pytest.mark.parametrize("used", [0, 500_000, MAX_SUMMARY - 20_000, MAX_SUMMARY, 5 * MAX_SUMMARY])
def test_the_summary_stays_below_the_limit(used):
    text = summary(outcome(["\u20ac" * 3000] * 600), used)
    assert len(text.encode()) + used <= max(MAX_SUMMARY, used)
    assert bool(text) == (used < MAX_SUMMARY - 16 * 1024)
    assert not text or "1 MiB" in text.splitlines()[-1]


def test_a_summary_that_fits_is_whole():
    assert "1 MiB" not in summary(outcome(["one", "two"]), 0)


# -- in a run ------------------------------------------------------------------------------------


def commands(run) -> list[str]:
    return [line for line in run.text.splitlines() if line.startswith("::")]


def test_one_annotation_a_cause(shop):
    run = shop.autopsy(env={**ACTIONS, "GITHUB_STEP_SUMMARY": "sum.md"})
    (command,) = commands(run)
    level, file, line, title, message = COMMAND.fullmatch(command).groups()
    first = run.digest["root_causes"][0]["suspects"][0]
    assert (level, file, int(line)) == ("error", first["file"], first["line"])
    assert run.digest["root_causes"][0]["title"] in unescaped(title)
    assert "rerun pytest --autopsy" in message
    assert "## 1." in (shop.path / "sum.md").read_text("utf-8")


def test_elsewhere_there_is_none(shop):
    for env in ({}, {"GITHUB_ACTIONS": "false"}):
        assert not commands(shop.autopsy(env={**env, "GITHUB_STEP_SUMMARY": "sum.md"}))
    assert not (shop.path / "sum.md").exists()


def test_nothing_is_said_of_a_green_run(project):
    project.write({"test_green.py": "def test_green(): pass\n"})
    run = project.autopsy(env={**ACTIONS, "GITHUB_STEP_SUMMARY": "sum.md"})
    assert not commands(run)
    assert not (project.path / "sum.md").exists()


def test_files_are_named_from_the_checkout(shop):
    run = shop.autopsy(env={**ACTIONS, "GITHUB_WORKSPACE": str(shop.path.parent)})
    assert f"file={shop.path.name}/shop/" in commands(run)[0]


@pytest.mark.parametrize(
    "args", [("-p", "no:terminal"), ("--no-summary",), ("-q",), ("-n2",)], ids=" ".join
)
def test_however_the_run_is_shown(shop, args):
    plugins = PLUGINS
    if args == ("-n2",):
        pytest.importorskip("xdist")
        plugins = (*PLUGINS, "xdist")
    assert len(commands(shop.autopsy(*args, plugins=plugins, env=ACTIONS))) == 1


def test_what_was_in_the_summary_stays(shop):
    (shop.path / "sum.md").write_text("before\n")
    shop.autopsy(env={**ACTIONS, "GITHUB_STEP_SUMMARY": "sum.md"})
    text = (shop.path / "sum.md").read_text("utf-8")
    assert text.startswith("before\n")
    assert "## 1." in text


def test_a_summary_that_is_a_directory(shop):
    plain = shop.plain(env=ACTIONS)
    run = shop.autopsy(env={**ACTIONS, "GITHUB_STEP_SUMMARY": "shop"})
    assert run.code == plain.code
    assert "GITHUB_STEP_SUMMARY shop: could not be written" in run.text
    assert len(commands(run)) == 1


@needs("pytest_github_actions_annotate_failures")
def test_beside_the_plugin_that_annotates_failures(shop):
    """Its errors come first and fill their ten places; ours have a level of their own."""
    plugins = (*PLUGINS, "pytest_github_actions_annotate_failures")
    run = shop.autopsy(plugins=plugins, env=ACTIONS)
    levels = [line.split()[0] for line in commands(run)]
    assert sorted(levels) == ["::error", "::notice"]
    alone = shop.plain(plugins=plugins[1:], env=ACTIONS)
    assert commands(alone) == [line for line in commands(run) if line.startswith("::error")]


def test_hostile_text_gives_no_command(project):
    project.write(
        {
            **SHOP,
            "test_shop.py": r"""
        import pytest

        @pytest.mark.parametrize("text", ["x\n::stop-commands::y", "a%0A::add-mask::b", "\r::error::c"])
        def test_it(text):
            raise ValueError(text)
        """,
        }
    )
    plain = commands(project.plain("--tb=no", "-q"))  # pytest's summary shows a raw \r
    run = project.autopsy("--tb=no", "-q", env={**ACTIONS, "GITHUB_STEP_SUMMARY": "sum.md"})
    ours = [line for line in commands(run) if line not in plain]
    assert ours
    assert all(COMMAND.fullmatch(line) for line in ours)
