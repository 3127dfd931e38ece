"""What the pages name is there: options, keys, commands, modules, links. What they show is run."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from pytest_autopsy.cli import COMMANDS

from . import test_readme
from .plugin.helpers import Project, Run

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", "pytest_autopsy/assets/SKILL.md"]
PAGES += sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))
SHOWN = {"docs/triage.md": "tests/triage/test_docs.py", "docs/tutorial.md": "tests/heavy/test_tutorial.py"}  # fmt: skip
"""Pages whose console blocks tests of their own run."""
OPTION = re.compile(r"(?<![\w-])--(?:no-)?(?:autopsy|trace|snapshot|triage)(?:-[a-z]+)*\b")
KEY = re.compile(r"(?<![\w.`/])`?(autopsy_[a-z_]+)\b(?!\.)")
NOT_KEYS = {"autopsy_trace"}
SPAN = re.compile(r"`([^`\n]+)`")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "work")


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def spans(page: str) -> list[str]:
    """Code within lines, lines of indented code, and commands of console blocks."""
    text = text_of(page)
    indented = [line.split("  ")[0] for line in re.findall(r"^ {4,}(\S.*)$", text, re.M)]
    return SPAN.findall(text) + indented + re.findall(r"^\$ (.+)$", text, re.M)


@cache
def pytest_help() -> str:
    command = [sys.executable, "-m", "pytest", "--help"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@cache
def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="pytest-autopsy")
    commands = made.add_subparsers(required=True)
    for name in COMMANDS:
        import_module(f"pytest_autopsy.commands.{name}").add(commands)
    return made


@pytest.mark.parametrize("page", PAGES)
def test_options_and_keys_that_a_page_names_are_there(page: str) -> None:
    text = text_of(page)
    for option in set(OPTION.findall(text)):
        assert re.search(rf"{option}\b(?!-)", pytest_help()), option
    for key in set(KEY.findall(text)) - NOT_KEYS:
        assert f"  {key} (" in pytest_help(), key


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_a_page_names_can_be_given(page: str) -> None:
    for span in spans(page):
        span = span.partition(" #")[0].replace("...", "").strip()
        if span.startswith("pytest-autopsy ") and "[" not in span:
            parser().parse_args(shlex.split(span.partition("|")[0])[1:])  # ends the test if wrong
        elif span.startswith("python -m tests."):
            assert find_spec(span.split()[2]), span


def test_every_page_with_commands_is_run_by_a_test() -> None:
    with_commands = {page for page in PAGES if "```console" in text_of(page)}
    assert with_commands <= {*test_readme.TEXTS, *SHOWN}
    for page, test in SHOWN.items():
        assert Path(page).name in (ROOT / test).read_text("utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(page)):
        assert ((ROOT / page).parent / link).exists(), link


# -- the README's code -----------------------------------------------------------------------


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", text_of("README.md"), re.S)


def test_the_readmes_configuration(project: Project) -> None:
    (toml,) = blocks("toml")
    project.write({
        "pyproject.toml": toml,
        "src/shop/generated/old.py": "def f():\n    return 1\n",
        "test_shop.py": "import sys\nsys.path.insert(0, 'src/shop/generated')\nimport old\n"
                        "def test_f():\n    assert old.f() == 2\n",
    })  # fmt: skip
    (project.path / "pytest.ini").unlink()
    run = project.run()
    assert run.headline
    assert {suspect["function"] for suspect in run.digest["root_causes"][0]["suspects"]} <= {"test_f", "<module>"}  # fmt: skip


def test_the_readmes_description_of_a_type(project: Project) -> None:
    conftest, _ = blocks("python")
    project.write({
        "conftest.py": "import pytest\nfrom money import Money\n\n" + conftest,
        "money.py": "class Money:\n    def __init__(self, cents):\n        self.cents, self.currency = cents, 'EUR'\n",
        "test_money.py": "from money import Money\ndef test_sum():\n    total = Money(1250)\n    assert not total\n",
    })  # fmt: skip
    (snapshot,) = (project.autopsy().directory / "snapshots").glob("*.json")
    assert "EUR 12.50" in snapshot.read_text("utf-8")


def test_the_readmes_markers(project: Project) -> None:
    _, markers = blocks("python")
    lines = markers.strip().splitlines()
    assert len(lines) == 5
    body = "".join(
        f"{line}\ndef test_{number}():\n    assert cart.total() == 2\n\n"
        for number, line in enumerate(lines)
    )
    project.write({
        "shop/__init__.py": "", "shop/cart.py": "def total():\n    return 1\n",
        "test_cart.py": f"import pytest\nfrom shop import cart\n\n{body}",
    })  # fmt: skip
    run = project.run("-W", "error")
    assert those_with(run, "trace") == {"0", "1", "2"}
    whole = project.autopsy()
    assert those_with(whole, "trace") == {"0", "1", "2", "4"}
    assert those_with(whole, "snapshot") == {"0", "1", "2", "3"}


def those_with(run: Run, evidence: str) -> set[str]:
    """The last letters of the tests that have such a file."""
    return {failure["nodeid"][-1] for failure in run.digest["failures"] if failure[evidence]}
