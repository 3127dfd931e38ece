"""--autopsy-mode: light records functions run, second-run the calls of what failed, once more."""

from __future__ import annotations

import json

import pytest

from .checks import same_outcomes

ORDER = {
    "shared.py": "seen = []\n\ndef note(name):\n    seen.append(name)\n    return len(seen)\n",
    "test_order.py": """
        from shared import note


        def test_first():
            assert note("first") == 1


        def test_second():
            assert note("second") == 1
        """,
}


def test_light_changes_no_outcome_and_says_how_it_records(shop):
    plain, ours = shop.plain(), shop.autopsy("--autopsy-mode=light")
    same_outcomes(plain, ours)
    assert "mode light" in ours.header
    assert ours.digest["run"]["mode"] == "light"


def test_light_leaves_a_snapshot_and_suspects_but_no_trace(shop):
    run = shop.autopsy("--autopsy-mode=light")
    failure = run.failure("::test_unknown")
    assert failure["trace"] is None
    assert not list(run.directory.glob("traces/*"))
    assert json.loads((run.path / failure["snapshot"]).read_bytes())["frames"]
    functions = [s["function"] for s in run.digest["root_causes"][0]["suspects"]]
    assert "line_total" in functions
    spectrum = json.loads((run.path / failure["diagnosis"]).read_bytes())["suspects"]
    assert any("1 of 1 failing and 1 of 1 passing" in w for s in spectrum for w in s["why"])


def test_mode_is_read_from_ini_and_the_command_line_beats_it(settings):
    assert settings().mode == "all"
    assert settings(ini="autopsy_mode = light").mode == "light"
    assert settings("--autopsy-mode=all", ini="autopsy_mode = light").mode == "all"


def test_a_wrong_mode_is_a_usage_error(settings):
    with pytest.raises(pytest.UsageError, match="takes all, light or second-run, not 'fast'"):
        settings(ini="autopsy_mode = fast")
    with pytest.raises(pytest.UsageError, match=r"--autopsy-mode.*'fast'.*second-run"):
        settings("--autopsy-mode=fast")


@pytest.fixture
def second(shop):
    return shop.autopsy("--autopsy-mode=second-run", "--junitxml=report.xml", "-k", "known", ".")


def test_what_comes_back_has_calls_and_a_cause_that_they_show(second):
    failure = second.failure("::test_unknown")
    assert failure["came_back"] is True
    assert "load_price" in {line.get("func") for line in second.trace("::test_unknown")}
    (cause,) = second.digest["root_causes"]
    assert (cause["confidence"], cause["suspects"][0]["function"]) == ("shown", "load_price")
    assert second.digest["run"]["mode"] == "second-run"


def test_the_command_that_runs_it_again_is_the_users(second):
    """Not the one of our second run, with its root and a plugin of ours."""
    rerun = second.failure("::test_unknown")["rerun"]
    assert rerun[:2] == ["pytest", "--autopsy"]
    assert not [word for word in rerun if "second_child" in word or word.startswith("--rootdir")]


def test_the_second_run_touches_no_report_and_no_outcome(shop, second):
    assert second.counts == shop.plain("-k", "known").counts
    assert second.failure_count == 1
    assert 'tests="2"' in (second.path / "report.xml").read_text("utf-8")
    assert len(list(second.store.glob("runs/*"))) == 1
    assert not list(second.directory.glob("second-run/runs/*/evidence.jsonl"))


def test_what_does_not_come_back_is_said(project):
    run = project.write(ORDER).autopsy("--autopsy-mode=second-run")
    failure = run.failure("::test_second")
    assert failure["came_back"] is False
    assert failure["trace"] is None
    said = " ".join(run.out.split())
    assert "test_second did not come back alone: order, state or chance" in said


def test_another_error_is_not_the_failure_come_back(project):
    project.write(
        {
            "test_turns.py": """
            import pathlib


            def test_turns():
                file = pathlib.Path("turned")
                if file.exists():
                    raise KeyError("again")
                file.touch()
                assert file is None
            """
        }
    )
    run = project.autopsy("--autopsy-mode=second-run")
    assert run.failure("::test_turns")["came_back"] is False
    assert "failed alone with KeyError, not AssertionError" in " ".join(run.out.split())


def test_a_broken_second_run_says_so_and_keeps_the_first(project):
    project.write(
        {
            "conftest.py": """
            import os, pathlib


            def pytest_configure(config):
                if pathlib.Path("ran").exists():
                    os._exit(9)
                pathlib.Path("ran").touch()
            """,
            "test_it.py": "def test_it():\n    assert 1 == 2\n",
        }
    )
    run = project.autopsy("--autopsy-mode=second-run")
    failure = run.failure("::test_it")
    assert failure["came_back"] is None
    assert run.code == 1
    assert "the second run ended with 9" in (run.directory / "autopsy.log").read_text()


def test_secrets_of_the_second_run_stay_in(shop):
    shop.write(
        {"shop/pricing.py": "def load_price(name, token='s3cr3t-t0k3n-value'):\n    return None\n"}
    )
    run = shop.autopsy("--autopsy-mode=second-run")
    assert run.failures
    for file in run.store.rglob("*"):
        assert not file.is_file() or b"s3cr3t-t0k3n-value" not in file.read_bytes(), file


@pytest.mark.parametrize("mode", ["light", "second-run"])
def test_modes_work_on_workers(shop, mode):
    pytest.importorskip("xdist")
    run = shop.autopsy(f"--autopsy-mode={mode}", "-n2", plugins=("autopsy", "xdist"))
    failure = run.failure("::test_unknown")
    assert failure["came_back"] is (True if mode == "second-run" else None)
    assert (failure["trace"] is not None) == (mode == "second-run")
