"""The hash of a function's source."""

from __future__ import annotations

from types import CodeType

import pytest

from pytest_autopsy.record.digests import code_hash

SOURCE = "def f(a, b=2):\n    for c in {'x', 'y', 'z'}:\n        if c in ('x', 'y'):\n            a += b\n    return [g for g in (1.5, None)]\n"


def hash_of(source: str) -> str:
    module = compile(source, "prog.py", "exec")
    (code,) = (one for one in module.co_consts if isinstance(one, CodeType))
    return code_hash(code)


@pytest.mark.parametrize("before", ["\n\n", "x = 1\n", "'''doc'''\n"])
def test_it_does_not_depend_on_where_the_function_stands(before):
    assert hash_of(before + SOURCE) == hash_of(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [("1.5", "2.5"), ("None", "False"), ("a += b", "a -= b"), ("'z'", "'w'"), ("a, b=2", "a, d, b=2"),
     ("        if", "\n        if")],
)  # fmt: skip
def test_it_changes_with_the_source(old, new):
    assert hash_of(SOURCE.replace(old, new)) != hash_of(SOURCE)
