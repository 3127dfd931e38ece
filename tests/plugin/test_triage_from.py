"""--triage-from: what failed elsewhere, beside what failed here."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import pytest_autopsy

SCHEMAS = Path(pytest_autopsy.__file__).parent / "schemas"


def test_causes_that_failed_elsewhere_too_are_told(shop) -> None:
    shop.plain("--junitxml=other/junit.xml")
    log = {"tool": "python", "success": False, "error": "KeyError: 'x'", "input": {"code": "1"}}
    (shop.path / "other" / "a.jsonl").write_text(json.dumps(log) + "\n{")
    run = shop.autopsy("--triage-from", "other")
    found = run.digest["elsewhere"]
    (mine,) = [cause for cause in found["root_causes"] if cause["here"]]
    assert mine["here"] == run.digest["root_causes"][0]["id"]
    assert mine["failures"] == 1
    assert (found["files"], found["failures"], len(found["root_causes"])) == (2, 2, 2)
    assert found["unusable"][0]["file"] == "other/a.jsonl"
    assert run.has_line(r"note .*failed elsewhere too: 1 time in 1 file")
    jsonschema.validate(run.digest, json.loads((SCHEMAS / "digest.json").read_text("utf-8")))
    report = json.loads((run.directory / "triage.json").read_bytes())
    jsonschema.validate(report, json.loads((SCHEMAS / "triage.json").read_text("utf-8")))
    assert (run.directory / "triage.md").read_text("utf-8").startswith("# 2 failures in 2 files")


def test_the_option_alone_switches_triage_on_and_no_autopsy_off(shop) -> None:
    shop.plain("--junitxml=junit.xml")
    assert shop.run("--triage-from", "junit.xml").digest["elsewhere"]["failures"] == 1
    off = shop.run("--triage-from", "junit.xml", "--no-autopsy")
    assert "autopsy:" not in off.out


def test_a_path_that_is_not_there_is_a_usage_error(shop) -> None:
    run = shop.autopsy("--triage-from", "gone.xml")
    assert run.code == pytest.ExitCode.USAGE_ERROR
    assert "--triage-from gone.xml: there is no such file; it takes a file" in run.text


def test_without_it_nothing_of_it_is_told(shop_run) -> None:
    assert "elsewhere" not in shop_run.digest
    assert not (shop_run.directory / "triage.json").exists()
