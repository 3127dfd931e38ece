"""The pytest plugin of the trials' process: collects the tests once, and forks for each trial."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Sequence
from math import inf
from pathlib import Path

import pytest

from ..trials.asking import ALL, Asking
from ..trials.search import Search
from ..trials.swap import loaded_functions
from ..unfaked import perf_counter

PLAN = "PYTEST_AUTOPSY_TRIALS"
"""The environment variable with the path of the plan; results are written beside it."""
RESULTS = ".jsonl"


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Make the trials instead of running the tests."""
    path = os.environ.pop(PLAN, "")
    if not path or session.config.option.collectonly:
        return None
    plan = json.loads(Path(path).read_text(encoding="utf-8"))
    _dismiss_writers(session.config.pluginmanager)
    asking = Asking(
        _Tests(session.items), loaded_functions(), plan.get("folder"), plan.get("parent")
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that forks are ended, too
    gc.freeze()  # else every fork's first collection copies what it shares
    mended: set[str] = set()
    with Path(path).with_suffix(RESULTS).open("w", encoding="utf-8") as told:
        for cause in plan["causes"]:
            for result in Search(asking, cause, mended).results():
                told.write(json.dumps({"cause": cause["cause"], **result}) + "\n")
                told.flush()
    return True


def _dismiss_writers(plugins: pytest.PytestPluginManager) -> None:
    """Unregister who else is told of results: what they write down would be refused, or be wrong."""
    for plugin in list(plugins.get_plugins()):
        module = getattr(plugin, "__name__", type(plugin).__module__)
        stays = module.startswith(("_pytest.", "conftest")) or module.endswith("conftest")
        if hasattr(plugin, "pytest_runtest_logreport") and not stays:
            plugins.unregister(plugin)


class _Tests:
    """The collected tests by node id, each run as pytest runs it."""

    def __init__(self, items: list[pytest.Item]) -> None:
        self._items = {item.nodeid: item for item in items}

    def __contains__(self, name: str) -> bool:
        return name in self._items

    def run(self, names: Sequence[str], until: int = ALL, seconds: float = inf) -> dict[str, str]:
        """Run tests one after the other and return their outcomes.

        Until so many have not passed, or so many seconds are over.
        """
        end = perf_counter() + seconds
        listener = _Listener()
        items = [self._items[name] for name in names]
        for item, following in zip(items, [*items[1:], None]):
            item.config.pluginmanager.register(listener, "autopsy-trial")
            try:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            finally:
                item.config.pluginmanager.unregister(listener)
            bad = sum(how != "passed" for how in listener.outcomes.values())
            if bad >= until or perf_counter() > end:
                break
        return listener.outcomes


class _Listener:
    """The outcome of each test that runs meanwhile."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        before = self.outcomes.get(report.nodeid, "passed")
        if before == "passed":
            self.outcomes[report.nodeid] = report.outcome
