"""The digest as JSON: everything a reader needs to name the culprit, small enough to read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..history import Earlier, Seen
from ..model import Diagnosis, Evidence, Failure, RootCause, Suspect, Trial
from ..observe.text import clean, shortened
from ..store import file_name
from .divergence import divergence_brief, divergence_json

if TYPE_CHECKING:
    from ..diagnose.divergence import Divergence

SCHEMA = "pytest-autopsy/digest@1"
DIAGNOSIS_SCHEMA = "pytest-autopsy/diagnosis@1"
CAUSE_SUSPECTS = 20
FAILURE_SUSPECTS = 3
MAX_EARLIER = 50
MAX_SENTENCE = 200

DefLine = Callable[[Suspect], int]


@dataclass(slots=True)
class Outcome:
    """What a finished run has to report, whoever reports it."""

    run: dict[str, object]
    totals: dict[str, int]
    failures: list[Failure]
    causes: list[RootCause]
    diagnoses: dict[str, Diagnosis]
    cost: dict[str, float]
    notes: list[str] = field(default_factory=list)
    path: str = ""  # the run directory, relative to the root
    page: bool = False  # whether report.html was written there
    retried: list[Failure] = field(default_factory=list)
    export: str = ""  # where the run was copied to, from the CI service's checkout
    exported: frozenset[str] = frozenset()  # the names of the files there
    # Every report asks for each failure: with thousands, looking through the lists takes minutes.
    _by_id: dict[str, Failure] = field(default_factory=dict, init=False, repr=False)
    _causes: dict[str, RootCause] = field(default_factory=dict, init=False, repr=False)
    divergences: dict[str, Divergence] = field(default_factory=dict)  # by the failure's id
    elsewhere: dict[str, object] | None = None  # what --triage-from found
    seen: dict[str, Seen] = field(default_factory=dict)  # id of a cause -> from earlier runs
    earlier: list[Earlier] = field(default_factory=list)  # causes that only earlier runs had
    store_option: tuple[str, ...] = ()  # where runs are kept, if the command line said so
    unchanged: frozenset[str] | None = None  # ids of causes that are what they were a run before

    def parted(self, cause: RootCause) -> Divergence | None:
        """Return where the failure that a cause's facts end with left a test that passed."""
        told = cause.diagnosis.evidence[-1].test if cause.diagnosis.evidence else ""
        same = (one for one in cause.failures if self.failure(one).nodeid == told)
        return self.divergences.get(next(same, cause.exemplar))

    def rerun(self, cause: RootCause, *, anywhere: bool = False) -> list[str]:
        """Return the command that runs the tests of a cause, as an argument list.

        With `anywhere` it names no absolute path: other tools compare such texts between machines.
        """
        chosen = self.store_option
        if anywhere:
            chosen = tuple(one for one in chosen if not Path(one.partition("=")[2]).is_absolute())
        return ["pytest", "--autopsy", *chosen, "--autopsy-cause", cause.id]

    def failure(self, failure_id: str) -> Failure:
        """Return the failure with this id."""
        if len(self._by_id) != len(self.failures):
            self._by_id = {failure.id: failure for failure in self.failures}
        return self._by_id[failure_id]

    def cause_of(self, failure_id: str) -> RootCause | None:
        """Return the cause that a failure belongs to."""
        if not self._causes:
            self._causes = {one: cause for cause in self.causes for one in cause.failures}
        return self._causes.get(failure_id)


def digest(outcome: Outcome) -> dict[str, object]:
    """Return the digest as plain JSON."""
    return {
        "schema": SCHEMA,
        "run": outcome.run,
        "totals": outcome.totals,
        "root_causes": [_cause(cause, outcome) for cause in outcome.causes],
        "earlier_causes": [_earlier(one) for one in outcome.earlier[:MAX_EARLIER]],
        "failures": [_failure(failure, outcome) for failure in outcome.failures],
        "cost": outcome.cost,
        **({} if outcome.elsewhere is None else {"elsewhere": outcome.elsewhere}),
    }


def diagnosis_json(
    failure: Failure, diagnosis: Diagnosis, divergence: Divergence | None = None
) -> dict[str, object]:
    """Return every suspect of one failure with its evidence, and where it left a passing test."""
    return {
        "schema": DIAGNOSIS_SCHEMA,
        "failure": failure.id,
        "nodeid": clean(failure.nodeid),
        "confidence": diagnosis.confidence,
        "kind": diagnosis.kind,
        "title": _sentence(diagnosis.title),
        "suspects": [suspect_json(suspect) for suspect in diagnosis.suspects],
        "evidence": [evidence_json(fact) for fact in diagnosis.evidence],
        "hint": _sentence(diagnosis.hint),
        "divergence": None if divergence is None else divergence_json(divergence),
    }


def suspect_json(suspect: Suspect, lines: int = 10, reasons: int = 4) -> dict[str, object]:
    """Return a suspect as plain JSON with so many of its lines and reasons."""
    return {
        "file": suspect.function.file,
        "function": clean(suspect.function.name),
        "line": suspect.line,
        "kind": suspect.function.kind,
        "score": suspect.score,
        "why": [_sentence(reason) for reason in suspect.why[:reasons]],
        "lines": [{"line": line, "score": score} for line, score in suspect.lines[:lines]],
    }


