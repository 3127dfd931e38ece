"""A failure's cause as properties for other tools' reports: no ids of runs, no times, no paths
that change, so that those tools still tell a repeated failure from a new one.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from ..observe.text import clean, shortened
from .digest import Outcome, diagnosis_path

Properties = list[tuple[str, str]]
PREFIX = "autopsy."


def properties_of(outcome: Outcome, failure_id: str) -> Properties:
    """Return the properties of a failure; its id alone where no cause is known."""
    found: Properties = [("autopsy.failure", failure_id)]
    cause = outcome.cause_of(failure_id)
    if cause is None:
        return found
    diagnosis = cause.diagnosis
    found.append(("autopsy.root_cause", cause.id))
    found.append(("autopsy.title", clean(diagnosis.title)))
    if diagnosis.suspects:
        first = diagnosis.suspects[0]
        place = f"{first.function.file}:{first.line}"
        found.append(("autopsy.suspect", f"{place} {clean(first.function.name)}"))
    found.append(("autopsy.confidence", diagnosis.confidence))
    if outcome.path:
        store = outcome.path.rsplit("/runs/", 1)[0]
        failure = outcome.failure(failure_id)
        if not store.startswith("/"):
            found.append(("autopsy.evidence", f"{store}/latest/{diagnosis_path(failure)}"))
    return found


def attach(report: Any, properties: Properties) -> None:
    """Put properties on a stored report, in the place of what was known when it was made."""
    replace_properties(getattr(report, "user_properties", None), properties)


def replace_properties(held: Any, properties: Properties) -> None:
    """Replace ours among a report's properties; what else stands there, well formed or not, stays.

    What another plugin has put in the place of the list stays as it is.
    """
    if not isinstance(held, list):
        return
    others = [pair for pair in held if not (isinstance(pair, (list, tuple)) and _is_ours(pair))]
    held[:] = [*others, *properties]


def _is_ours(pair: Sequence[Any]) -> bool:
    return len(pair) > 0 and type(pair[0]) is str and pair[0].startswith(PREFIX)


def box(outcome: Outcome, failure_id: str) -> list[str]:
    """Return the cause in at most twelve lines of text, for a failure's text elsewhere."""
    cause = outcome.cause_of(failure_id)
    if cause is None:
        return []
    diagnosis = cause.diagnosis
    lines = [f"autopsy: {diagnosis.confidence}: {diagnosis.title}"]
    own = outcome.failure(failure_id).nodeid
    for fact in diagnosis.evidence[:8]:
        elsewhere = bool(fact.test) and fact.test != own
        where = f" in {fact.test.partition('::')[2] or fact.test}:" if elsewhere else ""
        lines.append(f"  {fact.role}{where} {fact.file}:{fact.line} {fact.fact}")
    if diagnosis.hint:
        lines.append(f"  {diagnosis.hint}")
    lines.append(f"  rerun {shlex.join(outcome.rerun(cause, anywhere=True))}")
    return [shortened(clean(line), 300) for line in lines[:12]]
