"""The hooks of ours that others implement. Mark yours `optionalhook=True` in a conftest.py, so that
it runs without this plugin too.
"""

from __future__ import annotations

import pytest


@pytest.hookspec(firstresult=True)
def pytest_autopsy_describe(value: object) -> str | dict[str, object] | None:
    """Say how a snapshot shows `value`, an instance of a class that is not Python's own.

    Return its text, or a dict of names to values that are looked at in turn, or None for the usual
    form, which is the class and the stored attributes. Your code runs while a test has just failed:
    it should change nothing. What it raises costs this value alone; after three failures, or
    answers that took more than a second, it is asked no more.
    """
