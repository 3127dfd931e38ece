"""What two runs have to agree on, and what a digest owes to each failure."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.util import find_spec
from typing import Any

import pytest

from .helpers import PLUGINS, Project, Run

NATIVE = tuple(map(int, pytest.__version__.split(".")[:2])) >= (9, 0)
native = pytest.mark.skipif(not NATIVE, reason="[tool.pytest] came with pytest 9")


def without_times(text: str) -> str:
    """Output with its durations and spacing lines made equal."""
    text = re.sub(r"\b\d+\.\d+s\b", "0.00s", text)
    return re.sub(r"(?m)^=+ (.*? in 0\.00s) =+$", r"= \1 =", text)


def same_outcomes(plain: Run, ours: Run) -> None:
    """Assert that two runs reported the same: outcomes, warnings, exit code, counts."""
    _same(plain.outcomes, ours.outcomes)
    _same(plain.warnings, ours.warnings)
    assert plain.code == ours.code, f"exit code {plain.code} became {ours.code}: {ours.text}"
    assert plain.counts == ours.counts, f"{plain.counts} became {ours.counts}"


def same_texts(plain: Run, ours: Run) -> None:
    """Assert that the failures' texts and captured output are the same too."""
    _same(plain.reports, ours.reports)


def _same(plain: list[Any], ours: list[Any]) -> None:
    """Say only what differs: whole runs are long."""
    lost = [json.dumps(one) for one in plain if one not in ours]
    new = [json.dumps(one) for one in ours if one not in plain]
    assert not lost and not new, "\n".join([f"{len(lost)} differ", *lost[:1], "became", *new[:1]])
    assert len(plain) == len(ours)


def explained(run: Run) -> None:
    """Assert that the digest tells of every failure, with a cause or why there is none."""
    digest = run.digest
    causes = {cause["id"]: cause for cause in digest["root_causes"]}
    told = Counter((one["nodeid"], one["phase"]) for one in digest["failures"])
    assert told == run.failing, f"{told - run.failing} too many, {run.failing - told} missing"
    for one in digest["failures"]:
        cause = causes.get(one["root_cause"])
        assert cause is not None or one["why_no_cause"], one
        if cause is not None:
            assert one["id"] in cause["failures"]
            assert cause["suspects"] or one["why_no_cause"], one
    assert digest["totals"]["failed"] + digest["totals"]["errors"] == len(digest["failures"])


def needs(*modules: str) -> pytest.MarkDecorator:
    """Skip where another plugin is not installed."""
    missing = [name for name in modules if find_spec(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


def both(project: Project, *args: str, plugins: tuple[str, ...] = ()) -> tuple[Run, Run]:
    """Run without and with --autopsy."""
    plain = project.plain(*args, plugins=plugins)
    return plain, project.autopsy(*args, plugins=(*PLUGINS, *plugins))
