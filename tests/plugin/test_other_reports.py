"""The cause in JUnit's and pytest-json-report's files, without anything that changes run by run."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from .checks import needs, without_times
from .helpers import PLUGINS, Project, Run
from .outcome_project import MATRIX

NAMES = {
    "autopsy.failure", "autopsy.root_cause", "autopsy.title", "autopsy.suspect", "autopsy.confidence",
    "autopsy.evidence",
}  # fmt: skip
FAMILIES = ("xunit1", "xunit2")


@pytest.fixture(scope="module", params=FAMILIES)
def junit(request, tmp_path_factory) -> tuple[Run, ElementTree.Element]:
    """A run of all outcomes with --junitxml, and what it wrote."""
    project = Project(tmp_path_factory.mktemp("junit") / "work").write(MATRIX)
    ours = project.autopsy("--junitxml=out.xml", "-o", f"junit_family={request.param}")
    return ours, ElementTree.parse(project.path / "out.xml").getroot()


def case_of(root: ElementTree.Element, name: str) -> ElementTree.Element:
    found = [case for case in root.iter("testcase") if case.get("name") == name]
    assert found
    return found[0]


def properties(case: ElementTree.Element) -> dict[str, str]:
    return {one.get("name", ""): one.get("value", "") for one in case.iter("property")}


@pytest.mark.parametrize(
    "name",
    ["test_fail", "test_wrong_value", "test_setup_error", "test_bad", "test_call_and_teardown"],
)
def test_cause_is_among_the_properties(junit, name):
    ours, root = junit
    found = properties(case_of(root, name))
    assert found.keys() == NAMES
    known = {one["id"] for one in ours.digest["failures"]}
    assert found["autopsy.failure"] in known
    cause = next(c for c in ours.digest["root_causes"] if c["id"] == found["autopsy.root_cause"])
    assert found["autopsy.title"] == cause["title"]
    assert found["autopsy.confidence"] == cause["confidence"]
    first = cause["suspects"][0]
    assert found["autopsy.suspect"] == f"{first['file']}:{first['line']} {first['function']}"
    assert found["autopsy.evidence"].startswith(".autopsy/latest/")
    assert (ours.path / found["autopsy.evidence"]).is_file()


def test_each_property_once(junit):
    for case in junit[1].iter("testcase"):
        names = [one.get("name") for one in case.iter("property")]
        assert len(names) == len(set(names))


def test_passed_tests_have_none(junit):
    for name in ("test_pass", "test_xfail", "test_skip_inside"):
        assert not properties(case_of(junit[1], name))


@pytest.mark.parametrize("name", ["test_fail", "test_setup_error", "test_teardown_error"])
def test_box_comes_first(junit, name):
    case = case_of(junit[1], name)
    text = next(node for node in case if node.tag in ("failure", "error")).text or ""
    box = text.split("\n\n")[0].splitlines()
    assert box[0].startswith("autopsy: ")
    assert len(box) <= 12
    assert any("culprit" in line for line in box)
    assert "TypeError" in text.split("\n\n", 1)[1]


def test_what_pytest_wrote_is_still_there(junit, tmp_path):
    root = junit[1]
    plain = Project(tmp_path / "work").write(MATRIX)
    plain.plain("--junitxml=out.xml")
    expected = ElementTree.parse(plain.path / "out.xml").getroot()
    cases = [
        (c.get("classname"), c.get("name"), [n.tag for n in c if n.tag != "properties"])
        for c in root.iter("testcase")
    ]
    assert cases == [
        (c.get("classname"), c.get("name"), [n.tag for n in c]) for c in expected.iter("testcase")
    ]


def test_nothing_of_ours_changes_run_by_run(junit):
    ours, root = junit
    for case in root.iter("testcase"):
        told = "\n".join(properties(case).values())
        for node in case:
            if node.tag in ("failure", "error") and (node.text or "").startswith("autopsy:"):
                told += (node.text or "").split("\n\n")[0]
        assert str(ours.path) not in told
        assert ours.digest["run"]["id"] not in told
        assert not re.search(r"\bgw\d|\d{8}T\d{6}Z|0x[0-9a-f]{6}", told)


def amended(project: Project, *args: str, **options) -> str:
    project.autopsy("--junitxml=out.xml", *args, **options)
    text = (project.path / "out.xml").read_text("utf-8")
    return re.sub(r' (time|timestamp|hostname)="[^"]*"', "", without_times(text))


def test_two_runs_write_the_same(shop):
    first = amended(shop)
    assert "autopsy.root_cause" in first
    assert first == amended(shop)


@needs("xdist")
def test_workers_write_the_same(shop):
    def sorted_cases(text: str) -> list[str]:
        return sorted(
            ElementTree.tostring(c, "unicode")
            for c in ElementTree.fromstring(text).iter("testcase")
        )

    spread = amended(shop, "-n2", plugins=(*PLUGINS, "xdist"))
    assert "autopsy.root_cause" in spread
    assert sorted_cases(spread) == sorted_cases(amended(shop))


def test_directory_outside_the_root_is_not_told(shop, tmp_path):
    assert str(tmp_path / "store") not in amended(shop, f"--autopsy-dir={tmp_path / 'store'}")


def test_users_own_properties_stay(shop):
    shop.write(
        {
            "test_shop.py": """
        def test_it(record_property):
            record_property("ticket", "A-1")
            assert {}["x"]
        """
        }
    )
    assert 'name="ticket" value="A-1"' in amended(shop, "-W", "ignore")


# -- pytest-json-report ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> tuple[Run, dict]:
    project = Project(tmp_path_factory.mktemp("json") / "work").write(MATRIX)
    plugins = (*PLUGINS, "metadata", "pytest_jsonreport")
    ours = project.autopsy("--json-report", "--json-report-file=out.json", plugins=plugins)
    return ours, json.loads((project.path / "out.json").read_bytes())


def told(report: dict, name: str) -> dict[str, str]:
    test = next(one for one in report["tests"] if one["nodeid"].endswith(f"::{name}"))
    pairs = [pair for one in test.get("user_properties", ()) for pair in one.items()]
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


@needs("pytest_jsonreport")
@pytest.mark.parametrize(
    "name", ["test_fail", "test_setup_error", "test_teardown_error", "test_bad"]
)
def test_json_report_has_the_cause(reported, name):
    ours, report = reported
    found = told(report, name)
    assert found.keys() == NAMES
    assert found["autopsy.root_cause"] in {one["id"] for one in ours.digest["root_causes"]}


@needs("pytest_jsonreport")
def test_json_report_that_was_loaded_by_its_module(shop):
    """As it is where plugins are not loaded by themselves: its name is another one then."""
    shop.autopsy(
        "--json-report",
        "--json-report-file=out.json",
        plugins=(*PLUGINS, "pytest_metadata.plugin", "pytest_jsonreport.plugin"),
    )
    report = json.loads((shop.path / "out.json").read_bytes())
    assert told(report, "test_unknown")["autopsy.root_cause"].startswith("c1-")


@needs("pytest_jsonreport")
def test_json_report_of_passed_tests_is_untouched(reported):
    assert not told(reported[1], "test_pass")


@needs("pytest_jsonreport")
def test_json_report_has_nothing_that_changes(reported):
    ours, report = reported
    for test in report["tests"]:
        shown = json.dumps(test.get("user_properties", []))
        assert str(ours.path) not in shown
        assert ours.digest["run"]["id"] not in shown


@needs("pytest_jsonreport")
def test_json_report_of_what_has_no_test_or_two_failures(shop):
    shop.write(
        {
            "test_broken.py": "from shop.cart import line_total\nline_total('jam', 1)\n",
            "test_two.py": """
        import pytest
        from shop.cart import line_total

        @pytest.fixture
        def late():
            yield
            {}["late"]

        def test_both(late):
            assert line_total("jam", 1)
        """,
        }
    )
    ours = shop.autopsy(
        "--json-report", "--json-report-file=out.json", "--continue-on-collection-errors",
        plugins=(*PLUGINS, "metadata", "pytest_jsonreport"),
    )  # fmt: skip
    report = json.loads((shop.path / "out.json").read_bytes())
    (broken,) = [one for one in report["collectors"] if one["outcome"] == "failed"]
    pairs = {name: value for pair in broken["user_properties"] for name, value in pair.items()}
    assert pairs["autopsy.failure"] == ours.failure("test_broken.py")["id"]
    assert pairs.keys() == NAMES
    call = ours.failures["test_two.py::test_both", "call"]
    assert told(report, "test_both")["autopsy.failure"] == call["id"]
