"""Names and reports that nobody expects: handled, named, nothing lost."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from .checks import both, explained, needs, same_outcomes
from .helpers import PLUGINS, Project, Run
from .shop_project import SHOP

REPORTS = (*PLUGINS, "metadata", "pytest_jsonreport", "html", "html_fixtures", "pytest_reportlog")

# -- names -----------------------------------------------------------------------------------------

NAMES = r"""
    import pytest

    def low(value):
        return {}[value]

    TEXTS = [
        "a/b", "../../etc", "\n", "\r\n", "\x00", "\x1b[31m", "[x]", "]", "::", "@", "a@b]", " ", "",
        "\u202e", "\u20ac", "\U0001f600", "\ud800", "%s", "<b>&'\"", "]]>", "::error::x", "|",
        "[[ATTACHMENT|/etc/passwd]]", "con", "x" * 10_000, "\u20ac" * 10_000,
    ]

    @pytest.mark.parametrize("text", TEXTS)
    def test_given(text):
        low(text)

    @pytest.mark.parametrize("text", TEXTS, ids=lambda text: text)
    def test_named(text):
        low(text)

    def test_CASE():
        low(1)

    def test_case():
        low(2)
    """


def evidence_is_there(run: Run) -> None:
    """Assert that each failure has files of its own, also where case does not count."""
    failures = run.digest["failures"]
    for key in ("trace", "snapshot", "diagnosis"):
        paths = [one[key] for one in failures if one[key]]
        assert len({path.casefold() for path in paths}) == len(paths)
        assert all((run.path / path).is_file() for path in paths)
    assert len({one["id"] for one in failures}) == len(failures)


@needs("pytest_jsonreport", "pytest_html", "pytest_reportlog")
def test_any_name(project):
    project.write({"test_names.py": NAMES})
    asked = (
        "--junitxml=out.xml",
        "--json-report",
        "--json-report-file=out.json",
        "--report-log=out.jsonl",
    )
    plain = project.plain(*asked, plugins=REPORTS[1:])
    ours = project.autopsy(*asked, "--html=out.html", "--autopsy-export=out", plugins=REPORTS)
    same_outcomes(plain, ours)
    explained(ours)
    evidence_is_there(ours)
    told = list(ElementTree.parse(project.path / "out.xml").iter("testcase"))
    ids = {
        p.get("value")
        for c in told
        for p in c.iter("property")
        if p.get("name") == "autopsy.failure"
    }
    assert ids == {one["id"] for one in ours.digest["failures"]}
    lines = (project.path / "out.jsonl").read_text("utf-8").splitlines()
    sent = [json.loads(line)["autopsy"] for line in lines if '"autopsy":' in line]
    assert len(sent) == len(ids)
    assert max(len(json.dumps(one)) for one in sent) < 4_000
    assert len(json.loads((project.path / "out.json").read_bytes())["tests"]) == len(ids)


@needs("xdist")
def test_what_travels_between_processes_is_small(project):
    """A name of 10 kB is pytest's; what we add stays a few short texts."""
    project.write({"test_names.py": NAMES.replace('"\\ud800", ', "")})  # execnet takes no such name
    project.write(
        {
            "conftest.py": """
        import json, sys

        def pytest_runtest_logreport(report):
            if hasattr(report, "autopsy") and hasattr(report, "node"):
                pairs = [pair for pair in report.user_properties if pair[0].startswith("autopsy.")]
                with open("sent.jsonl", "a") as stream:
                    stream.write(json.dumps([report.autopsy, pairs]) + "\\n")
        """
        }
    )
    plugins = (*PLUGINS, "xdist")
    run = project.autopsy("-n2", plugins=plugins)
    sent = [json.loads(line) for line in (project.path / "sent.jsonl").read_text().splitlines()]
    assert len(sent) == len(run.digest["failures"]) > 40
    for told, pairs in sent:
        assert len(json.dumps([told, pairs])) < 5_000
        texts = [told["failure"], told.get("evidence", ""), *told["facts"].values()]
        assert all((type(text) is str and text.isprintable()) or "\n" not in text for text in texts)
    explained(run)


def test_two_tests_of_one_name(project):
    project.write(
        {
            "test_twice.py": """
        seen = []

        def test_it():
            seen.append(1)
            assert len(seen) > 2, len(seen)
        """
        }
    )
    args = ("--keep-duplicates", "test_twice.py", "test_twice.py", "--junitxml=out.xml")
    plain, ours = both(project, *args)
    same_outcomes(plain, ours)
    assert len(ours.digest["failures"]) == ours.failure_count == 2
    evidence_is_there(ours)
    messages = {one["exception"]["message"].splitlines()[0] for one in ours.digest["failures"]}
    assert len(messages) == 2


