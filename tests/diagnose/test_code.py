"""What a function's own source says against it: annotations it breaks, names it never reads."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_autopsy.diagnose import declared, flags, overrides, reads, unread
from pytest_autopsy.diagnose.origin import walk_back
from pytest_autopsy.source import Source

from .helpers import Bench

Make = Callable[[str], Bench]

DECLARED = """
from __future__ import annotations

RATES = {"se": 25, "dk": 25}

def rate(country: str) -> int:
    return RATES.get(country)

def priced(net: int, percent%s) -> str:
    return f"{net} + {percent}%%"

def priced_in(country: str, net: int) -> str:
    return priced(net, rate(country))

def test_se(): assert priced_in("se", 10) == "10 + 25%%"
def test_none(): assert rate("%s") is %s
def test_bad(): assert priced_in("no", 10) == "10 + 0%%"
"""


def declared_by(made: Bench) -> list[tuple[str, str, bool]]:
    found = declared.find(made.case())
    return [(one.function.name, one.fact, one.mechanism) for one in found]


@pytest.mark.parametrize("percent", ["", ": int"])
def test_who_returns_what_it_does_not_declare(bench: Make, percent: str) -> None:
    made = bench(DECLARED % (percent, "dk", "25"))
    made.test("test_se")
    made.test("test_bad", ("==", "10 + None%", "10 + 0%"))
    fact = "rate returned None, and is declared to return int"
    assert declared_by(made) == [("rate", fact, True)]
    found = made.diagnosis()
    assert found.suspects[0].function.name == "rate"


def test_what_passing_tests_break_as_well_is_no_news(bench: Make) -> None:
    made = bench(DECLARED % ("", "xx", "None"))
    made.test("test_se")
    made.test("test_none")
    made.test("test_bad", ("==", "10 + None%", "10 + 0%"))
    assert not declared_by(made)


GIVEN = """
class Shelf:
    def __init__(self, names: list[str]) -> None:
        self.names = names

def find(shelf: Shelf, name: str) -> str:
    return "".join(one for one in shelf.names if one == name)

def ask(shelf, query):
    return find(shelf, query.get("name"))

def ask_for(shelf: Shelf, name: str) -> str:
    return find(shelf, name)

def logged(*args, **kwargs):
    return find(*args, **kwargs)

def test_good(): assert ask(Shelf(["a"]), {"name": "a"}) == "a"
def test_own(): assert ask_for(Shelf(["b"]), "b") == "b"
def test_bad(): assert ask(Shelf(["a"]), {}) == "a"
def test_mine(): assert ask_for(Shelf(["a"]), None) == "a"
def test_list(): assert find(["a"], "a") == "a"
def test_args(): assert logged(Shelf(["a"]), None) == "a"
def test_kwargs(): assert logged(Shelf(["a"]), name=None) == "a"
"""


def test_who_gives_what_is_not_declared(bench: Make) -> None:
    made = bench(GIVEN)
    made.test("test_good")
    made.test("test_bad", ("==", "", "a"))
    fact = "ask gave find name=None, which is declared as str"
    assert declared_by(made) == [("ask", fact, True)]


@pytest.mark.parametrize("name", ["test_mine", "test_list", "test_args", "test_kwargs"])
def test_what_a_test_gives_is_what_it_is_about(bench: Make, name: str) -> None:
    made = bench(GIVEN)
    made.test("test_good")
    made.test("test_own")
    made.test(name, ("==", "", "a"))
    assert not declared_by(made)


@pytest.mark.parametrize(
    ("annotation", "kind", "excluded"),
    [
        ("int", "NoneType", True),
        ("int", "bool", False),
        ("float", "int", False),
        ("int", "float", True),
        ("str | None", "NoneType", False),
        ("str | bytes", "int", True),
        ("Optional[int]", "NoneType", False),
        ("Optional[int]", "str", True),
        ("typing.Union[int, str]", "list", True),
        ("Union[int, Unknown]", "list", False),
        ("List[int]", "tuple", True),
        ("Sequence[int]", "NoneType", True),
        ("Sequence[int]", "str", False),
        ("Hashable", "NoneType", False),
        ("'Own'", "str", True),
        ("Own[int]", "dict", True),
        ("Own", "Own", False),
        ("Shape", "NoneType", False),
        ("Record", "dict", False),
        ("Alias", "NoneType", False),
        ("Literal['a']", "NoneType", False),
        ("None", "int", True),
        ("'not ( an annotation'", "int", False),
    ],
)
def test_what_an_annotation_excludes(
    tmp_path: Path, annotation: str, kind: str, excluded: bool
) -> None:
    path = tmp_path / "own.py"
    path.write_text("class Own: ...\nclass Shape(Protocol): ...\nclass Record(TypedDict): ...\n")
    node = ast.parse(annotation, mode="eval").body
    assert declared.excludes(node, kind, Source(str(path))) is excluded


UNREAD = """
def parsed(text, strict=False):
    parts = text.split(",")
    wanted = [part for part in parts if part]
    return parts

def read(text, strict=False):
    return parsed(text)

