"""digest.md: the digest to read, root causes as title, signature, cause, fix, and where seen."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ..model import RootCause
from .budget import MAX_TITLE, RESERVED, bounded, tokens
from .digest import Outcome, rerun_of
from .divergence import sentence
from .phrases import after, extent, known
from .plain import cut_short, many, safe
from .terminal import cost, headline

MAX_FAILURES = 20
FEW_FAILURES = 3
"""Of a cause where there is a budget; the files of the exemplar alone are named then."""


def digest_md(outcome: Outcome, budget: int | None = None, full: int = 5) -> str:
    """Return the digest as Markdown; what a test printed is never markup.

    With a budget it takes at most so many tokens: the first `full` causes whole as far as there is
    room, later ones a line each, the rest counted.
    """
    head, foot = list(_head(outcome)), list(_foot(outcome))
    if budget is None:
        blocks = [list(_cause(n, cause, outcome)) for n, cause in enumerate(outcome.causes, 1)]
        return "\n".join([*head, *(line for block in blocks for line in block), *foot]) + "\n"
    foot = [*_fitting(foot[:-2], budget // 4), *foot[-2:]]
    room = budget - tokens("\n".join([*head, *foot]) + "\n") - RESERVED
    return "\n".join([*head, *_within(outcome, room, full, 4 * budget), *foot]) + "\n"


def _within(outcome: Outcome, room: int, full: int, more: int) -> Iterator[str]:
    """The causes in `room` tokens; an eighth of it is for those that are told in a line."""
    left_out = lines = 0
    spare = room // 8 if len(outcome.causes) > 1 else 0
    for number, cause in enumerate(outcome.causes, 1):
        if number <= full and not lines:
            whole = list(_cause(number, cause, outcome, FEW_FAILURES))
            if (price := tokens("\n".join(whole) + "\n")) <= room - spare:
                yield from whole
                room -= price
                continue
        line = ([] if lines else [""]) + [_in_a_line(number, cause)]
        if (price := tokens("\n".join(line) + "\n")) <= room and not left_out:
            yield from line
            room -= price
            lines += 1
        else:
            left_out += 1
    if lines or left_out:
        said = f"{many(left_out, 'cause')} and " if left_out else ""
        told = f"{said}the evidence of those with one line"
        yield ""
        yield f"Left out: {told}; more: {code_span(f'pytest-autopsy show --budget {more}')}"


def _in_a_line(number: int, cause: RootCause) -> str:
    found, title = cause.diagnosis, bounded(cause.diagnosis.title, MAX_TITLE)
    count = many(len(cause.failures), "failure")
    return f"{number}. {code_span(cause.id)} {escaped(title)} ({found.confidence}, {count})"


def _fitting(lines: list[str], room: int) -> list[str]:
    """The lines that fit, and a word on those that do not."""
    for count in range(len(lines), 0, -1):
        if tokens("\n".join(lines[:count])) <= room:
            rest = len([line for line in lines[count:] if line])
            return [*lines[:count], *([f"- and {rest} more, in digest.json"] if rest else [])]
    rest = len([line for line in lines if line])
    return ["", f"{many(rest, 'line')} left out, in digest.json"] if rest else []


def _head(outcome: Outcome) -> Iterator[str]:
    yield f"# {headline(outcome).removeprefix('autopsy: ')}"
    yield ""
    run = outcome.run
    yield f"Run `{run['id']}`, engine {escaped(str(run['engine']))} ({escaped(str(run['engine_reason']))})."
    stopped = cut_short(run)
    if stopped:
        yield ""
        yield f"The run is {escaped(stopped)}."


def _foot(outcome: Outcome) -> Iterator[str]:
    if not outcome.causes:
        yield ""
        for failure in outcome.failures[:MAX_FAILURES]:
            yield f"- {code_span(failure.nodeid)}: {escaped(_what(failure.exception))}"
    for one in outcome.earlier[:MAX_FAILURES]:
        yield ""
        yield f"{one.status.capitalize()}: {code_span(one.id)} {escaped(one.title)}"
    for note in outcome.notes:
        yield ""
        yield f"Note: {escaped(note)}"
    yield ""
    yield f"Cost: {cost(outcome)}."


def _cause(
    number: int, cause: RootCause, outcome: Outcome, most: int = MAX_FAILURES
) -> Iterator[str]:
    found = cause.diagnosis
    yield ""
    yield f"## {number}. {escaped(found.title)} ({found.confidence})"
    yield ""
    yield f"- Signature: {code_span(cause.signature)}"
    if found.suspects:
        first = found.suspects[0]
        place = f"{first.function.file}:{first.line}"
        yield f"- Culprit: {code_span(first.function.name)} at {code_span(place)}"
        for reason in first.why:
            yield f"  - {escaped(reason)}"
    elif found.why_none:
        yield f"- No suspect: {escaped(found.why_none)}"
    if found.evidence:
        yield "- Cause:"
    for fact in found.evidence:
        call = f" (call {fact.call})" if fact.call is not None else ""
        yield f"  - {fact.role}: {code_span(f'{fact.file}:{fact.line}')} {escaped(fact.fact)}{call}"
    parted = outcome.parted(cause)
    if parted is not None:
        yield f"- Beside a passing test: {escaped(sentence(parted))}"
    if len(found.suspects) > 1:
        also = ", ".join(code_span(s.function.name) for s in found.suspects[1:6])
        yield f"- Also suspected: {also}"
    if found.hint:
        yield f"- Fix: {escaped(found.hint)}"
    if cause.id in outcome.seen:
        yield f"- Seen before: {known(outcome.seen[cause.id])}"
    yield f"- Run again: {code_span(shlex.join(outcome.rerun(cause)))}"
    if cause.downstream_of is not None:
        yield f"- Downstream: {after(cause, outcome)}, {code_span(cause.downstream_of)}"
    yield f"- Seen in {extent(cause, outcome)}:"
    members = sorted(cause.failures, key=lambda one: one != cause.exemplar)  # it comes first
    for failure_id in members[:most]:
        failure = outcome.failure(failure_id)
        yield f"  - {code_span(failure.nodeid)} ({failure.phase}): {escaped(_what(failure.exception))}"
        if most < MAX_FAILURES and failure_id != cause.exemplar:
            continue
        if failure.trace_path:
            yield f"    - trace {code_span(failure.trace_path.replace('.jsonl', '.txt'))}"
        if failure.snapshot_path:
            yield f"    - snapshot {code_span(failure.snapshot_path)}"
        if failure_id == cause.exemplar:
            yield f"    - the smallest; alone: {code_span(' '.join(rerun_of(failure)))}"
    if len(cause.failures) > most:
        yield f"  - and {len(cause.failures) - most} more, in digest.json"


def _what(exception: tuple[str, str] | None) -> str:
    if exception is None:
        return "no exception"
    kind, text = exception
    first = text.strip().splitlines()[0][:160] if text.strip() else ""
    return f"{kind}: {first}" if first else kind


def escaped(text: str) -> str:
    """Escape what Markdown would read as markup."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!~&" else c for c in safe(text))


def code_span(text: str) -> str:
    """Return a code span that cannot be closed from within."""
    plain = safe(text)
    ticks = "`" * (1 + max((len(run) for run in _runs(plain)), default=0))
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{ticks}{pad}{plain}{pad}{ticks}"


def _runs(text: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in text).split() if run]
