"""Choose the engine and say why; check that it sees what it should before it is trusted."""

from __future__ import annotations

import contextlib
from typing import Protocol

from ..env import HAS_MONITORING, IS_TESTED, python_version
from . import forks
from .recorder import Recorder
from .replay import records


class Engine(Protocol):
    """What feeds a Recorder."""

    name: str
    keeps_calls: bool

    def start(self) -> str:
        """Begin; return "" or why it cannot."""

    def stop(self) -> None:
        """End and restore what was there."""

    def widen(self) -> None:
        """Ask again about code that was no target."""

    def mended(self) -> str:
        """Take back what the program took from us; return in words what that was, "" if nothing."""


def start_engine(recorder: Recorder, *, light: bool = False) -> tuple[Engine | None, str]:
    """Start the best engine that this process allows; `light` ones see functions, no calls.

    Returns the engine (None where nothing can record) and the reason for the choice in words.
    """
    refusals: list[str] = []
    for engine, reason in _candidates(recorder, light):
        refused = _start(engine, recorder)
        if not refused:
            forks.watch(recorder)
            return engine, "; ".join([*refusals, reason] if refusals else [reason])
        refusals.append(refused)
    return None, "; ".join(refusals)


def _candidates(recorder: Recorder, light: bool) -> list[tuple[Engine, str]]:
    version = python_version()
    if HAS_MONITORING:
        # No settrace here: it is built on monitoring, slower, and fails where monitoring does.
        return [(_monitoring(recorder, light), f"Python {version} has it")]
    no_monitoring = f"Python {version} has no sys.monitoring"
    if light:
        from .light import LightProfile, LightSettrace

        return [
            (LightSettrace(recorder), no_monitoring),
            (LightProfile(recorder), "so more slowly"),
        ]
    from .tracing import ProfileEngine, SettraceEngine

    return [
        (SettraceEngine(recorder), no_monitoring),
        (ProfileEngine(recorder), "so calls without lines"),
    ]


def _monitoring(recorder: Recorder, light: bool) -> Engine:
    if light:
        from .light import LightMonitoring

        return LightMonitoring(recorder)
    from .monitoring import MonitoringEngine

    return MonitoringEngine(recorder)


def _start(engine: Engine, recorder: Recorder) -> str:
    try:
        refused = engine.start()
    except Exception as error:  # noqa: BLE001  # an interpreter that we do not know
        with contextlib.suppress(Exception):
            engine.stop()
        return f"{engine.name} failed to start ({type(error).__name__}: {error})"
    if refused or IS_TESTED:
        return refused
    missing = self_check(recorder, calls=engine.keeps_calls)
    if missing:
        engine.stop()
        return f"{engine.name} on this interpreter does not report {missing}"
    return ""


def self_check(recorder: Recorder, *, calls: bool = True) -> str:
    """Run a known program under the engine; return what was not seen of it, "" if nothing.

    Without `calls` it is enough that each of its functions has a row.
    """
    from . import probe

    targets = recorder.targets
    recorder.targets = probe.ProbeTargets(targets.project)
    try:
        recorder.begin("self-check")
        probe.run()
        recording = recorder.end()
    finally:
        recorder.targets = targets
    if not calls:
        return "" if recording and len(recording.rows) >= probe.FUNCTIONS else "functions"
    return probe.missing(records(recording) if recording else [])
