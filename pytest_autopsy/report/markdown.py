"""digest.md: the digest to read, root causes as title, signature, cause, fix, and where seen."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import RootCause
from .digest import Outcome, rerun_of
from .phrases import after, extent, known
from .plain import safe
from .terminal import cost, headline

MAX_FAILURES = 20


def digest_md(outcome: Outcome) -> str:
    """Return the digest as Markdown; what a test printed is never markup."""
    return "\n".join(_lines(outcome)) + "\n"


def _lines(outcome: Outcome) -> Iterator[str]:
    yield f"# {headline(outcome).removeprefix('autopsy: ')}"
    yield ""
    run = outcome.run
    yield f"Run `{run['id']}`, engine {escaped(str(run['engine']))} ({escaped(str(run['engine_reason']))})."
    for number, cause in enumerate(outcome.causes, 1):
        yield from _cause(number, cause, outcome)
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


def _cause(number: int, cause: RootCause, outcome: Outcome) -> Iterator[str]:
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
    if len(found.suspects) > 1:
        also = ", ".join(code_span(s.function.name) for s in found.suspects[1:6])
        yield f"- Also suspected: {also}"
    if found.hint:
        yield f"- Fix: {escaped(found.hint)}"
    if cause.id in outcome.seen:
        yield f"- Seen before: {known(outcome.seen[cause.id])}"
    yield f"- Run again: {code_span(f'pytest --autopsy --autopsy-cause {cause.id}')}"
    if cause.downstream_of is not None:
        yield f"- Downstream: {after(cause, outcome)}, {code_span(cause.downstream_of)}"
    yield f"- Seen in {extent(cause, outcome)}:"
    for failure_id in cause.failures[:MAX_FAILURES]:
        failure = outcome.failure(failure_id)
        yield f"  - {code_span(failure.nodeid)} ({failure.phase}): {escaped(_what(failure.exception))}"
        if failure.trace_path:
            yield f"    - trace {code_span(failure.trace_path.replace('.jsonl', '.txt'))}"
        if failure.snapshot_path:
            yield f"    - snapshot {code_span(failure.snapshot_path)}"
        if failure_id == cause.exemplar:
            yield f"    - the smallest; alone: {code_span(' '.join(rerun_of(failure)))}"
    if len(cause.failures) > MAX_FAILURES:
        yield f"  - and {len(cause.failures) - MAX_FAILURES} more, in digest.json"


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
