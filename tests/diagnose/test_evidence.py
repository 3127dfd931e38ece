"""Each kind of evidence, on a program of a few lines that shows just that."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from pytest_autopsy.diagnose import behaviour, spectrum
from pytest_autopsy.diagnose.atoms import Atom, difference
from pytest_autopsy.diagnose.origin import walk_back
from pytest_autopsy.diagnose.rank import gather
from pytest_autopsy.diagnose.spectrum import ochiai
from pytest_autopsy.model import Diagnosis, Value
from pytest_autopsy.observe.values import look
from pytest_autopsy.record.finish import value_class

from .helpers import Bench

Make = Callable[[str], Bench]


def first(diagnosis: Diagnosis) -> str:
    return diagnosis.suspects[0].function.name


def test_ochiai_by_hand() -> None:
    assert ochiai(2, 0, 2) == 1.0
    assert ochiai(0, 5, 2) == 0.0
    assert abs(ochiai(1, 3, 1) - 0.5) < 1e-9


def test_spectrum_scores_a_function_as_its_best_line(bench: Make) -> None:
    made = bench("""
def pick(flag):
    if flag:
        return 1
    return 2

def test_good(): assert pick(True) == 1
def test_bad(): assert pick(False) == 1
""")
    made.test("test_good")
    made.test("test_bad", ("==", 2, 1))
    rows = {made.run.functions[row.index].name: row for row in spectrum.rows(made.case())}
    assert rows["pick"].score == 1.0
    assert rows["pick"].lines[0] == (5, 1.0)


def test_a_swallowed_exception_is_shown(bench: Make) -> None:
    made = bench("""
def parse(text):
    return int(text)

def load(text):
    try:
        return parse(text)
    except ValueError:
        return 0

def total(texts):
    return sum(load(text) for text in texts)

def test_good(): assert total(["1", "2"]) == 3
def test_bad(): assert total(["1", "x"]) == 3
""")
    made.test("test_good")
    made.test("test_bad", ("==", 1, 3))
    found = made.diagnosis()
    assert first(found) == "load"
    assert found.kind == "swallowed exception"
    assert found.confidence == "shown"
    (culprit,) = [f for f in found.evidence if f.kind == "swallowed"]
    assert culprit.line == 8
    assert any(f.role == "called" and "parse" in f.fact for f in found.evidence)


def test_a_none_that_is_used_later(bench: Make) -> None:
    made = bench("""
PRICES = {"a": 1}

def price(name):
    return PRICES.get(name)

def line(name, count):
    cost = price(name)
    return {"cost": cost, "count": count}

def total(item):
    return item["cost"] * item["count"]

def test_good(): assert total(line("a", 2)) == 2
def test_bad(): assert total(line("b", 2)) == 4
""")
    made.test("test_good")
    made.test("test_bad")
    found = made.diagnosis()
    assert first(found) == "price"
    assert found.kind == "none returned"
    assert found.evidence[-1].role == "failed"


@pytest.mark.xfail(
    sys.version_info < (3, 12), reason="before 3.12 calls inside f-strings have no true position"
)
def test_the_birth_of_a_wrong_number(bench: Make) -> None:
    made = bench("""
def pages(total, size):
    return total // size + 1

def footer(total, size):
    return f"of {pages(total, size)}"

def test_good(): assert footer(5, 2) == "of 3"
def test_bad(): assert footer(4, 2) == "of 2"
""")
    made.test("test_good")
    made.test("test_bad", ("==", "of 3", "of 2"))
    found = made.diagnosis()
    assert first(found) == "pages"
    assert found.kind == "wrong value"


def test_a_mutable_default(bench: Make) -> None:
    made = bench("""
def collect(item, into=[]):
    into.append(item)
    return into

def one(item):
    return collect(item)

def test_good(): assert one(1) == [1]
def test_bad(): assert one(2) == [2]
""")
    made.test("test_good")
    made.test("test_bad", ("==", [1, 2], [2]))
    found = made.diagnosis()
    assert first(found) == "collect"
    assert found.kind == "mutable default"


def test_a_default_that_is_a_cache(bench: Make) -> None:
    made = bench("""
