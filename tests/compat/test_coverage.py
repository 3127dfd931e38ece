"""pytest-cov: the figures under --autopsy are those of the plain run, to the line."""

from __future__ import annotations

import json
import sys

import pytest

from ..plugin.checks import explained, needs, same_outcomes
from ..plugin.helpers import PLUGINS

TESTS = """
    import asyncio
    import threading

    import pytest

    from stock.shop import later, price, total, wrong_sum


    def numbers(stop):
        for n in range(stop):
            if n == 3:
                return
            yield n


    def test_bad():
        assert wrong_sum([1]) == 1


    def test_raises():
        with pytest.raises(TypeError):
            total("jam", 1)


    def test_generator():
        assert list(numbers(9)) == [0, 1, 2]


    def test_async():
        assert asyncio.run(later("tea")) == 3


    def test_thread():
        found = []
        thread = threading.Thread(target=lambda: found.append(price("tea")))
        thread.start()
        thread.join()
        assert found == [3]


    def test_hot():
        for _ in range(200):
            wrong_sum([1])
            if _ == 150:
                price("late")
        assert False


    @pytest.mark.parametrize("n", range(3))
    def test_many(n):
        if n == 2:
            total("tea", 2)
        assert n < 2
    """

CORES = ("ctrace", "sysmon") if sys.version_info >= (3, 12) else ("ctrace", "pytrace")


def figures(path):
    files = json.loads((path / "coverage.json").read_text())["files"]
    (path / "coverage.json").unlink()
    return files


@needs("pytest_cov")
@pytest.mark.parametrize("options", [(), ("--cov-branch",)], ids=["lines", "branches"])
@pytest.mark.parametrize("core", CORES)
def test_cov(project, monkeypatch, core, options):
    project.write({"test_it.py": TESTS})
    # The runs take no COV_ variables; coverage's own are others.
    monkeypatch.setenv("COVERAGE_CORE", core)
    args = ("--cov=.", "--cov-report=json", *options)
    plain = project.plain(*args, plugins=("pytest_cov",))
    expected = figures(project.path)
    ours = project.autopsy(*args, plugins=(*PLUGINS, "pytest_cov"))
    same_outcomes(plain, ours)
    explained(ours)
    found = figures(project.path)
    assert found.keys() == expected.keys() and "test_it.py" in found
    for name, before in expected.items():
        assert found[name] == before, name
    assert ours.failure("::test_bad")["suspects"][0]["function"] == "wrong_sum"


@needs("pytest_cov", "xdist")
def test_cov_and_xdist(project):
    project.write({"test_it.py": TESTS})
    args = ("--cov=.", "--cov-report=json", "-n2")
    plain = project.plain(*args, plugins=("pytest_cov", "xdist"))
    expected = figures(project.path)
    ours = project.autopsy(*args, plugins=(*PLUGINS, "pytest_cov", "xdist"))
    same_outcomes(plain, ours)
    explained(ours)
    assert figures(project.path) == expected
