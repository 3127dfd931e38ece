"""Fixtures: a lab for every engine that this interpreter has."""

import pytest

from .helpers import ENGINES, LINE_ENGINES, Lab


@pytest.fixture(params=ENGINES)
def lab(request, tmp_path):
    return Lab(tmp_path, request.param)


@pytest.fixture(params=LINE_ENGINES)
def line_lab(request, tmp_path):
    """For what only engines with lines and exceptions can see."""
    return Lab(tmp_path, request.param)
