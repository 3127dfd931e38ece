"""Bridges to other plugins, one module each, registered only where the plugin is there."""

from __future__ import annotations

from typing import Any

import pytest

from ..options import has_workers


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


def register(config: pytest.Config, session: Any) -> None:
    """Register the bridges for the plugins that this run has."""
    plugins = config.pluginmanager
    if is_worker(config) or has_workers(config):
        from . import xdist

        bridge = xdist.Worker(session) if is_worker(config) else xdist.Controller(session)
        plugins.register(bridge, "autopsy-xdist")
    if plugins.hasplugin("pytest_jsonreport") and not is_worker(config):
        from .json_report import JsonReport

        plugins.register(JsonReport(config), "autopsy-json-report")
