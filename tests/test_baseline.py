"""The baseline: written by runs, read by runs that have few passing tests of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_autopsy import baseline
from pytest_autopsy.baseline import MAX_CLASSES, Known, Recorded, Shard
from pytest_autopsy.model import Footprint, Function, Passed, Run

F, G, H = (Function("shop.py", name, line) for name, line in (("f", 1), ("g", 5), ("h", 9)))
HASHES = {0: "aa", 1: "bb", 2: "cc"}


def a_run(*passed, functions=(F, G, H)) -> Run:
    run = Run(functions=list(functions))
    run.passed.extend(passed)
    return run


def test(name, lines, features=None) -> Passed:
    return Passed(f"test_a.py::{name}", Footprint(lines, features or {}))


test.__test__ = False


def recorded(hashes=HASHES, lines=True, run_id="run-1", python="3.12") -> Recorded:
    return Recorded(run_id, python, lines, hashes)


def everything(nodeid, tests):
    return True


def consult(folder, run, hashes=HASHES, lines=True, python="3.12", chosen=everything):
    return baseline.consult(folder, run, python, lines, hashes, chosen)


def rows(used):
    return {passed.nodeid: list(passed.footprint.lines.items()) for passed in used.rows}


def test_what_passed_comes_back_in_order_of_first_call(tmp_path):
    baseline.update(tmp_path, a_run(test("one", {2: 5, 0: 1})), recorded())
    used = consult(tmp_path, a_run())
    assert rows(used) == {"test_a.py::one": [(2, 5), (0, 1)]}
    facts = used.facts()
    assert (facts["id"], facts["tests"], facts["left_out"]) == ("run-1", 1, 0)


def test_rows_count_functions_as_the_run_does(tmp_path):
    baseline.update(tmp_path, a_run(test("one", {2: 5, 0: 1})), recorded())
    later = a_run(functions=(H, F))
    assert rows(consult(tmp_path, later, {0: "cc", 1: "aa"})) == {
        "test_a.py::one": [(0, 5), (1, 1)]
    }


def test_a_function_whose_source_changed_is_left_out_and_counted(tmp_path):
    baseline.update(tmp_path, a_run(test("one", {0: 1, 1: 3})), recorded())
    used = consult(tmp_path, a_run(functions=(F, G)), {0: "aa", 1: "other"})
    assert rows(used) == {"test_a.py::one": [(0, 1)]}
    assert used.left_out == 0.5


def test_a_test_that_passed_now_replaces_its_row_and_others_stay(tmp_path):
    baseline.update(tmp_path, a_run(test("one", {0: 1}), test("two", {1: 1})), recorded())
    baseline.update(tmp_path, a_run(test("two", {2: 1})), recorded(run_id="run-2"))
    assert rows(consult(tmp_path, a_run())) == {
        "test_a.py::one": [(0, 1)],
        "test_a.py::two": [(2, 1)],
    }


def test_a_row_keeps_the_source_that_it_was_recorded_with(tmp_path):
    baseline.update(tmp_path, a_run(test("one", {0: 1}), test("two", {0: 1})), recorded())
    baseline.update(tmp_path, a_run(test("two", {0: 1})), recorded({0: "new"}))
    assert rows(consult(tmp_path, a_run(), {0: "new"})) == {
        "test_a.py::one": [],
        "test_a.py::two": [(0, 1)],
    }


def test_tests_of_this_run_are_not_told_twice(tmp_path):
    baseline.update(tmp_path, a_run(test("one", {0: 1})), recorded())
    assert consult(tmp_path, a_run(test("one", {0: 1}))) is None


def test_classes_are_kept_and_hashes_of_values_are_not(tmp_path):
    seen = {0: frozenset({"return int+", "did 0a1b2c3d", "handled KeyError"})}
    baseline.update(tmp_path, a_run(test("one", {0: 1}, seen)), recorded())
    (passed,) = consult(tmp_path, a_run()).rows
    assert passed.footprint.features == {0: {"return int+", "handled KeyError"}}
    assert b"0a1b2c3d" not in next(tmp_path.glob("*.json")).read_bytes()


def test_what_an_argument_shows_is_kept_whole_or_not_at_all(tmp_path):
    """Part of it would make the rest look new; of what was caught the first are better than none."""
    few = {f"arg n Kind{i}" for i in range(MAX_CLASSES)} | {"return int+"}
    many = {f"arg m Kind{i}" for i in range(MAX_CLASSES + 1)}
    caught = [f"handled Error{i:02}" for i in range(MAX_CLASSES + 1)]
    seen = {0: frozenset({*few, *many, *caught})}
    baseline.update(tmp_path, a_run(test("one", {0: 1}, seen)), recorded())
    (passed,) = consult(tmp_path, a_run()).rows
    assert passed.footprint.features == {0: frozenset({*few, *caught[:-1]})}


def test_rows_without_lines_do_not_help_a_run_with_lines(tmp_path):
    baseline.update(tmp_path, a_run(test("one", {0: 1})), recorded(lines=False))
    assert consult(tmp_path, a_run(), lines=True) is None
    assert consult(tmp_path, a_run(), lines=False) is not None


def test_another_python_starts_anew(tmp_path):
    baseline.update(tmp_path, a_run(test("one", {0: 1})), recorded())
    assert consult(tmp_path, a_run(), python="3.13") is None


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"schema": "other@1"}', b"\xff", b"null"]
)
def test_a_file_that_is_none_of_ours_is_passed_over_and_replaced(tmp_path, content):
    baseline.update(tmp_path, a_run(test("one", {0: 1})), recorded())
    (file,) = tmp_path.glob("*.json")
    file.write_bytes(content)
    assert consult(tmp_path, a_run()) is None
    baseline.update(tmp_path, a_run(test("one", {0: 1})), recorded())
    assert consult(tmp_path, a_run()) is not None


def test_a_row_is_bounded(tmp_path):
    many = [Function("shop.py", f"f{n}", n) for n in range(1000)]
    run = a_run(test("one", dict.fromkeys(range(1000), 1)), functions=many)
    baseline.update(tmp_path, run, recorded(dict.fromkeys(range(1000), "aa")))
    (file,) = tmp_path.glob("*.json")
    (row,) = Shard.from_json(file.read_bytes()).tests.values()
    assert len(row) == baseline.MAX_ROW


def test_of_many_tests_those_that_are_chosen_help(tmp_path, monkeypatch):
    monkeypatch.setattr(baseline, "MAX_USED", 2)
    run = a_run(*(test(f"t{n}", {0: 1}) for n in range(5)))
    baseline.update(tmp_path, run, recorded())
    used = consult(tmp_path, a_run(), chosen=lambda nodeid, tests: nodeid.endswith("3"))
    assert list(rows(used)) == ["test_a.py::t3"]


NAMES = st.text("ab/[é\ud800", max_size=5)
MASKS = st.integers(1, 1 << 200)


@given(st.dictionaries(NAMES, st.lists(st.tuples(st.integers(0, 1), MASKS)).map(tuple), max_size=5))
def test_a_shard_reads_back_as_it_was_written(tests):
    functions = [Known(F, "aa", ("return int+",)), Known(G, "bb")]
    shard = Shard("test_a.py", "3.12", True, "run", "2026-01-01T00:00:00Z", functions, tests)
    again = Shard.from_json(shard.to_json())
    assert again.functions == functions
    assert sorted(again.tests.values()) == sorted(tests.values()) or len(again.tests) < len(tests)
