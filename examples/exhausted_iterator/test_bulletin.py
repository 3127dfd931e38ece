"""Tests of the club's bulletin."""

from __future__ import annotations

import pytest
from bulletin.issue import Issue
from bulletin.members import Member, in_team, read_members
from bulletin.press import TooManyReadersError, check, send, send_to_team

LIST = [
    "# name, address, teams",
    "Ana, ana@club.example, chess, go",
    "Ben, ben@club.example, go",
    "Cem, cem@club.example, chess",
]
ANA = Member("Ana", "ana@club.example", ("chess",))


def test_members_are_read() -> None:
    assert [member.name for member in read_members(LIST)] == ["Ana", "Ben", "Cem"]


@pytest.mark.parametrize(("team", "count"), [("chess", 2), ("go", 2), ("darts", 0)])
def test_teams(team: str, count: int) -> None:
    assert len(list(in_team(read_members(LIST), team))) == count


def test_addresses_have_names() -> None:
    assert Issue("Hello", [ANA]).addresses() == ["Ana <ana@club.example>"]


def test_issue_to_one_member() -> None:
    assert send(Issue("Hello", [ANA])).first_line == "Dear Ana: Hello"


def test_too_many_readers() -> None:
    with pytest.raises(TooManyReadersError, match="51 readers"):
        check(Issue("Hello", [ANA] * 51))


def test_nobody_in_the_team() -> None:
    assert send_to_team("Training", LIST, "darts").sent == 0


def test_issue_to_a_team() -> None:
    assert send_to_team("Training", LIST, "chess").sent == 2


def test_first_letter_of_a_team() -> None:
    assert send_to_team("Open day", LIST, "go").first_line == "Dear Ana: Open day"
