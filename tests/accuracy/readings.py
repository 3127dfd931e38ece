"""The same run with less in it, or ranked by less: what the whole is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pytest_autopsy.diagnose import spectrum
from pytest_autopsy.diagnose.case import Case
from pytest_autopsy.model import Call, ExceptionRecord, Failure, Footprint, Run, Snapshot

from .positions import Key, plain_name


def masked(run: Run) -> Run:
    """Return the run with failing tests whose names say nothing."""
    failures = [
        replace(failure, nodeid=f"masked.py::m{number}")
        for number, failure in enumerate(run.failures)
    ]
    return replace(run, failures=failures)


def without_values(run: Run) -> Run:
    """Return the run as if no value had been looked at: calls, exceptions and lines only."""
    return replace(
        run,
        failures=[_failure_without(failure) for failure in run.failures],
        passed=[replace(one, footprint=_footprint_without(one.footprint)) for one in run.passed],
    )


def one_failing(run: Run) -> Run:
    """Return the run of one failing test alone: nothing passed. The one that did least is taken."""
    if not run.failures:
        return run
    first = min(run.failures, key=_work)
    chosen = [failure for failure in run.failures if failure.nodeid == first.nodeid]
    return replace(run, failures=chosen, passed=[])


def one_with_baseline(run: Run) -> Run:
    """Return the same, beside the footprints of the tests that passed: the best of baselines."""
    return replace(one_failing(run), passed=run.passed)


def ochiai(run: Run, path_of: Callable[[str], str]) -> dict[Key, float]:
    """Return Ochiai's score for each function of the code, the highest of its lines.

    All failing tests against all that passed, as its authors have it; tests are no suspects.
    """
    case = Case(run, run.failures, path_of)
    found: dict[Key, float] = {}
    for row in spectrum.rows(case):
        function = case.function(row.index)
        if function.kind == "code":
            key = function.file, plain_name(function.name)
            found[key] = max(row.score, found.get(key, 0.0))
    return found


def _work(failure: Failure) -> tuple[int, str]:
    return failure.trace.seen if failure.trace is not None else 1 << 60, failure.nodeid


def _failure_without(failure: Failure) -> Failure:
    trace, snapshot, lines = failure.trace, failure.snapshot, failure.footprint
    return replace(
        failure,
        trace=trace and replace(trace, calls=tuple(map(_call_without, trace.calls)), marks=()),
        snapshot=snapshot and _snapshot_without(snapshot),
        footprint=lines and _footprint_without(lines),
    )


def _call_without(call: Call) -> Call:
    return replace(call, arguments=(), value=None, changes=(), rebound=(), defaults=())


def _snapshot_without(snapshot: Snapshot) -> Snapshot:
    exceptions = tuple(map(_exception_without, snapshot.exceptions))
    return replace(snapshot, exceptions=exceptions, assertion=None, marks=(), logs=())


def _exception_without(error: ExceptionRecord) -> ExceptionRecord:
    frames = tuple(replace(frame, locals=(), operands=()) for frame in error.frames)
    return replace(error, frames=frames)


def _footprint_without(footprint: Footprint) -> Footprint:
    """Which exceptions were handled is known without looking at a value."""
    features = {
        index: frozenset(one for one in found if one.startswith("handled "))
        for index, found in footprint.features.items()
    }
    return Footprint(footprint.lines, features)
