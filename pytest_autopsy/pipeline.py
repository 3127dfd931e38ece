"""Evidence in, causes out: assess each kind of failure, bucket, confirm. At most two rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from .atonce import uncollected
from .diagnose import absent, environment
from .diagnose.case import Case
from .diagnose.divergence import Divergence, Passes
from .diagnose.known import Known as Known  # for whoever calls both functions
from .diagnose.rank import diagnose
from .model import Diagnosis, Failure, RootCause, Run
from .triage.cluster import Bucket, chosen, cluster
from .triage.downstream import upstream
from .triage.signature import cause_id, signature


def _nothing() -> None:
    """Nobody waits."""


@uncollected()
def explain(
    run: Run,
    path_of: Callable[[str], str],
    step: Callable[[], None] = _nothing,
    known: Known | None = None,
) -> list[RootCause]:
    """Return the causes of a run's failures, the one with most failures first.

    `path_of` gives the absolute path of a file as a Function names it; `step` is called as the
    work goes on; `known` keeps what was worked out on the way, for `diagnose_each`.
    """
    known = known or Known(run, path_of)
    known.looked_at = chosen(run.failures)
    assess = assessor(run, path_of, known, step)
    outside, inside = _apart(run.failures, known)
    buckets = cluster(inside, known.looked_at, assess)
    parts = [part for bucket in buckets for part in _confirmed(bucket, known, assess)]
    return _causes([*(Bucket(part, assess(part)) for part in outside), *parts])


@uncollected()
def diagnose_each(
    run: Run,
    causes: list[RootCause],
    path_of: Callable[[str], str],
    step: Callable[[], None] = _nothing,
    known: Known | None = None,
) -> dict[str, Diagnosis]:
    """Return failure id -> diagnosis. One that stands alone in its cause has the cause's own, and
    so has, in a run with very many, one that was not looked at by itself.
    """
    known = known or Known(run, path_of)
    known.looked_at = known.looked_at or chosen(run.failures)
    assess = assessor(run, path_of, known, step)
    by_id = {failure.id: failure for failure in run.failures}
    found: dict[str, Diagnosis] = {}
    for cause in causes:
        for failure_id in cause.failures:
            alone = len(cause.failures) > 1 and failure_id in known.looked_at
            found[failure_id] = assess([by_id[failure_id]]) if alone else cause.diagnosis
    return found


def divergences(
    run: Run, causes: list[RootCause], known: Known | None = None
) -> dict[str, Divergence]:
    """Return failure id -> where its way leaves that of a passing test.

    Of the failures that are looked at by themselves, and each cause's exemplar.
    """
    passes = Passes(run)
    wanted = (known.looked_at if known else None) or chosen(run.failures)
    wanted |= {cause.exemplar for cause in causes}
    found = {f.id: passes.divergence(f) for f in run.failures if f.id in wanted}
    return {one: divergence for one, divergence in found.items() if divergence is not None}


def assessor(
    run: Run, path_of: Callable[[str], str], known: Known, step: Callable[[], None] = _nothing
) -> Callable[[Sequence[Failure]], Diagnosis]:
    """Return what diagnoses sets of a run's failures; the same failures in any order once."""

    def assess(failures: Sequence[Failure]) -> Diagnosis:
        step()
        ordered = sorted(failures, key=lambda one: (one.nodeid, one.phase, one.id))
        key = ("diagnosis", *(failure.id for failure in ordered))
        return known.once(key, lambda: diagnose(Case(run, ordered, path_of, known)))

    return assess


def _apart(failures: Sequence[Failure], known: Known) -> tuple[list[list[Failure]], list[Failure]]:
    """Return the failures of each thing that is not there outside the program, and all the others.

    Two modules that are not installed, or two names that a library has not, are two causes,
    whatever code asks for them, and one is one.
    """
    outside: dict[str, list[Failure]] = {}
    inside: list[Failure] = []
    for failure in failures:
        what = environment.missing(known, failure) or absent.absent_from(known, failure)
        (inside if what is None else outside.setdefault(what.what, [])).append(failure)
    return [outside[what] for what in sorted(outside)], inside


def _confirmed(
    bucket: Bucket, known: Known, assess: Callable[[Sequence[Failure]], Diagnosis]
) -> list[Bucket]:
    """Split off the failures that never ran the culprit that is named for them."""
    culprit = bucket.culprit
    if culprit is None or bucket.diagnosis.confidence == "none":
        return [bucket]
    indexes = known.indexes_of.get(culprit[:3], frozenset())
    with_it: list[Failure] = []
    without: list[Failure] = []
    for failure in bucket.failures:
        ran = failure.footprint is None or not indexes.isdisjoint(failure.footprint.lines)
        ran = ran or culprit[:2] in _stood_on(failure)  # a module is not in a test's footprint
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
    causes = _with_unique_ids(causes)
    for place, first in upstream(buckets).items():
        causes[place] = replace(causes[place], downstream_of=causes[first].id)
    return sorted(causes, key=_order)


def _order(cause: RootCause) -> tuple[bool, int, str, tuple[str, ...]]:
    """What is explained first, then what takes most tests."""
    unexplained = cause.diagnosis.confidence == "none"
    return unexplained, -len(cause.failures), cause.signature, cause.failures


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


def _stood_on(failure: Failure) -> set[tuple[str, str]]:
    """File and name of each function that the failing exception came through."""
    return {(frame.file, frame.function) for frame in failure.project_frames}
