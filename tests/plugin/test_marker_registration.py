"""Our markers are registered, and give way to a project's own."""

from __future__ import annotations

import pytest

from .checks import needs
from .helpers import PLUGINS

# -- registration ----------------------------------------------------------------------------


@pytest.mark.parametrize("args", [(), ("--autopsy",), ("--no-autopsy",)], ids=str)
def test_strict_markers(marked, args):
    ours = marked(
        "@pytest.mark.trace\n    @pytest.mark.no_trace\n    @pytest.mark.no_snapshot"
    ).run(*args)
    assert ours.code == 1
    assert ours.counts["failed"] == 2


@needs("xdist")
def test_strict_markers_in_workers(marked):
    ours = marked("@pytest.mark.no_trace").run("-n2", plugins=(*PLUGINS, "xdist"))
    assert ours.counts == {"failed": 2}


OWN = "markers = trace(message): this project's own mark"


@pytest.mark.parametrize(
    "mark", ["@pytest.mark.trace", "@pytest.mark.trace('to the log', level=3)"]
)
def test_project_with_its_own_trace_marker_is_left_alone(marked, mark):
    project = marked(mark, OWN)
    plain, ours = project.plain(), project.run()
    assert (plain.outcomes, plain.code, plain.counts) == (ours.outcomes, ours.code, ours.counts)
    assert not ours.store.exists()


def test_own_trace_marker_is_not_registered_twice(marked):
    listed = marked("@pytest.mark.trace", OWN).run("--markers").out
    assert listed.count("@pytest.mark.trace") == 1


def test_own_trace_marker_with_autopsy_runs(marked):
    """With --autopsy its arguments must not stop the run: they were never meant for us."""
    project = marked("@pytest.mark.trace('to the log', level=3)", OWN)
    ours = project.autopsy()
    assert ours.outcomes == project.plain().outcomes
    assert ours.code == 1
    assert {"test_marked", "test_unmarked", "parse"} <= ours.traced()
