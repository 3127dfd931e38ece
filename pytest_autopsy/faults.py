"""Our own faults: noted where they happen, told once at the end, never raised into a user's run."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from .observe.exceptions import innermost
from .observe.intruders import is_of_handler
from .observe.text import clean

T = TypeVar("T")
MAX_SHOWN = 200
MAX_TOLD = 2_000
"""Characters of an error that are told: a worker's go to its controller as a message."""


class Guard:
    """Calls actions of ours; keeps what they raise as lines of text."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults

    def __call__(self, action: Callable[..., T], *arguments: Any, **options: Any) -> T | None:
        """Call `action` and return its result; None where it raised.

        Only what is not ours goes through: pytest.exit, pytest.UsageError, a signal handler's.
        """
        try:
            return action(*arguments, **options)
        except (pytest.exit.Exception, pytest.UsageError):
            raise
        except Exception as error:
            if is_of_handler(error):
                raise
            self.faults.append(described(action, error))
            return None


def described(action: Callable[..., object], error: BaseException) -> str:
    """Return one line on an error of ours: what was done, what it raised, and where."""
    place = innermost(error.__traceback__)
    where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else "?"
    name = getattr(action, "__name__", type(action).__name__)
    return clean(f"{name}: {type(error).__name__}: {str(error)[:MAX_TOLD]} ({where})")


def warn(config: pytest.Config, faults: list[str], log: str = "") -> None:
    """Give pytest one recorded warning for all faults; `log` is where they are told.

    Recorded, not raised: a filter that makes warnings errors must not make ours a failure.
    """
    where = f"log: {log}; " if log else ""
    text = (
        f"pytest-autopsy met {len(faults)} fault(s) of its own; outcomes are not touched;"
        f" {where}the first: {clean(faults[0])[:MAX_SHOWN]}"
    )
    message = warnings.WarningMessage(
        message=pytest.PytestWarning(text),
        category=pytest.PytestWarning,
        filename="pytest-autopsy",
        lineno=0,
        line="",
    )
    config.hook.pytest_warning_recorded.call_historic(
        kwargs={"warning_message": message, "when": "config", "nodeid": "", "location": None}
    )
