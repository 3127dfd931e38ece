"""The user's own regexes: what could backtrack for ever is refused, what is left is bounded."""

from __future__ import annotations

import re

import pytest

from pytest_autopsy.observe.patterns import OVERLAP, PIECE, compiled, replaced
from pytest_autopsy.observe.redaction import Redactor

FINE = [
    r"CUST-\d+", r"\bX\d{3}\b", r"internal-.*", r"(?:[a-z0-9-]+\.)+corp\.example", r"(?:\d+,)*\d+;", r"(?:foo|bar)+",
    r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}", r"(?i)acct[ #:]*\d{6,}", r"\d{3}-\d{2}-\d{4}", r"(?<=id=)\w+", r"(\w)\1{3}",
]  # fmt: skip
TERRIBLE = [
    r"(a+)+$", r"(a*)*b", r"(?:a|a)*b", r"(?:a|ab)*c", r"(\w+\s?)*$", r"(?:x+x+)+y", r"([a-z]+)*=", r"(?:(?:a+)b?)+c",
    r"((ab)*)*c", r"(?:.*,)*x",
]  # fmt: skip


@pytest.mark.parametrize("text", FINE)
def test_what_people_write_is_taken(text: str) -> None:
    assert compiled(text).pattern == text


@pytest.mark.parametrize("text", TERRIBLE)
def test_what_could_take_for_ever_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"for ever|empty text"):
        compiled(text)


@pytest.mark.parametrize("text", ["(", "[a", "*", "(?P<x", "a{99999999999999999999}", r"\d*", ""])
def test_what_is_no_regex_or_takes_everything_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        compiled(text)


def test_a_match_is_found_wherever_it_stands_in_a_long_text() -> None:
    pattern = re.compile(r"CUST-\d{5}")
    for place in [
        *range(0, PIECE * 2, 97),
        *range(PIECE - OVERLAP - 12, PIECE - OVERLAP + 12),
        *range(PIECE - 12, PIECE + 2),
    ]:
        text = "x" * place + "CUST-00017" + "y" * (PIECE * 3 - place)
        assert replaced(pattern, lambda _: "!", text) == "x" * place + "!" + "y" * (
            PIECE * 3 - place
        )


def test_many_matches_in_a_long_text_are_each_found_once() -> None:
    text = "a CUST-1 b " * 2000
    assert replaced(re.compile(r"CUST-\d"), lambda _: "!", text) == "a ! b " * 2000


def test_a_search_never_sees_more_than_a_piece() -> None:
    lengths: list[int] = []

    class Watched:
        def sub(self, replace, text):
            lengths.append(len(text))
            return text

        def finditer(self, text):
            lengths.append(len(text))
            return iter(())

    replaced(Watched(), str, "z" * 100_000)  # type: ignore[arg-type]
    assert max(lengths) == PIECE and sum(lengths) < 130_000


def test_what_a_users_regex_found_is_a_secret_elsewhere() -> None:
    redactor = Redactor([r"CUST-\d+"])
    redactor.text("for CUST-12345")
    assert "Q1VTVC0xMjM0N" not in redactor.text("Q1VTVC0xMjM0NQ==")
