"""The plan: which tests and suspects of which causes are tried, and in what order."""

from __future__ import annotations

from dataclasses import replace

from pytest_autopsy.model import Diagnosis, Failure, Footprint, Function, RootCause, Run, Suspect
from pytest_autopsy.trials import plan
from pytest_autopsy.trials.choose import ROUNDS, WIDER, attempts
from pytest_autopsy.trials.plan import plan_of

TOTAL, TEST = Function("cart.py", "total", 3), Function("test_cart.py", "test_a", 1, "test")


def failure(name: str, **more: object) -> Failure:
    made = Failure(
        f"f-{name}", f"t.py::{name}", "call", "failed", "t.py", 1, 0.1, ("AssertionError", ""),
        footprint=Footprint({0: 0b1101}),
    )  # fmt: skip
    return replace(made, **more)


def cause(*failures: Failure, suspects=(TOTAL, TEST), **more: object) -> RootCause:
    ids = tuple(one.id for one in failures)
    found = tuple(Suspect(one, one.line, 1.0, lines=((5, 2.0),)) for one in suspects)
    diagnosis = Diagnosis(ids, found, (), "likely", "unclear", "")
    return replace(RootCause(f"c-{ids[0]}", (), "", ids[0], ids, diagnosis), **more)


def run_of(*failures: Failure, passed: dict[str, int] | None = None) -> Run:
    run = Run(functions=[TOTAL], failures=list(failures))
    for name, mask in (passed or {}).items():
        run.add_passed(name, Footprint({0: mask}))
    return run


def planned(run: Run, *causes: RootCause):
    return plan_of(run, causes, lambda file: f"/there/{file}")


def test_what_a_suspect_is_tried_with():
    one, other = failure("a"), failure("other")
    elsewhere = failure("elsewhere", footprint=Footprint({7: 0b1}))
    run = run_of(
        one, other, failure("setup", phase="setup"), elsewhere,
        passed={"t.py::far": 0b0001, "t.py::near": 0b1101},
    )  # fmt: skip
    (found,) = planned(run, cause(one))
    assert found == {
        "cause": "c-f-a",
        "failing": ["t.py::a"],
        "suspects": [
            {
                "file": "cart.py", "path": "/there/cart.py", "function": "total", "line": 3,
                "lines": [5, 6], "scores": {5: 2.0}, "passing": ["t.py::near", "t.py::far"],
                "elsewhere": ["t.py::other"],
            }
        ],
    }  # fmt: skip


def test_the_exemplar_is_asked_first_and_not_all_others():
    many = [failure(f"n{number:02}") for number in range(20)]
    one = cause(*many, exemplar="f-n07")
    (found,) = planned(run_of(*many), one)
    assert found["failing"][:2] == ["t.py::n07", "t.py::n00"]
    assert len(found["failing"]) == plan.MAX_FAILING == len(set(found["failing"]))


def test_what_cannot_be_tried_is_left_out():
    one = failure("a")
    assert not planned(run_of(one), cause(one, suspects=(TEST,)))
    assert not planned(run_of(one), cause(one, downstream_of="c-b"))
    for other in (failure("a", phase="setup"), failure("a", exception=None)):
        assert not planned(run_of(other), cause(other))


def test_a_function_that_is_no_longer_there_is_not_tried():
    suspect = {"path": __file__, "function": "gone", "line": 1, "lines": [], "scores": {}}
    assert list(attempts([suspect])) == [[]] * 6
    assert list(attempts([{**suspect, "path": "/nowhere.py"}])) == [[]] * 6


def test_suspects_take_turns_and_their_most_suspicious_lines_come_first(tmp_path):
    path = tmp_path / "m.py"
    path.write_text("def f(a):\n    b = a < 1\n    return b < 2\n\ndef g(a):\n    return a < 3\n")
    shared = {"path": str(path), "lines": []}
    suspects = [
        {**shared, "function": "f", "line": 1, "scores": {"3": 1.0}},
        {**shared, "function": "g", "line": 5, "scores": {}},
    ]
    rounds = list(attempts(suspects))
    first = rounds[0]
    assert [one.place for one in first[:4]] == [0, 1, 0, 1]
    assert [one.edit.after for one in first[:2]] == ["b <= 2", "a <= 3"]
    for edits, one in zip(rounds, (*ROUNDS, *WIDER), strict=True):
        assert len(edits) <= (one.last - one.first) * one.edits
