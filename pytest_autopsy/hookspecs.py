"""The hooks of ours that others implement.

They exist only where this plugin is installed: mark yours `@pytest.hookimpl(optionalhook=True)` in
a conftest.py, so that it runs without it too.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest


@pytest.hookspec(firstresult=True)
def pytest_autopsy_describe(value: object) -> str | dict[str, object] | None:
    """Say how a snapshot shows `value`, an instance of a class that is not Python's own.

    Return its text, or a dict of names to values that are looked at in turn, or None for the usual
    form, which is the class and the stored attributes. Your code runs while a test has just failed:
    it should change nothing. What it raises costs this value alone; after three failures, or
    answers that took more than a second, it is asked no more.
    """


def pytest_autopsy_diagnose(
    failure: Mapping[str, object], run: Mapping[str, object]
) -> list[dict[str, object]] | None:
    """Return facts against functions, beside what was recorded of `failure`.

    Each is a dict with `file` and `function` (as `failure["functions"]` and `run["functions"]` have
    them: relative path and qualified name), `fact` (a sentence) and, where known, `line` and
    `strength` (0 to 1, 0.5 unless told). Called at the end of the run, before the ranking, in
    the process that sees all of it. `failure` has id, nodeid, phase, file, line, exception and functions.
    """


def pytest_autopsy_report(run: Mapping[str, object]) -> None:
    """Read the digest of the run that has ended: what digest.json holds, as plain types."""


def pytest_autopsy_redact(name: str, text: str) -> str | None:
    """Return `text` with what must not be written replaced, or None where nothing is.

    Asked for every text that pytest-autopsy is about to keep: values, messages, source, output,
    without what it has found secret itself. `name` is the variable, key or argument that holds
    it, or empty. Every implementation is asked in turn, each with what the one before it left.
    What an implementation raises on, or answers with anything but text or None, is cut whole.
    """
