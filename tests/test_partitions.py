"""The measures of tests/accuracy: by hand, and as scikit-learn 1.5 gives them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accuracy.baselines import distance
from tests.accuracy.partitions import adjusted_information, b_cubed, match


def partition(labels):
    return {str(place): label for place, label in enumerate(labels)}


def test_b_cubed_by_hand():
    # Items 0 and 1 share a bucket rightly, 2 is with 3 wrongly.
    precision, recall = b_cubed(partition([0, 0, 1, 1]), partition([0, 0, 1, 2]))
    assert (precision, recall) == (0.75, 1.0)


@pytest.mark.parametrize(
    ("found", "true", "wanted"),
    [
        ([0, 0, 1, 1], [1, 1, 0, 0], 1.0),
        ([0, 0, 0, 0], [0, 1, 2, 3], 0.0),
        ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2], 0.298792),
        ([0, 0, 0], [0, 0, 0], 1.0),
    ],
)
def test_adjusted_information(found, true, wanted):
    assert adjusted_information(partition(found), partition(true)) == pytest.approx(
        wanted, abs=1e-5
    )


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.randoms())
def test_equal_partitions_match_whatever_they_are_called(labels, source):
    names = source.sample(range(100), 5)
    found = match(partition([names[label] for label in labels]), partition(labels))
    assert found.perfect
    assert found.information == pytest.approx(1.0)


def test_partitions_of_other_items_are_refused():
    with pytest.raises(ValueError, match="2 items are found, 1 are true"):
        match(partition([0, 1]), partition([0]))


def test_distance():
    long = "x" * 100
    assert distance(long, long[:-3] + "yyy") == 3
    assert distance(long, "y" * 100) == 11  # more than a tenth: how much more is not asked
