"""What a test meets that is not its own: left state, stale caches, lost tasks, digits as text."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from pytest_autopsy.diagnose import rereads, unset
from pytest_autopsy.model import Diagnosis
from pytest_autopsy.pipeline import explain

from .helpers import Bench

Make = Callable[[str], Bench]


def kinds(diagnosis: Diagnosis) -> set[str]:
    return {suspect.mechanism for suspect in diagnosis.suspects}


LEAK = """
CHOSEN = {"unit": "km"}

def choose(unit):
    CHOSEN["unit"] = unit

def undo():
    CHOSEN["unit"] = "km"

def shown(length):
    return f"{length} {CHOSEN['unit']}"

def test_before(): assert shown(2) == "2 km"
def test_miles():
    choose("mi")
    assert shown(2) == "2 mi"
def test_miles_undone():
    choose("mi")
    assert shown(2) == "2 mi"
    undo()
def test_after(): assert shown(2) == "2 km"
"""


def test_state_that_an_earlier_test_left(bench: Make) -> None:
    made = bench(LEAK)
    made.test("test_before")
    made.test("test_miles")
    made.test("test_after", ("==", "2 mi", "2 km"))
    found = made.diagnosis()
    assert found.suspects[0].function.name == "choose"
    assert (found.confidence, found.kind) == ("shown", "shared state changed")
    assert "changed CHOSEN in test_miles" in " ".join(fact.fact for fact in found.evidence)


def test_what_is_put_back_is_not_left(bench: Make) -> None:
    made = bench(LEAK)
    made.test("test_before")
    made.test("test_miles_undone")
    made.module.CHOSEN["unit"] = "nm"  # somebody whom nobody has seen
    made.test("test_after", ("==", "2 nm", "2 km"))
    assert "state left behind" not in kinds(made.diagnosis())


CACHE = """
known = {}

def published(name, day):
    return {"a": 1.5, "b": 2.5}[name] + day

def rate(name, day):
    if %s not in known:
        known[%s] = published(name, day)
    return known[%s]

def test_one(): assert rate("b", 1) == 3.5
def test_two(): assert rate("a", 1) + rate("a", 2) == %s
"""


def test_a_cache_with_too_small_a_key(bench: Make) -> None:
    made = bench(CACHE % ("name", "name", "name", 6.0))
    made.test("test_one")
    made.test("test_two", ("==", 5.0, 6.0))
    found = made.diagnosis()
    assert found.suspects[0].function.name == "rate"
    assert found.kind == "stale cache"
    assert found.title == "rate gives from known what it kept for another day"


def test_a_cache_with_a_whole_key_is_none(bench: Make) -> None:
    made = bench(CACHE % ("(name, day)", "(name, day)", "(name, day)", 7.0))
    made.test("test_one")
    made.test("test_two", ("==", 6.0, 7.0))
    assert "stale cache" not in kinds(made.diagnosis())


MEMO = """
class Calendar:
    def __init__(self, offset):
        self.offset, self._known = offset, {}

    def days(self, year, month):
        if %s not in self._known:
            self._known[%s] = self.select(year, month)
        return self._known[%s]

    def select(self, year, month):
        return [year %% 7 + month + self.offset, 28]

def pair(one, other):
    return one.days(2023, 1) + other.days(2024, 1)

def test_one(): assert Calendar(0).days(2023, 1) == [1, 28]
def test_pair(): assert pair(%s) == %s
"""


def test_a_memo_of_an_object_with_too_small_a_key(bench: Make) -> None:
    made = bench(MEMO % ("month", "month", "month", "*[Calendar(0)] * 2", "[1, 28, 2, 28]"))
    made.test("test_one")
    made.test("test_pair", ("==", [1, 28, 1, 28], [1, 28, 2, 28]))
    found = made.diagnosis()
    assert found.suspects[0].function.name == "Calendar.days"
    assert found.title == "Calendar.days gives from self._known what it kept for another year"


def test_memos_of_two_objects_are_not_one(bench: Make) -> None:
    """The same answer of another object, which has worked it out itself, is no stale one."""
    key = ("(year, month)",) * 3
    made = bench(MEMO % (*key, "Calendar(0), Calendar(-1)", "[1, 28, 2, 28]"))
    made.test("test_one")
    made.test("test_pair", ("==", [1, 28, 1, 28], [1, 28, 2, 28]))
    assert "stale cache" not in kinds(made.diagnosis())


def test_what_a_memo_gives_in_passing_tests_as_well_is_not_stale(bench: Make) -> None:
    source = MEMO % ("month", "month", "month", "*[Calendar(0)] * 2", "[1, 28, 2, 28]")
    source += "\ndef test_same(): assert pair(*[Calendar(0)] * 2) == [1, 28, 1, 28]\n"
    made = bench(source)
    made.test("test_one")
    made.test("test_same")
    made.test("test_pair", ("==", [1, 28, 1, 28], [1, 28, 2, 28]))
    assert "stale cache" not in kinds(made.diagnosis())


TASKS = """
import asyncio

