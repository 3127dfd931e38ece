"""What trials showed: who is named, in which words, and what is no evidence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_autopsy.diagnose.case import Case
from pytest_autopsy.diagnose.rank import diagnose
from pytest_autopsy.model import HIDING, Function, Trial

from .helpers import Bench

Make = Callable[[str], Bench]

SHOP = """
def total(prices):
    return sum(prices)


def reduced(prices):
    if len(prices) > 10:
        return total(prices) * 0.9
    return total(prices)


def test_few():
    assert reduced([1]) == 1


def test_ten():
    assert reduced([1] * 10) == 9


def test_ten_more():
    assert reduced([2] * 10) == 18


def test_ten_large():
    assert reduced([10] * 10) == 90


def test_other():
    assert total([1]) == 2
"""
BEFORE, AFTER = "len(prices) > 10", "len(prices) >= 10"


@pytest.fixture
def made(bench: Make) -> Bench:
    made = bench(SHOP)
    made.test("test_few")
    made.test("test_ten", ("==", 10, 9))
    made.test("test_ten_more", ("==", 20, 18))
    return made


def trial(made: Bench, name: str = "reduced", **more: object) -> Trial:
    function = next(f for f in made.run.functions if f.name == name)
    passed = ("test_ten", "test_ten_more")
    line = function.line + 1
    return Trial(function, line, BEFORE, AFTER, passed, (), 5, ())._replace(**more)


def test_a_change_that_mends_all_is_shown_and_told(made: Bench):
    made.run.trials = [trial(made)]
    found = made.diagnosis()
    first = found.suspects[0]
    assert (first.function.name, first.line) == ("reduced", first.function.line + 1)
    assert (found.confidence, found.kind) == ("shown", "mended by a change")
    assert found.title == f"reduced: tests pass with `{AFTER}`"
    (fact,) = [fact for fact in found.evidence if fact.kind == "tried"]
    assert fact.fact == (
        f"`{AFTER}` in place of `{BEFORE}`: all 2 failing tests pass,"
        " 5 of 5 others that run it still do"
    )
    assert (fact.role, fact.line) == ("culprit", first.line)
    place = f"{first.function.file}:{first.line}"
    assert found.hint == f"is that what was meant: `{AFTER}` in place of `{BEFORE}` at {place}?"
    assert found.trials == tuple(made.run.trials)


@pytest.mark.parametrize(
    "other",
    [
        {"failed": ("test_ten_more",), "passed": ("test_ten",), "share": 0.5},
        {"broke": ("test_few",)},
        {"passed": ("test_elsewhere",)},
    ],
    ids=["not all", "breaks another", "other failures"],
)
def test_a_change_that_does_not_mend_all_is_no_evidence(made: Bench, other: dict[str, object]):
    plain = made.diagnosis()
    made.run.trials = [trial(made, **other)]
    assert made.diagnosis() == plain


def test_the_function_that_a_change_mends_goes_before_who_only_ran(made: Bench):
    made.run.trials = [trial(made, "total")]
    assert made.diagnosis().suspects[0].function.name == "total"


def test_one_that_no_passing_test_was_asked_of_counts_less(made: Bench):
    made.run.trials = [trial(made, kept=0), trial(made, "total", kept=5)]
    found = made.diagnosis()
    assert found.suspects[0].function.name == "total"
    assert [one.function.name for one in found.trials] == ["reduced", "total"]


def test_it_is_shown_where_no_other_change_does_and_other_tests_were_asked(made: Bench):
    for trials in ([trial(made), trial(made, "total")], [trial(made, kept=0)]):
        made.run.trials = trials
        assert made.diagnosis().confidence != "shown"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"before": ""}, f"`{AFTER}` put in"),
        ({"after": ""}, f"without `{BEFORE}`"),
        ({"kept": 0}, "all 2 failing tests pass"),
        ({"passed": ("test_ten",)}, "of 2 failing tests the 1 that was asked passes"),
    ],
)
def test_in_words(made: Bench, more: dict[str, object], told: str):
    made.run.trials = [trial(made, **more)]
    (fact,) = [fact for fact in made.diagnosis().evidence if fact.kind == "tried"]
    assert told in fact.fact


@pytest.fixture
def four(made: Bench) -> Bench:
    """Three failures of one cause, and one of another."""
    made.test("test_ten_large", ("==", 100, 90))
    made.test("test_other", ("==", 1, 2))
    return made


def of_three(made: Bench, name: str = "reduced", **more: object) -> Trial:
    passed = ("test_ten", "test_ten_more", "test_ten_large")
    return trial(made, name, passed=passed, failed=("test_other",), share=0.75, **more)


def scores(case: Case) -> dict[str, float]:
    return {one.function.name: one.score for one in diagnose(case).suspects}


def test_what_mends_most_of_them_counts_and_is_told_as_that(four: Bench):
    four.run.trials = [of_three(four)]
    found = four.diagnosis()
    (fact,) = [fact for fact in found.evidence if fact.kind == "tried"]
    assert "3 of 4 failing tests pass, 5 of 5 others" in fact.fact
    assert found.confidence != "shown"
    four.run.trials = [of_three(four, broke=("test_few",))]
    assert not four.diagnosis().trials


def test_where_a_change_mends_all_one_that_mends_most_is_no_evidence(four: Bench):
    every = tuple(failure.nodeid for failure in four.run.failures)
    four.run.trials = [of_three(four), trial(four, "total", passed=every)]
    found = four.diagnosis()
    assert [one.function.name for one in found.trials] == ["total"]
    assert found.suspects[0].function.name == "total"


def test_what_mends_other_failures_alone_speaks_for_the_function(four: Bench):
    def score(name: str) -> float:
        return scores(four.case(name))["total"]

    before = score("test_ten"), score("test_other")
    four.run.trials = [of_three(four, "total")]
    assert score("test_ten") > before[0]
    assert score("test_other") == pytest.approx(before[1] - 1.0, abs=1e-3)
    for none in ({"broke": ("test_few",)}, {"share": 0.5}, {"tier": HIDING}):
        four.run.trials = [of_three(four, "total")._replace(**none)]
        assert score("test_other") == before[1]


def test_one_change_that_mends_all_outdoes_one_that_mends_a_part(four: Bench):
    whole = of_three(four, "total")
    part = trial(four, passed=("test_ten", "test_ten_more"), failed=("test_ten_large",))

    def named(*trials: Trial) -> list[str]:
        four.run.trials = [*trials]
        return [one.function.name for one in diagnose(four.case("test_ten")).trials]

    assert named(part, whole) == ["total"]
    assert named(part._replace(failed=()), whole) == ["reduced", "total"]
    assert named(part._replace(passed=("test_ten", "test_other")), whole) == ["reduced", "total"]
    assert named(part, whole._replace(tier=1)) == ["reduced", "total"]
    assert named(part._replace(function=whole.function), whole) == ["total", "total"]
    assert named(part, whole._replace(broke=("test_few",))) == ["reduced"]


@pytest.mark.parametrize("after", ["", "return None", "False", "1 if False else 2"])
def test_what_only_leaves_something_out_counts_less(made: Bench, after: str):
    def score(*afters: str) -> float:
        made.run.trials = [trial(made, after=one) for one in afters]
        return scores(made.case())["reduced"]

    assert score(after) < score(AFTER)
    assert score(after, AFTER) == score(AFTER)  # and is told after what puts something right
    assert AFTER in made.diagnosis().title


def test_what_hides_an_exception_counts_little_and_shows_nothing(made: Bench):
    plain = scores(made.case())["reduced"]
    made.run.trials = [trial(made, tier=HIDING)]
    assert plain < scores(made.case())["reduced"] < plain + 0.5
    made.run.trials = [trial(made, "total", tier=HIDING), trial(made, tier=2)]
    assert made.diagnosis().confidence == "shown"  # what hides it is no other explanation


def test_a_function_that_the_run_does_not_know_does_no_harm(made: Bench):
    gone = Function("gone.py", "gone", 3)
    made.run.trials = [trial(made)._replace(function=gone)]
    assert made.diagnosis().suspects
