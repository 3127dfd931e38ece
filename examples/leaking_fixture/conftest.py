"""Fixtures: a trail, and a reader who prefers miles."""

from __future__ import annotations

import pytest
from hiking.preferences import PREFERENCES
from hiking.trails import Section, Trail


@pytest.fixture
def ridge() -> Trail:
    """A trail of 12 km."""
    return Trail("Ridge", (Section(5.0, 300), Section(7.0, 120)))


@pytest.fixture
def miles() -> dict[str, str]:
    """A reader who prefers miles."""
    PREFERENCES["unit"] = "mi"
    return PREFERENCES