async def fetch(name, board):
    await asyncio.sleep(0)
    board.append(int(name))

async def fetch_all(names, board):
    tasks = [asyncio.create_task(fetch(name, board)) for name in names]
    await asyncio.wait(tasks)
    %s
    return board

def test_good(): assert asyncio.run(fetch_all(["1", "2"], [])) == [1, 2]
def test_bad(): assert len(asyncio.run(fetch_all(["1", "x"], []))) == 2
"""


def test_a_task_whose_exception_is_lost(bench: Make) -> None:
    made = bench(TASKS % "")
    made.test("test_good")
    made.test("test_bad", ("==", 1, 2))
    found = made.diagnosis()
    assert found.suspects[0].function.name == "fetch_all"
    assert found.title == "fetch_all loses the ValueError of the task fetch"
    assert found.confidence == "shown"


GATHERED = """
import asyncio

class NoPage(Exception):
    pass

async def page(name):
    await asyncio.sleep(0)
    if name == "x":
        raise NoPage(name)
    return name

async def pages(names):
    found = await asyncio.gather(*map(page, names), return_exceptions=True)
    return dict(zip(names, found))

def shown(names):
    return sorted(name for name, page in asyncio.run(pages(names)).items())

def test_good(): assert shown(["a"]) == ["a"]
def test_bad(): assert shown(["a", "x"]) == ["a"]
"""


def test_an_exception_that_gather_returns_is_not_lost(bench: Make) -> None:
    made = bench(GATHERED)
    made.test("test_good")
    made.test("test_bad", ("==", ["a", "x"], ["a"]))
    assert "lost exception" not in kinds(made.diagnosis())


def test_what_passing_tests_lose_as_well_explains_nothing(bench: Make) -> None:
    source = (TASKS % "").replace(
        "def test_bad()",
        'def test_same(): assert asyncio.run(fetch_all(["1", "x"], [])) == [1]\ndef test_bad()',
    )
    made = bench(source)
    made.test("test_good")
    made.test("test_same")
    made.test("test_bad", ("==", 1, 2))
    assert "lost exception" not in kinds(made.diagnosis())


def test_a_task_that_is_asked_loses_nothing(bench: Make) -> None:
    made = bench(TASKS % "[task.result() for task in tasks]")
    made.test("test_good")
    made.test("test_bad")
    assert "lost exception" not in kinds(made.diagnosis())


RETRIED = """
import asyncio

async def ask(errors):
    if errors:
        raise errors.pop(0)
    return "answer"

async def asked(errors):
    return await asyncio.ensure_future(ask(errors))

async def retried(errors):
    try:
        return await asked(errors)
    except OSError:
        return await asked(errors)

def test_good(): assert asyncio.run(retried([])) == "answer"
def test_bad(): asyncio.run(retried([OSError("first"), OSError("second")]))
"""


def test_an_exception_that_was_caught_before_another_of_its_type_is_not_lost(bench: Make) -> None:
    made = bench(RETRIED)
    made.test("test_good")
    made.test("test_bad")
    assert "lost exception" not in kinds(made.diagnosis())


DIGITS = """
class Line:
    def __init__(self, pieces):
        self.pieces = pieces

def read(text):
    return [Line(%s(part)) for part in text.split()]

def pieces(line):
    return line.pieces

def fullest(lines):
    return pieces(max(lines, key=pieces))

