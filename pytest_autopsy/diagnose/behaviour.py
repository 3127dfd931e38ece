"""What a function did in failing tests and never in passing ones, and the other way round.

A function all of whose calls did exactly what it also did in passing tests is exonerated, as
far as those tests look at its results. What it showed for the first time speaks against it:
classes of arguments and results (a None, an empty list, a negative number).
"""

from __future__ import annotations

from functools import partial

from ..model import Call, Evidence, Failure, Function, Look
from ..observe.text import to_text
from ..record.finish import behaviour_of, given_of, of_argument, value_class
from .calls import Calls
from .case import Case, Finding

MAX_CALLS = 400
FEW = 3
"""Passing tests that have to show an argument before another type of it is called new."""
MAX_TYPES = 2
"""Types of an argument past which one more is no wonder."""


def find(case: Case) -> list[Finding]:
    """Return `novel` and `class` findings for functions of the failing tests' traces."""
    novel: dict[Function, list[bool]] = {}
    classes: dict[Function, Finding] = {}
    for failure in case.followed:
        shown = case.known.once(("behaviour", failure.id), partial(_of_failure, case, failure))
        for function, flags, finding in shown:
            novel.setdefault(function, []).extend(flags)
            if finding is not None:
                classes.setdefault(function, finding)
    findings = list(classes.values())
    for function, flags in novel.items():
        if not flags:
            continue
        share = sum(flags) / len(flags)
        fact = (
            "every call did what it also does in passing tests"
            if not share
            else f"{sum(flags)} of {len(flags)} calls did what no passing test shows"
        )
        findings.append(Finding(function, "novel", share, fact))
    return findings


def _of_failure(case: Case, failure: Failure) -> list[tuple[Function, list[bool], Finding | None]]:
    """For each function of a failing test: which of its calls were new, and a value that was."""
    novel: dict[Function, list[bool]] = {}
    classes: dict[Function, Finding] = {}
    assert failure.trace is not None
    for call in failure.trace.calls[-MAX_CALLS:]:
        known = case.features_when_passing(call.function)
        if known is None or call.function.kind != "code":
            continue
        function = case.with_kind(call.function)
        _, did = told_by(call)
        # A baseline tells classes, and none of what calls did.
        flags = novel.setdefault(function, [])
        if not case.run.earlier or any(told.startswith("did ") for told in known):
            flags.append(did not in known)
        found = _class_finding(case, failure, call, known)
        if found is not None:
            classes.setdefault(function, found)
    return [(function, flags, classes.get(function)) for function, flags in novel.items()]


def strange_argument(case: Case, failure: Failure) -> Evidence | None:
    """Return what the function that failed was given and is not in passing tests.

    None, or a value of another type: it tells why it failed, and speaks for it, not against it.
    """
    call = failed_call(failure)
    if call is None:
        return None
    given = ((name, value) for name, value in call.arguments if name not in ("self", "cls"))
    fact = next(filter(None, (_strange(case, call, *one) for one in given)), None)
    line = failure.project_frames[0].line
    place = call.function.file, line, call.function.name, failure.nodeid, call.id
    return Evidence("new class", fact, "called", *place) if fact else None


def failed_call(failure: Failure) -> Call | None:
    """Return the call of the program's own code that raised what failed; None where none did."""
    frames = failure.project_frames
    if not frames or frames[0].kind != "code" or failure.trace is None:
        return None
    return Calls(failure.trace).of_frame(frames[0])


def _strange(case: Case, call: Call, name: str, value: Look) -> str:
    """What is new of an argument of a call, as a sentence; nothing where nothing is."""
    usual = classes_of_argument(case.features_when_passing(call.function) or frozenset(), name)
    types = set(map(type_in, usual))
    shown = sum(case.passing_with(call.function, of_argument(name) + one) for one in usual)
    few = shown < FEW and not case.run.earlier  # a baseline does not tell how many
    if few or not 0 < len(types) <= MAX_TYPES or type_in(value_class(value)) in types:
        return ""
    told = " or ".join(map(_article, sorted(types)))
    return f"{call.function.short} was given {name}={to_text(value, 40)}; in passing tests {told}"


def classes_of_argument(known: frozenset[str], name: str) -> list[str]:
    """Return the `value_class`es of an argument among what a function showed in passing tests."""
    return _after(of_argument(name), known)


def classes_of_results(known: frozenset[str]) -> list[str]:
    """Return the `value_class`es of results among what a function showed in passing tests."""
    return _after("return ", known)


def _after(begin: str, known: frozenset[str]) -> list[str]:
    return sorted(one.removeprefix(begin) for one in known if one.startswith(begin))


_SIZED = {"0": "an empty {}", "1": "a {} of length 1", "many": "a longer {}"}
_SIGNED = {"-": "a negative {}", "0": "0", "+": "a positive {}"}
_WORDS = {
    **dict.fromkeys(
        ("str", "list", "tuple", "dict", "set", "frozenset", "bytes", "generator"), _SIZED
    ),
    **dict.fromkeys(("int", "float"), _SIGNED),
}


def told_by(call: Call) -> tuple[str, str]:
    """Return the features by which passing tests remember what a call was given and what it did."""
    given = given_of(tuple(value for _, value in call.arguments))
    did = behaviour_of(given, call.outcome, call.value, call.raised, call.changes)
    return f"given {given:08x}", did


def is_usual(case: Case, call: Call) -> bool:
    """Return whether a call does in tests that pass just what it did here."""
    return told_by(call)[1] in (case.features_when_passing(call.function) or ())


def _class_finding(
    case: Case, failure: Failure, call: Call, known: frozenset[str]
) -> Finding | None:
    if call.outcome != "return" or f"return {value_class(call.value)}" in known:
        return None
    usual = classes_of_results(known)
    if not usual:
        return None
    shown = to_text(call.value, 40)
    types = sorted(set(map(type_in, usual)))
    known_type = type_in(value_class(call.value)) in types
    words = map(_in_words, usual[:3]) if known_type else map(_article, types[:3])
    told = " or ".join(words)
    fact = f"{call.function.short} returned {shown}; in passing tests {told}"
    evidence = Evidence(
        "new class", fact, "culprit", call.function.file, call.line, call.function.name,
        failure.nodeid, call.id, shown,
    )  # fmt: skip
    strength = _surprise(call.value, usual)
    function = case.with_kind(call.function)
    return Finding(function, "class", strength, fact, (evidence,), call.line)


def _article(type_: str) -> str:
    """A type for readers: of built-in ones `a str`, of others their name."""
    if type_ not in _WORDS and type_ != "bool":
        return type_
    return f"{'an' if type_ == 'int' else 'a'} {type_}"


def _in_words(told: str) -> str:
    """A `value_class` for readers; of types that could end so by name, as it is."""
    for type_, ends in _WORDS.items():
        if told.startswith(type_) and told[len(type_) :] in ends:
            return ends[told[len(type_) :]].format(type_)
    return told


def _surprise(value: Look, usual: list[str]) -> float:
    """A None, or another type, says more than an emptiness, and that more than a length."""
    if value is None:
        return 1.0
    mine = value_class(value)
    if type_in(mine) not in map(type_in, usual):
        return 0.7
    return 0.4 if mine.endswith(("0", "-")) else 0.15


def type_in(told: str) -> str:
    """Return the type in a `value_class`, without sign, emptiness or length."""
    return "bool" if told in ("True", "False") else told.removesuffix("many").rstrip("01+-")
