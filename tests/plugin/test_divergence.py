"""First divergence from end to end: which passing test a failing one is put beside, and where."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from pytest_autopsy.report.markdown import escaped

SHOP = {
    "shop.py": """\
        RATES = {"at": 20, "fr": 20}

        def rate(country):
            if country in RATES:
                return RATES[country]
            return guess(country)

        def guess(country):
            return None

        def total(price, country):
            return price + price * rate(country) / 100
    """,
    "test_shop.py": """\
        import os
        import pytest
        from shop import guess, total

        def test_total():
            assert total(100, os.environ.get("COUNTRY", "at")) == 120

        @pytest.mark.parametrize("country", ["at", "de", "fr"])
        def test_each(country):
            assert total(100, country) == 120

        def test_germany():
            assert total(100, "de") == 119
    """,
}
LINES = "rate ran line 6, where line 5 ran in "


@pytest.fixture
def shop(project):
    return project.write(SHOP)


def divergences(run):
    """The name of each failing test -> its divergence, as diagnoses/ has it."""
    schema = json.loads((files("pytest_autopsy") / "schemas" / "diagnosis.json").read_text())
    found = {}
    for file in (run.directory / "diagnoses").glob("*.json"):
        diagnosis = json.loads(file.read_bytes())
        jsonschema.validate(diagnosis, schema)
        found[diagnosis["nodeid"].partition("::")[2]] = diagnosis["divergence"]
    return found


def test_its_last_pass_though_others_pass_now(shop):
    shop.autopsy()
    found = divergences(shop.autopsy(env={"COUNTRY": "de"}))["test_total"]
    assert (found["reference"], found["test"]) == ("last pass", "test_shop.py::test_total")
    assert found["fact"] == f"{LINES}its last pass"
    (lines,) = found["lines"]
    assert (lines["function"], lines["after"], lines["failing"], lines["passing"]) == ("rate", 4, [6], [5])  # fmt: skip
    rows = [(row["failing"], row["passing"]) for row in found["rows"]]
    assert [one and one["function"] for one, _ in rows] == ["test_total", "total", "rate", "guess"]
    assert [one and one["function"] for _, one in rows] == ["test_total", "total", "rate", None]


def test_its_last_pass_where_nothing_else_ran_and_a_function_changed(shop):
    shop.autopsy()
    text = SHOP["shop.py"].replace("if country in RATES", "if False").replace("None", "20.5")
    shop.write({"shop.py": text})
    run = shop.autopsy("test_shop.py::test_total")
    found = divergences(run)["test_total"]
    assert found["reference"] == "last pass"
    assert found["lines"] == []  # of another source
    assert found["fact"] == "after rate it calls guess, which did not come there in its last pass"


def test_a_sibling_and_the_nearest(shop):
    found = divergences(shop.autopsy("--autopsy-baseline=none"))
    assert (found["test_each[de]"]["reference"], found["test_each[de]"]["test"]) == ("sibling", "test_shop.py::test_each[at]")  # fmt: skip
    assert found["test_germany"]["reference"] == "nearest"
    for one in found.values():
        assert one["fact"].startswith(LINES)


def test_workers_and_files_say_the_same(shop):
    alone = shop.autopsy("--autopsy-baseline=none")
    shown, text = divergences(alone), (alone.directory / "digest.md").read_text("utf-8")
    for cause in alone.digest["root_causes"]:
        assert f"Beside a passing test: {escaped(cause['divergence']['fact'])}\n" in text
    workers = shop.autopsy("-n", "2", "--autopsy-baseline=none", plugins=("autopsy", "xdist"))
    assert divergences(workers) == shown


def test_light_compares_calls_alone(shop):
    found = divergences(shop.autopsy("--autopsy-mode=light", "--autopsy-baseline=none"))
    assert found["test_each[de]"]["lines"] == []
    assert found["test_each[de]"]["fact"].startswith("after rate it calls guess")


def test_a_secret_in_a_passing_tests_name_is_redacted(project):
    token = "ghp_" + "a1B2" * 9
    project.write({"test_a.py": f"""\
        import pytest
        def f(x):
            return x
        @pytest.mark.parametrize("x", ["{token}", "other"])
        def test_x(x):
            assert f(x) != "other"
    """})  # fmt: skip
    run = project.autopsy()
    assert divergences(run)["test_x[other]"]["reference"] == "sibling"
    for file in run.directory.rglob("*.*"):
        assert token not in file.read_text("utf-8"), file.name
