"""Weigh all evidence: a linear, explained ranking, and one word on how far to trust it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from functools import partial

from ..model import Confidence, Diagnosis, Failure, Function, Suspect
from . import (
    abandoned,
    absent,
    behaviour,
    birth,
    changed,
    collision,
    confused,
    declared,
    environment,
    exhausted,
    flags,
    itself,
    left,
    lost,
    memos,
    mutation,
    names,
    nones,
    origin,
    overrides,
    rereads,
    shared,
    spectrum,
    spelt,
    stack,
    stale,
    swallowed,
    told,
    tried,
    uncallable,
    uncalled,
    unparsed,
    unread,
    unset,
)
from .case import Case, Finding
from .story import CLEAR, describe, hint_for, tell, where_it_failed

WEIGHTS = {
    "spectrum": 2.4,
    "traceback": 0.65,
    "slice": 0.25,
    "origin": 0.7,
    "none": 1.6,
    "swallowed": 0.75,
    "mutation": 0.5,
    "exhausted": 1.7,
    "left": 4.0,
    "stale": 2.6,
    "memo": 2.0,
    "shared": 2.0,
    "abandoned": 2.0,
    "lost": 2.0,
    "confused": 1.4,
    "declared": 1.6,
    "flag": 1.6,
    "unset": 2.5,
    "override": 1.0,
    "uncallable": 2.7,
    "uncalled": 4.0,
    "absent": 8.0,  # what raised it stands in the message
    "unparsed": 2.5,
    "spelt": 0.45,
    "unread": 0.7,
    "itself": 4.5,
    "told": 1.0,
    "tried": 3.0,
    "elsewhere": 1.0,
    "changed": 0.6,
    "class": 0.3,
    "novel": 0.25,
    "names": 0.35,
    "module": 0.25,
    "carrier": -0.1,
    "innocent": -0.8,
    "size": 0.1,  # for each natural logarithm of the lines that reach the best score
    "fixture": -0.8,
    "test": -3.7,
}
"""What a feature of full strength adds. Set by hand on the examples, and moved where faults put into ten
libraries and the mends of 51 patch releases gain; docs/accuracy.md says what they are worth elsewhere."""

WALK_FINDERS = (
    nones.find, birth.find, swallowed.find, mutation.find, exhausted.find, left.find,
    stale.find, lost.find, confused.find, shared.find, abandoned.find, collision.find,
    rereads.find, memos.find, overrides.find,
)  # fmt: skip
"""What looks at the walk back from one failure's value, and at nothing of the other failures."""
EXPLAINING = (
    "itself", "uncallable", "left", "stale", "memo", "shared", "abandoned", "lost", "exhausted",
    "confused", "flag", "swallowed", "unset", "uncalled", "absent", "unparsed", "mutation", "none",
    "declared", "tried",
)  # fmt: skip
"""Mechanisms, the one first that says most of how it came about: a None that somebody returned
because he swallowed an exception is told as that."""
TIE = 0.005
SURE = 0.4
"""Scores nearer than TIE are tied; a lead of CLEAR makes a suspect likely, one of SURE with a
mechanism shown."""
MAX_TRIALS = 5
_POINTING = (
    "tried", "swallowed", "none", "mutation", "exhausted", "origin", "traceback", "slice",
)  # fmt: skip
"""Features whose finding points to a line."""


def diagnose(case: Case) -> Diagnosis:
    """Return the ranked suspects of the case's failures, with the facts that rank them."""
    if all(failure.exception is None for failure in case.failures):
        return _unexplained(case)  # a strict xpass: nothing failed that could be followed
    findings = gather(case)
    suspects = rank(case, findings)
    found = _explained(case, suspects, findings) if suspects else _unexplained(case)
    outside, asked = environment.find(case), absent.of_all(case)
    if outside is not None:
        return _of_outside(found, outside, case)
    return found if asked is None else replace(found, **asked._asdict(), confidence="shown")