def square(n, known={}):
    if n not in known:
        known[n] = n * n
    return known[n]

def area(side, height):
    return square(side) * 2

def test_two(): assert square(2) == 4
def test_three(): assert square(3) == 9
def test_bad(): assert area(4, 3) == 48
""")
    made.test("test_two")
    made.test("test_three")
    made.test("test_bad", ("==", 32, 48))
    found = made.diagnosis()
    assert first(found) == "area"
    assert found.kind != "mutable default"


def test_shared_state_that_a_call_changes(bench: Make) -> None:
    made = bench("""
DEFAULTS = {"colour": ["red"]}

def options(extra):
    chosen = dict(DEFAULTS)
    for colour in extra:
        chosen["colour"].append(colour)
    return chosen

def page(extra):
    return options(extra)["colour"]

def test_bad():
    page(["blue"])
    assert page([]) == ["red"]
""")
    made.test("test_bad", ("==", ["red", "blue"], ["red"]))
    found = made.diagnosis()
    assert first(found) == "options"
    assert found.kind == "shared state changed"


def test_without_any_passing_test_there_is_still_a_suspect(bench: Make) -> None:
    made = bench("""
def half(n): return n / 0
def test_bad(): half(2)
""")
    made.test("test_bad")
    assert first(made.diagnosis()) == "half"


def test_differences_are_atoms() -> None:
    found = difference("page 1 of 2", "page 1 of 1")
    assert found.extra == (Atom(2.0, 0),)
    mine = Value("sequence", "list", 3, (1, 2, 3))
    theirs = Value("sequence", "list", 3, (1, 5, 3))
    assert difference(mine, theirs).extra == (Atom(2.0),)
    assert difference(mine, theirs).missing == (Atom(5.0),)


EXHAUSTED = """
class Bin:
    def __init__(self, texts):
        self.weights = {made}

    def heaviest(self):
        return max(self.weights)

    def total(self):
        return sum(self.weights)

def line(bin):
    top = bin.heaviest()
    return [top, bin.total()]

def test_good(): assert Bin(["1", "2"]).total() == 3
def test_bad(): assert line(Bin(["1", "2"])) == [2, 4]
"""


def test_a_generator_with_two_readers(bench: Make) -> None:
    made = bench(EXHAUSTED.replace("{made}", "(int(text) for text in texts)"))
    made.test("test_good")
    made.test("test_bad")
    found = made.diagnosis()
    assert first(found) == "Bin.__init__"
    assert (found.kind, found.confidence) == ("iterator exhausted", "shown")
    assert "Bin.total met the generator weights finished" in found.evidence[1].fact
    assert found.suspects[0].line == 4


def test_a_list_with_two_readers_is_no_such_thing(bench: Make) -> None:
    made = bench(EXHAUSTED.replace("{made}", "[int(text) for text in texts]"))
    made.test("test_good")
    made.test("test_bad")
    assert made.diagnosis().kind != "iterator exhausted"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"a": 1, "b": 2}, "a longer dict"),
        ([], "an empty list"),
        ("x", "a str of length 1"),
        (-2, "a negative int"),
        (0.0, "0"),
        (None, "None"),
        (True, "True"),
        (type("Vector1", (), {})(), "Vector1"),
    ],
)
def test_what_passing_tests_return_is_told_in_words(value: object, told: str) -> None:
    assert behaviour._in_words(value_class(look(value))) == told


STRANGE = """
class Price:
    def __init__(self, cents):
        self.cents = cents

def find(name, default=None):
    return {"tea": Price(3), "milk": Price(1)}.get(name, default)

def euros(price):
    return price.cents / 100

