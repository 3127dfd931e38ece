"""The search: which tests are asked with an edit, in which order, and what is told of it."""

from __future__ import annotations

import ast
import importlib.util
import os
import textwrap
import time
from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from pathlib import Path
from types import ModuleType

import pytest

from pytest_autopsy.model import MOST
from pytest_autopsy.source import Source
from pytest_autopsy.trials.asking import ALL, Asking
from pytest_autopsy.trials.choose import Attempt
from pytest_autopsy.trials.search import FEW, Search, in_turn
from pytest_autopsy.trials.swap import loaded_functions

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="trials need forks")

TEXT = """
    def reduced(count):
        return count > 10

    def label(count):
        return "reduced" if reduced(count) else "whole"

    def tax(net):
        return net * 2 + 1

    def write(count):
        open("/nowhere/else", "w").close()
    """


class Callables:
    """Callables that fail by raising, by name; notes what was asked in this process."""

    def __init__(self, **every: Callable[[], object]) -> None:
        self.every = every

    def __contains__(self, name: str) -> bool:
        return name in self.every

    def run(self, names: Sequence[str], until: int = ALL, seconds: float = inf) -> dict[str, str]:
        found: dict[str, str] = {}
        end = time.monotonic() + seconds
        for name in names:
            try:
                self.every[name]()
                found[name] = "passed"
            except Exception:
                found[name] = "failed"
            if list(found.values()).count("failed") >= until or time.monotonic() > end:
                break
        return found