def test_good(): assert fullest([Line(9), Line(12)]) == 12
def test_bad(): assert fullest(read("9 120")) == %s
"""


def test_digits_that_stay_text(bench: Make) -> None:
    made = bench(DIGITS % ("str", 120))
    made.test("test_good")
    made.test("test_bad", ("==", "9", 120))
    found = made.diagnosis()
    assert found.suspects[0].function.name == "read"
    assert found.kind == "text for a number"


GIVEN = """
def read(text):
    return text.split()[1]

def price(cents):
    return cents / 100

def total(text):
    return price(read(text))

def test_good(): assert price(250) == 2.5
def test_bad(): assert total("tea 250") == 2.5
"""


def test_digits_that_are_only_given(bench: Make) -> None:
    made = bench(GIVEN)
    made.test("test_good")
    made.test("test_bad")
    found = made.diagnosis()
    assert (found.suspects[0].function.name, found.kind) == ("read", "text for a number")
    assert "price was given as cents the text '250'; in passing tests a number" in [
        fact.fact for fact in found.evidence
    ]


def test_numbers_are_no_such_thing(bench: Make) -> None:
    made = bench(DIGITS % ("int", 9))
    made.test("test_good")
    made.test("test_bad", ("==", 120, 9))
    assert "text for a number" not in kinds(made.diagnosis())


def test_what_is_changed_since_the_last_commit_breaks_a_tie(bench: Make) -> None:
    made = bench("""
def one(number):
    return number + 1

def two(number):
    return number + 2

def test_bad(): assert one(1) + two(1) == 4
""")
    made.test("test_bad", ("==", 5, 4))
    before = {s.function.name: s.score for s in made.diagnosis().suspects}
    made.run.changed = {made.run.functions[0].file.replace("test_", ""): frozenset({6})}
    after = {s.function.name: s.score for s in made.diagnosis().suspects}
    assert after["two"] > before["two"]
    assert after["one"] == before["one"]
    assert "line 6 is changed since the last commit" in made.diagnosis().suspects[0].why


REGISTRY = """
made = {}
known = []

def find(name):
    if name not in known:
        raise LookupError(name)
    return name.title()

def model(name):
    if name not in made:
        made[name] = find(name)
    return made[name]

def test_first():
    known.append("a")
    assert model("a") == "A"
    known.clear()
def test_again(): assert model("a") == "A"
def test_lost():
    made.clear()
    assert model("a") == "A"
"""


def test_who_fills_a_registry_and_raises_has_not_left_anything(bench: Make) -> None:
    made = bench(REGISTRY)
    for name in ("test_first", "test_again", "test_lost"):
        made.test(name)
    found = made.diagnosis()
    assert found.suspects[0].function.name == "find"
    assert found.confidence != "shown"


OUTSIDE = """
import socket

def connect():
    with socket.socket() as made:
        made.connect(("127.0.0.1", 9))

def refuse():
    raise ConnectionRefusedError("we want this")

def import_it():
    import no_such_module_anywhere

def other_import():
    import no_such_module_anywhere

def wanted(name):
    try:
        return __import__(name)
    except ImportError as error:
        refuse_to_go_on(error)

def refuse_to_go_on(error):
    raise error

def handled():
    try:
        import no_such_module_anywhere
    except ImportError:
        return [1, 2].index(3)

def version():
    import importlib.metadata
    return importlib.metadata.version("no-such-project")

def told_of():
    try:
        import no_such_module_anywhere
    except ImportError:
        raise RuntimeError("install it")

