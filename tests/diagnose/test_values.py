"""Which values speak for and against a function: dates, lost texts, changed arguments, lambdas."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from pytest_autopsy.diagnose.atoms import Atom, Holding, difference, parts
from pytest_autopsy.diagnose.rank import gather
from pytest_autopsy.model import Diagnosis
from pytest_autopsy.observe.values import look

from .helpers import Bench

Make = Callable[[str], Bench]


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


def facts(found: Diagnosis, name: str) -> str:
    """All that is said of a suspect."""
    return "; ".join(
        fact for one in found.suspects if one.function.name == name for fact in one.why
    )


def test_a_decimal_holds_itself_and_not_what_its_digits_begin_with() -> None:
    """Who makes 0.10 of 0.1050 has rounded it; one that is written as text is the same."""
    more = Holding([look(Decimal("0.1050"))])
    assert not more.has(Atom(0.1, 2))
    assert not more.has(Atom("0.10"))
    assert more.has(Atom(0.105, 4))
    assert Holding([look(Decimal("0.10"))]).has(Atom(0.1, 2))
    assert Holding([look(Fraction(1, 4))]).has(Atom(0.25, 2))
    assert Holding([0.1049]).has(Atom(0.1, 2)), "a float is only written with fewer digits"


def test_a_number_is_never_taken_for_one_that_is_shorter() -> None:
    """The decimals that an exponent stands for count; a fraction has none, it is its value."""
    assert list(parts(look(Decimal("1E-7")))) == [Atom(1e-07, 7)]
    assert list(parts(look(Decimal("12E+3")))) == [Atom(12000.0, 0)]
    assert list(parts(look(Fraction(1, 3)))) == [Atom(1 / 3)]
    assert Holding([look(Fraction(1, 3))]).has(Atom(0.33, 2))


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_finite_number_is_a_text(text: str) -> None:
    assert list(parts(look(Decimal(text)))) == [Atom(text)]


def test_what_a_url_quotes_is_no_number() -> None:
    found = difference("a=cat+nap$&b=1", "a=cat+nap%24&b=1")
    assert Atom("%24") in found.missing
    assert not [atom for atom in found.missing if isinstance(atom.value, float)]


def test_a_date_is_one_atom() -> None:
    found = difference(look(datetime.date(2024, 3, 24)), look(datetime.date(2024, 3, 31)))
    assert (found.extra, found.missing) == ((Atom("2024-03-24"),), (Atom("2024-03-31"),))


def test_a_member_of_an_enum_is_one_atom() -> None:
    found = difference(look([Colour.RED]), look([Colour.BLUE]))
    assert (found.extra, found.missing) == ((Atom("Colour.RED"),), (Atom("Colour.BLUE"),))


def test_a_decimal_is_a_number() -> None:
    found = difference(look(Decimal("12.50")), look(Decimal("12.51")))
    assert Atom(12.5, 2) in found.extra


def test_no_negative_number_stands_in_a_date() -> None:
    held = Holding([look(datetime.date(2024, 3, 24)), "at -3 degrees"])
    assert not held.has(Atom(-24.0, 0))
    assert held.has(Atom(-3.0, 0))
    assert held.has(Atom(24.0, 0))


def test_texts_that_differ_in_blanks_only() -> None:
    assert difference("ok | 1", "ok     | 1").extra == (Atom("ok | 1"),)


def test_a_wrong_date_is_followed_to_who_made_it(bench: Make) -> None:
    made = bench("""
import datetime

def last(year, month):
    return datetime.date(year, month, 28)

def month(year, month):
    return {"end": last(year, month)}

def test_good(): assert month(2023, 2) == {"end": datetime.date(2023, 2, 28)}
def test_bad(): assert month(2024, 2) == {"end": datetime.date(2024, 2, 29)}
""")
    made.test("test_good")
    made.test(
        "test_bad",
        ("==", {"end": datetime.date(2024, 2, 28)}, {"end": datetime.date(2024, 2, 29)}),
    )
    found = made.diagnosis()
    assert found.suspects[0].function.name == "last"
    assert "first produced '2024-02-28'" in facts(found, "last")


def test_a_text_that_a_function_was_given_and_lost(bench: Make) -> None:
    made = bench("""
