"""`autopsy_values` and its limits in every file and report, and the hook that describes values."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

CLINIC = {
    "clinic/__init__.py": "",
    "clinic/beds.py": """
        import enum

        class Ward(enum.Enum):
            EAST = "east-4711"

        class Patient:
            def __init__(self, name, ward):
                self.name, self.ward, self.doctor = name, ward, None

        def bed_of(patient, beds):
            note = "saw " + patient.name
            if patient.name not in beds:
                raise LookupError(patient.name)
            return beds[patient.name]

        class Chart:
            def __init__(self, records):
                self.records = dict(records)

        def copied(records):
            return dict(records)

        def charted(records):
            return Chart(records)
        """,
    "conftest.py": """
        import json, pathlib, sys
        sys.path.insert(0, ".")

        def patients():
            return json.loads(pathlib.Path("patients.json").read_text())
        """,
    "patients.json": '["Zebediah-4711", "Quixotic-4711"]',
    "test_beds.py": """
        import pytest
        from clinic.beds import Patient, Ward, bed_of, charted, copied
        from conftest import patients

        @pytest.fixture
        def first():
            return Patient(patients()[0], Ward.EAST)

        def test_bed(first):
            assert bed_of(first, {patients()[1]: 4711}) == 1

        def test_compare(first):
            found = [first.name, *patients()]
            charted(copied({first.name: []}))
            assert found == patients()[:1], "not " + first.name

        def test_mapping(first):
            {}[first.name]

        @pytest.fixture
        def broken(first):
            raise ValueError(first.name)

        def test_setup(broken):
            pass
        """,
}  # fmt: skip
# Alone: times and ids have digits, too.
CONTENT = re.compile(r"zebediah|quixotic|(?<![0-9a-f])4711(?![0-9a-f]|\}\) ==)", re.IGNORECASE)


@pytest.fixture
def clinic(project):
    return project.write(CLINIC)


def _left(project: Any) -> dict[str, str]:
    """Every file that a run left, by name."""
    found = [p for p in project.path.rglob("*") if p.is_file() and ".autopsy" in p.parts]
    found += [project.path / "junit.xml", project.path / "report.json"]
    return {path.name: path.read_text("utf-8") for path in found}


@pytest.mark.parametrize("extra", [[], ["-n2"]], ids=["alone", "xdist"])
@pytest.mark.parametrize("values", ["types", "none"])
def test_no_content_anywhere(clinic, values, extra):
    run = clinic.run(
        "--autopsy", "-o", f"autopsy_values={values}", "--junitxml=junit.xml", "--json-report",
        "--json-report-file=report.json", "-rA", "-v", *extra,
        autoload=True,
    )  # fmt: skip
    assert run.counts == {"failed": 3, "error": 1}
    texts = {"terminal": run.text, **_left(clinic)}
    assert len(texts) > 12
    shown = {name: CONTENT.findall(text) for name, text in texts.items() if CONTENT.search(text)}
    assert shown == {}
    assert "east" not in run.text.lower()


def test_types_and_none_are_told(clinic):
    run = clinic.run("--autopsy", "-o", "autopsy_values=types")
    frame = _snapshot(clinic, "test_bed")["frames"][0]
    assert frame["locals"] == {
        "patient": {
            "__type__": "Patient",
            "attrs": {
                "name": {"__type__": "str", "len": 13},
                "ward": {"__type__": "Ward", "attrs": {"value": {"__type__": "str", "len": 9}}},
                "doctor": None,
            },
        },
        "beds": {"__type__": "dict", "len": 1, "items": [[
            {"__type__": "str", "len": 13}, {"__type__": "int"},
        ]]},
        "note": {"__type__": "str", "len": 17},
    }  # fmt: skip
    assert "LookupError: <str of 13>" in run.text
    assert "raise LookupError(patient.name)" in run.text, "the source is the program's"


def test_no_values_at_all(clinic):
    clinic.run("--autopsy", "-o", "autopsy_values=none")
    data = _snapshot(clinic, "test_compare")
    assert data["assertion"] is None and data["frames"][0]["locals"] == {}
    assert data["frames"][0]["locals_left_out"] == 2
    trace = next(clinic.path.glob(".autopsy/latest/traces/*test_bed-*.jsonl")).read_text("utf-8")
    calls = [json.loads(line) for line in trace.splitlines()]
    assert [call for call in calls if call.get("func") == "bed_of"]
    assert all(not call.get("args") for call in calls)


def test_safe_is_the_default_and_shows_values(clinic):
    clinic.run("--autopsy")
    assert _snapshot(clinic, "test_bed")["frames"][0]["locals"]["note"] == "saw Zebediah-4711"


def test_pytests_own_report_is_left_alone_by_default(clinic):
    assert re.search("E +LookupError: Zebediah-4711", clinic.run("--autopsy").text)


def test_junit_is_well_formed_without_values(clinic):
    clinic.run("--autopsy", "-o", "autopsy_values=types", "--junitxml=junit.xml")
    failures = ElementTree.parse(clinic.path / "junit.xml").iter("failure")
    assert all("Traceback" in (failure.text or "") for failure in failures)


DEEP = {
    "test_deep.py": """
        def level(n, text, many, deep):
            if n == 0:
                raise ValueError(text)
            level(n - 1, text, many, deep)

        def test_deep():
            level(6, "x" * 40, list(range(9)), [[[1]]])
        """,
}


def _snapshot(project: Any, test: str) -> Any:
    (path,) = project.path.glob(f".autopsy/latest/snapshots/*{test}-*.json")
    return json.loads(path.read_text("utf-8"))


def test_limits_from_ini_govern_snapshots_and_traces(project):
    project.write(DEEP).ini(
        "autopsy_max_string = 7", "autopsy_max_items = 2", "autopsy_value_depth = 2",
        "autopsy_frames = 3", "autopsy_source_context = 1",
    )  # fmt: skip
    project.run("--autopsy")
    data = _snapshot(project, "test_deep")
    assert len(data["frames"]) == 3 and data["frames_left_out"] == 5
    assert data["frames"][0]["line"] == 3 and data["frames"][-1]["function"] == "test_deep"
    assert len(data["frames"][0]["source"]["snippet"]) == 3
    held = data["frames"][0]["locals"]
    assert held["text"] == {"__type__": "str", "len": 40, "text": "x" * 7, "why": "string"}
    assert held["many"]["items"] == [0, 1]
    assert held["deep"] == [[{"__type__": "list", "len": 1, "items": [], "why": "depth"}]]
    trace = next(project.path.glob(".autopsy/latest/traces/*.jsonl")).read_text("utf-8")
    assert "x" * 7 in trace and "x" * 8 not in trace


def test_pytests_own_variables_never_appear(project):
    project.write({"test_a.py": "def test_a():\n    x = [1]\n    assert x == [2] and x\n"})
    project.run("--autopsy")
    (path,) = project.path.glob(".autopsy/latest/snapshots/*test_a-*.json")
    assert "@py" not in path.read_text("utf-8")


def test_variables_on_the_shown_lines_come_first(project):
    lines = [f"    v{n} = {n}" for n in range(100)]
    text = "\n".join(
        ["def test_a():", *lines, "    z = v77", *["    pass"] * 9, "    assert z == v5"]
    )
    project.write({"test_a.py": text})
    project.run("--autopsy")
    names = list(_snapshot(project, "test_a")["frames"][0]["locals"])
    assert names[:2] == ["v5", "z"]


HOOK = """
    import pytest

    @pytest.hookimpl(optionalhook=True)
    def pytest_autopsy_describe(value):
        return describe(value)

    def describe(value):
        if type(value).__name__ == "Money":
            {body}
    """
SHOP = {
    "test_a.py": """
        class Money:
            def __init__(self, cents):
                self.cents = cents

        def test_a():
            mine, other = Money(250), 7
            assert Money(1) == mine
        """,
}


@pytest.mark.parametrize("extra", [[], ["-n1"]], ids=["alone", "xdist"])
def test_a_conftest_describes_a_type(project, extra):
    project.write(
        {**SHOP, "conftest.py": HOOK.replace("{body}", "return f'EUR {value.cents / 100:.2f}'")}
    )
    run = project.run("--autopsy", *extra, autoload=True)
    data = _snapshot(project, "test_a")
    assert data["frames"][0]["locals"]["mine"] == {"__type__": "Money", "text": "EUR 2.50"}
    assert data["assertion"]["left"]["text"] == "EUR 0.01"
    assert "describe" not in run.traced(), "what it ran is not the test's"
    assert run.code == 1 and run.counts == {"failed": 1}


def test_it_is_unknown_to_pytest_without_us_and_still_fine(project):
    project.write({**SHOP, "conftest.py": HOOK.replace("{body}", "return 'x'")})
    assert project.plain().counts == {"failed": 1}


def test_a_description_that_raises_costs_its_value_and_one_warning(project):
    project.write({**SHOP, "conftest.py": HOOK.replace("{body}", "raise ValueError")})
    project.write({"test_b.py": SHOP["test_a.py"], "test_c.py": SHOP["test_a.py"]})
    run = project.run("--autopsy", "-W", "error")
    assert run.counts["failed"] == 3 and run.counts.get("error") is None
    assert run.text.count("pytest_autopsy_describe is not asked any more") == 1
    data = json.loads(
        next(project.path.glob(".autopsy/latest/snapshots/*test_a.py*-*.json")).read_text()
    )
    mine = data["frames"][0]["locals"]["mine"]
    assert mine["attrs"] == {"cents": 250}
    assert mine["why"] == "pytest_autopsy_describe raised ValueError"
    assert data["frames"][0]["locals"]["other"] == 7
