"""pytest-autopsy: why a test failed. PYTEST_DONT_REWRITE.

The public API, resolved when it is first asked for, so that importing the package (which every
pytest run of whoever has it installed does) costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .snapshot.api import debug_snapshot, get_latest_snapshot, mark, snapshot_section
    from .store import load_run

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "debug_snapshot",
    "get_latest_snapshot",
    "load_run",
    "mark",
    "snapshot_section",
]


def __getattr__(name: str) -> object:
    if name == "load_run":
        from .store import load_run

        return load_run
    if name in __all__:
        from .snapshot import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
