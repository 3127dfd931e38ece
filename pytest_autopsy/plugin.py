"""The pytest hooks. Inert unless asked: what works is in activation.py, loaded when it is needed."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from . import loading

with loading.plainly():
    from . import hookspecs, options
    from .settings import new_key, new_run_id


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(hookspecs)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    options.add_markers(config)
    settings = options.read_settings(config)
    if settings.forbidden:
        from .record import current  # decorators and sections of the tests ask it who keeps

        silent = current.Silent()
        current.keepers.push(silent)
        config.add_cleanup(lambda: current.keepers.pop(silent))
        return
    if settings.active or settings.cause is not None:
        _load_plainly(config)
        try:
            from .atonce import uncollected

            with uncollected():  # what is loaded stays
                from .activation import activate
        except Exception as error:  # noqa: BLE001  # a broken orjson: the run goes on without us
            from .faults import described, warn

            warn(config, [described(pytest_configure, error)])
        else:
            activate(config, settings)
    elif settings.markers and options.owns_trace_marker(config):
        watch = WorkerWatch() if options.has_workers(config) else MarkerWatch()
        config.pluginmanager.register(watch, "autopsy-markers")


def _load_plainly(config: pytest.Config) -> None:
    """Load what is ours as installed until the run is over: some of it is loaded at the end."""
    config.add_cleanup(partial(loading.remove, loading.install()))


class MarkerWatch:
    """Switches recording on where a collected test asks for it with a marker: one look an item."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        marked = any(item.get_closest_marker("trace") for item in session.items)
        if marked and not session.config.option.collectonly:
            _load_plainly(session.config)
            from .activation import activate

            settings = options.with_marker_targets(options.read_settings(session.config))
            activate(session.config, settings, session.items)


class WorkerWatch:
    """In xdist's controller: a worker may meet markers that switch recording on, this cannot."""

    def __init__(self) -> None:
        self.run_id = new_run_id()
        self.key = new_key()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["autopsy_run"] = self.run_id
        node.workerinput["autopsy_key"] = self.key

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        if "autopsy" in getattr(node, "workeroutput", {}):
            _load_plainly(node.config)
            from .activation import take_over

            take_over(node, options.with_marker_targets(options.read_settings(node.config)))
