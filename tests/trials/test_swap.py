"""Swapping: an edited function takes the place of the loaded one, wherever it is held."""

from __future__ import annotations

import ast
import functools
import importlib.util
import textwrap

import pytest

from pytest_autopsy.source import Source
from pytest_autopsy.trials.choose import attempts
from pytest_autopsy.trials.swap import loaded_functions, swap

TEXT = """
    import functools

    def plain(a, b):
        return a < b

    class Shop:
        def __init__(self):
            self.__secret = 3

        def secret(self):
            return self.__secret + 1

        @property
        def doubled(self):
            return self.__secret * 2

    def outer(n):
        def inner(a):
            return a < n
        return inner

    @functools.lru_cache
    def cached(a):
        return a - 1

    if True:
        class Base:
            def asked(self):
                return 1

        class Around:
            class Within(Base):
                __hidden = 5

                def asked(self):
                    return super().asked() + self.__hidden

                @staticmethod
                def made(n):
                    return [lambda a: a < n for _ in "ab"]
"""


@pytest.fixture
def module(tmp_path):
    path = tmp_path / "swapped.py"
    path.write_text(textwrap.dedent(TEXT))
    spec = importlib.util.spec_from_file_location("swapped", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def change(module, name, after):
    """Make the edit of a function that puts `after` in; return how many functions took it."""
    span = next(s for s in Source(module.__file__).spans if s.name == name)
    suspect = {
        "path": module.__file__,
        "function": name,
        "line": span.line,
        "lines": [],
        "scores": {},
    }
    tried = next(one for tier in attempts([suspect]) for one in tier if one.edit.after == after)
    tried.edit.apply()
    return swap(tried.top, module.__file__, loaded_functions())


def test_a_function_that_others_hold_too(module):
    held = module.plain
    change(module, "plain", "a <= b")
    assert held(1, 1)
    assert module.plain is held


def test_a_method_with_private_names(module):
    shop = module.Shop()
    change(module, "Shop.secret", "self.__secret - 1")
    assert shop.secret() == 2


def test_a_property(module):
    shop = module.Shop()
    change(module, "Shop.doubled", "self.__secret // 2")
    assert shop.doubled == 1


def test_a_method_of_a_class_in_a_class_that_calls_what_it_overrides(module):
    within = module.Around.Within()
    change(module, "Around.Within.asked", "super().asked() - self.__hidden")
    assert within.asked() == -4
    before = within.made(1)
    change(module, "Around.Within.made", "a <= n")
    assert before[0](1)


def test_a_closure_that_is_there_and_one_that_comes(module):
    before = module.outer(3)
    change(module, "outer.<locals>.inner", "a <= n")
    assert before(3)
    assert module.outer(3)(3)


def test_what_a_cache_holds(module):
    assert isinstance(module.cached, functools._lru_cache_wrapper)
    change(module, "cached", "a + 1")
    assert module.cached(1) == 2


def test_a_function_whose_names_from_around_would_be_others_is_left(module):
    held = module.outer(3)
    tree = ast.parse(textwrap.dedent(TEXT).replace("return a < n", "return a < 1"))
    top = next(node for node in tree.body if getattr(node, "name", "") == "outer")
    ast.increment_lineno(top, 0)
    swap(top, module.__file__, loaded_functions())
    assert held(2)  # still compares with n
