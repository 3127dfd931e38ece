"""The command that runs one test again, from where this run was started."""

from __future__ import annotations

from ..settings import Settings
from ..unfaked import os


def rerun(nodeid: str, settings: Settings) -> list[str]:
    """Return the argument list: the options that the run was given for all tests, and this test."""
    path, separator, rest = nodeid.partition("::")
    if "@" in rest.rsplit("]", 1)[-1]:  # the group that xdist added
        rest = rest.rpartition("@")[0]
    place = os.path.relpath(settings.rootdir / path, settings.invocation_dir)
    return ["pytest", *settings.rerun_options, place.replace(os.sep, "/") + separator + rest]
