"""The hooks by which other plugins add evidence before the diagnosis and read the digest after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ..faults import described
from ..model import Failure, Function, Run, Told

MAX_TOLD = 20
"""Facts on one failure that are taken from all plugins together."""
TAKES = "a list of dicts with file, function, fact and, if you like, line and strength (0 to 1)"


def ask_plugins(config: pytest.Config, run: Run, faults: list[str]) -> None:
    """Fill `run.told` with what `pytest_autopsy_diagnose` tells of each failure."""
    hook = config.hook.pytest_autopsy_diagnose
    if not hook.get_hookimpls():
        return
    known = {(one.file, one.name): one for one in run.functions}
    about = {
        "tests": len(run.passed) + len({failure.nodeid for failure in run.failures}),
        "functions": [_function(one) for one in run.functions],
    }
    for failure in run.failures:
        try:
            answers = hook(failure=_failure(failure, run), run=about)
        except Exception as error:  # noqa: BLE001
            faults.append(f"pytest_autopsy_diagnose: {described(hook, error)}")
            return
        facts = [fact for answer in answers for fact in answer or ()]
        told = [_told(fact, known, faults) for fact in facts[:MAX_TOLD]]
        known_before = run.told.get(failure.id, ())
        run.told[failure.id] = (*known_before, *(one for one in told if one is not None))


def report_to_plugins(
    config: pytest.Config, digest: Callable[[], Mapping[str, Any]], faults: list[str]
) -> None:
    """Hand the digest to `pytest_autopsy_report`; made once more only where somebody reads it."""
    hook = config.hook.pytest_autopsy_report
    if not hook.get_hookimpls():
        return
    shown = digest()
    try:
        hook(run=shown)
    except Exception as error:  # noqa: BLE001
        faults.append(f"pytest_autopsy_report: {described(hook, error)}")


def _told(fact: Any, known: dict[tuple[str, str], Function], faults: list[str]) -> Told | None:
    try:
        function = known.get((fact["file"], fact["function"]))
        strength = min(max(float(fact.get("strength", 0.5)), 0.0), 1.0)
        told = Told(function, str(fact["fact"]), int(fact.get("line", 0)), strength)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, AttributeError):
        faults.append(
            f"pytest_autopsy_diagnose takes {TAKES}, not {type(fact).__name__} {fact!r:.100}"
        )
        return None
    if function is None:
        faults.append(
            f"pytest_autopsy_diagnose: no test ran {fact['function']} of {fact['file']}, see run['functions']"
        )
        return None
    return told


def _function(function: Function) -> dict[str, object]:
    return {
        "file": function.file, "function": function.name, "line": function.line,
        "kind": function.kind,
    }  # fmt: skip


def _failure(failure: Failure, run: Run) -> dict[str, object]:
    ran = failure.footprint.lines if failure.footprint is not None else ()
    kind, message = failure.exception or (None, None)
    return {
        "id": failure.id,
        "nodeid": failure.nodeid,
        "phase": failure.phase,
        "file": failure.file,
        "line": failure.line,
        "exception": {"type": kind, "message": message} if failure.exception else None,
        "functions": [_function(run.functions[index]) for index in ran],
    }