def test_refused(): connect()
def test_own(): refuse()
def test_version(): version()
def test_handled(): handled()
def test_told_of(): told_of()
def test_module(): import_it()
def test_module_too(): other_import()
def test_first_missing(): wanted("no_such_first")
def test_second_missing(): wanted("no_such_second")
"""


def test_what_is_missing_outside_the_program(bench: Make) -> None:
    made = bench(OUTSIDE)
    made.test("test_refused")
    found = made.diagnosis()
    assert (found.kind, found.title.split(":")[0]) == ("environment", "connection refused")
    made.run.failures.clear()
    made.test("test_module")
    found = made.diagnosis()
    assert (found.title, found.hint.split()[:2]) == (
        "missing module no_such_module_anywhere", ["install", "no_such_module_anywhere"]
    )  # fmt: skip


def test_a_project_that_is_not_installed(bench: Make) -> None:
    made = bench(OUTSIDE)
    made.test("test_version")
    found = made.diagnosis()
    assert (found.title, found.confidence) == ("missing distribution no-such-project", "shown")


def test_two_missing_modules_are_two_causes_whoever_asks_for_them(bench: Make) -> None:
    made = bench(OUTSIDE)
    for name in ("test_module", "test_module_too", "test_first_missing", "test_second_missing"):
        made.test(name)
    found = explain(made.run, made.targets.absolute)
    assert sorted((one.diagnosis.title, len(one.failures)) for one in found) == [
        ("missing module no_such_first", 1),
        ("missing module no_such_module_anywhere", 2),
        ("missing module no_such_second", 1),
    ]
    assert not [fact for one in found for fact in one.diagnosis.evidence if fact.role == "culprit"]


def test_a_missing_module_that_was_handled_is_no_cause(bench: Make) -> None:
    made = bench(OUTSIDE)
    made.test("test_handled")
    assert made.diagnosis().kind != "environment"
    made.run.failures.clear()
    made.test("test_told_of")
    assert made.diagnosis().title == "missing module no_such_module_anywhere"


def test_what_the_program_raises_itself_is_not_outside(bench: Make) -> None:
    made = bench(OUTSIDE)
    made.test("test_own")
    assert made.diagnosis().kind != "environment"


UNSET = """
class Base:
    def __init__(self, name):
        %s

class Card(Base):
    def title(self):
        return self.name.title()

    def line(self):
        return f"{self.name}:"

def shout(card):
    return card.title() + "!"

def test_good(): assert Base("a") is not None
def test_bad(): assert shout(Card("ann")) == "Ann!"
"""


def test_an_attribute_that_a_constructor_does_not_set(bench: Make) -> None:
    made = bench(UNSET % "self.called = name")
    made.test("test_good")
    made.test("test_bad")
    found = made.diagnosis()
    assert found.suspects[0].function.name == "Base.__init__"
    assert found.title == "Base.__init__ leaves name unset, which others count on"


def test_a_method_that_nobody_has_written_is_no_unset_attribute(bench: Make) -> None:
    made = bench(UNSET.replace("self.name.title()", "self.name()") % "self.called = name")
    made.test("test_good")
    made.test("test_bad")
    assert "attribute not set" not in kinds(made.diagnosis())


def test_an_attribute_that_is_set_is_no_such_thing(bench: Make) -> None:
    made = bench(UNSET % "self.name = None")
    made.test("test_good")
    made.test("test_bad")
    assert "attribute not set" not in kinds(made.diagnosis())


SUPER = """
class Node:
    def __init__(self, name):
        self.name, self.hidden = name, False

class Label(Node):
    def __init__(self, name):
        self.name = name

def visible(nodes):
    return [node.name for node in nodes if not node.hidden]

def test_good(): assert visible([Node("a")]) == ["a"]
def test_bad(): assert visible([Node("a"), Label("b")]) == ["a", "b"]
"""


def test_a_constructor_that_does_not_call_its_base(bench: Make) -> None:
    """The name is no slip of an attribute that is set: it is just that one."""
    made = bench(SUPER)
    made.test("test_good")
    made.test("test_bad")
    found = made.diagnosis()
    assert found.suspects[0].function.name == "Label.__init__"
    (unset_by,) = unset.find(made.case())
    assert (unset_by.fact, unset_by.strength) == ("Label.__init__ made a Label without hidden", 0.8)


SHARED = """
class Field:
    def __init__(self):
        self.seen = 0

class Form:
    fields = [Field()]

    def read(self, text):
        %s
        return int(text)

def test_good(): assert Form().read("1") == 1
def test_bad(): assert Form().read("1") == 2
"""


@pytest.mark.parametrize(
    ("statement", "changes"),
    [("self.fields[0].seen += 1", False), ("self.fields.append(1)", True)],
)
def test_what_an_object_in_a_class_attribute_does_to_itself(
    bench: Make, statement: str, changes: bool
) -> None:
    made = bench(SHARED % statement)
    made.test("test_good")
    made.test("test_bad", ("==", 1, 2))
    whys = [why for one in made.diagnosis().suspects for why in one.why]
    assert any("changed the class attribute Form.fields" in why for why in whys) is changes


COPY = """
class Basket:
    def __init__(self, items=()):
        self.items = list(items)
        self.notes = []

    def copy(self):
        made = Basket()
        made.__dict__.update(self.__dict__)
        return made

    def again(self):
        return self.copy()

    def add(self, item):
        self.items.append(item)
        return len(self.items)

