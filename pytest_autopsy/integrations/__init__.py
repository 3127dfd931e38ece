"""Bridges to other plugins, one module each, registered only where the plugin is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ..options import has_workers

if TYPE_CHECKING:
    from ..report.digest import Outcome


class Bridge(Protocol):
    """What hands a finished run over to another plugin or tool."""

    def finish(self, outcome: Outcome) -> None:
        """Hand it over. May raise: the caller notes it and goes on."""


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is a worker of pytest-xdist."""
    return hasattr(config, "workerinput")


def worker_id(config: pytest.Config) -> str | None:
    """Return `gw0` and so on, None outside xdist's workers."""
    return str(_input(config)["workerid"]) if is_worker(config) else None


def worker_run_id(config: pytest.Config) -> str | None:
    """Return the run that the controller has begun, in its workers."""
    return _input(config).get("autopsy_run")


def worker_key(config: pytest.Config) -> str | None:
    """Return the key by which the run's processes hash what they learned to be secret."""
    return _input(config).get("autopsy_key")


def _input(config: pytest.Config) -> dict[str, Any]:
    return getattr(config, "workerinput", {})


def _given(option: str) -> Callable[[pytest.Config], bool]:
    """Whether an option of another plugin was given, which is where its report is written."""
    return lambda config: bool(getattr(config.option, option, None))


_BRIDGES: tuple[tuple[str, Callable[[pytest.Config], bool]], ...] = (
    ("junit", _given("xmlpath")),
    # By its option, not its name: with `-p` it has another one, and a program may start it itself.
    ("json_report", lambda config: hasattr(config.option, "json_report")),
    ("reportlog", _given("report_log")),
    ("html", _given("htmlpath")),
    ("allure", _given("allure_report_dir")),
    ("github", lambda _: os.environ.get("GITHUB_ACTIONS") == "true"),
)
"""A module for each report, and whether this run writes it."""
_IN_WORKERS = ("allure",)
"""Those whose plugin writes in each process."""


def register(config: pytest.Config, session: Any) -> None:
    """Register the bridges for the plugins that this run has."""
    plugins = config.pluginmanager
    worker = is_worker(config)
    if worker or has_workers(config):
        from . import xdist

        plugins.register(
            xdist.Worker(session) if worker else xdist.Controller(session), "autopsy-xdist"
        )
    for name, is_there in _BRIDGES:
        if is_there(config) and (name in _IN_WORKERS or not worker):
            bridge = import_module(f".{name}", __name__).make(config, session)
            plugins.register(bridge, f"autopsy-{name}")


def bridges(config: pytest.Config) -> Iterator[Bridge]:
    """Return the bridges of this run, in the order in which they are handed the outcome."""
    for name, _ in _BRIDGES:
        bridge = config.pluginmanager.get_plugin(f"autopsy-{name}")
        if bridge is not None:
            yield bridge
