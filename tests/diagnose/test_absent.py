"""What is not there: a name of a library, an attribute whose set-up did not run, a module of Python's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from pytest_autopsy.diagnose.environment import REMOVED, missing
from pytest_autopsy.diagnose.known import Known
from pytest_autopsy.pipeline import explain
from pytest_autopsy.source import source_of

from .helpers import Bench

Make = Callable[[str], Bench]

OLD_NAMES = """
import json

def convert(text):
    return json.read(text)

def load(text):
    return convert(text)

def late():
    from json import no_such_name
    return no_such_name

def refuse():
    raise AttributeError("module 'json' has no attribute 'read'")

def refuse_by_name():
    raise json.NoSuchError("no")

def test_good(): assert json.loads("1") == 1
def test_bad(): assert load("1") == 1
def test_late(): assert late()
def test_refuse(): assert refuse()
def test_named(): refuse_by_name()
def test_inside(): assert json.read("1") == 1
"""


@pytest.mark.parametrize(
    ("test", "who", "name"),
    [
        ("test_bad", "convert", "read"),
        ("test_late", "late", "no_such_name"),
        ("test_inside", "test_inside", "read"),
        ("test_named", "refuse_by_name", "NoSuchError"),
    ],
)
def test_who_asks_a_library_for_what_it_has_not(
    bench: Make, test: str, who: str, name: str
) -> None:
    made = bench(OLD_NAMES)
    made.test("test_good")
    made.test(test)
    found = made.diagnosis()
    assert found.title == f"{who} asks json for {name}, which it does not have"
    assert (found.kind, found.confidence) == ("not in the library", "shown")
    assert found.hint.startswith(f"replace json.{name} at ")


def test_all_who_ask_for_the_same_name_are_one_cause(bench: Make) -> None:
    made = bench(OLD_NAMES)
    for name in ("test_good", "test_bad", "test_inside", "test_late"):
        made.test(name)
    causes = explain(made.run, made.targets.absolute)
    told = {one.diagnosis.title: (len(one.failures), one.diagnosis.confidence) for one in causes}
    assert told == {
        "json has no read, for which 2 functions ask": (2, "shown"),
        "late asks json for no_such_name, which it does not have": (1, "shown"),
    }
    hint = next(one.diagnosis.hint for one in causes if len(one.failures) == 2)
    assert " and in 1 more, or install a version that has it" in hint


CASES = """
import unittest

class Case(unittest.TestCase):
    def runTest(self):
        self.assertItemsEqual([1], [1])  # gone since Python 3.0

def test_case(): Case().runTest()
"""


def test_a_method_that_unittest_dropped_has_another_name_now(bench: Make) -> None:
    made = bench(CASES)
    made.test("test_case")
    found = made.diagnosis()
    assert (
        found.title
        == "Case.runTest asks unittest.TestCase for assertItemsEqual, which it does not have"
    )
    assert found.hint.startswith("call assertCountEqual in place of assertItemsEqual at ")


def test_what_the_project_raises_itself_is_no_library_s(bench: Make) -> None:
    made = bench(OLD_NAMES)
    made.test("test_refuse")
    assert made.diagnosis().kind != "not in the library"


def test_a_module_of_the_project_is_no_library(bench: Make, tmp_path: Path) -> None:
    """Also one that was imported before anything was recorded."""
    (tmp_path / "src").mkdir()
    made = bench("def refuse(): return ours.rate\n\ndef test_it(): refuse()\n")
    made.module.refuse.__globals__["ours"] = ModuleType("ours")  # type: ignore[attr-defined]
    made.test("test_it")
    assert made.diagnosis().kind == "not in the library"
    (tmp_path / "src" / "ours.py").write_text("RATE = 1\n", "utf-8")
    source_of.cache_clear()
    assert made.diagnosis().kind != "not in the library"


SET_UP = """
class Base:
    def prepare(self):
        self.shelf = {}

class Shop(Base):
    def add(self, name):
        self.shelf[name] = 1
        return self

class TestShop:
    def setup(self):
        self.shop = Shop()

    def test_it(self):
        self.shop.add("pen")

def test_good(): assert Shop()
def test_unprepared(): assert Shop().add("pen")
def test_prepared():
    made = Shop()
    made.prepare()
    del made.shelf
    assert made.add("pen")
"""


def test_the_method_that_was_to_set_an_attribute(bench: Make) -> None:
    made = bench(SET_UP)
    made.test("test_good")
    made.test("test_unprepared")
    found = made.diagnosis()
    suspect = next(one for one in found.suspects if one.function.name == "Base.prepare")
    assert "Base.prepare, which sets shelf, did not run" in suspect.why


def test_a_method_that_ran_is_not_accused(bench: Make) -> None:
    made = bench(SET_UP)
    made.test("test_good")
    made.test("test_prepared")
    why = [fact for one in made.diagnosis().suspects for fact in one.why]
    assert why and not any("did not run" in fact for fact in why)


NOSE = """
class Shop:
    def add(self, name):
        return name

def test_good():
    assert Shop().add("pen") == "pen"

class TestShop:
    def setup(self):
        self.shop = Shop()

    def test_it(self):
        assert self.shop.add("pen") == "pen"

    def test_more(self):
        assert self.shop.add("ink") == "ink"

