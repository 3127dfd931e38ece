"""A pytest plugin for runs of a library's tests: which to run, what each did, what was recorded.

Loaded with ``-p accuracy_plugin`` from a folder that holds it and the package alone. It reads
ACCURACY_TESTS (a file of node ids: only these are run), ACCURACY_ALL (how many there are),
ACCURACY_FAILED (a file to write the failing ones to) and ACCURACY_EVIDENCE (a file to write the
run's evidence to, gzip), and ACCURACY_OUTCOMES (a file to write all outcomes to).
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

_failed: list[str] = []
_passed: list[str] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run only the tests that were asked for."""
    name = os.environ.get("ACCURACY_TESTS")
    if name:
        wanted = set(Path(name).read_text(encoding="utf-8").split("\n"))
        out = [item for item in items if item.nodeid not in wanted]
        items[:] = [item for item in items if item.nodeid in wanted]
        config.hook.pytest_deselected(items=out)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Let the recorder sample as if all tests were run: by their number."""
    if "ACCURACY_ALL" in os.environ:
        _session(session.config).expect(int(os.environ["ACCURACY_ALL"]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a failing phase."""
    if report.failed:
        _failed.append(report.nodeid)
    elif report.when == "call" and report.passed:
        _passed.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note a file that could not be collected."""
    if report.failed:
        _failed.append(f"collect {report.nodeid}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write what was noted, and the evidence as a worker of xdist would hand it over."""
    if "ACCURACY_FAILED" in os.environ:
        told = json.dumps(sorted(set(_failed)))
        Path(os.environ["ACCURACY_FAILED"]).write_text(told, encoding="utf-8")
    if "ACCURACY_OUTCOMES" in os.environ:
        told = json.dumps({
            "failed": sorted({one for one in _failed if not one.startswith("collect ")}),
            "passed": sorted(set(_passed) - set(_failed)),
            "collect": [one for one in _failed if one.startswith("collect ")],
        })  # fmt: skip
        Path(os.environ["ACCURACY_OUTCOMES"]).write_text(told, encoding="utf-8")
    if "ACCURACY_EVIDENCE" in os.environ:
        session = _session(config)
        from pytest_autopsy.evidence import Writer

        line = Writer(session).line()
        Path(os.environ["ACCURACY_EVIDENCE"]).write_bytes(gzip.compress(line, 5))


def _session(config: pytest.Config) -> Any:
    from pytest_autopsy.activation import SESSION

    return config.stash[SESSION]
