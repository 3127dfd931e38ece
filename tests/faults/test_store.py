"""A store that cannot be written: the digest is still at the terminal, and one warning says why."""

import os
import sys

import pytest

from .helpers import assert_said_once, assert_untouched

WRITE = "pytest_autopsy.store:RunDirectory.write"


@pytest.mark.parametrize("kind", ["ENOSPC", "EROFS"])
@pytest.mark.parametrize("where", ["RunDirectory.write", "write_atomically", "_make_folders"])
def test_nothing_can_be_written(suite, where, kind):
    run = suite.check(f"pytest_autopsy.store:{where}", kind=kind, log=False)
    assert run.has_digest
    assert {"ENOSPC": "No space left", "EROFS": "Read-only"}[kind] in run.out


@pytest.mark.parametrize("where", ["RunDirectory.write_json", "point", "prune"])
def test_a_part_cannot_be_written(suite, where):
    holder = "writing" if where == "prune" else "store"
    run = suite.check(f"pytest_autopsy.{holder}:{where}", kind="ENOSPC")
    assert run.has_digest


@pytest.mark.parametrize("args", [("-W", "error::UserWarning"), ("-n", "2")])
def test_with_other_options(suite, args):
    run = suite.check(WRITE, kind="ENOSPC", args=("--autopsy", *args), log=False)
    assert run.has_digest


def check_unwritable(suite, directory):
    run, plain = suite.run(args=("--autopsy", f"--autopsy-dir={directory}")), suite.plain()
    assert_untouched(run, plain)
    assert_said_once(run, plain)
    assert run.log is None
    assert run.has_digest
    assert "--autopsy-dir" in run.out or "could not write" in run.out
    assert not (suite.path / ".autopsy").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc takes nobody's directories")
def test_where_the_system_allows_no_directory(suite):
    check_unwritable(suite, "/proc/autopsy")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_read_only_directory(suite):
    folder = suite.path / "closed"
    folder.mkdir(mode=0o500)
    check_unwritable(suite, "closed")
    check_unwritable(suite, "closed/below")


def test_the_store_goes_away_under_us(suite):
    """A test that cleans its working directory takes the run with it."""
    suite.pytester.makepyfile(
        test_tidy="""
        import shutil

        def test_cleans():
            shutil.rmtree(".autopsy", ignore_errors=True)

        def test_fails():
            assert False
        """
    )
    args = ("--autopsy", "test_shop.py", "test_tidy.py")
    plain, run = suite.plain(args), suite.run(args=args)
    assert_untouched(run, plain)
    assert run.has_digest
    assert len(list(suite.path.glob(".autopsy/runs/*/digest.json"))) == 1
