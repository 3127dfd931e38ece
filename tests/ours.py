"""Functions that stand for our own code: what others' code raises while ours runs is no fault of ours."""

from __future__ import annotations

from typing import Any

import pytest_autopsy


def as_ours(function: Any) -> Any:
    """Return the function with code that seems to be of the package."""
    function.__code__ = function.__code__.replace(co_filename=pytest_autopsy.__file__)
    return function