def test_copy(): assert Basket("a").copy().items == ["a"]
def test_changed(): assert Basket("a").copy().add("b") == 2
def test_bad():
    first = Basket("a")
    second = first.%s()
    second.add("b")
    assert first.items == ["a"]
def test_own():
    Basket("a").add("b")
    assert Basket("a").copy().items == ["b"]
"""


@pytest.mark.parametrize("name", ["copy", "again"])
def test_a_copy_that_shares_a_part(bench: Make, name: str) -> None:
    made = bench(COPY % name)
    made.test("test_copy")
    made.test("test_bad", ("==", ["a", "b"], ["a"]))
    found = made.diagnosis()
    assert found.suspects[0].function.name == "Basket.copy"
    assert found.kind == "shared state changed"
    assert found.title == "Basket.copy shares Basket.items with what it was made from"


def test_a_copy_whose_shared_part_stays_as_it_is_explains_nothing(bench: Make) -> None:
    made = bench(COPY % "copy")
    made.test("test_own", ("==", ["a"], ["b"]))
    assert "shared state changed" not in kinds(made.diagnosis())


def test_a_part_that_passing_tests_share_and_change_is_meant(bench: Make) -> None:
    made = bench(COPY % "copy")
    made.test("test_changed")
    made.test("test_bad", ("==", ["a", "b"], ["a"]))
    assert "shared state changed" not in kinds(made.diagnosis())


SNAPSHOT = """
class Wallet:
    def __init__(self, state):
        self.state = dict(state)

    def hold(self, name, amount):
        self.state["holds"][name] = amount

class Store:
    def __init__(self):
        self.kept = {"holds": {}}

    def load(self):
        return Wallet(self.kept)

def test_good(): assert Wallet({"holds": {"a": 1}}).state["holds"] == {"a": 1}
def test_bad():
    store = Store()
    store.load().hold("a", 1)
    assert store.load().state == {"holds": {}}
"""


def test_a_copy_of_one_level(bench: Make) -> None:
    made = bench(SNAPSHOT)
    made.test("test_good")
    made.test("test_bad", ("==", {"holds": {"a": 1}}, {"holds": {}}))
    found = made.diagnosis()
    assert found.suspects[0].function.name == "Wallet.__init__"
    assert found.title == "Wallet.__init__ shares Wallet.state['holds'] with what it was given"


MERGE = """
def merged(base, other):
    found = dict(base)
    found.update(other)
    return found

def configure(base, name, host):
    settings = merged(base, {"name": name})
    settings["db"]["host"] = host
    return settings

def test_good(): assert merged({"a": 1}, {"b": 2}) == {"a": 1, "b": 2}
def test_bad():
    base = {"db": {"host": "here"}}
    configure(base, "x", "there")
    assert base == {"db": {"host": "here"}}
"""


def test_a_mapping_whose_inner_one_is_shared(bench: Make) -> None:
    made = bench(MERGE)
    made.test("test_good")
    made.test("test_bad", ("==", {"db": {"host": "there"}}, {"db": {"host": "here"}}))
    names = [one.function.name for one in made.diagnosis().suspects[:2]]
    assert sorted(names) == ["configure", "merged"]


LEFT_OPEN = """
from contextlib import contextmanager

class Printer:
    def __init__(self):
        self.depth = 0
        self.path = []
        self.locked = False

    @contextmanager
    def locking(self):
        self.locked = True
        yield self
        self.locked = False

    @contextmanager
    def safely(self):
        self.locked = True
        try:
            yield self
        finally:
            self.locked = False

    def nested(self, text):
        self.depth += 1
        shown = "  " * self.depth + text.upper()
        self.depth -= 1
        return shown

    def inside(self, name, text):
        self.path.append(name)
        shown = ".".join(self.path) + text.upper()
        self.path.pop()
        return shown

    def careful(self, text):
        self.depth += 1
        try:
            return text.upper()
        finally:
            self.depth -= 1

    def either(self, text):
        if text is None:
            self.depth = 1
            return text.upper()
        else:
            self.depth = 0
            return text

