"""Text where a number is meant: who first handed on digits as a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import Call, Evidence, Failure, Function, Look, Value
from ..observe.compare import held_in
from ..observe.text import to_text
from .behaviour import classes_of_argument, classes_of_results, failed_call, type_in
from .case import Case, Finding
from .origin import Walk, describe_arguments

MAX_TEXTS = 6
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
_NUMBERS = ("int", "float")


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for who first handed on as text what passing tests show as a number.

    The calls that had a part in the rejected value are asked for digits, returned or given as
    text where the same function shows numbers in passing tests; the texts are then followed
    back to the call whose result holds them first.
    """
    findings: list[Finding] = []
    for walk in found:
        seen: set[Function] = set()
        for text, user, how in _texts(case, walk):
            born = _first_holder(walk.failure, text)
            if born is None or case.with_kind(born.function) in seen:
                continue
            function = case.with_kind(born.function)
            seen.add(function)
            findings.append(_finding(walk, born, function, text, user, how))
    return findings


def _texts(case: Case, walk: Walk) -> list[tuple[str, Call, str]]:
    """Digits as text where passing tests show a number, with the call that shows them, and how."""
    found: dict[str, tuple[str, Call, str]] = {}
    calls = {step.call.id: step.call for step in walk.steps}
    failed = failed_call(walk.failure)
    for call in (*calls.values(), *filter(None, [failed])):
        known = case.features_when_passing(call.function) or frozenset()
        returned = call.outcome == "return" and is_digits(call.value)
        if returned and _are_numbers(classes_of_results(known)):
            found.setdefault(str(call.value), (str(call.value), call, "returned"))
        for name, value in call.arguments:
            if is_digits(value) and _are_numbers(classes_of_argument(known, name)):
                found.setdefault(str(value), (str(value), call, f"was given as {name}"))
    return list(found.values())[:MAX_TEXTS]


def _are_numbers(usual: list[str]) -> bool:
    """Whether numbers are among these classes, and no text is."""
    types = set(map(type_in, usual))
    return bool(types & set(_NUMBERS)) and "str" not in types


def is_digits(look: Look) -> bool:
    """Whether a value is a text that spells one number."""
    return isinstance(look, str) and _NUMBER.fullmatch(look.strip()) is not None


def _first_holder(failure: Failure, text: str) -> Call | None:
    """The call of the project's code that first gave the text as a value of its own."""
    assert failure.trace is not None
    ended = [c for c in failure.trace.calls if c.outcome == "return" and c.function.kind == "code"]
    for call in sorted(ended, key=lambda call: call.end or 0):
        if text in _held(call.value) and not any(text in _held(v) for _, v in call.arguments):
            return call
    return None


def _held(look: Look) -> Iterator[object]:
    """Every value in a look, whole: a text in which the digits stand does not hold them."""
    if not isinstance(look, Value):
        yield look
        return
    for one in held_in(look):
        yield from _held(one)


def _finding(
    walk: Walk, born: Call, function: Function, text: str, user: Call, how: str
) -> Finding:
    shown = to_text(text, 30)
    fact = f"{function.short}({describe_arguments(born, 40)}) gave {shown} as text"
    used = f"{user.function.short} {how} the text {shown}; in passing tests a number"
    evidence = (
        Evidence(
            "confused", fact, "culprit", function.file, born.line, function.name,
            walk.failure.nodeid, born.id, shown,
        ),
        Evidence(
            "confused", used, "called", user.function.file, user.line, user.function.name,
            walk.failure.nodeid, user.id, shown,
        ),
    )  # fmt: skip
    return Finding(
        function, "confused", 1.0, fact, evidence, born.line, "text for a number",
        f"{function.short} gives {shown} as text where others take numbers",
        f"turn it into a number in {function.short}, before {function.file}:{born.line}",
        mechanism=True,
    )  # fmt: skip