@pytest.fixture
def module(tmp_path: Path) -> ModuleType:
    path = tmp_path / "searched.py"
    path.write_text(textwrap.dedent(TEXT))
    spec = importlib.util.spec_from_file_location("searched", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tests(module: ModuleType) -> Callables:
    def check(function: Callable[[int], object], count: int, wanted: object) -> Callable[[], None]:
        def test() -> None:
            assert function(count) == wanted

        return test

    return Callables(
        ten=check(module.reduced, 10, True),
        eleven=check(module.reduced, 11, True),
        nine=check(module.reduced, 9, False),
        ten_told=check(module.label, 10, "reduced"),
        nine_told=check(module.label, 9, "cheap"),
        tax=check(module.tax, 1, 2),
        tax_of_none=check(module.tax, 0, 0),
        taxed=check(module.tax, 1, 3),
        writes=lambda: module.write(10),
    )


def suspect(module: ModuleType, name: str, **more: object) -> dict[str, object]:
    assert module.__file__ is not None
    line = next(span.line for span in Source(module.__file__).spans if span.name == name)
    return {
        "file": "searched.py", "path": module.__file__, "function": name, "line": line, "lines": [],
        "scores": {}, "passing": ["eleven", "nine"], "elsewhere": [], **more,
    }  # fmt: skip


def search(
    module: ModuleType, tests: Callables, mended: set[str], failing: list[str], **more: object
) -> tuple[dict[str, object], list[dict[str, object]]]:
    """What is told of the tests, and of the edits."""
    cause = {"cause": "c", "failing": failing, "suspects": [suspect(module, "reduced", **more)]}
    control, *found = Search(Asking(tests, loaded_functions(), None), cause, mended).results()
    return control, found


def test_what_mends_and_keeps_explains(module: ModuleType, tests: Callables) -> None:
    control, found = search(module, tests, set(), ["ten"])
    explaining = [one for one in found if not one["failed"] and not one["broke"]]
    assert control["failing"] == ["ten"]
    assert control["made"] > 3
    first = explaining[0]
    assert (first["before"], first["after"], first["tier"]) == ("count > 10", "count >= 10", 0)
    assert (first["passed"], first["kept"]) == (["ten"], 2)
    broken = next(one for one in found if one["after"] == "count <= 10")
    assert broken["broke"] == ["eleven"]


def test_what_explains_it_is_tried_with_many_that_passed(
    module: ModuleType, tests: Callables
) -> None:
    def between() -> None:
        assert module.reduced(9.5) is False

    many = [f"again_{number}" for number in range(FEW + 10)]
    for name in many:
        tests.every[name] = tests.every["eleven"]
    tests.every["between"] = between  # the only one that tells `> 9` from `>= 10`
    _, found = search(module, tests, set(), ["ten"], passing=[*many, "between"])
    kept = {one["after"]: (one["kept"], one["broke"]) for one in found}
    assert kept["count >= 10"] == (FEW + 11, [])
    assert kept["count > 9"] == (FEW + 10, ["between"])
    assert kept["count <= 10"] == (0, [many[0]])


def test_a_change_with_which_one_of_many_hangs_is_not_told(
    module: ModuleType, tests: Callables, monkeypatch: pytest.MonkeyPatch
) -> None:
    def between() -> None:
        while module.reduced(9.5):
            time.sleep(0.1)

    monkeypatch.setattr("pytest_autopsy.trials.search.CHECKED_S", 0.5)
    tests.every["between"] = between
    many = ["eleven"] * FEW
    _, found = search(module, tests, set(), ["ten"], passing=[*many, "between"])
    assert {one["after"] for one in found if not one["broke"]} == {"count >= 10"}


def test_of_tests_that_take_long_as_many_are_asked_as_there_is_time_for(
    module: ModuleType, tests: Callables, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow() -> None:
        time.sleep(0.1)

    monkeypatch.setattr("pytest_autopsy.trials.search.CHECKED_S", 0.2)
    many = [f"slow_{number}" for number in range(10)]
    tests.every.update(dict.fromkeys(many, slow))
    _, found = search(module, tests, set(), ["ten"], passing=[*["eleven"] * FEW, *many])
    first = next(one for one in found if one["after"] == "count >= 10")
    assert 1 < first["kept"] < 5  # "eleven", and what began within the time


def test_failing_tests_of_other_causes_are_asked_and_not_looked_into_again(
    module: ModuleType, tests: Callables
) -> None:
    mended: set[str] = set()
    others = ["ten_told", "nine_told", "writes", "gone"]
    _, found = search(module, tests, mended, ["ten"], elsewhere=others)
    first = next(one for one in found if one["after"] == "count >= 10")
    assert first["passed"] == ["ten", "ten_told"]
    assert (first["failed"], first["share"]) == (["nine_told"], 1.0)  # it has a reason of its own
    assert mended == {"ten_told"}
    control, found = search(module, tests, mended, ["ten_told"])
    assert (control["failing"], control["made"], found) == (["ten_told"], 0, [])


def test_of_every_function_that_explains_it_a_change_is_tried_with_others(
    module: ModuleType, tests: Callables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_autopsy.trials.search.MAX_SHARED", 2)
    suspects = [
        suspect(module, "reduced", elsewhere=["ten"]),
        suspect(module, "label", passing=["taxed"], elsewhere=["ten"]),
    ]
    cause = {"cause": "c", "failing": ["ten_told"], "suspects": suspects}
    _, *found = Search(Asking(tests, loaded_functions(), None), cause, set()).results()
    explaining = [one for one in found if one["share"] == 1.0 and not one["broke"]]
    asked = [one for one in explaining if len(one["passed"]) + len(one["failed"]) == 2]
    assert len(explaining) > len(asked) == 2
    assert {one["function"]: one["passed"][1:] for one in asked} == {
        "reduced": ["ten"],
        "label": [],
    }


def test_the_first_of_each_function_comes_before_the_second_of_any() -> None:
    made = [
        (Attempt(place, {}, edit, ast.Pass()), {}) for place, edit in zip((0, 0, 3, 0, 3), "abcde")
    ]
    assert "".join(attempt.edit for attempt, _ in in_turn(made)) == "acbed"


@pytest.mark.parametrize("unmended", [False, True])
def test_parts_are_told_apart_where_together_they_are_all(
    module: ModuleType, tests: Callables, unmended: bool
) -> None:
    cause = {
        "cause": "c",
        "failing": ["ten", "ten_told", "tax", "tax_of_none", *["nine_told"] * unmended],
        "suspects": [
            suspect(module, "reduced"),
            suspect(module, "tax", passing=["eleven"]),
        ],
    }
    mended: set[str] = set()
    _, *found = Search(Asking(tests, loaded_functions(), None), cause, mended).results()
    shares = {(one["after"], one["share"]) for one in found if one["kept"] and not one["broke"]}
    if unmended:
        assert max(share for _, share in shares) < MOST
    else:
        assert {("count >= 10", 1.0), ("net * 2 + 0", 1.0)} <= shares


def test_what_most_is_mended_by_explains_it_and_the_rest_is_looked_for(
    module: ModuleType, tests: Callables
) -> None:
    failing = ["ten", "ten_told", "ten_again", "tax"]
    tests.every["ten_again"] = tests.every["ten"]
    cause = {
        "cause": "c",
        "failing": failing,
        "suspects": [suspect(module, "reduced"), suspect(module, "tax", passing=["eleven"])],
    }
    _, *found = Search(Asking(tests, loaded_functions(), None), cause, set()).results()
    shares = {one["after"]: (one["share"], one["passed"]) for one in found if not one["broke"]}
    assert shares["count >= 10"] == (0.75, failing[:3])
    assert shares["net * 2 + 0"] == (1.0, ["tax"])


def test_when_time_is_over_what_was_found_before_is_told(
    module: ModuleType, tests: Callables, monkeypatch: pytest.MonkeyPatch
) -> None:
    control, _ = search(module, tests, set(), ["ten"])
    assert not control["late"]
    monkeypatch.setattr("pytest_autopsy.trials.search.SEARCHED_S", 0.5)
    tests.every["ten"] = partial(_slowly, tests.every["ten"])
    began = time.perf_counter()
    control, found = search(module, tests, set(), ["ten"])
    assert control["late"]
    assert time.perf_counter() - began < 5.0
    assert not found


def _slowly(test: Callable[[], object]) -> None:
    time.sleep(0.4)
    test()


def test_what_is_refused_is_told_and_not_tried(module: ModuleType, tests: Callables) -> None:
    control, found = search(module, tests, set(), ["writes"])
    assert (control["failing"], control["refused"], found) == ([], ["write files"], [])