def attempt(work, *given):
    try:
        work(*given)
    except AttributeError:
        return None

def state(printer):
    return [printer.depth, printer.path, printer.locked]

def test_good(): assert state(Printer()) == [0, [], False]
def test_fine(): assert Printer().nested("a") == "  A"
def test_nested():
    printer = Printer()
    attempt(printer.nested, None)
    assert state(printer) == [0, [], False]
def test_inside():
    printer = Printer()
    attempt(printer.inside, "a", None)
    assert state(printer) == [0, [], False]
def test_careful():
    printer = Printer()
    attempt(printer.careful, None)
    assert state(printer) == [1, [], False]
def test_either():
    printer = Printer()
    attempt(printer.either, None)
    assert state(printer) == [0, [], False]
def test_locking():
    printer = Printer()
    try:
        with printer.locking():
            None.upper()
    except AttributeError:
        pass
    assert state(printer) == [0, [], False]
def test_safely():
    printer = Printer()
    try:
        with printer.safely():
            None.upper()
    except AttributeError:
        pass
    assert state(printer) == [1, [], False]
def test_itself():
    printer = Printer()
    printer.nested(None)
"""


@pytest.mark.parametrize(
    ("test", "function", "line"),
    [
        ("test_nested", "Printer.nested", "self.depth -= 1"),
        ("test_inside", "Printer.inside", "self.path.pop()"),
        ("test_locking", "Printer.locking", "self.locked = False"),
    ],
)
def test_what_an_exception_leaves_undone(bench: Make, test: str, function: str, line: str) -> None:
    made = bench(LEFT_OPEN)
    made.test("test_good")
    made.test("test_fine")
    made.test(test, ("==", [1, [], False], [0, [], False]))
    found = made.diagnosis()
    assert found.suspects[0].function.name == function
    assert found.kind == "state left behind"
    assert found.title == f"{function} leaves out `{line}` when AttributeError passes"


@pytest.mark.parametrize("test", ["test_careful", "test_either", "test_safely", "test_itself"])
def test_what_is_undone_or_not_met_is_told_of_nobody(bench: Make, test: str) -> None:
    made = bench(LEFT_OPEN)
    made.test("test_good")
    made.test(test, ("==", [1, [], False], [0, [], False]))
    assert "state left behind" not in kinds(made.diagnosis())


COLLIDING = """
known = {}

def name_of(work):
    return work.__name__

def key_of(work, given):
    return (name_of(work), *given)

def remembered(work, *given):
    key = key_of(work, given)
    if key not in known:
        known[key] = work(*given)
    return known[key]

class Cat:
    @staticmethod
    def cry(loud):
        return "MIAU" if loud else "miau"

class Dog:
    @staticmethod
    def cry(loud):
        return "WAU" if loud else "wau"

def cries(loud):
    return [remembered(one.cry, loud) for one in (Cat, %s)]

def test_good(): assert remembered(Dog.cry, False) == "wau"
def test_bad(): assert cries(True) == ["MIAU", "WAU"]
"""


def test_who_makes_one_key_for_two_questions(bench: Make) -> None:
    made = bench(COLLIDING % "Dog")
    made.test("test_good")
    made.test("test_bad", ("==", ["MIAU", "MIAU"], ["MIAU", "WAU"]))
    found = made.diagnosis()
    assert found.suspects[0].function.name == "name_of"
    assert (found.kind, found.confidence) == ("stale cache", "shown")
    assert found.title == "name_of gives one key for different works"


def test_one_question_asked_twice_has_one_key(bench: Make) -> None:
    made = bench(COLLIDING % "Cat")
    made.test("test_good")
    made.test("test_bad", ("==", ["MIAU", "MIAU"], ["MIAU", "WAU"]))
    assert "stale cache" not in kinds(made.diagnosis())


TWICE = """
def longest(words):
    if sum(1 for word in words) == 0:
        return None
    return max((len(word) for word in words), default=0)

