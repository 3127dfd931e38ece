"""Fixture: the project, to be run with faults."""

import pytest

from .helpers import Suite


@pytest.fixture
def suite(pytester, monkeypatch):
    return Suite(pytester, monkeypatch)
