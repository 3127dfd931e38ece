"""A fault in what feeds other reports: outcomes and those reports stay, one warning tells it."""

import pytest

HTML = ("-pmetadata", "-phtml", "-phtml_fixtures", "--html=page.html")
BRIDGES = {
    "junit:Junit._remember": ("--junitxml=junit.xml",),
    "junit:properties_of": ("--junitxml=junit.xml",),
    "reportlog:causes_json": ("-ppytest_reportlog", "--report-log=log.jsonl"),
    "html:Html._link": HTML,
    "html:row_html": HTML,
    "allure:facts_text": ("-pallure_pytest", "--alluredir=allure"),
    "allure:causes_text": ("-pallure_pytest", "--alluredir=allure"),
    "github:workflow_commands": (),
    "github:summary": (),
}


@pytest.mark.parametrize("where", BRIDGES)
def test_bridges(suite, where):
    if where.startswith("github"):
        suite.monkeypatch.setenv("GITHUB_ACTIONS", "true")
        suite.monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(suite.path / "summary.md"))
    run = suite.check(f"pytest_autopsy.integrations.{where}", args=("--autopsy", *BRIDGES[where]))
    assert run.has_digest
    for name in ("junit.xml", "log.jsonl", "page.html"):
        if any(name in arg for arg in BRIDGES[where]):
            assert "test_" in (suite.path / name).read_text("utf-8")


@pytest.mark.parametrize(
    "where", ["closing:export_run", "recording:facts_of", "progress:Progress.step"]
)
def test_what_they_stand_on(suite, where):
    run = suite.check(f"pytest_autopsy.{where}", args=("--autopsy", "--autopsy-export=out"))
    assert run.has_digest or where.startswith("progress")