def test_good(): assert longest(["a", "bb"]) == 2
def test_%s(): assert longest(word for word in ("a", "bb", "ccc")) == 3
def test_same(): assert longest(word for word in ("b", "c")) == 0
"""


def test_an_iterator_that_one_function_reads_twice(bench: Make) -> None:
    made = bench(TWICE % "bad")
    made.test("test_good")
    made.test("test_bad", ("==", 0, 3))
    found = made.diagnosis()
    assert (found.kind, found.confidence) == ("iterator exhausted", "shown")
    assert found.title == "longest goes through the iterator words twice"
    assert found.suspects[0].line == 5


def test_an_iterator_that_passing_tests_read_twice_as_well(bench: Make) -> None:
    made = bench(TWICE % "bad")
    made.test("test_same")
    made.test("test_bad", ("==", 0, 3))
    assert "iterator exhausted" not in kinds(made.diagnosis())


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("a = list(x)\nreturn a, sum(x)", (2, 3)),
        ("for a in x:\n    print(a)\nreturn [*x]", (2, 4)),
        ("x = list(x)\nreturn sum(x) / sum(x)", None),
        ("if y:\n    return sum(x)\nreturn max(x)", None),
        ("if y:\n    a = sum(x)\nelse:\n    a = max(x)\nreturn a", None),
        ("if y:\n    a = sum(x)\nreturn max(x)", (3, 4)),
        ("return sum(x)", None),
        ("match y:\n    case 1:\n        return sum(x)\n    case _:\n        return max(x)", None),
        ("return len(x) + x[0]", None),
        ("return dict(zip(x, x))", (2, 2)),
        ("try:\n    return list(x)\nfinally:\n    sum(x)", None),
    ],
)
def test_what_is_read_twice(body: str, lines: tuple[int, int] | None) -> None:
    text = "def f(x, y):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.FunctionDef)
    assert rereads.read_twice(node, "x") == lines


KEPT = """
from functools import cached_property

class Cart:
    def __init__(self):
        self.prices = []
        self.names = []
        self._total = None
        self.sold = 0

    def total(self):
        if self._total is None:
            self._total = sum(self.prices)
        return self._total

    @cached_property
    def count(self):
        return len(self.prices)

    def add(self, price):
        self._put(price)
        self._forget()

    def drop(self):
        self.prices.pop()

    def rename(self, name):
        self.names.append(name)

    def clear(self):
        self.prices.clear()
        self._total = None
        self.__dict__.pop("count", None)

    def _put(self, price):
        self.prices.append(price)

    def _forget(self):
        self._total = None

def test_good():
    cart = Cart()
    cart.add(2)
    assert cart.total() == 2
def test_drop():
    cart = Cart()
    cart.add(2)
    cart.total()
    cart.drop()
    assert cart.total() == 0
def test_count():
    cart = Cart()
    assert cart.count == 0
    cart.add(2)
    assert cart.count == 1
def test_cleared():
    cart = Cart()
    cart.add(2)
    assert cart.total() + cart.count == 3
    cart.clear()
    assert cart.total() + cart.count == 1
def test_renamed():
    cart = Cart()
    cart.total()
    cart.rename("a")
    assert cart.total() == 1
def test_before():
    cart = Cart()
    cart.add(2)
    cart.drop()
    assert cart.total() == 1
"""


@pytest.mark.parametrize(
    ("test", "compared", "title"),
    [
        ("test_drop", (2, 0), "Cart.drop leaves _total as it was made of the old prices"),
        ("test_count", (0, 1), "Cart.add leaves count as it was made of the old prices"),
    ],
)
def test_a_memo_that_outlives_what_it_was_made_of(
    bench: Make, test: str, compared: tuple[int, int], title: str
) -> None:
    made = bench(KEPT)
    made.test("test_good")
    made.test(test, ("==", *compared))
    found = made.diagnosis()
    assert found.title == title
    assert (found.kind, found.confidence) == ("stale cache", "shown")
    assert found.suspects[0].function.name == title.split()[0]


@pytest.mark.parametrize("test", ["test_cleared", "test_renamed", "test_before"])
def test_a_memo_that_is_seen_to_is_told_of_nobody(bench: Make, test: str) -> None:
    made = bench(KEPT)
    made.test("test_good")
    made.test(test, ("==", 0, 1))
    assert "stale cache" not in kinds(made.diagnosis())
