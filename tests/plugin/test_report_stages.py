"""The table in docs/reports.md: each report, and what it shows when a test reports and at the end."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from .checks import needs
from .helpers import PLUGINS, Project, Run
from .shop_project import SHOP

DOC = Path(__file__).parents[2] / "docs" / "reports.md"
ALL = (
    *PLUGINS, "metadata", "pytest_jsonreport", "html", "html_fixtures", "pytest_reportlog", "allure_pytest",
)  # fmt: skip
ASKS = (
    "--junitxml=out.xml", "--json-report", "--json-report-file=out.json", "--html=out.html",
    "--report-log=out.jsonl", "--alluredir=allure", "-p", "no:randomly",
)  # fmt: skip
CI = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "summary.md"}
KILLED = {"test_zz.py": "import os\ndef test_ends_here():\n    os._exit(9)\n"}
TITLE = "load_price swallows"
SUSPECT = "shop/pricing.py"
"""What a provisional suspect would be seen by."""

pytestmark = needs("pytest_jsonreport", "pytest_html", "pytest_reportlog", "allure_pytest")


def table() -> dict[str, tuple[str, set[str], set[str]]]:
    """Report -> the options that ask for it, the words of both stages."""
    rows = [
        line.strip("|").split("|")
        for line in DOC.read_text("utf-8").splitlines()
        if line[:2] == "| "
    ]
    found = {}
    for name, asked, at_once, at_end in ([cell.strip() for cell in row] for row in rows[1:]):
        found[name] = (asked.strip("`"), words(at_once), words(at_end))
    return found


def words(cell: str) -> set[str]:
    return set() if cell == "nothing" else set(cell.split(", "))


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Run:
    project = Project(tmp_path_factory.mktemp("stages") / "work").write(SHOP)
    return project.autopsy(*ASKS, "--autopsy-export=export", plugins=ALL, env=CI)


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> Run:
    project = Project(tmp_path_factory.mktemp("stages") / "work").write({**SHOP, **KILLED})
    run = project.autopsy(*ASKS, "--autopsy-export=export", plugins=ALL, env=CI)
    assert run.code == 9
    return run


@pytest.fixture(scope="module")
def unexported(tmp_path_factory) -> Run:
    project = Project(tmp_path_factory.mktemp("stages") / "work").write(SHOP)
    return project.autopsy("--junitxml=out.xml")


# -- what a report shows -----------------------------------------------------------------------


def in_properties(pairs: dict[str, str]) -> set[str]:
    shown = {"id"} if re.fullmatch(r"f-[0-9a-f]{10}", pairs.get("autopsy.failure", "")) else set()
    cause = {
        f"autopsy.{name}" for name in ("root_cause", "title", "suspect", "confidence", "evidence")
    }
    return shown | ({"cause"} if cause <= pairs.keys() else set())


def in_junit(run: Run) -> set[str]:
    file = run.path / "out.xml"
    if not file.exists():
        return set()
    case = next(
        c for c in ElementTree.parse(file).iter("testcase") if c.get("name") == "test_unknown"
    )
    shown = in_properties({p.get("name", ""): p.get("value", "") for p in case.iter("property")})
    text = case.findtext("failure") or ""
    shown |= {"box"} if text.startswith("autopsy: ") and TITLE in text.split("\n\n")[0] else set()
    named = re.findall(r"(?m)^\[\[ATTACHMENT\|(.+)\]\]$", case.findtext("system-out") or "")
    assert all((run.path / name).is_file() for name in named)
    return shown | ({"files"} if named else set())


def in_json(run: Run) -> set[str]:
    file = run.path / "out.json"
    if not file.exists():
        return set()
    test = next(t for t in json.loads(file.read_bytes())["tests"] if "test_unknown" in t["nodeid"])
    return in_properties({k: v for pair in test["user_properties"] for k, v in pair.items()})


def in_html(run: Run) -> set[str]:
    file = run.path / "out.html"
    if not file.exists():
        return set()
    page = file.read_text("utf-8")
    data = json.loads(html.unescape(re.search(r'data-jsonblob="(.*?)"', page).group(1)))
    (row,) = data["tests"]["test_shop.py::test_unknown"]
    shown = {"box"} if row["log"].startswith("autopsy: ") and TITLE in row["log"] else set()
    links = [one["content"] for one in row["extras"] if one["name"] == "autopsy"]
    assert all((run.path / link).is_file() for link in links)
    shown |= {"link"} if links else set()
    return shown | ({"list"} if f"{TITLE}" in page.split("<details>")[-1] else set())


def in_reportlog(run: Run) -> set[str]:
    lines = [json.loads(line) for line in (run.path / "out.jsonl").read_text("utf-8").splitlines()]
    failed = next(one for one in lines if one.get("outcome") == "failed")
    shown = in_properties(dict(failed["user_properties"]))
    if failed["autopsy"]["failure"] == dict(failed["user_properties"])["autopsy.failure"]:
        shown |= (
            {"facts"} if failed["autopsy"]["facts"]["exception"].startswith("TypeError") else set()
        )
    assert SUSPECT not in json.dumps(failed["autopsy"])
    last = [one for one in lines if one["$report_type"] == "AutopsyRootCauses"]
    assert len(last) <= 1
    return shown | (
        {"list"} if last and last[0]["root_causes"][0]["title"].startswith(TITLE) else set()
    )


def in_allure(run: Run) -> set[str]:
    folder, shown = run.path / "allure", set()
    results = [json.loads(file.read_bytes()) for file in folder.glob("*-result.json")]
    for result in results:
        for one in result.get("attachments", ()):
            if one["name"] == "autopsy":
                text = (folder / one["source"]).read_text("utf-8")
                assert SUSPECT not in text
                assert result["status"] == "broken" or result["status"] == "failed"
                shown |= {"id"} if text.startswith("failure: f-") else set()
                shown |= {"facts"} if "\nexception: TypeError" in text else set()
    for file in folder.glob("*-globals.json"):
        for one in json.loads(file.read_bytes())["attachments"]:
            shown |= {"list"} if TITLE in (folder / one["source"]).read_text("utf-8") else set()
    return shown


def in_github(run: Run) -> set[str]:
    file = run.path / "summary.md"
    shown = {"summary"} if file.exists() and TITLE.split()[0] in file.read_text("utf-8") else set()
    commands = [line for line in run.lines if line.startswith("::error ")]
    return shown | ({"annotations"} if commands and TITLE in commands[0] else set())


READERS: dict[str, Callable[[Run], set[str]]] = {
    "JUnit XML": in_junit,
    "JUnit XML, exported": in_junit,
    "pytest-json-report": in_json,
    "pytest-html": in_html,
    "pytest-reportlog": in_reportlog,
    "allure-pytest": in_allure,
    "GitHub Actions": in_github,
}


def test_every_report_has_a_row():
    assert table().keys() == READERS.keys()


@pytest.mark.parametrize("name", READERS)
def test_when_a_test_reports(name, killed):
    left = READERS[name](killed)
    assert left == table()[name][1]
    assert not left & {"cause", "list", "box"}


@pytest.mark.parametrize("name", READERS)
def test_at_the_end(name, whole, unexported):
    _, at_once, at_end = table()[name]
    run = unexported if name == "JUnit XML" else whole
    assert READERS[name](run) == at_once | at_end


@pytest.mark.parametrize("name", READERS)
def test_asked_for_by(name, whole):
    for word in table()[name][0].split():
        assert word in " ".join([*ASKS, "--autopsy-export=export", *map("=".join, CI.items())])


def test_streams_tell_the_last_record_what_reports_were_called(whole):
    lines = [json.loads(line) for line in (whole.path / "out.jsonl").read_text().splitlines()]
    told = {one["autopsy"]["failure"] for one in lines if "autopsy" in one}
    last = next(one for one in lines if one["$report_type"] == "AutopsyRootCauses")
    schema = files("pytest_autopsy").joinpath("schemas/root-causes.json").read_bytes()
    jsonschema.validate(last, json.loads(schema))
    assert {one["failure"] for cause in last["root_causes"] for one in cause["failures"]} == told
    assert lines[-1]["$report_type"] == "SessionFinish"


def test_nothing_that_changes_goes_into_them(whole):
    for name in ("out.jsonl", "out.html"):
        text = (whole.path / name).read_text("utf-8")
        ours = re.findall(r"(?:autopsy[^\n]{0,2000})", text)
        assert ours
        assert whole.digest["run"]["id"] not in "".join(ours)


def test_the_page_grows_by_little(whole, tmp_path):
    plain = Project(tmp_path / "work").write(SHOP)
    plain.plain("--html=out.html", plugins=("metadata", "html", "html_fixtures"))
    before, after = ((one.path / "out.html").stat().st_size for one in (plain, whole))
    assert after - before < 20_000
