"""autopsy_call_depth and autopsy_max_calls."""

from __future__ import annotations

import pytest


def test_limits_are_read(settings):
    assert settings().call_depth is None
    read = settings(ini="autopsy_call_depth = 3\nautopsy_max_calls = 7")
    assert (read.call_depth, read.max_calls) == (3, 7)


@pytest.mark.parametrize(
    ("ini", "says"),
    [
        ("autopsy_call_depth = deep", "at least 0 or none, not 'deep'"),
        ("autopsy_call_depth = -1", "at least 0 or none, not '-1'"),
        ("autopsy_max_calls = 0", "at least 1, not 0"),
    ],
)
def test_wrong_limits_are_usage_errors(settings, ini, says):
    with pytest.raises(pytest.UsageError, match=says):
        settings(ini=ini)


def test_calls_deeper_than_asked_for_are_not_kept(shop):
    run = shop.ini("autopsy_call_depth = 1").autopsy()
    calls = [line for line in run.trace("::test_unknown") if line["event"] == "call"]
    assert {call["depth"] for call in calls} == {0, 1}
    assert "load_price" not in {call["func"] for call in calls}
