"""No code of the user's runs, nothing raises, nothing is kept: over the whole zoo of hostile.py.

A call shows twice: the objects record what runs, and a profile hook sees every Python frame that
is entered in the files that define them.
"""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
import weakref
from contextlib import AbstractContextManager
from typing import Any

import pytest

from pytest_autopsy import plainjson
from pytest_autopsy.model import Value
from pytest_autopsy.observe import classes
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import SNAPSHOT, TRACE, Limits, look

from . import hostile, hostile_kinds, hostile_shapes
from .hostile import CALLED
from .hostile_shapes import CASES
from .watching import watching

_FILES = {module.__file__ for module in (hostile, hostile_kinds, hostile_shapes)}
_ATOMS = (type(None), bool, int, float, str)


def watched() -> AbstractContextManager[list[str]]:
    """Collect what runs of the hostile files' code."""
    return watching(lambda code: code.co_name if code.co_filename in _FILES else "")


def foreign(shown: Any) -> list[str]:
    """Return the types in a look that are neither atoms nor Values."""
    if type(shown) is Value:
        assert type(shown.kind) is type(shown.type) is type(shown.why) is str
        assert all(type(name) is str for name, _ in shown.attrs)
        assert shown.size is None or type(shown.size) is int
        return foreign(shown.items) + foreign(shown.attrs)
    if type(shown) is tuple:
        return [name for part in shown for name in foreign(part)]
    return [] if type(shown) in _ATOMS else [str(type(shown))]


def reference_to(made: object) -> Any:
    try:
        return weakref.ref(made)
    except TypeError:  # of this type there are none
        return lambda: None


def dead(reference: Any) -> bool:
    if reference() is not None:  # a cycle of its own
        gc.collect()
    return reference() is None


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 100


@pytest.mark.parametrize("limits", [TRACE, SNAPSHOT], ids=["trace", "snapshot"])
@pytest.mark.parametrize("name", CASES)
def test_looking_runs_nothing_raises_nothing_keeps_nothing(name: str, limits: Limits) -> None:
    made = CASES[name]()
    reference = reference_to(made)
    count = sys.getrefcount(made)
    with watched() as entered:
        shown = [look(made, limits), look([made, made], limits), look({"key": (made,)}, limits)]
        called = list(CALLED)
    assert called == [], "methods of the value ran"
    assert entered == [], "code of the value's ran"
    assert foreign(tuple(shown)) == []
    assert sys.getrefcount(made) == count or type(made) in _ATOMS
    for one in shown:
        assert type(to_text(one, 120)) is str and len(to_text(one, 120)) <= 120
        assert plainjson.loads(plainjson.dumps(to_json(one))) == to_json(one)
        assert plainjson.standard_dumps(to_json(one))
    del made
    assert dead(reference) or not dead(reference_to(CASES[name]()))  # some are held by others


@pytest.mark.parametrize("limits", [TRACE, SNAPSHOT], ids=["trace", "snapshot"])
@pytest.mark.parametrize("name", [name for name in CASES if name.startswith(("huge", "wide"))])
def test_the_cost_does_not_grow_with_the_size(name: str, limits: Limits) -> None:
    made = CASES[name]()
    look(made, limits)
    tracemalloc.start()
    try:
        began = time.process_time()
        shown = look(made, limits)
        taken = time.process_time() - began
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200_000
    assert taken < 0.5  # generous: a whole list of a million takes longer under tracemalloc
    assert len(plainjson.dumps(to_json(shown))) < 100_000


@pytest.mark.parametrize("name", ["class-name-is-huge", "huge-attribute-name"])
def test_names_are_bounded_too(name: str) -> None:
    cases = {**CASES, "huge-attribute-name": lambda: hostile_kinds.plain(**{"a" * 10**6: 1})}
    assert len(plainjson.dumps(to_json(look([cases[name]()])))) < 100_000


def test_a_class_dies_after_an_instance_was_looked_at() -> None:
    made = hostile_kinds.plain(a=1)
    reference = weakref.ref(type(made))
    look(made)
    del made
    assert dead(reference)


def test_what_hangs_on_a_class_dies_after_an_instance_was_looked_at() -> None:
    class Resource:
        pass

    held = Resource()
    reference = weakref.ref(held)
    made = hostile_kinds.made("P", __slots__=("a",), held=held, shared=[held])()
    look(made)
    del made, held
    assert dead(reference)


def test_an_id_that_is_used_again_is_another_class() -> None:
    for number in range(12):
        made = hostile_kinds.made(f"C{number}")()
        assert look(made) == Value("object", f"C{number}")
        del made
        gc.collect()


def test_what_was_known_of_a_dead_class_is_not_taken_for_another() -> None:
    one, other = hostile_kinds.made("One"), hostile_kinds.made("Other")
    look(one())
    known = classes._cache[id(one)]
    classes._cache[id(other)] = known  # as if `other` stood where `one` was
    assert look(other()) == Value("object", "Other")


def test_one_unreadable_item_does_not_hide_the_others() -> None:
    shown = look([1, CASES["bare-uuid"](), 3])
    assert isinstance(shown, Value)
    assert (shown.kind, shown.size) == ("sequence", 3)
    assert shown.items[0] == 1 and shown.items[2] == 3


def test_the_watch_sees_a_call() -> None:
    made = hostile.opaque()
    with watched() as entered:
        try:
            repr(made)
        except hostile.Called:
            pass
        called = list(CALLED)
    assert called == ["__repr__"] and entered == ["spied"]
