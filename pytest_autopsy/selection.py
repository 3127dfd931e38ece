"""--autopsy-cause: run the tests of a cause of the latest digest."""

from __future__ import annotations

from typing import Any

import pytest

from .integrations.nodeids import plain_nodeid
from .settings import Settings
from .store import load_run


def select_cause(config: pytest.Config, settings: Settings) -> None:
    """Restrict the run to the cause's tests. Raises pytest.UsageError where there is no such cause."""
    assert settings.cause is not None
    try:
        digest = load_run(settings.directory)
    except (OSError, ValueError) as error:
        raise pytest.UsageError(f"--autopsy-cause {settings.cause}: {error}") from None
    nodeids = tests_of(digest, settings.cause)
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = sorted({nodeid.split("::")[0] for nodeid in nodeids})
    config.pluginmanager.register(Selection(nodeids), "autopsy-selection")


def tests_of(digest: dict[str, Any], wanted: str) -> frozenset[str]:
    """Return the node ids of a cause, by id (also a former one) or number. Raises UsageError."""
    causes = digest.get("root_causes", [])
    for number, cause in enumerate(causes, 1):
        if wanted in (str(number), cause["id"], *cause.get("also_ids", ())):
            members = set(cause["failures"])
            return frozenset(f["nodeid"] for f in digest["failures"] if f["id"] in members)
    known = ", ".join(f"{n} ({cause['id']})" for n, cause in enumerate(causes[:10], 1)) or "none"
    raise pytest.UsageError(
        f"--autopsy-cause {wanted}: the latest digest has no such cause; it has {known}"
    )


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
