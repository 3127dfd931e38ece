"""What a run says of itself: its facts, what it cost, what a reader should know."""

from __future__ import annotations

from datetime import datetime

import pytest

from . import env
from .changes import git
from .faults import Guard
from .options import has_workers, place_of
from .session import Session


def run_facts(
    ours: Session, ended: pytest.Session, started: datetime, stopped_by: str
) -> dict[str, object]:
    """Return the `run` part of digest.json."""
    config = ended.config
    exit_status = int(getattr(ended, "exitstatus", 0))
    stopped = stopped_by or str(ended.shouldstop or ended.shouldfail or "") or None
    return {
        "id": ours.directory.run_id,
        "started_utc": started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "python": env.python_version(),
        "pytest": pytest.__version__,
        "argv": ["pytest", *_arguments(ours, config)],
        "mode": ours.settings.mode,
        "engine": ours.engine_name,
        "engine_reason": ours.engine_reason,
        "workers": config.option.numprocesses if has_workers(config) else 0,
        "complete": stopped is None and exit_status in (0, 1, 5),
        "stopped_by": stopped,
        "baseline": ours.baseline.facts() if ours.baseline is not None else None,
        "commit": git("rev-parse", "HEAD", at=str(ours.settings.rootdir)),
        "dirty": _dirty(str(ours.settings.rootdir)),
        "ci": None,
    }


def _arguments(ours: Session, config: pytest.Config) -> list[str]:
    arguments = [str(argument) for argument in config.invocation_params.args]
    shown: list[str] | None = Guard(ours.faults)(ours.redactor.argv, arguments)
    return shown or []


def cost(ours: Session, diagnose_s: float) -> dict[str, float]:
    """Return the `cost` part of digest.json; times in seconds."""
    estimate = ours.recording_s + ours.snapshot_s + diagnose_s + ours.second_run_s + ours.trials_s
    return {
        "slowdown_s": round(estimate, 3),
        "snapshot_s": round(ours.snapshot_s, 3),
        "diagnose_s": round(diagnose_s, 3),
        "calls_seen": ours.calls_seen,
        "calls_kept": ours.calls_kept,
        "dropped": ours.dropped,
    }


def notes(ours: Session, config: pytest.Config) -> list[str]:
    """Return what could not be recorded or was given in vain, a sentence each."""
    found = [*dict.fromkeys(ours.notes), *ours.agreement.notes()]
    if ours.second_run_s:
        from .integrations.second_run import not_back  # loaded by then

        found += not_back(ours.run.failures)
    if ours.settings.trace and ours.engine_name == "none":
        found.append(f"nothing was recorded: {ours.engine_reason}")
    for text in ours.settings.trace_targets if ours.settings.trace else ():
        if text not in ours.recorder.targets.matched:
            place = place_of(config, text, excluded=False)
            found.append(
                f"{place}: {text} matched no code that ran; a target is a path, a module or a function"
            )
    return found


def _dirty(root: str) -> bool | None:
    status = git("status", "--porcelain", "--untracked-files=no", at=root)
    return None if status is None else bool(status)
