"""Text where a number is meant: who first handed on digits as a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import PAIRED, Call, Evidence, Failure, Function, Look, Value
from ..observe.text import to_text
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
        for text, user in _texts(case, walk):
            born = _first_holder(walk.failure, text)
            if born is None or case.with_kind(born.function) in seen:
                continue
            function = case.with_kind(born.function)
            seen.add(function)
            findings.append(_finding(walk, born, function, text, user))
    return findings


def _texts(case: Case, walk: Walk) -> list[tuple[str, Call]]:
    """Digits as text, with the call that shows them where passing tests show a number."""
    found: dict[str, Call] = {}
    for call in {step.call.id: step.call for step in walk.steps}.values():
        if call.outcome != "return" or not is_digits(call.value):
            continue
        known = case.features_when_passing(call.function) or frozenset()
        classes = {
            f.removeprefix("return ").rstrip("0+-") for f in known if f.startswith("return ")
        }
        if classes & set(_NUMBERS) and not any(one.startswith("str") for one in classes):
            found.setdefault(str(call.value), call)
    return list(found.items())[:MAX_TEXTS]


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
    for item in look.items:
        for one in item if look.kind in PAIRED else (item,):
            yield from _held(one)
    for _, item in look.attrs:
        yield from _held(item)


def _finding(walk: Walk, born: Call, function: Function, text: str, user: Call) -> Finding:
    shown = to_text(text, 30)
    fact = f"{function.short}({describe_arguments(born, 40)}) gave {shown} as text"
    used = f"{user.function.short} returned the text {shown}; in passing tests a number"
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
