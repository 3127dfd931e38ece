"""The second run: what failed in mode light once more with values, in a process of its own.

After the last test, one failing test of each provisional bucket runs in a fresh pytest with the options
that the first was given, save those that choose tests or write reports. What it recorded
replaces the evidence of the first run where the failure came back; outcomes stay as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from ..agreement import Agreement
from ..evidence import Reader
from ..model import Failure, Run, Snapshot
from ..progress import Progress
from ..session import Session
from ..triage.cluster import by_signature
from ..unfaked import perf_counter
from .process import refusal, run_once_more

MAX_TESTS = 20
MAX_TOLD = 5
STORE = "second-run"
EVIDENCE = "evidence.jsonl"
KEY = "PYTEST_AUTOPSY_SECOND_RUN"
"""The environment variable by which the child learns the key of the run's hashes."""

_WORDS = ("-p", "pytest_autopsy.integrations.second_child", "--autopsy", "--autopsy-mode=all")

GONE = "did not come back alone: order, state or chance"


def second_run(session: Session, config: pytest.Config, failures: list[Failure]) -> list[Failure]:
    """Return the failures with what a second run of some of them recorded, and which came back.

    Raises OSError, ValueError where the second run could not be started or read.
    """
    refused = refusal(config, "second run")
    if refused:
        return [replace(failure, why_no_trace=refused) for failure in failures]
    groups = sorted(by_signature(_repeatable(failures)).values(), key=lambda g: (-len(g), g[0].id))
    chosen = [min(group, key=_order) for group in groups[:MAX_TESTS]]
    if not chosen:
        return failures
    began = perf_counter()
    store = session.directory.path / STORE
    took = sum(failure.duration_s for failure in chosen)
    broken = run_once_more(
        session, config, _WORDS, [f.nodeid for f in chosen], store, {KEY: session.key}, 30 * took,
        "the second run",
    )  # fmt: skip
    again = {failure.id: failure for failure in _evidence(session, store)}
    session.second_run_s = perf_counter() - began
    named = {failure.id for failure in chosen}
    return [
        _joined(one, again.get(one.id), broken)
        if one.id in named
        else replace(one, why_no_trace=f"not among the {len(chosen)} tests of the second run")
        for one in failures
    ]


def not_back(failures: Sequence[Failure]) -> list[str]:
    """Return what to say of the failures that a second run did not show again."""
    gone = [failure for failure in failures if failure.came_back is False]
    told = [f"{failure.nodeid} {failure.why_no_trace}" for failure in gone[:MAX_TOLD]]
    more = len(gone) - len(told)
    return [*told, f"so did {more} more"] if more else told


def _repeatable(failures: Sequence[Failure]) -> list[Failure]:
    """Those with an exception, in a phase of a test: a module is not collected again."""
    return [f for f in failures if f.phase != "collect" and f.exception is not None]


def _order(failure: Failure) -> tuple[float, str, str]:
    rows = len(failure.footprint.lines) if failure.footprint is not None else 1 << 30
    return rows, failure.nodeid, failure.phase


def _joined(first: Failure, second: Failure | None, broken: str) -> Failure:
    """The failure with the second run's evidence, where that failed in the same way.

    Of a second run that was `broken` off nothing is known where it tells of no failure.
    """
    if second is None and broken:
        return replace(first, why_no_trace=broken)
    if second is None:
        return replace(first, came_back=False, why_no_trace=GONE)
    if _kind(first) != _kind(second):
        how = f"failed alone with {_kind(second)}, not {_kind(first)}: order, state or chance"
        return replace(first, came_back=False, why_no_trace=how)
    return replace(
        first,
        came_back=True,
        trace=second.trace,
        trace_path=second.trace_path,
        why_no_trace=second.why_no_trace,
        snapshot=_run_as(second.snapshot, first.snapshot) or first.snapshot,
    )


def _run_as(snapshot: Snapshot | None, first: Snapshot | None) -> Snapshot | None:
    """The snapshot with the command of the first run: the second one's has plugins of ours."""
    if snapshot is None or first is None:
        return snapshot
    return replace(snapshot, rerun=first.rerun)


def _kind(failure: Failure) -> str:
    return failure.exception[0] if failure.exception is not None else "no exception"


# -- what it left -----------------------------------------------------------------------------


@dataclass
class _Aside:
    """What a Reader joins into: beside the first run's tests, with the same functions."""

    recorder: Any
    redactor: Any
    key: str
    run: Run
    faults: list[str]
    notes: list[str]
    progress: Progress
    agreement: Agreement = field(default_factory=Agreement)
    retried: list[Failure] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)
    engine_name: str = ""
    engine_reason: str = ""
    calls_seen: int = 0
    calls_kept: int = 0
    dropped: int = 0
    snapshot_s: float = 0.0
    recording_s: float = 0.0


def _evidence(session: Session, store: Path) -> list[Failure]:
    """The failures that the second run recorded, with paths as the first run's digest shows them."""
    aside = _Aside(
        session.recorder,
        session.redactor,
        session.key,
        Run(functions=session.run.functions),
        session.faults,
        session.notes,
        session.progress,
    )
    found = []
    for file in sorted(store.glob(f"runs/*/{EVIDENCE}")):
        Reader(aside).read(file.read_bytes())  # type: ignore[arg-type]  # all that it asks for
        file.unlink()
        below = file.parent.relative_to(session.directory.path).as_posix()
        for failure in aside.run.failures:
            path = failure.trace_path and f"{below}/{failure.trace_path}"
            found.append(replace(failure, trace_path=path))
        aside.run.failures.clear()
    session.calls_seen += aside.calls_seen
    session.calls_kept += aside.calls_kept
    session.dropped += aside.dropped
    return found
