"""The markers of tests and the targets that they and the settings name: each wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from .record.project import Project
from .record.targets import Rule, TargetError, parse_target

_TAKES = ("depth", "values")


def rule_of(text: str, project: Project, here: Path, place: str) -> Rule:
    """Return the target that a text names; raises pytest.UsageError, which names its place."""
    try:
        return parse_target(text, project, here)
    except TargetError as error:
        raise pytest.UsageError(f"{place}: {error}") from None


def marker_rules(item: pytest.Item, project: Project) -> list[Rule]:
    """Return the targets that the trace markers of a test name. Raises pytest.UsageError."""
    return [
        rule_of(text, project, item.config.rootpath, f"{item.nodeid}: marker trace")
        for marker in item.iter_markers("trace")
        for text in marker.args
    ]


def check_marker(item: pytest.Item) -> None:
    """Raise pytest.UsageError where a trace marker of the item has arguments that mean nothing."""
    for marker in item.iter_markers("trace"):
        wrong = [repr(one) for one in marker.args if not isinstance(one, str)]
        wrong += [
            f"{name}={value!r}" for name, value in marker.kwargs.items() if name not in _TAKES
        ]
        depth, values = marker.kwargs.get("depth"), marker.kwargs.get("values", True)
        if depth is not None and (type(depth) is not int or depth < 0):
            wrong.append(f"depth={depth!r}")
        if type(values) is not bool:
            wrong.append(f"values={values!r}")
        if wrong:
            raise pytest.UsageError(
                f"{item.nodeid}: marker trace: it takes targets as texts, depth (a whole number of at"
                f" least 0 or None) and values (True or False), not {', '.join(wrong)}"
            )
