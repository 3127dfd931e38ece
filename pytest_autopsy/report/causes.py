"""All causes of a run together, for a tool that takes one last record: without anything that
changes from run to run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..model import RootCause
from ..observe.text import clean
from .digest import Outcome
from .plain import safe
from .properties import PREFIX, box, properties_of

SCHEMA = "pytest-autopsy/root-causes@1"
MAX_CAUSES = 200
MAX_FAILURES = 1_000
"""Of one cause that are named."""
MAX_NAMED = 10
"""The same where people read."""


def causes_json(outcome: Outcome) -> dict[str, object]:
    """Return the causes as plain JSON, under the names that a failure's properties have."""
    return {
        "schema": SCHEMA,
        "root_causes": [_cause(cause, outcome) for cause in outcome.causes[:MAX_CAUSES]],
        "root_causes_total": len(outcome.causes),
    }


def _cause(cause: RootCause, outcome: Outcome) -> dict[str, object]:
    told: dict[str, object] = {
        name.removeprefix(PREFIX): value for name, value in properties_of(outcome, cause.exemplar)
    }
    told["exemplar"] = told.pop("failure")
    told["failures"] = [
        {"failure": one, "nodeid": clean(outcome.failure(one).nodeid)}
        for one in cause.failures[:MAX_FAILURES]
    ]
    return {**told, "failures_total": len(cause.failures)}


def causes_text(outcome: Outcome) -> str:
    """Return the causes as plain text: each its box, and the tests that it failed."""
    return "\n\n".join("\n".join(block) for block in _blocks(outcome)) + "\n"


def _blocks(outcome: Outcome) -> Iterator[list[str]]:
    for cause in outcome.causes[:MAX_CAUSES]:
        lines = [safe(line) for line in box(outcome, cause.exemplar)]
        lines += named(cause, outcome)
        yield lines
    if len(outcome.causes) > MAX_CAUSES:
        yield [f"and {len(outcome.causes) - MAX_CAUSES} causes more, in digest.json"]
    if not outcome.causes:
        yield [safe(failure.nodeid) for failure in outcome.failures[:MAX_CAUSES]]


def named(cause: RootCause, outcome: Outcome) -> list[str]:
    """Return a line for each of the first tests of a cause, and one that counts the others."""
    shown = [outcome.failure(one) for one in cause.failures[:MAX_NAMED]]
    lines = [f"  in {safe(one.nodeid)[:300]} ({one.phase})" for one in shown]
    rest = len(cause.failures) - len(shown)
    return lines + ([f"  and in {rest} more"] if rest else [])


def facts_text(told: Mapping[str, Any]) -> str:
    """Return what a failure told when it was reported, as lines of text."""
    lines = [f"{name}: {told[name]}" for name in ("failure", "evidence") if name in told]
    lines += [f"{name}: {fact}" for name, fact in told.get("facts", {}).items()]
    return "\n".join(map(safe, lines)) + "\n"
