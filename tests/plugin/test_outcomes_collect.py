"""Modules that cannot be collected."""

from __future__ import annotations

import pytest

from .checks import both, explained, same_outcomes
from .outcome_project import MATRIX

COLLECT = {
    "test_import.py": "import no_such_module_anywhere\n",
    "test_syntax.py": "def test(:\n",
    "test_raises.py": "from stock.shop import total\n\ntotal('jam', 1)\n",
}
"""Modules that cannot be collected."""


@pytest.mark.parametrize("args", [(), ("--continue-on-collection-errors",)], ids=str)
def test_collection_errors(project, args):
    project.write(MATRIX).write(COLLECT)
    plain, ours = both(project, *args)
    same_outcomes(plain, ours)
    explained(ours)
    told = {nodeid for nodeid, phase in ours.failures if phase == "collect"}
    assert told == set(COLLECT)
    assert f" {plain.failure_count} failures, " in ours.headline


def test_collection_error_names_its_exception(project):
    ours = project.write(MATRIX).write(COLLECT).autopsy()
    assert ours.failure("test_import.py")["exception"]["type"] == "ModuleNotFoundError"
    assert ours.failure("test_raises.py")["exception"]["type"] == "TypeError"
    assert "no_such_module_anywhere" in ours.failure("test_import.py")["exception"]["message"]
    assert ours.code == 2
    assert ours.digest["run"]["complete"] is False


@pytest.mark.parametrize("text", ["import nothing_like_it", "def f(:"])
def test_broken_conftest(project, text):
    project.write({**MATRIX, "conftest.py": text + "\n"})
    plain, ours = both(project)
    assert plain.code == ours.code == 4
    assert plain.err == ours.err