def uncommented(line):
    return line.split("#")[0].rstrip()

def value(line):
    return uncommented(line).partition("=")[2]

def test_good(): assert value("a=b # c") == "b"
def test_bad(): assert value("a=it's #1") == "it's #1"
""")
    made.test("test_good")
    made.test("test_bad", ("==", "it's", "it's #1"))
    found = made.diagnosis()
    assert "lost" in facts(found, "uncommented")
    assert "lost" not in facts(found, "value")


def test_what_another_call_gave_is_not_what_is_rejected(bench: Make) -> None:
    """The first call gave the word rightly; only the second one's result is rejected."""
    made = bench("""
class Order:
    def __init__(self):
        self.state = "open"
        self.fired = []

    def allowed(self):
        return [e for e in ("pay", "cancel") if self.may(e)]

    def may(self, event):
        return self.state == "open" or event == "cancel"

    def fire(self, event):
        self.fired.append(event)
        self.state = "closed"

def test_bad():
    order = Order()
    assert order.allowed() == ["pay", "cancel"]
    order.fire("cancel")
    assert order.allowed() == []
""")
    made.test("test_bad", ("==", ["cancel"], []))
    assert "returned ['pay', 'cancel']" not in facts(made.diagnosis(), "Order.allowed")


CHANGING = """
class User:
    def __init__(self, roles, groups):
        self.roles, self.groups = set(roles), set(groups)

    def join(self, group):
        self.groups.add(group)

GROUPS = {"writers": {"editor"}}

def roles_of(user):
    names = user.roles
    for group in user.groups:
        names |= GROUPS.get(group, set())
    return names

def joined(user, group):
    user.join(group)
    return sorted(user.groups)

def allowed(user, role):
    return role in roles_of(user)

def test_good():
    user = User(["reader"], [])
    assert joined(user, "x") == ["x"] and not allowed(user, "editor")
def test_bad():
    user = User(["reader"], [])
    assert joined(user, "writers") == ["writers"]
    assert allowed(user, "editor")
    user.groups.discard("writers")
    assert not allowed(user, "editor")
"""


def test_a_query_that_changes_what_its_argument_holds(bench: Make) -> None:
    made = bench(CHANGING)
    made.test("test_good")
    made.test("test_bad", ("not", True, None))
    found = made.diagnosis()
    assert found.suspects[0].function.name == "roles_of"
    assert "changed its argument's user.roles: {'reader'} became" in facts(found, "roles_of")


def test_what_a_method_of_the_argument_changed_is_its_own(bench: Make) -> None:
    made = bench(CHANGING)
    made.test("test_bad", ("not", True, None))
    assert "its argument" not in facts(made.diagnosis(), "joined")


TOKENS = """
def evaluate(text):
    tokens = text.split()

    def take():
        return tokens.pop(0)

    def term():
        return int(take())

    def total():
        found = term()
        while tokens and take() == "+":
            found += term() {wrong}
        return found

    return total()

def test_good(): assert evaluate("1") == 1
def test_bad(): assert evaluate("2 + 2") == 4
"""


def test_tokens_that_are_taken_in_passing_tests_too_are_meant_to_be(bench: Make) -> None:
    made = bench(TOKENS.format(wrong="+ 1"))
    made.test("test_good")
    made.test("test_bad", ("==", 5, 4))
    changes = [found for found in gather(made.case()) if "closure tokens" in found.fact]
    assert changes
    assert not any(found.mechanism for found in changes)


def test_a_lambda_is_not_compared_with_the_function_around_it(bench: Make) -> None:
    made = bench(r"""
import re

def expand(value, known):
    if not isinstance(value, str):
        return value
    return re.sub(r"{(\w+)}", lambda found: str(known[found[1]]), value)

def page(value, known):
    return [expand(value, known)]

def test_number(): assert page(8, {}) == [8]
def test_bad(): assert page("at {port}", {"port": 8000}) == ["at 9000"]
""")
    made.test("test_number")
    made.test("test_bad", ("==", ["at 8000"], ["at 9000"]))
    assert made.diagnosis().kind != "text for a number"
