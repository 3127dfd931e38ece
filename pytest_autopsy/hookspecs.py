"""The hooks of ours that others implement.

They exist only where this plugin is installed: mark yours `@pytest.hookimpl(optionalhook=True)` in
a conftest.py, so that it runs without it too.
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


def pytest_autopsy_redact(name: str, text: str) -> str | None:
    """Return `text` with what must not be written replaced, or None where nothing is.

    Asked for every text that pytest-autopsy is about to keep: values, messages, source, output,
    without what it has found secret itself. `name` is the variable, key or argument that holds
    it, or empty. Every implementation is asked in turn, each with what the one before it left.
    What an implementation raises on, or answers with anything but text or None, is cut whole.
    """
