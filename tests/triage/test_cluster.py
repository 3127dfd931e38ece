"""Buckets by cause, with a diagnosis that is made up: each failure gives each function a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from statistics import fmean

from pytest_autopsy.model import (
    Diagnosis,
    ExceptionRecord,
    Failure,
    Frame,
    Function,
    Snapshot,
    Suspect,
)
from pytest_autopsy.triage import cluster as module
from pytest_autopsy.triage.cluster import Bucket, by_signature, chosen, cluster
from pytest_autopsy.triage.downstream import upstream


def failure(name: str, kind: str = "ValueError", phase: str = "call", test: str = "") -> Failure:
    return Failure(
        f"f-{name}", test or f"test_{name}", phase, "failed", "test_a.py", 1, 0.1, (kind, "")
    )


class Made:
    """Diagnoses of sets: the mean of the scores of those in it, a part for whoever scores at all."""

    def __init__(
        self, scores: dict[str, dict[str, float]], spectrum: float = 0.1, kind: str = "unclear"
    ) -> None:
        self.scores, self.spectrum, self.kind, self.asked = scores, spectrum, kind, 0

    def __call__(self, failures: Sequence[Failure]) -> Diagnosis:
        self.asked += 1
        each = [self.scores[one.id.removeprefix("f-")] for one in failures]
        names = sorted({name for held in each for name in held})
        suspects = [
            Suspect(
                Function("a.py", name, 1), 1, fmean(held.get(name, 0.0) for held in each),
                share=sum(name in held for held in each) / len(each), spectrum=self.spectrum,
            )
            for name in names
        ]  # fmt: skip
        suspects.sort(key=lambda one: -one.score)
        return Diagnosis(
            tuple(f.id for f in failures), tuple(suspects), (), "likely", self.kind, ""
        )


def names(buckets: list[Bucket]) -> list[list[str]]:
    return sorted(sorted(one.id.removeprefix("f-") for one in b.failures) for b in buckets)


def grouped(failures: Sequence[Failure], diagnose: Made) -> list[list[str]]:
    return names(cluster(failures, chosen(failures), diagnose))


def test_different_messages_with_one_culprit_are_one_bucket():
    made = Made({"a": {"bad": 3, "x": 1}, "b": {"bad": 3, "y": 1}})
    assert grouped([failure("a"), failure("b", "KeyError")], made) == [["a", "b"]]


def test_one_message_with_disjoint_culprits_is_two_buckets():
    made = Made({"a": {"bad": 3}, "b": {"worse": 3}, "c": {"bad": 3}})
    assert grouped([failure("a"), failure("b"), failure("c")], made) == [["a", "c"], ["b"]]


def raised_by_one_statement(name: str) -> Failure:
    frame = Frame("shop.py", 7, "check", "code", 3, "raise ValueError('no value')")
    record = ExceptionRecord("ValueError", "no value", "raised", (frame,))
    return replace(failure(name), snapshot=Snapshot(name, "", (record,)))


def test_what_one_statement_raised_is_one_bucket_unless_values_name_two_culprits():
    failures = [raised_by_one_statement(name) for name in "abc"]
    scores = {"a": {"one": 3}, "b": {"one": 3}, "c": {"other": 3}}
    assert grouped(failures, Made(scores)) == [["a", "b", "c"]]
    assert grouped(failures, Made(scores, kind="none returned")) == [["a", "b"], ["c"]]


def test_a_second_suspect_of_both_joins_them_where_it_ranks_first_together():
    made = Made({"a": {"x": 2.0, "bad": 1.9}, "b": {"y": 2.0, "bad": 1.9}})
    assert grouped([failure("a"), failure("b", "KeyError")], made) == [["a", "b"]]


def test_one_that_had_no_part_in_one_of_them_does_not_join_them():
    made = Made({"a": {"x": 2.0}, "b": {"y": 2.0, "x": 0.1}})
    assert grouped([failure("a"), failure("b", "KeyError")], made) == [["a"], ["b"]]


def with_a_test(score: float) -> Bucket:
    made = Made({"a": {"x": 2.0}})
    joined = Bucket([failure("a")], made([failure("a")]))
    test = Suspect(Function("t.py", "test_a", 1, "test"), 1, score)
    both = sorted((test, *joined.diagnosis.suspects), key=lambda one: -one.score)
    joined.diagnosis = Diagnosis((), tuple(both), (), "likely", "unclear", "")
    return joined


def test_a_test_is_no_culprit_that_joins():
    assert with_a_test(1.5).near() == {Function("a.py", "x", 1)}


def test_a_test_that_is_the_culprit_itself_joins_with_nothing_else():
    assert with_a_test(2.5).near() == {Function("t.py", "test_a", 1, "test")}


def test_the_order_of_failures_does_not_matter():
    scores = {"a": {"x": 2, "bad": 1.9}, "b": {"y": 2, "bad": 1.9}, "c": {"z": 1}, "d": {"bad": 1}}
    failures = [failure("a"), failure("b", "KeyError"), failure("c"), failure("d")]
    found = {str(grouped(order, Made(scores))) for order in permutations(failures)}
    assert len(found) == 1


def test_failures_without_a_suspect_go_by_their_signature():
    made = Made({"a": {}, "b": {}, "c": {}})
    assert grouped([failure("a"), failure("b"), failure("c", "KeyError")], made) == [
        ["a", "b"], ["c"],
    ]  # fmt: skip


def test_in_a_large_run_each_signature_is_looked_at_and_no_more_than_that(monkeypatch):
    monkeypatch.setattr(module, "MAX_LOOKS", 3)
    failures = [failure(f"{kind}{n}", kind) for kind in "abcd" for n in range(9)]
    assert len(chosen(failures)) == 4
    made = Made({one.id.removeprefix("f-"): {one.id[2]: 3} for one in failures})
    assert [len(group) for group in grouped(failures, made)] == [9, 9, 9, 9]


def test_each_failure_is_looked_at_once_and_each_bucket_once():
    count = 60
    made = Made({str(n): {f"own{n}": 3, "common": 2} for n in range(count)})
    failures = [failure(str(n), f"Error{n}") for n in range(count)]
    cluster(failures, chosen(failures), made)
    assert made.asked <= 2 * count


def test_signatures_do_not_depend_on_order():
    failures = [failure("a"), failure("b", "KeyError"), failure("c")]
    assert by_signature(failures) == by_signature(failures[::-1])


def test_a_teardown_error_of_failed_tests_is_downstream_of_their_failure():
    made = Made({"a": {"x": 1}, "b": {"x": 1}, "c": {"y": 1}})
    first = [failure("a", test="test_1"), failure("b", test="test_2")]
    later = [failure("c", phase="teardown", test="test_2")]
    buckets = [Bucket(later, made(later)), Bucket(first, made(first))]
    assert upstream(buckets) == {0: 1}
    later.append(failure("c", phase="teardown", test="test_3"))
    assert upstream(buckets) == {}


def shown(names: Sequence[str], confidence: str) -> Diagnosis:
    suspects = [
        Suspect(Function("a.py", name, 1), 1, 2.0 - place / 10, mechanism="none", share=1.0)
        for place, name in enumerate(names)
    ]
    return Diagnosis((), tuple(suspects), (), confidence, "", "")  # type: ignore[arg-type]


def test_a_bucket_that_names_none_surely_is_downstream_of_the_one_that_shows_its_suspect():
    first = Bucket([failure("a")], shown(["bad"], "shown"))
    later = Bucket([failure("b", "KeyError")], shown(["meets", "bad"], "open"))
    assert upstream([first, later]) == {1: 0}
    sure = Bucket(later.failures, shown(["meets", "bad"], "likely"))
    assert upstream([first, sure]) == {}
