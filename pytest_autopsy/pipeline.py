"""Evidence in, causes out: assess each kind of failure, bucket, confirm. At most two rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from .diagnose.case import Case
from .diagnose.rank import diagnose
from .model import Diagnosis, Failure, RootCause, Run
from .triage.cluster import Bucket, by_signature, merge
from .triage.signature import cause_id, signature

MAX_GROUPS = 150
"""Signatures that are diagnosed; past them (a run in ruins) failures are bucketed by text alone."""


def _nothing() -> None:
    """Nobody waits."""


def explain(
    run: Run, path_of: Callable[[str], str], step: Callable[[], None] = _nothing
) -> list[RootCause]:
    """Return the causes of a run's failures, the one with most failures first.

    `path_of` gives the absolute path of a file as a Function names it; `step` is called as the
    work goes on.
    """

    def assess(failures: Sequence[Failure]) -> Diagnosis:
        step()
        return diagnose(Case(run, failures, path_of))

    groups = by_signature(run.failures)
    buckets = [Bucket(group, assess(group)) for group in groups[:MAX_GROUPS]]
    buckets = merge(merge(buckets, assess), assess)  # the second round sees joint culprits
    buckets = [part for bucket in buckets for part in _confirmed(bucket, run, assess)]
    buckets += [Bucket(group, assess(group[:1])) for group in groups[MAX_GROUPS:]]
    return _causes(buckets)


def diagnose_each(
    run: Run,
    causes: list[RootCause],
    path_of: Callable[[str], str],
    step: Callable[[], None] = _nothing,
) -> dict[str, Diagnosis]:
    """Return failure id -> diagnosis. One that stands alone in its cause has the cause's own."""
    found: dict[str, Diagnosis] = {}
    by_id = {failure.id: failure for failure in run.failures}
    for cause in causes:
        for number, failure_id in enumerate(cause.failures):
            if len(cause.failures) == 1 or number >= MAX_GROUPS:
                found[failure_id] = cause.diagnosis
            else:
                step()
                found[failure_id] = diagnose(Case(run, [by_id[failure_id]], path_of))
    return found


def _confirmed(
    bucket: Bucket, run: Run, assess: Callable[[Sequence[Failure]], Diagnosis]
) -> list[Bucket]:
    """Split off the failures that never ran the culprit that is named for them."""
    culprit = bucket.culprit
    if culprit is None or bucket.diagnosis.confidence == "none":
        return [bucket]
    indexes = {i for i, f in enumerate(run.functions) if f[:3] == culprit[:3]}
    with_it: list[Failure] = []
    without: list[Failure] = []
    for failure in bucket.failures:
        ran = failure.footprint is None or indexes & failure.footprint.lines.keys()
        (with_it if ran or not indexes else without).append(failure)
    if not without or not with_it:
        return [bucket]
    return [Bucket(with_it, assess(with_it)), Bucket(without, assess(without))]


def _causes(buckets: list[Bucket]) -> list[RootCause]:
    causes = []
    for bucket in buckets:
        exemplar = min(bucket.failures, key=_smallness)
        causes.append(
            RootCause(
                id=cause_id(signature(exemplar)),
                also_ids=tuple(
                    sorted({cause_id(signature(failure)) for failure in bucket.failures})
                ),
                signature=signature(exemplar),
                exemplar=exemplar.id,
                failures=tuple(sorted(f.id for f in bucket.failures)),
                diagnosis=bucket.diagnosis,
            )
        )
    causes.sort(key=lambda cause: (-len(cause.failures), cause.signature, cause.failures))
    return _with_unique_ids(causes)


def _smallness(failure: Failure) -> tuple[bool, int, str, str]:
    """By lines run, not by calls: what a shared fixture called is seen in its first user alone."""
    rows = failure.footprint.lines.values() if failure.footprint is not None else ()
    ran = sum(mask.bit_count() for mask in rows)
    return failure.trace is None, ran, failure.nodeid, failure.phase


def _with_unique_ids(causes: list[RootCause]) -> list[RootCause]:
    """Two causes with one signature are told apart by the culprit's name."""
    count = Counter(cause.id for cause in causes)
    unique = []
    for cause in causes:
        new = cause.id
        if count[cause.id] > 1 and cause.diagnosis.suspects:
            first = cause.diagnosis.suspects[0].function
            new = cause_id(f"{cause.signature} | {first.file}:{first.name}")
        also = tuple(one for one in cause.also_ids if one != new)
        unique.append(replace(cause, id=new, also_ids=also))
    return unique
