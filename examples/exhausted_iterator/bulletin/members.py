"""Members and how they are read from the club's list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """One line of the list."""

    name: str
    email: str
    teams: tuple[str, ...]

    def plays_in(self, team: str) -> bool:
        """Whether the member is in a team."""
        return team in self.teams


def read_members(lines: Iterable[str]) -> Iterator[Member]:
    """Yield the members of a list with a line each: name, address, teams."""
    for line in lines:
        if line.strip() and not line.startswith("#"):
            name, email, *teams = (part.strip() for part in line.split(","))
            yield Member(name, email, tuple(teams))


def in_team(members: Iterable[Member], team: str) -> Iterator[Member]:
    """Yield those members who play in a team."""
    return (member for member in members if member.plays_in(team))