def test_first(): TestShop().test_it()
def test_second(): TestShop().test_more()
"""


def test_a_set_up_of_nose_that_pytest_does_not_call(bench: Make) -> None:
    made = bench(NOSE)
    for name in ("test_good", "test_first", "test_second"):
        made.test(name)
    causes = explain(made.run, made.targets.absolute)
    assert len(causes) == 1
    found = causes[0].diagnosis
    assert found.title == "TestShop.setup, which sets shop, did not run"
    assert found.hint == (
        "pytest calls setup_method, and since version 8 not setup: rename TestShop.setup"
    )


GONE = """
def shell():
    import formatter  # gone from every Python that we run on

def test_shell(): shell()
"""


def test_a_module_that_python_dropped_is_not_to_be_installed(bench: Make) -> None:
    made = bench(GONE)
    made.test("test_shell")
    assert made.diagnosis().hint.startswith(
        f"Python {REMOVED['formatter']} and later have no formatter:"
    )


GENERATOR = """
def pairs(items):
    found = iter(items)
    while True:
        yield next(found), next(found)

def shown(items):
    return [pair for pair in pairs(items)]

def test_none(): assert pairs([])
def test_odd(): assert shown([1, 2])
"""


def test_a_generator_that_let_stop_iteration_out_raised_what_took_its_place(bench: Make) -> None:
    made = bench(GENERATOR)
    made.test("test_none")
    made.test("test_odd")
    why = {one.function.name: one.why for one in made.diagnosis().suspects}
    assert "raised in pairs at line 5: RuntimeError" in why["pairs"]
    assert any(fact.startswith("on the stack of shown") for fact in why["shown"])


CLIENT = """
import socket

class ClientError(Exception):
    pass

def connect(address):
    try:
        return socket.create_connection(address, timeout=1)
    except OSError as error:
        raise ClientError(str(error)) from error

def fetch(port):
    return connect(("127.0.0.1", port)).recv(1)

def refuse():
    raise ClientError("[Errno 111] Connection refused")

def test_good(): assert CLIENT_ERROR or True
def test_fetch(): fetch(1)
def test_again(): fetch(1)
def test_made_up(): refuse()
def test_compared(): assert "x" == "[Errno 111] Connection refused"
""".replace("CLIENT_ERROR", "ClientError")


def test_what_a_client_wraps_is_what_the_system_said(bench: Make) -> None:
    made = bench(CLIENT)
    for name in ("test_good", "test_fetch", "test_again"):
        made.test(name)
    found = made.diagnosis()
    assert found.title.startswith("connection refused: [Errno 111]")
    assert (found.kind, found.hint) == (
        "environment", "start what is to listen there, or point the tests elsewhere"
    )  # fmt: skip
    assert not any(fact.kind == "spectrum" for fact in found.evidence)


@pytest.mark.parametrize("test", ["test_made_up", "test_compared"])
def test_what_the_project_says_by_itself_is_its_own(bench: Make, test: str) -> None:
    made = bench(CLIENT)
    made.test("test_good")
    made.test(test)
    assert made.diagnosis().kind != "environment"


WARNED = """
import threading
import warnings

def current():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return threading.currentThread()

def name():
    return current().name

def ours():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.warn("ours is old", DeprecationWarning)

def test_good(): assert threading
def test_name(): assert name()
def test_ours(): ours()
"""


def test_who_does_what_a_library_warns_of(bench: Make) -> None:
    made = bench(WARNED)
    made.test("test_good")
    made.test("test_name")
    found = made.diagnosis()
    assert found.suspects[0].function.name == "current"
    assert found.title.startswith("current does what threading warns of: currentThread() is dep")
    assert found.hint.startswith("do without it at bench_")
    assert found.confidence == "shown"


def test_a_warning_of_the_projects_own_is_none_of_a_library(bench: Make) -> None:
    made = bench(WARNED)
    made.test("test_good")
    made.test("test_ours")
    assert "warns of" not in made.diagnosis().title


EVERYWHERE = """
def key(text):
    return text

def test_one(): assert key("a") == "a"
def test_two(): assert key("b") == "b"
def test_bad(): assert key("c") == "d"
"""


def test_what_every_test_runs_is_not_likely_by_that_alone(bench: Make) -> None:
    made = bench(EVERYWHERE)
    for name in ("test_one", "test_two", "test_bad"):
        made.test(name)
    assert made.diagnosis().confidence == "open"


@pytest.mark.parametrize(
    ("kind", "message", "title"),
    [
        ("ConnectError", "[Errno -2] Name or service not known", "host name not resolved"),
        (
            "URLError",
            "<urlopen error [Errno -3] Temporary failure in name resolution>",
            "host name not resolved",
        ),
        ("ClientError", "[Errno 61] Connection refused", "connection refused"),
        ("AssertionError", "[Errno 61] Connection refused", None),
        ("ValueError", "Connection refused by rule 3", None),
    ],
)
def test_what_the_system_says_under_any_name(
    bench: Make, kind: str, message: str, title: str | None
) -> None:
    made = bench(WARNED)
    made.test("test_ours")
    failure = replace(made.run.failures[0], exception=(kind, message), snapshot=None)
    found = missing(Known(made.run, made.targets.absolute), failure)
    assert (found.what if found else None) == title
