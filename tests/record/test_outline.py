"""Who is around a line: what a module's code says and what its source says are the same."""

from __future__ import annotations

import argparse
import ast
import dataclasses
import functools
import inspect
import json.decoder
import unittest.mock
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from pytest_autopsy.record.outline import Outline, outline_of
from pytest_autopsy.source import Source

HARD = """\
import functools
plain = lambda: 1
@functools.lru_cache(maxsize=None)
@(lambda f: f)
def decorated(x=lambda: 2):
    def inner():
        return [y for y in range(3)]
    return (
        lambda: inner
    )
class Shape:
    key = lambda self: 3
    def area(self): return sum(n for n in (1, 2))
    class Inner:
        def deep(self):
            return {k: (lambda: k) for k in "ab"}
def last(): return lambda: (lambda: 4)
"""


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _compare(text: str, path: str) -> int:
    """Each code's place against the syntax tree's; returns how many have no name of their own."""
    module = compile(text, path, "exec")
    outline, source = Outline(module), Source(path, tuple(text.split("\n")))
    unnamed = 0
    for code in _codes(module):
        line = code.co_firstlineno
        span = source.enclosing(line)
        if code.co_name.startswith("<"):
            unnamed += 1
            assert outline.around(line) == (span and (span.name, span.first)), (path, line)
        elif named := source.starting_at(code.co_name, line):
            assert outline.name_of(code) == named.name
    return unnamed


def test_every_kind_of_place() -> None:
    assert _compare(HARD, "hard.py") >= 7
    outline = Outline(compile(HARD, "hard.py", "exec"))
    assert outline.around(2) is None
    assert outline.around(4) == ("decorated", 3)
    assert outline.around(7) == ("decorated.<locals>.inner", 6)
    assert outline.around(12) is None
    assert outline.around(16) == ("Shape.Inner.deep", 15)


@pytest.mark.parametrize(
    "module", [argparse, ast, dataclasses, functools, inspect, json.decoder, unittest.mock, pytest]
)
def test_modules_of_others(module: ModuleType) -> None:
    path = str(module.__file__)
    _compare(Path(path).read_text(encoding="utf-8"), path)


def test_a_file_that_was_imported_before_is_read_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "hard.py"
    path.write_text(HARD)
    assert outline_of(str(path)).around(7) == ("decorated.<locals>.inner", 6)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["def (:", "\0", "\udcff"])
def test_what_cannot_be_read_has_no_functions(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.py"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert outline_of(str(path)).around(1) is None
    assert outline_of(str(tmp_path / "none.py")).around(1) is None
    assert outline_of(str(tmp_path)).around(1) is None


def test_names_that_are_no_plain_texts_are_not_asked() -> None:
    class Loud(str):
        def __getitem__(self, key: object) -> str:
            raise AssertionError("ran")

    module = compile("def f():\n    return lambda: 1\n", "loud.py", "exec")
    loud = module.co_consts[0].replace(co_name=Loud("f"))
    outline = Outline(module.replace(co_consts=(loud, *module.co_consts[1:])))
    assert outline.around(2) in (None, ("f", 1))
