"""Edits: what is tried in place of what, in one line each, and that each compiles."""

from __future__ import annotations

import ast
import copy
import functools
import operator
from pathlib import Path

import pytest

import pytest_autopsy
from pytest_autopsy.model import HIDING
from pytest_autopsy.source import Source
from pytest_autopsy.trials.choose import attempts
from pytest_autopsy.trials.edits import edits_of

from .helpers import edit_of, scope_of, told

PACKAGE = Path(pytest_autopsy.__file__).parent
MODULES = ["source.py", "rows.py", "diagnose/rank.py", "observe/text.py", "triage/cluster.py"]

MENDED = {
    "a bound": ("def f(a, b):\n    return a < b\n", "a < b", "a <= b"),
    "a condition": ("def f(a):\n    if a:\n        return 1\n", "if a: return 1", "if not a: return 1"),
    "and": ("def f(a, b):\n    return a and b\n", "a and b", "a or b"),
    "one clause too many": ("def f(a, b):\n    return a and b\n", "a and b", "a"),
    "None and nothing": ("def f(a):\n    return a is None\n", "a is None", "not a"),
    "one off": ("def f(a):\n    return a[:3]\n", "a[:3]", "a[:4]"),
    "a wrong operator": ("def f(a, b):\n    return a - b\n", "a - b", "a + b"),
    "rounded down": ("def f(a, b):\n    return a // b\n", "a // b", "-(-a // b)"),
    "a flag": ("def f(a):\n    return g(a, strict=False)\n", "g(a, strict=False)", "g(a, strict=True)"),
    "the wrong side": ("def f(a):\n    return a.lstrip()\n", "a.lstrip()", "a.rstrip()"),
    "swapped": ("def f(a, b):\n    return g(a, b)\n", "g(a, b)", "g(b, a)"),
    "an argument": ("def f(a, b):\n    return g(a)\n", "g(a)", "g(a, b)"),
    "a kept argument": (
        "def g(a, strict=True):\n    pass\n\ndef f(a, strict):\n    return g(a)\n", "g(a)", "g(a, strict=strict)",
    ),
    "a wrong name": ("def f(a, b):\n    return a + a\n", "a + a", "a + b"),
    "a loop": ("def f(a):\n    for b in a:\n        break\n", "break", "continue"),
    "an iterator": ("def f(a):\n    b = a\n    return b\n", "b = a", "b = list(a)"),
    "an alias": ("def f(a):\n    b = a\n    return b\n", "b = a", "b = copy.deepcopy(a)"),
    "a text": ("def f(a):\n    return g(a)\n", "g(a)", "g(int(a))"),
    "a statement": ("def f(a):\n    a.sort()\n    return a\n", "a.sort()", ""),
    "an order": (
        "def f(a):\n    a.sort()\n    a.pop()\n", "a.sort(); a.pop()", "a.pop(); a.sort()",
    ),
    "a handler": (
        "def f(a):\n    try:\n        return g(a)\n    except KeyError:\n        return None\n",
        "try: return g(a); except KeyError: return None", "try: return g(a); except Exception: return None",
    ),
    "a forgotten default": (
        "def f(a, default):\n    return g[a]\n", "return g[a]",
        "try: return g[a]; except Exception: return default",
    ),
    "something empty for a parameter": (
        "def f(a):\n    for b in []:\n        g(b)\n", "[]", "a",
    ),
    "a forgotten clause": (
        "def f(a, strict):\n    if a:\n        return 1\n", "if a: return 1", "if not strict or a: return 1",
    ),
    "one clause turned round": ("def f(a, b):\n    return a and b\n", "a and b", "a and (not b)"),
    "another question": (
        "def is_old(a):\n    return a > 9\ndef f(b):\n    if b == 1:\n        return 1\n", "b == 1", "is_old(b) or b == 1",
    ),
    "another error": (
        "def f(a):\n    return int(a)\ndef g(a):\n    raise ValueError(a)\n", "return int(a)",
        "try: return int(a); except Exception: raise ValueError(a)",
    ),
    "parentheses": (
        "def f(a, b, c):\n    return a and b or c\n", "a and b or c", "a and (b or c)",
    ),
    "parentheses too many": (
        "def f(a, b, c):\n    return a and (b or c)\n", "a and (b or c)", "a and b or c",
    ),
    "what is not": ("def f(a, b):\n    return not a and b\n", "not a and b", "not (a and b)"),
    "what is taken first": ("def f(a, b, c):\n    return a - b * c\n", "a - b * c", "(a - b) * c"),
    "what is taken later": ("def f(a, b, c):\n    return (a - b) * c\n", "(a - b) * c", "a - b * c"),
    "only if": ("def f(a, b):\n    return int(a) - 1\n", "int(a) - 1", "int(a) - 1 if b else int(a)"),
    "whole days": ("def f(a):\n    return a.b.seconds // 60\n", "a.b.seconds // 60", "int(a.b.total_seconds()) // 60"),
    "another attribute": (
        "def f(a):\n    return g(a.left)\ndef h(a):\n    return a.right\n", "g(a.left)", "g(a.right)",
    ),
    "another function": (
        "class C:\n    def f(self, a):\n        return self.g(a)\n    def g(self, a):\n        pass\n"
        "    def h(self, a):\n        pass\n    def i(self):\n        pass\n",
        "self.g(a)", "self.h(a)",
    ),
    "a forgotten field": (
        "class C:\n    a: dict\n    b: dict\n    def f(self):\n        return C(a=dict(self.a))\n",
        "C(a=dict(self.a))", "C(a=dict(self.a), b=dict(self.b))",
    ),
    "a pattern": (
        "import re\ndef f(a):\n    return re.sub('[^a-z]+', '', a)\n",
        "re.sub('[^a-z]+', '', a)", "re.sub('[^a-z0-9]+', '', a)",
    ),
    "a compiled pattern": (
        "import re\nP = re.compile('[a-z]*')\ndef f(a):\n    return P.match(a)\n",
        "P.match(a)", "re.compile('[a-z]+').match(a)",
    ),
    "a flag of a pattern": (
        "import re\ndef f(a):\n    return re.match('a', a)\n",
        "re.match('a', a)", "re.match('a', a, flags=re.IGNORECASE)",
    ),
    "a sign for another": ("def f(a, b):\n    return a ^ b\n", "a ^ b", "a ** b"),
    "a sign of another kind": ("def f(a, b):\n    return a ^ b\n", "a ^ b", "a * b"),
    "what is there already": ("def f(a, b):\n    a.total = b\n", "a.total = b", "a.total += b"),
    "what is there already, if any": ("def f(a, b):\n    a[b] = 1\n", "a[b] = 1", "a[b] = a.get(b, 0) + 1"),
    "a forgotten return": ("def f(a):\n    g(a)\n", "g(a)", "return g(a)"),
    "a forgotten await": ("async def f(a):\n    return g(a)\n", "g(a)", "await g(a)"),
    "another kind": (
        "def f(a):\n    return isinstance(a, list)\n", "isinstance(a, list)", "isinstance(a, (list, tuple))",
    ),
    "what others are asked for": (
        "def f(a):\n    return a\ndef g(a):\n    return a.strip()\n", "return a", "return a.strip()",
    ),
    "a method of the same name": (
        "class C:\n    def f(self):\n        return self.a\n", "return self.a", "return self.a.f()",
    ),
    "one more": ("def f(a):\n    return len(a)\n", "len(a)", "len(a) + 1"),
    "one of several": (
        "def f(a):\n    [b, c] = a\n    return c.d\n", "[b, c] = a", "[b, c] = a; if not c: return None",
    ),
    "what a name was bound for": (
        "def f(a):\n    b = a.c\n    return a\ndef g(a, b):\n    a.add(b)\n", "b = a.c", "b = a.c; a.add(b)",
    ),
    "a letter too": (
        "def f(a):\n    return a.isdigit()\n", "a.isdigit()", "a.isdigit() or a.isalpha()",
    ),
    "another text": (
        "def f(a):\n    return a['one'] + a['two']\n", "a['two']", "a['one']",
    ),
}  # fmt: skip
PUT_IN = {
    "None": ("def f(a):\n    return a + 1\n", "if a is None: return None"),
    "a copy": ("def f(a):\n    a.append(1)\n", "a = copy.copy(a)"),
    "a forgotten value": ("def f(a, default):\n    return a\n", "if a is None: return default"),
    "an attribute": (
        "class C:\n    def f(self, a):\n        pass\n    def g(self):\n        return self.a\n", "self.a = a",
    ),
    "a sibling's call": (
        "class C:\n    def f(self):\n        self.x = 1\n    def g(self):\n        self.refresh()\n", "self.refresh()",
    ),
    "a reset": (
        "class C:\n    def __init__(self):\n        self.seen = []\n    def f(self):\n        return 1\n", "self.seen = []",
    ),
    "a reset of a dataclass": (
        "class C:\n    seen: list = field(default_factory=list)\n    def f(self):\n        return 1\n",
        "self.seen = list()",
    ),
    "a reset with its type": (
        "class C:\n    def __init__(self):\n        self.seen: int = 0\n    def f(self):\n        return 1\n",
        "self.seen = 0",
    ),
    "a result": ("def f(a):\n    b = a + 1\n    g(b)\n", "return b"),
    "the object itself": ("class C:\n    def f(self):\n        self.x = 1\n", "return self"),
    "what it overrides": (
        "class C(B):\n    def f(self, a):\n        self.a = a\n", "B.f(self, a)",
    ),
    "a refusal": (
        "def f(a):\n    return a\ndef g(a):\n    raise ValueError(a)\n", "if not a: raise ValueError(a)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "before", "after"), MENDED.values(), ids=list(MENDED))
def test_what_is_tried_in_place_of_what(text, before, after):
    assert (before, after) in told(text, "C.f" if text.startswith("class") else "f")


@pytest.mark.parametrize(("text", "after"), PUT_IN.values(), ids=list(PUT_IN))
def test_what_is_put_in(text, after):
    assert ("", after) in told(text, "C.f" if text.startswith("class") else "f")


@pytest.mark.parametrize("text", ["return 1", "yield a", "if a: return b"])
def test_nothing_more_is_returned_where_something_is(text):
    assert ("", "return b") not in told(f"def f(a):\n    b = 1\n    {text}\n")


def test_of_many_functions_those_that_stand_near_are_tried():
    many = "".join(f"def is_{one}(a):\n    return a\n" for one in range(60))
    asked = [
        one for one in told(many + "def f(a):\n    if a:\n        return 1\n") if " or a:" in one[1]
    ]
    assert ("if a: return 1", "if is_59(a) or a: return 1") in asked
    assert len(asked) < 30


def test_a_constant_is_handed_to_nobody():
    assert not [
        after for _, after in told("def f(a):\n    return g('a b')\n") if "int('a b')" in after
    ]


def test_what_it_overrides_is_not_called_twice():
    text = "class C(B):\n    def f(self):\n        B.f(self)\n"
    assert ("", "B.f(self)") not in told(text, "C.f")


def test_the_likeliest_come_first():
    every = edits_of(scope_of("def f(a, b):\n    return a < b\n", "f"), None)
    assert [edit.tier for edit in every] == sorted(edit.tier for edit in every)
    assert every[0].after == "a <= b"


def test_an_attribute_that_no_method_reads_may_have_been_forgotten():
    text = """
        class C:
            def __init__(self, error, limit):
                self.error = error
                self.limit = limit
            def f(self, message):
                return message.format(self.limit)
        """
    every = told(text, "C.f")
    assert ("message.format(self.limit)", "(self.error or message).format(self.limit)") in every
    assert not [one for one in every if "self.limit or" in one[1]]


def test_a_function_may_have_been_meant_to_call_itself():
    text = "class C:\n    def f(self, a):\n        return [b for b in a]\n"
    assert ("[b for b in a]", "[self.f(b) for b in a]") in told(text, "C.f")


def test_what_hides_an_exception_comes_last():
    text = "def f(a):\n    try:\n        g(a)\n    except KeyError:\n        b = 1\n"
    every = edits_of(scope_of(text, "f"), None)
    hiding = [edit for edit in every if edit.tier == HIDING]
    assert hiding == every[-len(hiding) :]
    assert {"try: g(a); except Exception: b = 1", "try: g(a); except Exception: pass"} <= {
        edit.after for edit in hiding
    }


def test_lines_that_were_not_run_are_left_alone():
    text = "def f(a):\n    if a > 1:\n        return a - 1\n    return a + 1\n"
    assert ("a - 1", "a + 1") in told(text)
    run = told(text, lines=frozenset({2, 4}))
    assert ("a - 1", "a + 1") not in run
    assert ("a + 1", "a - 1") in run
    assert ("a > 1", "a >= 1") in run


def test_what_is_nested_is_a_function_of_its_own():
    text = "def f(a):\n    def g(b):\n        return b < 1\n    return g\n"
    assert ("b < 1", "b <= 1") not in told(text)
    assert ("b < 1", "b <= 1") in told(text, "f.<locals>.g")


def test_docstring_and_annotations_are_no_code():
    text = 'def f(a: "int < 3" = 1):\n    """Text."""\n    b: list[int] = a\n    return b\n'
    texts = told(text)
    assert not [one for one in texts if "Text" in one[0] or "list[int +" in one[1]]
    edit = edit_of(scope_of(text, "f"), "if a is None: return None")
    edit.apply()
    assert edit.slot.start == 1  # after the docstring


def test_an_edit_changes_the_tree_and_nothing_before_it_is_applied():
    scope = scope_of("def f(a, b):\n    return g(a, 1 if a < b else b)\n", "f")
    plain = ast.unparse(scope.module)
    every = edits_of(scope, None)
    assert ast.unparse(scope.module) == plain
    edit_of(scope, "a <= b").apply()
    assert ast.unparse(scope.module) == plain.replace("a < b", "a <= b")
    assert len(every) > 20


@pytest.mark.parametrize("module", MODULES)
def test_every_edit_of_real_functions_compiles_and_is_told_in_a_line(module):
    path = PACKAGE / module
    source = Source(str(path))
    functions = [
        {"path": str(path), "function": s.name, "line": s.line, "lines": [], "scores": {}}
        for s in source.spans if not isinstance(s.node, ast.Lambda)
    ]  # fmt: skip
    checked = 0
    for function in functions:
        for place, attempt in enumerate(functools.reduce(operator.iadd, attempts([function]), [])):
            assert "\n" not in attempt.edit.before + attempt.edit.after
            assert len(attempt.edit.after) <= 600
            if place % 7 == 0:  # each is a compilation
                fresh = copy.deepcopy((attempt.edit, attempt.top))
                fresh[0].apply()
                try:
                    compile(ast.Module([fresh[1]], []), str(path), "exec")
                except SyntaxError:  # of the language: two defaults swapped, a return in a class
                    continue
                checked += 1
    assert checked > 100
