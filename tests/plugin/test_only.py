"""--autopsy-only: the digest alone, within its budget, and nothing else of a run changed."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import jsonschema
import pytest

from pytest_autopsy.report.budget import tokens

from .helpers import Project
from .shop_project import SHOP

FAULTS = 25
MANY = {
    "faults.py": "".join(
        f"""
def fault_{n}(text):
    if len(text) > {n}:
        raise {kind}(f"kind {n}: " + text)
"""
        for n in range(FAULTS)
        for kind in [("KeyError", "ValueError", "TypeError", "OSError", "LookupError")[n % 5]]
    ),
    "test_many.py": """
        import warnings

        import faults
        import pytest


        @pytest.fixture
        def broken():
            raise OSError("no " + "disk " * 50)


        @pytest.mark.parametrize("n", range(20))
        def test_set_up(broken, n):
            pass


        @pytest.mark.parametrize("kind", range(25))
        @pytest.mark.parametrize("n", range(6))
        def test_many(kind, n):
            warnings.warn("deprecated")
            getattr(faults, f"fault_{kind}")("" if n == 0 else "long text " * 40)
        """,
}
FAILING = 20 + 5 * FAULTS


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Failures of many causes, run by pytest alone and with --autopsy-only."""
    project = Project(tmp_path_factory.mktemp("many") / "work").write(MANY)
    plain = project.plain("-q", "--junitxml=plain.xml")
    first = project.run("--autopsy-only", "-q", "--junitxml=ours.xml")
    return plain, first


def test_budget_and_five_lines(many):
    _, ours = many
    assert ours.failure_count == FAILING
    below = ours.lines.index(ours.headline)
    assert tokens("\n".join(ours.lines[below + 1 : -1]) + "\n") <= 2000
    assert below + 2 <= 5  # what stands before the digest, its headline and the closing line
    assert not re.search(r"^[.FE]+ ", ours.out, re.M)
    assert "FAILURES" not in ours.out
    assert "short test summary" not in ours.out
    assert "Warning" not in ours.out
    assert ours.has_line(r"^warnings  \d+, shown without --autopsy-only")
    assert ours.has_line("^left out: .*pytest-autopsy show --budget")


def test_no_more_lines_with_workers(project):
    run = project.write(SHOP).run("--autopsy-only", "-q", "-n", "2", "-p", "xdist")
    below = run.lines.index(run.headline)
    assert below + 2 <= 5
    assert run.failure_count == 1


def test_nothing_else_changes(many):
    plain, ours = many
    assert ours.code == plain.code == 1
    assert ours.counts == plain.counts
    assert ours.outcomes == plain.outcomes

    def cases(name):
        root = ElementTree.parse(ours.path / name).getroot()
        return sorted(
            (one.get("name"), *(child.tag for child in one if child.tag != "properties"))
            for one in root.iter("testcase")
        )

    assert cases("ours.xml") == cases("plain.xml")
    for tree in ElementTree.parse(ours.path / "ours.xml").iter("failure"):
        assert "long text" in (tree.text or "")


def test_markdown_keeps_to_the_budget(many):
    _, ours = many
    text = (ours.directory / "digest.md").read_text("utf-8")
    assert tokens(text) <= 2000
    assert "\n## 1. " in text
    assert re.search(r"^Left out: \d+ causes? and .*--budget", text, re.M)


@pytest.fixture(scope="module")
def attempts(tmp_path_factory):
    """The shop, run twice, and once more after a change that had an effect."""
    project = Project(tmp_path_factory.mktemp("again") / "work").write(SHOP)
    first = project.run("--autopsy-only", "-q")
    first.digest  # read now: `latest` moves on
    second = project.run("--autopsy-only", "-q", "--autopsy-cause", "1")
    second.digest
    pricing = project.path / "shop" / "pricing.py"
    pricing.write_text(pricing.read_text("utf-8").replace("return None", "return 'x'"), "utf-8")
    third = project.run("--autopsy-only")
    return first, second, third


def test_same_failure_as_the_last_attempt(attempts):
    said = ["same failure as your last attempt" in run.out for run in attempts]
    assert said == [False, True, False]
    assert [run.digest["root_causes"][0]["unchanged"] for run in attempts] == [None, True, False]


def test_schema(attempts):
    import json
    from pathlib import Path

    import pytest_autopsy

    file = Path(pytest_autopsy.__file__).parent / "schemas" / "digest.json"
    for run in attempts[:2]:
        jsonschema.validate(run.digest, json.loads(file.read_text("utf-8")))


def test_one_traceback_a_cause(attempts):
    first, _, third = attempts
    assert first.out.count("  | E       TypeError") == 1
    assert "culprit load_price at shop/pricing.py:" in first.out
    assert third.lines[0].startswith("=")  # pytest's header, progress and all are there without -q
    assert "test_shop.py .F" in third.out
    assert "= FAILURES =" not in third.out


def test_where_it_is_not_asked_for_pytest_tells_the_failures(project):
    run = project.write(SHOP).autopsy("-q")
    assert "= FAILURES =" in run.out
    assert "short test summary" in run.out


def test_no_autopsy_beats_it(project):
    run = project.write(SHOP).run("--autopsy-only", "--no-autopsy", "-q")
    assert "= FAILURES =" in run.out
    assert not run.store.exists()


@pytest.mark.parametrize(
    ("ini", "args", "word"),
    [
        ("autopsy_budget = 100", ("--autopsy-only",), "at least 400, not 100"),
        ("autopsy_causes = 0", ("--autopsy-only",), "at least 1, not 0"),
        ("", ("--autopsy-only", "--no-triage"), "--autopsy-only"),
    ],
)
def test_wrong(settings, ini, args, word):
    with pytest.raises(pytest.UsageError, match=word):
        settings(*args, ini=ini)


def test_settings(settings):
    found = settings("--autopsy-only", ini="autopsy_budget = 800\nautopsy_causes = 2")
    assert (found.only, found.budget, found.causes, found.trace) == (True, 800, 2, True)
    assert settings().only is False
