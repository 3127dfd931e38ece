"""A few runs killed and a few disks filled up; `python -m tests.faults.kills` does many."""

import sys

import pytest

from . import kills

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@pytest.mark.parametrize("workers", [0, 2])
def test_nothing_is_lost(tmp_path, workers):
    assert kills.check(tmp_path, seed=1, kills=3, disks=3, workers=workers) == []


def test_what_is_lost_or_half_would_be_seen(tmp_path):
    """The check itself: a missing trace and a half snapshot are both told."""
    lab = kills.Lab(tmp_path, 0)
    lab.start("--autopsy").wait()
    first = next(lab.run.glob("traces/*.jsonl"))
    first.unlink()
    shot = next(lab.run.glob("snapshots/*.json"))
    shot.write_bytes(shot.read_bytes()[:100])
    (line,) = kills.missing(lab)
    assert first.suffix in line and first.name.partition("-")[0] in line
    assert [line for line in kills.halves(lab.run) if shot.name in line]