def test_good(): assert read("a,b") == ["a", "b"]
def test_bad(): assert read("a,,b", strict=%s) == ["a", "b"]
"""


def test_what_is_given_and_never_read(bench: Make) -> None:
    made = bench(UNREAD.replace("if part", "if part or strict") % "True")
    made.test("test_good")
    made.test("test_bad", ("==", ["a", "", "b"], ["a", "b"]))
    facts = {one.fact for one in unread.find(made.case())}
    assert facts == {
        "parsed sets wanted at line 4, and never reads it",
        "read was given strict=True, and never reads it",
    }


def test_a_default_that_is_never_read_loses_nothing(bench: Make) -> None:
    made = bench(UNREAD % "False")
    made.test("test_good")
    made.test("test_bad", ("==", ["a", "", "b"], ["a", "b"]))
    facts = {one.fact for one in unread.find(made.case())}
    assert facts == {"parsed sets wanted at line 4, and never reads it"}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(a, b): return a + 1", ["b"]),
        ("def f(a, _b): return a + 1", []),
        ("def f(event, context, unused_a): return 1 + 1", []),
        ("def f(a): return None", []),
        ("def f(a):\n    'Says what it does.'", []),
        ("def f(a):\n    raise NotImplementedError", []),
        ("def f(a):\n    b = 1", ["a", "b"]),
        ("class B:\n    def f(self, a):\n        self.b = 1", ["a"]),
        ("def f(a):\n    b = 1\n    return locals()", []),
        ("def f(a):\n    b = 1\n    def g(): return b\n    return g", ["a"]),
        ("def f():\n    global b\n    b = 1\n    return b + 1", []),
        ("def f():\n    global b\n    b = 1\n    print(1)", []),
        ("def f():\n    class A:\n        b = 1\n    return A()", []),
        ("def f(a):\n    b: int = 1\n    return a * 2", ["b"]),
        ("@app.route\ndef f(a): return 1 + 1", []),
        ("@property\ndef f(a): return 1 + 1", ["a"]),
        ("def f(a): return 1 + 1\nregister(f)", []),
        ("def f(a): return 1 + 1\ndef g(a): return 2 + 2", []),
        ("def f(a): return 1 + 1\nclass B:\n    def f(self, a): return a + 1", []),
        ("class B:\n    def __exit__(self, a): return 1 + 1", []),
        ("class B:\n    def __init__(self, a): self.b = 1 + 1", ["a"]),
    ],
)
def test_what_a_function_never_reads(tmp_path: Path, source: str, names: list[str]) -> None:
    path = tmp_path / "own.py"
    path.write_text(source)
    read = Source(str(path))
    assert [one.name for span in read.spans for one in reads.unread(span, read)] == names


FLAGS = """
def quoted(text, full=True):
    return f"<{text}>" if full else text

def shown(text, full=True):
    return %s

def plain(text, full=True):
    return quoted(text, full=full)

def test_good(): assert shown("a") == "<a>"
def test_usual(): assert len(shown("a", full=False)) < 4
def test_bad(): assert shown("a", full=False) == "a"
"""


@pytest.mark.parametrize(
    "call", ["quoted(text)", "plain(text)", "[quoted(one) for one in text][0]"]
)
def test_a_flag_that_is_not_handed_on(bench: Make, call: str) -> None:
    made = bench(FLAGS % call)
    made.test("test_good")
    made.test("test_bad", ("==", "<a>", "a"))
    found = made.diagnosis()
    callee = "plain" if "plain" in call else "quoted"
    assert found.suspects[0].function.name == "shown"
    assert found.title == f"shown does not hand its full on to {callee}"
    facts = [one.fact for one in flags.find(made.case())]
    assert facts == [f"shown was given full=False and called {callee} with full=True"]


@pytest.mark.parametrize("call", ["quoted(text, full)", "quoted(text, full=not full)"])
def test_a_flag_that_is_told_is_no_omission(bench: Make, call: str) -> None:
    made = bench(FLAGS % f"{call} or '{{'")
    made.test("test_good")
    made.test("test_bad", ("==", "<a>", "a"))
    assert not flags.find(made.case())


def test_a_flag_that_passing_tests_give_as_well_explains_nothing(bench: Make) -> None:
    made = bench(FLAGS % "quoted(text)")
    made.test("test_usual")
    made.test("test_bad", ("==", "<a>", "a"))
    assert not any(one.mechanism for one in flags.find(made.case()))


OVERRIDDEN = """
class Renderer:
    def begin(self):
        self.notes = []

    def note(self, text):
        self.notes.append(text)
        return len(self.notes)

    def render(self, texts):
        self.begin()
        return [self.note(text) for text in texts]

class Page(Renderer):
    notes = []

    def begin(self):
        %s

def test_good(): assert Renderer().render(["a"]) == [1]
def test_once(): assert len(Page().render(["a"])) == 1
def test_bad(): assert Page().render(["b"]) == [1]
def test_two(): assert Page().render(["b"]) == [2]
"""


def overridden(made: Bench) -> list[str]:
    case = made.case()
    walks = [walk_back(case, failure) for failure in case.followed]
    return [one.fact for one in overrides.find(case, walks)]


def test_an_override_that_leaves_out_what_its_base_sets(bench: Make) -> None:
    made = bench(OVERRIDDEN % "self.title = 'page'")
    made.test("test_good")
    made.test("test_once")
    made.test("test_bad", ("==", [2], [1]))
    fact = "Page.begin overrides Renderer.begin, which sets notes, and does not call it"
    assert overridden(made) == [f"{fact}; Renderer.note reads notes"]
    assert made.diagnosis().suspects[0].function.name == "Page.begin"


@pytest.mark.parametrize("body", ["super().begin()", "Renderer.begin(self)", "self.notes = []"])
def test_an_override_that_sees_to_it(bench: Make, body: str) -> None:
    made = bench(OVERRIDDEN % body)
    made.test("test_good")
    made.test("test_two", ("==", [1], [2]))
    assert not overridden(made)
