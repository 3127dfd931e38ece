"""The signature: what is alike gets the same one, what is the cause stays in it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_autopsy.model import Assertion, ExceptionRecord, Failure, Frame, Snapshot
from pytest_autopsy.triage.signature import RULES, cause_id, normalised, raised_at, signature

EXAMPLES = {
    "colour": ("\x1b[31mred\x1b[0m", "red"),
    "object address": ("<shop.Cart object at 0x7f3a90d2> is open", "<shop.Cart> is open"),
    "hex number": ("flag 0x1F is set", "flag HEX is set"),
    "uuid": ("no order 123e4567-e89b-12d3-a456-426614174000 here", "no order UUID here"),
    "moment": ("due 2026-11-20T10:15:02Z, not datetime.date(2026, 1, 2)", "due TIME, not TIME"),
    "duration": ("gave up after 1.5 s", "gave up after DURATION"),
    "url": ("cannot reach https://example.org/a?b=1 now", "cannot reach URL now"),
    "mail address": ("no user me@example.org here", "no user MAIL here"),
    "address": ("refused by 127.0.0.1:5432 and localhost:80", "refused by ADDRESS and ADDRESS"),
    "temporary path": ("no file /tmp/pytest-of-me/pytest-7/x0", "no file TMP"),
    "path": ("cannot open /home/me/shop/cart.py", "cannot open PATH"),
    "line in a file": ("in cart.py:17 and on line 4", "in cart.py:N and on :N"),
    "digest": ("commit 3f2a9c1e is gone", "commit HASH is gone"),
    "base64": ("token c2VjcmV0IHRleHQ= is old", "token BASE64 is old"),
    "worker": ("gw3 crashed in Thread-12, pid 77", "WORKER crashed in WORKER, WORKER"),
    "parameter": ("test_cart[tea-2] failed", "test_cart[*] failed"),
    "number": ("expected 3, not -4.5e7", "expected N, not N"),
    "quoted text": ("unknown name 'tea' or \"jam\"", "unknown name STR or STR"),
    "set or mapping": ("unknown columns {b, a}", "unknown columns {*}"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_replaces_what_it_names(rule):
    before, wanted = EXAMPLES[rule.name]
    assert re.search(rule.pattern, before)
    assert normalised("ValueError", before) == wanted


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_is_needed(rule, monkeypatch):
    from pytest_autopsy.triage import signature as module

    others = tuple((re.compile(one.pattern), one) for one in RULES if one is not rule)
    monkeypatch.setattr(module, "_COMPILED", others)
    before, wanted = EXAMPLES[rule.name]
    assert normalised.__wrapped__("ValueError", before) != wanted


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("KeyError", "'price'"),
        ("AttributeError", "'Cart' object has no attribute 'total'"),
        ("ModuleNotFoundError", "No module named 'numpy'"),
        ("NameError", "name 'cart' is not defined"),
        ("TypeError", "unsupported operand type(s) for +: 'int' and 'NoneType'"),
        ("ValueError", "not enough values to unpack"),
        ("RuntimeError", "the shop is closed"),
    ],
)
def test_names_that_are_the_cause_stay(kind, text):
    assert normalised(kind, text) == text


def test_order_of_a_set_does_not_matter():
    one, other = "unknown {'a', 'b'}", "unknown {'b', 'a'}"
    assert normalised("KeyError", one) == normalised("KeyError", other)


@given(st.text(max_size=300), st.sampled_from(["KeyError", "ValueError"]))
def test_any_text_gives_one_line(text, kind):
    found = normalised(kind, text)
    assert len(found.splitlines()) <= 1


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_values_do_not_matter(one, other):
    text = "expected {} rows of 'tea', at line {}"
    assert normalised("ValueError", text.format(one, other)) == normalised(
        "ValueError", text.format(other, one)
    )


def failure(line: int = 3, function: str = "total", assertion: Assertion | None = None) -> Failure:
    frame = Frame("shop/cart.py", line, function, "code", 1)
    test = Frame("test_shop.py", 9, "test_total", "test", 8)
    error = ExceptionRecord("ValueError", "", "raised", (frame, test))
    shot = Snapshot("t", "", (error,), assertion)
    return Failure(
        "f-1", "test_shop.py::test_total", "call", "failed", "test_shop.py", 8, 0.1,
        ("ValueError", "expected 3"), snapshot=shot,
    )  # fmt: skip


def test_it_reads_as_phase_type_message_and_frames():
    assert signature(failure()) == "call | ValueError | expected N | shop/cart.py:total"


def test_lines_and_test_names_do_not_matter_and_functions_do():
    assert signature(failure(3)) == signature(failure(30))
    assert signature(replace(failure(), nodeid="other.py::test")) == signature(failure())
    assert signature(failure(function="add")) != signature(failure())


def test_of_an_assertion_the_shape_counts_and_no_value():
    def shaped(left: str, value: int) -> str:
        return signature(failure(assertion=Assertion(value, "==", 4, left, "4")))

    assert "assert total(*) == *" in shaped("cart.total(3)", 3)
    assert shaped("cart.total(3)", 3) == shaped("cart.total(5)", 5)
    assert shaped("cart.total(3)", 3) != shaped("cart.count", 3)


def test_an_id_carries_its_version():
    assert re.fullmatch(r"c1-[0-9a-f]{8}", cause_id("call | ValueError"))


def _raised(kind: str, text: str, *frames: Frame) -> Failure:
    record = ExceptionRecord(kind, text, "raised", frames)
    failure = Failure("f-1", "t.py::t", "call", "failed", "t.py", 1, 0.0, (kind, text))
    return replace(failure, snapshot=Snapshot("t.py::t", "", (record,)))


def test_what_the_same_statement_of_the_project_raised_is_alike():
    lib = Frame("json/decoder.py", 5, "decode", "library", 1, "raise it")
    code = Frame("shop.py", 7, "price", "code", 3, "  return rates[1]")
    elsewhere = Frame("shop.py", 8, "price", "code", 3, "return rates[2]")
    test = Frame("test_shop.py", 2, "test_price", "test", 1, "price()")
    one = _raised("KeyError", "7", lib, code, test)
    assert raised_at(one) == ("KeyError", "N", "shop.py", "price", "return rates[1]")
    assert raised_at(one) == raised_at(_raised("KeyError", "8", code))
    assert raised_at(one) != raised_at(_raised("KeyError", "7", elsewhere, test))
    assert (
        raised_at(_raised("KeyError", "7", test)) == raised_at(_raised("KeyError", "7", lib)) == ()
    )
