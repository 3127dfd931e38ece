"""--autopsy-cause: run the tests of a cause that a digest names."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from .history import History
from .integrations.nodeids import plain_nodeid
from .settings import Settings
from .store import damage, load_run


def select_cause(config: pytest.Config, settings: Settings) -> None:
    """Restrict the run to the cause's tests. Raises pytest.UsageError where there is no such cause."""
    assert settings.cause is not None
    try:
        with damage(str(settings.directory)):
            nodeids = tests_of(settings.directory, settings.cause)
    except (OSError, ValueError) as error:
        raise pytest.UsageError(f"--autopsy-cause {settings.cause}: {error}") from None
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = sorted({nodeid.split("::")[0] for nodeid in nodeids})
    config.pluginmanager.register(Selection(nodeids), "autopsy-selection")


def tests_of(store: Path, wanted: str) -> frozenset[str]:
    """Return the node ids of a cause: by its number in the latest digest, or by an id of it.

    An id may be of an earlier run: the latest may have run the tests of one cause alone. Raises
    OSError and ValueError.
    """
    earlier = History.read(store).newest_of(wanted)
    try:
        digest = load_run(store)
    except (OSError, ValueError):
        if earlier is None:
            raise
        digest = {"root_causes": [], "failures": []}
    found = _members(digest, wanted)
    if found is None and earlier is not None:
        with suppress(OSError, ValueError):  # its run may be gone
            found = _members(load_run(store / "runs" / earlier["run"]), wanted)
        found = found or frozenset([earlier["exemplar"]])
    if found is not None:
        return found
    causes = digest["root_causes"]
    known = ", ".join(f"{n} ({cause['id']})" for n, cause in enumerate(causes[:10], 1)) or "none"
    raise ValueError(f"the latest digest has no such cause, nor has an earlier run; it has {known}")


def _members(digest: dict[str, Any], wanted: str) -> frozenset[str] | None:
    """The node ids of a cause of a digest; None where it has no such cause."""
    for number, cause in enumerate(digest["root_causes"], 1):
        if wanted in (str(number), cause["id"], *cause.get("also_ids", ())):
            members = set(cause["failures"])
            return frozenset(f["nodeid"] for f in digest["failures"] if f["id"] in members)
    return None


class Selection:
    """Deselects every test that is not of the cause."""

    def __init__(self, nodeids: frozenset[str]) -> None:
        self.nodeids = nodeids

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        kept = [item for item in items if plain_nodeid(item) in self.nodeids]
        left = [item for item in items if plain_nodeid(item) not in self.nodeids]
        if left:
            config.hook.pytest_deselected(items=left)
            items[:] = kept
