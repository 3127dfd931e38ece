"""Checking an issue and sending it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .issue import Issue
from .members import in_team, read_members

LIMIT = 50


@dataclass(frozen=True)
class Receipt:
    """What was sent."""

    subject: str
    sent: int
    first_line: str


class TooManyReadersError(Exception):
    """Raised where an issue would go to more members than the server takes."""


def check(issue: Issue) -> None:
    """Make sure that the server takes the issue."""
    count = len(issue.addresses())
    if count > LIMIT:
        raise TooManyReadersError(f"{count} readers, the server takes {LIMIT}")


def send(issue: Issue) -> Receipt:
    """Send an issue to its readers."""
    check(issue)
    letters = list(issue.letters())
    first = letters[0][1] if letters else ""
    return Receipt(issue.subject, len(letters), first)


def send_to_team(subject: str, lines: Sequence[str], team: str) -> Receipt:
    """Send an issue to a team of the club's list."""
    return send(Issue(subject, in_team(read_members(lines), team)))