def test_tea(): assert euros(find("tea")) == 0.03
def test_milk(): assert euros(find("milk")) == 0.01
def test_own(): assert euros(Price(2)) == 0.02
def test_rye(): assert euros(find("rye"%s)) == 0
"""


def strange(made: Bench) -> list[str]:
    return [fact.fact for fact in made.diagnosis().evidence if "was given" in fact.fact]


@pytest.mark.parametrize(
    ("default", "passing", "told"),
    [
        ("", 3, ["euros was given price=None; in passing tests Price"]),
        (", 7", 3, ["euros was given price=7; in passing tests Price"]),
        (", Price('x')", 3, []),  # of the usual type
        ("", 2, []),  # shown by too few
    ],
)
def test_an_argument_of_a_type_that_no_passing_test_gives_is_told(
    bench: Make, default: str, passing: int, told: list[str]
) -> None:
    made = bench(STRANGE % default)
    for name in ("test_tea", "test_milk", "test_own")[:passing]:
        made.test(name)
    made.test("test_rye")
    found = made.diagnosis()
    assert strange(made) == told
    assert [fact.role for fact in found.evidence][-1] == "failed"


def test_one_more_type_of_an_argument_that_has_many_is_not_told(bench: Make) -> None:
    cases = [f"def test_{n}(): assert half({v}) == {v} / 2" for n, v in enumerate((1, 1.5, True))]
    source = "\ndef half(n):\n    return n / 2\n\n" + "\n".join(cases)
    made = bench(source + "\ndef test_bad(): half(None)\n")
    for name in ("test_0", "test_1", "test_2", "test_bad"):
        made.test(name)
    assert strange(made) == []


PROCEDURE = """
def note(text):
    text.upper()

def test_good(): assert sum([1]) == 1
def test_bad():
    note("begun")
    assert False
"""


def test_a_procedure_is_not_blamed_for_returning_none(bench: Make) -> None:
    made = bench(PROCEDURE)
    made.test("test_good")
    made.test("test_bad")
    assert made.diagnosis().title == "note is run by 1 of 1 failing and 0 of 1 passing tests"


UNSEEN = """
def pick(items):
    return [items]

def test_good(): assert sum([1]) == 1
def test_bad():
    pick([[1]])
    assert False
"""


def test_what_nobody_looked_at_is_no_title(bench: Make) -> None:
    made = bench(UNSEEN)
    made.recorder.effort = made.recorder.effort._replace(nodes=-1, step_nodes=-1, all_nodes=-1)
    made.test("test_good")
    made.test("test_bad")
    assert made.diagnosis().title == "pick is run by 1 of 1 failing and 0 of 1 passing tests"


CHAIN = """
class Rows:
    def __init__(self, rows):
        self.rows = rows

    def keep(self, least):
        return Rows([row for row in self.rows if row > least])

    def doubled(self):
        return Rows([2 * row for row in self.rows])

    def total(self):
        return sum(self.rows)

def report(rows):
    return (
        Rows(rows)
        .keep(1)
        .doubled()
        .total()
    )

def test_good(): assert report([1]) == 0
def test_bad(): assert report([1, 2]) == 6
"""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="no columns to tell calls of a line apart")
def test_a_chain_over_several_lines_is_followed(bench: Make) -> None:
    made = bench(CHAIN)
    made.test("test_good")
    made.test("test_bad", ("==", 4, 6))
    case = made.case()
    walk = walk_back(case, case.failures[0])
    assert {"Rows.total", "Rows.doubled", "Rows.keep"} <= {s.call.function.name for s in walk.steps}


FOUND = """
def find(name):
    return {"tea": 3}.get(name) or None

def cost(name):
    return find(name) + 1

def test_tea(): assert cost("tea") == 4
def test_none(): assert %s is None
def test_bad(): assert cost("rye") == 4
"""


@pytest.mark.parametrize(("passing", "word"), [("None", "shown"), ('find("milk")', "likely")])
def test_a_none_that_passing_tests_take_is_no_mechanism(
    bench: Make, passing: str, word: str
) -> None:
    made = bench(FOUND % passing)
    for name in ("test_tea", "test_none", "test_bad"):
        made.test(name)
    found = made.diagnosis()
    assert (first(found), found.confidence) == ("find", word)


CAUGHT = """
def largest(rows):
    try:
        return max(rows)
    except ValueError:
        return None

def share(rows, own):
    return own / (largest(rows) or 1) + 2

