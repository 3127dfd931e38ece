"""Every hostile object there is, looked at: nothing of theirs runs, nothing raises, nothing is kept.

Written from the promises alone. Beside what the objects record themselves, a profile hook sees every
Python frame that is entered outside of the package while it looks: a lazy module's, a mock's or a
weak set's methods are nobody's to run either.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import sys
import weakref
from contextlib import AbstractContextManager
from types import CodeType
from typing import Any

import pytest

import pytest_autopsy
from pytest_autopsy import plainjson
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import SNAPSHOT, TRACE, Limits, look

from .hostile import CALLED
from .hostile_lazy import LAZY
from .hostile_shapes import CASES as OLDER
from .hostile_single import SINGLE
from .hostile_state import STATE
from .watching import watching

ALL = {**OLDER, **SINGLE, **STATE, **LAZY}
MORE = {**SINGLE, **STATE, **LAZY}
_WATCHING = os.path.join(os.path.dirname(__file__), "watching.py")
_OURS = (
    os.path.dirname(pytest_autopsy.__file__), __file__, _WATCHING,
    contextlib.__file__, "<string>",
)  # fmt: skip
"""The package, this test and what watches in it, and the constructors of named tuples and dataclasses."""
_LENT = ("_replace", "_make", "cast")  # what the standard library lends the package
_TOO_LONG = 100_000


def watched() -> AbstractContextManager[list[str]]:
    """Collect the Python frames that are entered outside of the package."""
    return watching(_foreign)


def _foreign(code: CodeType) -> str:
    if code.co_filename.startswith(_OURS) or code.co_name in _LENT:
        return ""
    return f"{code.co_filename}:{code.co_name}"


def clean(shown: Any, seen: int = 0) -> None:
    """Assert that a JSON document holds plain types only, and no number that JSON has not."""
    if type(shown) is dict:
        for key, part in shown.items():
            assert type(key) is str
            clean(part)
    elif type(shown) is list:
        for part in shown:
            clean(part)
    else:
        assert type(shown) in (type(None), bool, int, float, str)
        assert type(shown) is not float or math.isfinite(shown)
        assert type(shown) is not int or -(1 << 63) <= shown < 1 << 64
        assert type(shown) is not str or shown.encode("utf-8") is not None


def forms_of(made: Any) -> list[Any]:
    """Where the object may stand: alone, in containers, as key, beside another, in an instance."""

    class Holder:
        pass

    holder = Holder()
    holder.__dict__["held"] = made
    return [made, [made, 1], {"key": (made,)}, holder, lambda _=made: None]


def test_there_are_enough_of_them() -> None:
    assert len(ALL) == len(OLDER) + len(SINGLE) + len(STATE) + len(LAZY) >= 150


@pytest.mark.parametrize("limits", [TRACE, SNAPSHOT], ids=["trace", "snapshot"])
@pytest.mark.parametrize("name", MORE)
def test_looking_runs_nothing_raises_nothing_keeps_nothing(name: str, limits: Limits) -> None:
    made = MORE[name]()
    forms = forms_of(made)
    count = sys.getrefcount(made)
    with watched() as entered:
        shown = [to_json(look(form, limits)) for form in forms]
        texts = [to_text(look(form, limits), 120) for form in forms]
        called = list(CALLED)
    assert called == [], "methods of the value ran"
    assert entered == [], "code outside of the package ran"
    assert sys.getrefcount(made) == count
    for text in texts:
        assert type(text) is str and len(text) <= 120
        text.encode("utf-8")
    for one in shown:
        clean(one)
        assert plainjson.loads(plainjson.dumps(one)) == one
        assert len(plainjson.dumps(one)) < _TOO_LONG


def _fresh(name: str) -> Any:
    """A weak reference to a new object, and the object."""
    made = ALL[name]()
    try:
        return weakref.ref(made), made
    except TypeError:
        return None, made


def _dies(name: str, looks: bool) -> bool | None:
    """Does a new object of this kind die with its last name? None: it cannot be told."""
    reference, made = _fresh(name)
    if reference is None:
        return None
    if looks:
        gc.disable()  # what a finalizer raises meanwhile would keep the frames of the look
        look(made, SNAPSHOT)
        look([made], TRACE)
        gc.enable()
    del made
    if reference() is not None:
        gc.collect()
    return reference() is None


@pytest.mark.parametrize("name", ALL)
def test_it_dies_as_it_does_when_nobody_looked(name: str) -> None:
    """A finalizer that raises may be held by who is told of it, looked at or not, now and then."""
    alive = [_dies(name, looks=True) is False for _ in range(3)]
    assert not all(alive) or _dies(name, looks=False) is False


def test_what_a_value_is_made_of_does_not_change_by_looking() -> None:
    """An object beside a hostile one is there, with what it held, after the look."""
    neighbour = {"kept": [1, 2, 3]}
    for name, case in ALL.items():
        look([case(), neighbour, case()], SNAPSHOT)
        assert neighbour == {"kept": [1, 2, 3]}, name


def test_the_hostile_do_what_they_say_when_they_are_used() -> None:
    """The watch is worth something only if their code runs elsewhere."""
    silent = []
    for name in SINGLE:
        made = SINGLE[name]()
        CALLED.clear()
        _use(made, name)
        if not CALLED:
            silent.append(name)
    assert silent == []


def _use(made: Any, name: str) -> None:
    """Do to the object what the trick is on: on its type, as the interpreter does."""
    trick = name.split("only-")[-1] if "only-" in name else name.split("property-")[-1]
    trick = trick.rpartition("-")[0]
    found = type(made).__dict__[trick]
    try:
        if isinstance(found, property):
            getattr(made, trick)
        else:
            found(made)
    except Exception:
        return
