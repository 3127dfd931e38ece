"""Switches recording on: the session of this process, and the hooks that tell it what happens.

The controller of an xdist run records nothing itself; its workers do.
"""

from __future__ import annotations

from typing import Any

import pytest

from . import integrations, only
from .closing import Closing
from .faults import Guard, warn
from .integrations.redacting import AskPlugins
from .markers import rule_of
from .options import has_workers, owns_trace_marker, place_of
from .record.project import Project
from .record.targets import Targets
from .recording import Recording
from .selection import select_cause
from .session import Session
from .settings import Settings, new_run_id
from .store import RunDirectory

SESSION = pytest.StashKey[Session]()


def activate(
    config: pytest.Config,
    settings: Settings,
    items: list[pytest.Item] | None = None,
    run_id: str = "",
) -> None:
    """Build the session and register its hooks; a fault of ours leaves the run without us.

    `items` are the collected tests where only markers asked for recording; `run_id` the run
    that somebody else has begun. Raises pytest.UsageError for a wrong target or cause.
    """
    faults: list[str] = []
    if settings.cause is not None:
        select_cause(config, settings)
    if settings.active or items is not None:
        Guard(faults)(_activate, config, settings, items, run_id)
    if faults:
        warn(config, faults)


def take_over(node: Any, settings: Settings) -> None:
    """Join the run of xdist workers in which markers have switched recording on.

    `node` is the first such worker that has ended.
    """
    config = node.config
    if SESSION in config.stash:
        return
    activate(config, settings, [], node.workerinput["autopsy_run"])
    if SESSION in config.stash:
        config.stash[SESSION].key = node.workerinput["autopsy_key"]
    bridge = config.pluginmanager.get_plugin("autopsy-xdist")
    if bridge is not None:  # registered too late to be told of this node
        bridge.pytest_testnodedown(node)


def _activate(
    config: pytest.Config, settings: Settings, items: list[pytest.Item] | None, run_id: str
) -> None:
    session = make_session(config, settings, run_id)
    config.stash[SESSION] = session
    integrations.register(config, session)
    if not has_workers(config):
        session.start()
    plugins = config.pluginmanager
    recording = Recording(
        session, only_marked=items is not None, has_marker=owns_trace_marker(config)
    )
    plugins.register(recording, "autopsy-recording")
    if items is not None:  # collection is over: its hook will not come any more
        recording.add_marker_targets(items)
    if not integrations.is_worker(config):
        plugins.register(Closing(session, config), "autopsy-closing")
        only.register(config, settings)


def make_session(config: pytest.Config, settings: Settings, run_id: str = "") -> Session:
    """Return the Session that the settings ask for, in a run of its own or in `run_id`."""
    project = Project(config.rootpath, tuple(config.getini("python_files")))
    here = settings.invocation_dir
    include, exclude = (
        [rule_of(text, project, here, place_of(config, text, excluded=excluded)) for text in texts]
        for excluded, texts in ((False, settings.trace_targets), (True, settings.trace_exclude))
    )
    targets = Targets(project, include, exclude)
    run_id = run_id or integrations.worker_run_id(config) or new_run_id()
    directory = RunDirectory(settings.directory, run_id)
    faults: list[str] = []
    session = Session(
        settings,
        targets,
        directory,
        integrations.worker_id(config),
        AskPlugins(config, faults),
        integrations.worker_key(config),
        faults,
    )
    Guard(faults)(session.redactor.argv, map(str, config.invocation_params.args))
    return session
