"""As few culprits as explain all failures, of costs that are made up."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from pytest_autopsy.model import Diagnosis, Function, Suspect
from pytest_autopsy.triage.culprits import FAR, NAMED, UNSEEN, Costs, assign, costs_of, unite


def function(name: str, kind: str = "code") -> Function:
    return Function("a.py", name, 1, kind)  # type: ignore[arg-type]


def costs(**named: float) -> Costs:
    return {function(name): cost for name, cost in named.items()}


def total(every: Sequence[Costs], culprits: Sequence[Function | None]) -> float:
    named = {one for one in culprits if one is not None}
    put = sum(c[one] for c, one in zip(every, culprits) if one is not None)
    return put + NAMED * len(named)


def named(every: Sequence[Costs]) -> list[str]:
    return [one.name if one is not None else "-" for one in assign(every)]


def test_the_first_suspect_explains_a_failure_that_shares_no_other():
    assert named([costs(x=0, y=1), costs(z=0)]) == ["x", "z"]


def test_one_that_all_rank_a_little_lower_explains_more_than_the_first_of_each():
    assert named([costs(x=0, bad=0.4), costs(y=0, bad=0.4), costs(z=0, bad=0.4)]) == ["bad"] * 3


def test_one_that_is_ranked_far_below_explains_nothing():
    assert named([costs(x=0, bad=NAMED + 0.1), costs(bad=0)]) == ["x", "bad"]


def test_what_was_named_first_is_taken_back_where_its_failures_are_cheap_elsewhere():
    every = [
        costs(x=0.5, p=0),
        costs(x=0.5, p=0),
        costs(x=0.5, q=0),
        costs(x=0.5, q=0),
        *[costs(p=0)] * 3,
        *[costs(q=0)] * 3,
    ]
    assert named(every) == ["p", "p", "q", "q", "p", "p", "p", "q", "q", "q"]


def test_a_failure_without_a_suspect_is_put_down_to_none():
    assert named([{}, costs(x=0)]) == ["-", "x"]


made = st.lists(
    st.dictionaries(
        st.sampled_from([function(name) for name in "abcdefg"]),
        st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0]),
        max_size=5,
    ).map(lambda held: {one: cost - min(held.values()) for one, cost in held.items()}),
    max_size=8,
)
"""Costs of some failures: each has a first suspect, which costs nothing, or none."""


@given(made)
def test_each_failure_goes_to_a_suspect_of_its_own_and_no_culprit_is_named_too_many(every):
    culprits = assign(every)
    assert all((one is None) == (not c) for c, one in zip(every, culprits))
    assert all(one in c for c, one in zip(every, culprits) if one is not None)
    for dropped in {one for one in culprits if one is not None}:
        rest = {one for one in culprits if one is not None} - {dropped}
        without = [
            one if one != dropped else min(rest & c.keys(), key=c.__getitem__, default=None)
            for c, one in zip(every, culprits)
        ]
        assert without.count(None) > culprits.count(None) or total(every, without) >= total(
            every, culprits
        )


@given(made, st.randoms())
def test_the_order_of_failures_does_not_matter(every, random):
    order = list(range(len(every)))
    random.shuffle(order)
    mixed = assign([every[place] for place in order])
    assert assign(every) == [mixed[order.index(place)] for place in range(len(every))]


def diagnosis(*suspects: Suspect) -> Diagnosis:
    return Diagnosis((), suspects, (), "likely", "", "")  # type: ignore[arg-type]


def test_a_failure_costs_how_far_the_culprit_ranks_below_its_first_suspect():
    seen = Suspect(function("x"), 1, 5.0, share=1.0)
    unseen = Suspect(function("y"), 1, 4.0, share=0.0)
    low = Suspect(function("z"), 1, 0.0, share=1.0)
    assert costs_of(diagnosis(seen, unseen, low)) == costs(x=0, y=1 + UNSEEN, z=FAR)


def test_a_test_explains_its_own_failure_alone():
    test, code = Suspect(function("t", "test"), 1, 2.0), Suspect(function("x"), 1, 1.5, share=1.0)
    assert costs_of(diagnosis(test, code)) == {function("t", "test"): 0.0}
    lower = Suspect(function("t", "test"), 1, 1.0)
    assert costs_of(diagnosis(code, lower)) == costs(x=0)


def test_failures_that_are_alike_go_together_where_it_costs_least():
    x, y = function("x"), function("y")
    every = [costs(x=0, y=1), costs(x=0, y=1), costs(y=0, x=0.5), costs(y=0)]
    assert unite([x, x, y, y], every, [[0, 1, 2]]) == [x, x, x, y]
    assert unite([x, x, y, y], every, [[0, 1, 3]]) == [y, y, y, y]  # x is none of the last one
    assert unite([x, None, y, y], every, [[0], [2, 3]]) == [x, None, y, y]
