"""What is said of a cause in a few words: how many tests, since when, after which other one."""

from __future__ import annotations

from ..history import Seen
from ..model import RootCause
from .digest import Outcome
from .plain import many


def extent(cause: RootCause, outcome: Outcome) -> str:
    """Return how many tests a cause takes, and what they have in common: `38 tests, one fixture`."""
    members = set(cause.failures)
    phases = {failure.phase for failure in outcome.failures if failure.id in members}
    count = len(cause.failures)
    if phases == {"collect"}:
        return many(count, "file") + (", one import" if count > 1 else "")
    suspects = cause.diagnosis.suspects[:1]
    fixture = phases == {"setup"} and suspects and suspects[0].function.kind == "fixture"
    return many(count, "test") + (", one fixture" if fixture and count > 1 else "")


def after(cause: RootCause, outcome: Outcome) -> str:
    """Return `after 1` for a cause that is downstream of the first one; empty for others."""
    ids = [one.id for one in outcome.causes]
    return f"after {ids.index(cause.downstream_of) + 1}" if cause.downstream_of in ids else ""


def known(seen: Seen) -> str:
    """Return what earlier runs knew of a cause: `known, 4th run`, or `..., code changed`."""
    if seen.status == "new":
        return "new"
    code = ", code changed" if seen.changed else ""
    return f"{seen.status}, {_ordinal(seen.runs_seen)} run{code}"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 <= number % 100 <= 20 else ending}"
