"""Choose the engine and say why; check that it sees what it should before it is trusted."""

from __future__ import annotations

import contextlib
from typing import Protocol

from ..env import HAS_MONITORING, IS_TESTED, python_version
from .recorder import Recorder
from .replay import records


class Engine(Protocol):
    """What feeds a Recorder."""

    name: str

    def start(self) -> str:
        """Begin; return "" or why it cannot."""

    def stop(self) -> None:
        """End and restore what was there."""

    def widen(self) -> None:
        """Ask again about code that was no target."""

    def mended(self) -> str:
        """Take back what the program took from us; return in words what that was, "" if nothing."""


def start_engine(recorder: Recorder) -> tuple[Engine | None, str]:
    """Start the best engine that this process allows.

    Returns the engine (None where nothing can record) and the reason for the choice in words.
    """
    refusals: list[str] = []
    for engine, reason in _candidates(recorder):
        refused = _start(engine, recorder)
        if not refused:
            return engine, "; ".join([*refusals, reason] if refusals else [reason])
        refusals.append(refused)
    return None, "; ".join(refusals)


def _candidates(recorder: Recorder) -> list[tuple[Engine, str]]:
    from .tracing import ProfileEngine, SettraceEngine

    version = python_version()
    if HAS_MONITORING:
        from .monitoring import MonitoringEngine

        # No settrace here: it is built on monitoring, slower, and fails where monitoring does.
        return [(MonitoringEngine(recorder), f"Python {version} has it")]
    return [
        (SettraceEngine(recorder), f"Python {version} has no sys.monitoring"),
        (ProfileEngine(recorder), "so calls without lines"),
    ]


def _start(engine: Engine, recorder: Recorder) -> str:
    try:
        refused = engine.start()
    except Exception as error:  # noqa: BLE001  # an interpreter that we do not know
        with contextlib.suppress(Exception):
            engine.stop()
        return f"{engine.name} failed to start ({type(error).__name__}: {error})"
    if refused or IS_TESTED:
        return refused
    missing = self_check(recorder)
    if missing:
        engine.stop()
        return f"{engine.name} on this interpreter does not report {missing}"
    return ""


def self_check(recorder: Recorder) -> str:
    """Run a known program under the engine; return what was not seen of it, "" if nothing."""
    from . import probe

    targets = recorder.targets
    recorder.targets = probe.ProbeTargets(targets.project)
    try:
        recorder.begin("self-check")
        probe.run()
        recording = recorder.end()
    finally:
        recorder.targets = targets
    return probe.missing(records(recording) if recording else [])
