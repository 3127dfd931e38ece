"""Node ids as they are everywhere: under --dist=loadgroup xdist writes a group behind them.

A test's id, its files and the command that runs it again have none: neither pytest nor another
mode of xdist knows a test by that name.
"""

from __future__ import annotations

import pytest


def plain_nodeid(item: pytest.Item) -> str:
    """Return the node id of an item without the group that xdist has put behind it."""
    if getattr(item.config.option, "loadgroup", False) and item.get_closest_marker("xdist_group"):
        return without_group(item.nodeid)
    return item.nodeid


def reported_nodeid(report: pytest.TestReport, config: pytest.Config) -> str:
    """Return the same where only a worker's report is known: in the controller."""
    grouped = getattr(config.option, "dist", "no") == "loadgroup"
    return without_group(report.nodeid) if grouped else report.nodeid


def without_group(nodeid: str) -> str:
    """Return `test_it[a@b]@group` without the last `@group`; parameters may hold anything."""
    name = nodeid.rfind("::") + 1
    group = nodeid.find("@", max(nodeid.rfind("]"), name))
    return nodeid if group < 0 else nodeid[:group]
