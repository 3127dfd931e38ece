"""A project with a small package that has three bugs, for the tests of each plugin."""

from __future__ import annotations

import pytest

from ..plugin.checks import explained, same_outcomes
from ..plugin.helpers import PLUGINS, Project, Run

PACKAGE = {
    "stock/__init__.py": "",
    "stock/shop.py": """
        import asyncio

        PRICES = {"tea": 3}


        def price(name):
            return PRICES.get(name)


        def total(name, quantity):
            return price(name) * quantity


        def wrong_sum(numbers):
            return sum(numbers) + 1


        async def later(name):
            await asyncio.sleep(0)
            return wrong_sum([price(name)])
        """,
}


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path / "work").write(PACKAGE)


@pytest.fixture
def lives(project):
    """Run the project's tests plain and under --autopsy; what is promised of any plugin holds.

    Returns the second run.
    """

    def run(*args: str, plugins: tuple[str, ...] = (), told: bool = True, **options) -> Run:
        plain = project.plain(*args, plugins=plugins, **options)
        ours = project.autopsy(*args, plugins=(*PLUGINS, *plugins), **options)
        same_outcomes(plain, ours)
        if told:
            explained(ours)
        assert ours.digest["run"]["engine"] != "none", ours.digest["run"]["engine_reason"]
        assert not (ours.directory / "autopsy.log").exists(), ours.text
        return ours

    return run


def blamed(run: Run, test: str) -> str:
    """The function that comes first among the suspects of a failure."""
    suspects = run.failure(test)["suspects"]
    return suspects[0]["function"] if suspects else ""


def calls(run: Run, test: str, function: str) -> list[dict]:
    """The calls of a function in the trace of a failure."""
    lines = run.trace(test)
    return [one for one in lines if one["event"] == "call" and one["qualname"] == function]