@needs("pytest_rerunfailures")
def test_a_second_attempt_has_the_first_ones_id(project):
    project.write({"test_it.py": "def test_it():\n    assert {}[1]\n"})
    run = project.autopsy("--reruns=2", plugins=(*PLUGINS, "rerunfailures"))
    alone = project.autopsy()
    assert [one["id"] for one in run.digest["failures"]] == [
        one["id"] for one in alone.digest["failures"]
    ]


# -- reports of others -----------------------------------------------------------------------------

ODD = """
    import pytest

    class Shown:
        def __str__(self):
            return "shown"

    def change(report, kind):
        if kind == "no properties":
            report.user_properties = None
        if kind == "text for properties":
            report.user_properties = "text"
        if kind == "odd properties":
            report.user_properties[:] = [("one",), 3, ("a", object()), ("autopsy.x",), ()]
        if kind == "odd text":
            report.longrepr = Shown()
        if kind == "no text":
            report.longrepr = None
        if kind == "ours taken":
            report.autopsy = "mine"
        if kind == "ours odd":
            report.autopsy = {"failure": ["f-1"], "evidence": 3}
        if kind == "another name":
            report.nodeid = "elsewhere.py::other"

    """
BEFORE_US = """
    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(item, call):
        report = yield
        if report.when == "call":
            change(report, item.callspec.params["kind"])
        return report
    """
AFTER_US = """
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(report):
        if report.when == "call":
            change(report, report.nodeid.partition("[")[2].rstrip("]"))
    """
KINDS = (
    "no properties", "text for properties", "odd properties", "odd text", "no text", "ours taken",
    "ours odd", "another name", "nothing",
)  # fmt: skip


@pytest.mark.parametrize("when", [BEFORE_US, AFTER_US], ids=["before", "after"])
def test_reports_that_another_plugin_changed(project, when):
    project.write(
        {
            "conftest.py": ODD + when,
            "test_it.py": f"""
        import pytest

        @pytest.mark.parametrize("kind", {KINDS!r})
        def test_it(kind):
            assert {{}}[kind]
        """,
        }
    )
    plain, ours = both(project, "--tb=short")
    same_outcomes(plain, ours)
    assert len(ours.digest["failures"]) == len(KINDS)
    assert ours.warnings == plain.warnings


@needs("pytest_jsonreport")
@pytest.mark.parametrize(
    "tests",
    ["None", "'text'", "[None, 3, {'nodeid': 5}, {'nodeid': 'x', 'user_properties': 3}]", "{}"],
)
def test_a_json_report_that_another_plugin_changed(shop, tests):
    shop.write(
        {
            "conftest.py": f"""
        import pytest

        @pytest.hookimpl(optionalhook=True, tryfirst=True)
        def pytest_json_modifyreport(json_report):
            json_report["tests"] = {tests}
        """
        }
    )
    run = shop.autopsy("--json-report", "--json-report-file=out.json", plugins=REPORTS[:3])
    assert run.code == 1
    assert "fault" not in run.text
    assert json.loads((shop.path / "out.json").read_bytes())["tests"] == eval(tests)


@needs("pytest_html")
def test_a_page_that_another_plugin_changed(shop):
    shop.write(
        {
            "conftest.py": """
        import pytest

        @pytest.hookimpl(optionalhook=True)
        def pytest_html_results_table_row(cells):
            del cells[:]
        """
        }
    )
    run = shop.autopsy("--html=out.html", plugins=REPORTS)
    assert run.code == 1
    assert "load_price swallows" in (shop.path / "out.html").read_text("utf-8")


def ask(name: str) -> tuple[str, ...]:
    options = {
        "junit": ("--junitxml=taken",),
        "json": ("--json-report", "--json-report-file=taken"),
        "html": ("--html=taken",),
        "reportlog": ("--report-log=taken",),
        "allure": ("--alluredir=taken",),
    }
    return options[name]


@needs("pytest_jsonreport", "pytest_html", "pytest_reportlog", "allure_pytest")
@pytest.mark.parametrize("name", ["junit", "json", "html", "reportlog", "allure"])
def test_a_path_that_is_taken(tmp_path, name):
    """By a directory, for Allure by a file: what the plugin does of it is its own affair."""
    project = Project(tmp_path / "work").write(
        {**SHOP, "taken" if name == "allure" else "taken/x": ""}
    )
    plugins = (*REPORTS, "allure_pytest")
    plain = project.plain(*ask(name), plugins=plugins[1:])
    ours = project.autopsy(*ask(name), plugins=plugins)
    assert ours.code == plain.code
    assert "pytest-autopsy met" not in ours.text
    if "test_shop.py" in plain.out:  # it ran at all
        assert ours.digest["root_causes"]