def evidence_json(fact: Evidence) -> dict[str, object]:
    """Return a fact as plain JSON."""
    return {
        "kind": fact.kind,
        "fact": _sentence(fact.fact),
        "role": fact.role,
        "file": fact.file,
        "line": fact.line,
        "function": clean(fact.function),
        "test": clean(fact.test),
        "call": fact.call,
        "value": None if fact.value is None else clean(fact.value),
    }


def rerun_of(failure: Failure) -> list[str]:
    """Return the command that runs this test again."""
    rerun = failure.snapshot.rerun if failure.snapshot is not None else ()
    if rerun[:2] == ("pytest-autopsy", "run"):
        return [*map(clean, rerun)]
    known = rerun[1:]
    return ["pytest", "--autopsy", *map(clean, known or (failure.nodeid,))]


def why_no_cause(failure: Failure, outcome: Outcome) -> str | None:
    """Return why a failure has no suspect, or None where it has one."""
    cause = outcome.cause_of(failure.id)
    if cause is None:
        return "triage is off"
    if cause.diagnosis.suspects:
        return None
    if failure.exception is None:
        return "it failed without an exception"
    return failure.why_no_trace or cause.diagnosis.why_none


def diagnosis_path(failure: Failure) -> str:
    """Return the name of a failure's diagnosis, below the run."""
    return f"diagnoses/{file_name(failure.nodeid, failure.id, failure.attempt)}.json"


def _earlier(one: Earlier) -> dict[str, object]:
    return {**one._asdict(), "title": _sentence(one.title), "exemplar": clean(one.exemplar)}


def _cause(cause: RootCause, outcome: Outcome) -> dict[str, object]:
    seen, same = outcome.seen.get(cause.id), outcome.unchanged
    found, parted = cause.diagnosis, outcome.parted(cause)
    return {
        "id": cause.id,
        "also_ids": list(cause.also_ids),
        "title": _sentence(found.title),
        "kind": found.kind,
        "confidence": found.confidence,
        "signature": clean(cause.signature),
        "status": seen.status if seen else None,
        "first_seen": seen.first_seen if seen else None,
        "runs_seen": seen.runs_seen if seen else None,
        "culprit_changed": seen.changed if seen else None,
        "exemplar": cause.exemplar,
        "failures": list(cause.failures),
        "suspects": [
            suspect_json(suspect, 3 if place < 3 else 1, 4 if place < 3 else 1)
            for place, suspect in enumerate(found.suspects[:CAUSE_SUSPECTS])
        ],
        "evidence": [evidence_json(fact) for fact in found.evidence],
        "hint": _sentence(found.hint),
        "divergence": None if parted is None else divergence_brief(parted),
        "rerun": outcome.rerun(cause),
        "downstream_of": cause.downstream_of,
        "unchanged": None if same is None else cause.id in same,
        **({"trials": [_trial(one) for one in found.trials]} if found.trials else {}),
    }


def _trial(trial: Trial) -> dict[str, object]:
    return {
        "file": trial.function.file,
        "function": clean(trial.function.name),
        "line": trial.line,
        "before": _sentence(trial.before),
        "after": _sentence(trial.after),
        "passed": [clean(name) for name in trial.passed],
        "failed": [clean(name) for name in trial.failed],
        "kept": trial.kept,
    }


def _failure(failure: Failure, outcome: Outcome) -> dict[str, object]:
    cause = outcome.cause_of(failure.id)
    diagnosis = outcome.diagnoses.get(failure.id)
    suspects = diagnosis.suspects if diagnosis is not None else ()
    below = f"{outcome.path}/" if outcome.path else ""
    return {
        "id": failure.id,
        "nodeid": clean(failure.nodeid),
        "phase": failure.phase,
        "attempt": failure.attempt,
        "worker": failure.worker,
        "outcome": failure.outcome,
        "file": failure.file,
        "line": failure.line,
        "duration_s": failure.duration_s,
        "came_back": failure.came_back,
        "exception": _exception(failure),
        "root_cause": cause.id if cause is not None else None,
        "why_no_cause": why_no_cause(failure, outcome),
        "suspects": [suspect_json(s, 1, 2) for s in suspects[:FAILURE_SUSPECTS]],
        "suspects_total": len(suspects),
        "diagnosis": below + diagnosis_path(failure) if diagnosis is not None else None,
        "snapshot": below + failure.snapshot_path if failure.snapshot_path else None,
        "trace": below + failure.trace_path if failure.trace_path else None,
        "why_no_trace": failure.why_no_trace or None,
        "why_no_snapshot": failure.why_no_snapshot or None,
        "rerun": rerun_of(failure),
    }


def _exception(failure: Failure) -> dict[str, object] | None:
    if failure.exception is None:
        return None
    kind, text = failure.exception
    return {"type": clean(kind), "message": clean(text[:300])}


def _sentence(text: str) -> str:
    return shortened(clean(" ".join(text.split())), MAX_SENTENCE)