def test_good(): assert share([4], 2) == 2.5
def test_none(): assert largest(()) is None
def test_bad(): assert share([], 2) == 5
"""


def test_what_passing_tests_swallow_to_the_same_result_is_no_title(bench: Make) -> None:
    made = bench(CAUGHT)
    for name in ("test_good", "test_none"):
        made.test(name)
    made.test("test_bad", ("==", 4.0, 5))
    titles = [one.title for one in gather(made.case()) if one.feature == "swallowed"]
    assert titles == [""]


def test_types_are_told_without_their_length() -> None:
    assert [behaviour._article(one) for one in ("str", "bool", "Cart")] == [
        "a str",
        "a bool",
        "Cart",
    ]


SEARCHED = """
def page(lines):
    return "\\n".join(lines)

def test_good(): assert page(["a"]) == "a"
def test_bad(): assert "c" in page(["a", "b"])
"""


def test_what_a_text_is_searched_in_spells_nothing(bench: Make) -> None:
    made = bench(SEARCHED)
    made.test("test_good")
    made.test("test_bad", ("in", "c", "a\nb"))
    assert not [why for one in made.diagnosis().suspects for why in one.why if "spells" in why]


OWNED = """
class Backend:
    def __init__(self):
        self.pages = {"home": "Welcome", "about": "Who we are"}

class Site:
    def __init__(self):
        self.backend = Backend()

def fetch(site, names):
    return [site.backend.pages[name] for name in names]

def test_good(): assert fetch(Site(), ["home"]) == ["Welcome"]
def test_bad(): assert fetch(Site(), ["home"]) == ["Welcome", "Who we are"]
"""


def test_what_lies_in_an_object_of_an_object_is_not_lost(bench: Make) -> None:
    made = bench(OWNED)
    made.test("test_good")
    made.test("test_bad", ("==", ["Welcome"], ["Welcome", "Who we are"]))
    assert not [why for one in made.diagnosis().suspects for why in one.why if " lost " in why]


ASKED = """
def find(rows, name, default=None):
    value = default
    for key, held in rows:
        if key == name:
            value = held
    return %s

def upper(text):
    return text.upper()

def title(rows):
    return upper(find(rows, "title"%s))

def test_good(): assert title([("title", "a")]) == "A"
def test_bad(): assert title([("name", "a")]) == ""
"""


def test_who_asks_with_none_for_what_is_not_there_gets_it_back(bench: Make) -> None:
    made = bench(ASKED % ("value", ""))
    made.test("test_good")
    made.test("test_bad")
    found = made.diagnosis()
    assert first(found) == "title"
    assert found.title == "title gets default=None back from find"
    assert "give find another default" in found.hint


def test_who_makes_a_none_of_its_own_has_not_given_it_back(bench: Make) -> None:
    made = bench(ASKED % ('value if value != "-" else None', ', "-"'))
    made.test("test_good")
    made.test("test_bad")
    assert first(made.diagnosis()) == "find"
    assert not [why for one in made.diagnosis().suspects for why in one.why if " back" in why]


GIVEN_NONE = """
class Column:
    default = None

    def convert(self, cell):
        return self.default if cell is None else int(cell)

def total(row):
    return Column().convert(row.get("net")) + 1

def test_good(): assert total({"net": "2"}) == 3
def test_optional(): assert Column().convert(None) is None
def test_bad(): assert total({"Net": "2"}) == 3
"""


@pytest.mark.parametrize(("passing", "strengths"), [([], [1.0]), (["test_optional"], [0.45])])
def test_a_none_that_was_given_and_is_given_back_as_in_passing_tests_says_less(
    bench: Make, passing: list[str], strengths: list[float]
) -> None:
    made = bench(GIVEN_NONE)
    for name in ("test_good", *passing, "test_bad"):
        made.test(name)
    assert [one.strength for one in gather(made.case()) if one.feature == "none"] == strengths


LONG = """
def padded(word):
    return ["-"] * 300 + [word]

def test_good(): assert padded("alpha")[-1] == "alpha"
def test_bad(): assert padded("zeta")[-2] == "zeta"
"""


def test_what_was_not_seen_whole_has_lost_nothing(bench: Make) -> None:
    """Of a long list the first items are looked at: the word stands at its end."""
    made = bench(LONG)
    made.test("test_good")
    made.test("test_bad", ("==", "-", "zeta"))
    assert not [why for one in made.diagnosis().suspects for why in one.why if " lost " in why]
