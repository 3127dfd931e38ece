"""A fixture that nobody has is one cause for all tests that ask for it."""

from __future__ import annotations

FILES = {
    "test_a.py": "def test_one(mocker): pass\n\ndef test_two(mocker): pass\n",
    "test_b.py": "def test_three(mocker): pass\n\ndef test_four(bocker): pass\n",
}


def test_one_cause_for_each_name(project) -> None:
    run = project.write(FILES).autopsy()
    told = {one["title"]: (len(one["failures"]), one["kind"]) for one in run.digest["root_causes"]}
    assert told == {
        "missing fixture mocker": (3, "environment"),
        "missing fixture bocker": (1, "environment"),
    }
    assert "install the plugin that has the fixture mocker" in run.text
