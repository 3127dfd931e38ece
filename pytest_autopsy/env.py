"""What this interpreter and this pytest can do. No other module compares versions."""

from __future__ import annotations

import sys
import time

IS_CPYTHON = sys.implementation.name == "cpython"
NEWEST_TESTED = (3, 13)
"""Past this the recorder's self-check, not the version, decides what can be recorded."""

STARTED = time.time()
"""When this process first loaded us: a source file that is newer may not be what runs."""

HAS_MONITORING = hasattr(sys, "monitoring")
"""PEP 669: sys.monitoring, since 3.12."""

HAS_QUALNAME = sys.version_info >= (3, 11)
"""Code objects know their qualified name, and the position of every instruction (PEP 657)."""

HAS_POSITIONS = HAS_QUALNAME

CELLS_COUNT_VARIABLES = HAS_QUALNAME
"""The argument of a *_DEREF instruction counts all local variables, not cells alone."""

LOCALS_ARE_PROXY = sys.version_info >= (3, 13)
"""PEP 667: frame.f_locals is a view. Before, it is a dict that keeps what it shows alive."""

IS_TESTED = IS_CPYTHON and (3, 10) <= sys.version_info[:2] <= NEWEST_TESTED


def python_version() -> str:
    """Return this interpreter's version as `3.12.1`."""
    return ".".join(map(str, sys.version_info[:3]))


def ini_type(kind: str, pytest_version: str) -> str:
    """Return the ini type tag that this pytest knows for `kind`.

    `int` came with pytest 8.4; before that such a key is a string that options.py reads.
    """
    major, minor = (int(part) for part in pytest_version.split(".")[:2])
    if kind == "int" and (major, minor) < (8, 4):
        return "string"
    return kind