def _explained(case: Case, suspects: list[Suspect], findings: list[Finding]) -> Diagnosis:
    first = suspects[0]
    best = _strongest(findings, first.function)
    confidence = _confidence(suspects)
    if confidence == "likely" and best is None and _is_run_by_all(case, first):
        confidence = "open"
    title, kind = describe(case, suspects, best, confidence, findings)
    return Diagnosis(
        failures=tuple(failure.id for failure in case.failures),
        suspects=tuple(suspects),
        evidence=tuple(tell(case, first, findings)),
        confidence=confidence,
        kind=kind,
        title=title,
        hint=hint_for(first, _of_trial(findings, first.function) or best),
        trials=tuple(tried.of_case(case))[:MAX_TRIALS],
    )


def _of_outside(found: Diagnosis, outside: environment.Outside, case: Case) -> Diagnosis:
    """Return the diagnosis of failures that no function explains: who led there is no culprit."""
    evidence = [
        replace(fact, role="called") if fact.role == "culprit" else fact
        for fact in found.evidence
        if fact.kind != "spectrum"  # how many tests ran it proves nothing of what is not there
    ]
    failed = where_it_failed(case, evidence)
    return replace(
        found,
        title=outside.title,
        kind="environment",
        hint=outside.hint,
        confidence=outside.confidence,
        evidence=tuple(evidence or filter(None, [failed])),
        why_none="",
    )


def gather(case: Case) -> list[Finding]:
    """Return what every kind of evidence finds."""
    shown = [case.known.once(("shown", f.id), partial(_shown, case, f)) for f in case.followed]
    return [
        *spectrum.find(case),
        *stack.find(case),
        *origin.find_slices([parts for parts, _ in shown]),
        *(finding for _, findings in shown for finding in findings),
        *mutation.left_by_others(case),
        *behaviour.find(case),
        *names.find(case),
        *changed.find(case),
        *declared.find(case),
        *flags.find(case),
        *unset.find(case),
        *uncallable.find(case),
        *uncalled.find(case),
        *absent.find(case),
        *unparsed.find(case),
        *spelt.find(case),
        *unread.find(case),
        *itself.find(case),
        *told.find(case),
        *tried.find(case),
    ]


def _shown(case: Case, failure: Failure) -> tuple[origin.Parts, list[Finding]]:
    """What following the value of one failure shows: the same in every set that it is in."""
    walk = origin.walk_back(case, failure)
    findings = [finding for find in WALK_FINDERS for finding in find(case, [walk])]
    return origin.parts_of(case, walk), findings


def rank(case: Case, findings: list[Finding]) -> list[Suspect]:
    """Return the suspects, best first; ties end in file and name, and are said elsewhere."""
    by_function = _strongest_each(findings)
    rows = {case.function(row.index): row for row in spectrum.rows(case)}
    parts = _parts(case, findings)
    suspects = []
    excused = _fixtures_failed(case)
    for function, held in by_function.items():
        row = rows.get(function)
        found = _vector(function, held, row, excused)
        score = sum(WEIGHTS[name] * strength for name, strength in found.items())
        suspects.append(_suspect(case, function, score, held, row, parts.get(function, 0.0)))
    suspects.sort(key=lambda s: (-s.score, s.function.file, s.function.name, s.function.line))
    return suspects


def features(case: Case, findings: list[Finding]) -> dict[Function, dict[str, float]]:
    """Return function -> feature -> strength: what the weights are multiplied with."""
    rows = {case.function(row.index): row for row in spectrum.rows(case)}
    excused = _fixtures_failed(case)
    return {
        function: _vector(function, held, rows.get(function), excused)
        for function, held in _strongest_each(findings).items()
    }


def _strongest_each(findings: list[Finding]) -> dict[Function, dict[str, Finding]]:
    """Function -> feature -> its strongest finding."""
    by_function: dict[Function, dict[str, Finding]] = defaultdict(dict)
    for finding in findings:
        known = by_function[finding.function].get(finding.feature)
        if known is None or known.strength < finding.strength:
            by_function[finding.function][finding.feature] = finding
    return by_function


def _fixtures_failed(case: Case) -> bool:
    """Whether all failures are those of set-up or tear-down: what fails there are fixtures first."""
    return all(failure.phase in ("setup", "teardown") for failure in case.failures)


