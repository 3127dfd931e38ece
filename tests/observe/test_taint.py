"""What was a secret once is found everywhere, at a cost that counts characters, not secrets."""

from __future__ import annotations

import base64
import html
import json
import urllib.parse

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.observe.taint import ForeignTaint, Taint, writings

MARK = "[gone]"
KEY = b"k" * 16


def machine_made(number: int) -> str:
    return f"q{number}Zx7Vb{number * 7919}kWm"


def known(*secrets: str) -> Taint:
    taint = Taint()
    for secret in secrets:
        taint.learn(secret)
    return taint


def foreign(*secrets: str) -> ForeignTaint:
    taint = ForeignTaint(KEY)
    taint.add(known(*secrets).hashed(KEY))
    return taint


@pytest.fixture(params=[known, foreign])
def knowing(request):
    return request.param


def test_each_place_is_found_and_the_rest_stays(knowing) -> None:
    taint = knowing("s3cr3t-pw", "another-1-secret")
    assert taint.hidden("a s3cr3t-pw b another-1-secret, s3cr3t-pws3cr3t-pw", MARK) == (
        "a [gone] b [gone], [gone]"
    )
    assert taint.hidden("s3cr3t another secret-pw", MARK) == "s3cr3t another secret-pw"


@pytest.mark.parametrize(
    "secret", ['it\'s\\a "secret" <9>\n', "pässwört-9-geheim", machine_made(3)]
)
def test_every_writing_is_found(knowing, secret: str) -> None:
    taint = knowing(secret)
    raw = secret.encode()
    for written in (
        secret, repr(secret)[1:-1], repr(raw)[2:-1], json.dumps(secret)[1:-1], html.escape(secret),
        json.dumps(repr(secret))[2:-2], json.dumps(secret, ensure_ascii=False)[1:-1],
        urllib.parse.quote(secret), urllib.parse.quote_plus(secret), urllib.parse.quote(secret, safe=""),
    ):  # fmt: skip
        assert written not in taint.hidden(f"<{written}>", MARK)


@given(
    st.binary(max_size=7), st.text("abcXYZ0189+/-é", min_size=9, max_size=40), st.binary(max_size=7)
)
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_base64_of_any_text_around_it_is_found(before: bytes, secret: str, after: bytes) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(before + secret.encode() + after).decode()
        shown = known(secret).hidden(text, "")
        assert len(shown) <= len(text) - len(secret)


@given(
    st.lists(st.text("ab1-", min_size=8, max_size=14), min_size=1, max_size=30),
    st.text("ab1- ", max_size=200),
)
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_no_secret_is_left_whichever_are_known(secrets: list[str], around: str) -> None:
    taint = Taint()
    for secret in secrets:
        taint.learn(secret)
    whole = [s for s in secrets if not taint._writings[s][1]]  # those that are found in words too
    shown = taint.hidden(around.join(whole), "\x00")
    assert not any(secret in shown for secret in whole)


@given(st.integers(0, 6), st.integers(12, 30))
def test_a_part_of_a_long_secret_is_found(start: int, size: int) -> None:
    secret = machine_made(12345) + machine_made(678)
    part = secret[start * 3 : start * 3 + max(size, 16)]
    assert part not in known(secret).hidden(f"...{part}...", MARK)


def test_the_head_of_a_secret_that_is_cut_is_found() -> None:
    taint = known("correct-horse-9/battery+Staple")
    assert taint.hidden("it was correct-horse-9/...", MARK) == "it was [gone]..."
    assert taint.hidden("it was 'correct-horse-9/bat", MARK) == "it was '[gone]"
    assert taint.hidden("a correct-horse race", MARK) == "a correct-horse race"


def test_a_connection_string_does_not_make_its_scheme_a_secret() -> None:
    taint = known("postgres://ada:s3cr3t-pw@db/shop")
    for text in ("postgres", "postgresql", "postgres://", "see postgres..."):
        assert taint.hidden(text, MARK) == text


def test_words_are_hidden_only_as_words() -> None:
    taint = known("my_secret_name")
    assert taint.hidden("my_secret_name, my_secret_names \\nmy_secret_name", MARK) == (
        "[gone], my_secret_names \\n[gone]"
    )


def test_learning_one_more_costs_the_same_however_many_are_known() -> None:
    taint = Taint()
    costs = []
    for number in range(2000):
        before = taint.work
        taint.learn(machine_made(10_000 + number))
        costs.append(taint.work - before)
    assert max(costs) <= 2 * min(costs) + 10
    assert sum(costs[-100:]) <= 1.5 * sum(costs[:100])


def test_looking_costs_the_text_however_many_are_known() -> None:
    text = " ".join(f"word{number} and more of it" for number in range(4000))
    work = {}
    for count in (1000, 10_000):
        taint = known(*(machine_made(10_000 + number) for number in range(count)))
        before = taint.work
        assert taint.hidden(text, MARK) == text
        work[count] = taint.work - before
    assert work[10_000] <= 1.2 * work[1000] <= 2 * len(text)


def test_looking_is_linear_in_a_text_full_of_secrets() -> None:
    taint = known(*(machine_made(10_000 + number) for number in range(500)))
    work = []
    for times in (1, 10):
        text = " ".join(machine_made(10_000 + number) for number in range(500)) * times
        before = taint.work
        assert "Zx7Vb" not in taint.hidden(text, MARK)
        work.append((taint.work - before) / len(text))
    assert work[1] < 1.5 * work[0] < 10


def test_secrets_that_begin_alike_are_told_apart() -> None:
    taint = known(*(f"common-prefix-{number:05}-x" for number in range(3000)))
    before = taint.work
    assert taint.hidden("common-prefix-02999-x " * 100, MARK) == "[gone] " * 100
    assert taint.work - before < 100 * 22 * 5


def test_what_others_get_says_nothing_of_a_secret() -> None:
    secret = machine_made(7)
    told = json.dumps(known(secret).hashed(KEY))
    assert not any(secret[i : i + 6] in told for i in range(len(secret) - 6))
    stranger = ForeignTaint(b"x" * 16)
    stranger.add(known(secret).hashed(KEY))
    assert stranger.hidden(f"a {secret}", MARK) == f"a {secret}"


def test_a_short_secret_is_not_learned() -> None:
    assert len(known("s3cr3t")) == 0
    assert len(known("x" * 8)) == len(writings("x" * 8))


def test_lines_are_kept_where_asked() -> None:
    assert (
        known("two-1\nlines-2").hidden("a two-1\nlines-2 b\nc", MARK, keep_lines=True)
        == "a [gone]\n b\nc"
    )


def test_a_secret_in_a_text_in_a_text() -> None:
    """Written as JSON, then shown as a literal, then written as JSON again."""
    secret = "QV1boE '\"\\6k18yé&/gK1f"
    redactor = Redactor()
    redactor.look(secret, "password")
    text = json.dumps([secret])
    for _ in range(3):
        shown = redactor.text(text)
        assert "6k18y" not in shown and "redacted" in shown
        text = json.dumps(repr(text))
    assert redactor.text("C:\\\\new\\\\table") == "C:\\\\new\\\\table"