def _vector(
    function: Function, held: dict[str, Finding], row: spectrum.Row | None, fixtures_failed: bool
) -> dict[str, float]:
    found = {name: finding.strength for name, finding in held.items()}
    if row is not None and row.at_best:
        found["size"] = math.log(row.at_best)
    if function.kind != "code" and not (fixtures_failed and function.kind == "fixture"):
        found[function.kind] = 1.0
    return found


def _suspect(
    case: Case,
    function: Function,
    score: float,
    held: dict[str, Finding],
    row: spectrum.Row | None,
    share: float,
) -> Suspect:
    weighed = sorted(held.items(), key=lambda item: -WEIGHTS[item[0]] * item[1].strength)
    explaining = [finding for _, finding in weighed if finding.mechanism]
    lines = _lines(held, row)
    line = lines[0][0] if lines else function.line
    return Suspect(
        function=function,
        line=case.def_line(function) if line == function.line else line,  # past its decorators
        score=round(score, 4),
        why=tuple(finding.fact for _, finding in weighed if finding.strength > 0)[:4],
        lines=tuple(lines),
        mechanism=explaining[0].kind if explaining else "",
        share=share,
        spectrum=round(row.score, 4) if row is not None else 0.0,
    )


def _parts(case: Case, findings: list[Finding]) -> dict[Function, float]:
    """Function -> share of the failures in which it had a part, by any fact with a test.

    Of those that were followed, for of others no more than the stack would be known.
    """
    tests: dict[Function, set[str]] = defaultdict(set)
    for finding in findings:
        tests[finding.function].update(fact.test for fact in finding.evidence)
        tests[finding.function].update(finding.tests)
    known = {f.nodeid for f in case.followed}
    known = known or {f.nodeid for f in case.failures if f.snapshot is not None}
    return {f: len(named & known) / len(known) for f, named in tests.items()} if known else {}


def _lines(held: dict[str, Finding], row: spectrum.Row | None) -> list[tuple[int, float]]:
    """Lines inside the function: those that evidence points to, then the spectrum's."""
    scores: dict[int, float] = defaultdict(float)
    for line, score in row.lines if row is not None else ():
        scores[line] += score
    for name in _POINTING:
        if name in held and held[name].line:
            scores[held[name].line] += WEIGHTS[name] * held[name].strength
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [(line, round(score, 4)) for line, score in ranked[:10]]


def _strongest(findings: list[Finding], function: Function) -> Finding | None:
    """The finding that titles the cause: of mechanisms the one that says most, before values."""
    mine = [f for f in findings if f.function == function and f.title]
    order = sorted(mine, key=lambda f: (*_told_first(f), -WEIGHTS[f.feature] * f.strength))
    return order[0] if order else None


def _of_trial(findings: list[Finding], function: Function) -> Finding | None:
    """A change that was seen to help is the best hint, whatever else is known."""
    return next((f for f in findings if f.feature == "tried" and f.function == function), None)


def _told_first(finding: Finding) -> tuple[bool, int]:
    explains = finding.mechanism and finding.feature in EXPLAINING
    return not finding.mechanism, EXPLAINING.index(finding.feature) if explains else 0


def _confidence(suspects: list[Suspect]) -> Confidence:
    first = suspects[0]
    second = suspects[1] if len(suspects) > 1 else None
    if second is not None and first.score - second.score <= TIE:
        return "open"
    lead = first.score - second.score if second is not None else first.score
    if first.mechanism and lead >= SURE:
        return "shown"
    return "likely" if lead >= CLEAR or first.mechanism else "open"


def _is_run_by_all(case: Case, suspect: Suspect) -> bool:
    """Whether every test that passed ran each line of the suspect that the failing ones ran."""
    failing = sum(failure.footprint is not None for failure in case.failures)
    if not case.passed or not failing:
        return False
    return suspect.spectrum <= round(spectrum.ochiai(failing, len(case.passed), failing), 4)


def _unexplained(case: Case) -> Diagnosis:
    why = next((f.why_no_trace for f in case.failures if f.why_no_trace), "")
    title, kind = describe(case, [], None, "none", [])
    return Diagnosis(
        failures=tuple(failure.id for failure in case.failures),
        suspects=(),
        evidence=(),
        confidence="none",
        kind=kind,
        title=title,
        why_none=why or "no function that is traced ran in it",
    )
