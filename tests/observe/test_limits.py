"""Depth, cycles, the node budget, huge numbers, shared containers and odd instances."""

from __future__ import annotations

import collections
import gc
import sys
import uuid
import weakref
from typing import Any, ClassVar

import pytest

from pytest_autopsy.model import Value
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import MAX_INT, SNAPSHOT, TRACE, TYPES, Limits, Looker, look

from ..ours import as_ours

TINY = Limits(depth=2, items=3, string=5, nodes=6)


class Node:
    def __init__(self, inner: object) -> None:
        self.inner = inner


def nodes(shown: Any) -> int:
    """Count the Values of a look."""
    if isinstance(shown, Value):
        return 1 + nodes(shown.items) + nodes(shown.attrs)
    return sum(map(nodes, shown)) if isinstance(shown, tuple) else 0


def whys(shown: Any) -> set[str]:
    """Return every reason in a look."""
    if isinstance(shown, Value):
        return {shown.why} | whys(shown.items) | whys(shown.attrs)
    return set().union(*map(whys, shown)) if isinstance(shown, tuple) else set()


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ([[[1, 2]]], "sequence"),
        ([({1: 2, 3: 4},)], "mapping"),
        ([[frozenset([1, 2])]], "set"),
        ([[collections.deque([1, 2])]], "sequence"),
    ],
)
def test_depth_stops_and_says_how_much_there_was(value: Any, kind: str) -> None:
    inner: Any = look(value, TINY).items[0].items[0]  # type: ignore[union-attr]
    assert (inner.kind, inner.size, inner.items, inner.why) == (kind, 2, (), "depth")


def test_depth_stops_at_objects() -> None:
    shown: Any = look([[Node(1)]], TINY)
    assert shown.items[0].items[0] == Value("object", "Node", why="depth")


def test_what_is_empty_needs_no_depth() -> None:
    shown: Any = look([[[], {}, ()]], TINY)
    assert [inner.why for inner in shown.items[0].items] == ["", "", ""]


@pytest.mark.parametrize("limits", [TINY, TRACE, SNAPSHOT], ids=["tiny", "trace", "snapshot"])
def test_the_budget_holds_for_any_shape(limits: Limits) -> None:
    inner: Any = {"a": [1], "b": (2,), "c": Node([3])}
    for _ in range(8):
        inner = [inner, {"x": inner, "y": Node(inner)}, (inner, [inner])]
    shown = look(inner, limits)
    # past the budget an item costs one Value that says so, in the containers that are open
    assert nodes(shown) <= limits.nodes * (limits.items + 1)
    assert "budget" in whys(look([[1]] * 99, limits._replace(nodes=3)))


def test_the_budget_says_what_was_there() -> None:
    shown: Any = look([[1], [2], [3]], TINY._replace(nodes=2))
    assert shown.items[0] == Value("sequence", "list", 1, (1,))
    assert shown.items[1:] == (Value("cut", "list", why="budget"),) * 2


def _cycle(holder: Any, add: Any) -> Any:
    add(holder)
    return holder


CYCLES = {
    "list": lambda: _cycle([], lambda held: held.append(held)),
    "dict": lambda: _cycle({}, lambda held: held.update(a=held)),
    "deque": lambda: _cycle(collections.deque(), lambda held: held.append(held)),
    "object": lambda: _cycle(Node(None), lambda held: setattr(held, "inner", held)),
    "tuple": lambda: _cycle(([],), lambda held: held[0].append(held)),
    "set": lambda: _cycle(Node(None), lambda held: setattr(held, "inner", {held})),
}


@pytest.mark.parametrize("name", CYCLES)
def test_a_cycle_says_so(name: str) -> None:
    assert "cycle" in whys(look(CYCLES[name]()))


def test_the_same_object_twice_is_no_cycle() -> None:
    shared = [1]
    assert whys(look([shared, shared, (shared,)])) == {""}


@pytest.mark.parametrize(
    "number", [MAX_INT, -MAX_INT, -(1 << 100_000)], ids=["first", "negative", "far"]
)
def test_a_huge_number_shows_its_bits(number: int) -> None:
    shown = look([number])
    assert shown.items == (Value("number", "int", number.bit_length(), why="bits"),)  # type: ignore
    assert to_text(shown) == f"[<int of {number.bit_length()} bits>]"


def test_a_huge_number_of_a_subclass_shows_its_bits() -> None:
    class Money(int):
        pass

    shown = to_text(look(Money(1 << 200)))
    assert "201 bits" in shown and "Money" in shown and "Value(" not in shown


def test_shared_containers_of_the_class_are_shown_with_it() -> None:
    class Cart:
        items: ClassVar[list[int]] = []
        table: ClassVar[dict[str, int]] = {"a": 1}
        limit = 3
        _field_defaults: ClassVar[dict[str, int]] = {}

        def __init__(self) -> None:
            self.own = 1

    shown: Any = look(Cart())
    assert [name for name, _ in shown.attrs] == ["own", "Cart.items", "Cart.table"]
    mine = Cart()
    mine.items = [2]
    assert [name for name, _ in look(mine).attrs] == ["own", "items", "Cart.table"]  # type: ignore


def test_slots_of_all_parents_and_the_dict_are_read() -> None:
    class Base:
        __slots__ = ("a", "unset")

    class Child(Base):
        __slots__ = ("__dict__", "_b")

    made: Any = Child()
    made.a, made._b, made.c = 1, 2, 3
    assert look(made).attrs == (("a", 1), ("_b", 2), ("c", 3))  # type: ignore[union-attr]


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_slots_and_attributes_stop_at_the_limit_together(count: int) -> None:
    slots = tuple(f"s{number}" for number in range(count))
    made: Any = type("Base", (), {"__slots__": (*slots, "__dict__")})()
    for number in range(2):
        setattr(made, f"a{number}", number)
    for name in slots:
        setattr(made, name, 0)
    shown: Any = look(made, TINY)
    assert len(shown.attrs) == min(count + 2, TINY.items)
    assert shown.why == ("items" if count + 2 > TINY.items else "")


def test_an_exceptions_arguments_count_too() -> None:
    error = ValueError("text")
    vars(error).update({f"a{number}": number for number in range(TINY.items)})
    shown: Any = look(error, TINY)
    assert len(shown.attrs) == TINY.items and shown.why == "items"


def test_a_looker_counts_its_work_and_works_on_after_a_fault() -> None:
    looker = Looker(TINY)
    assert looker.look([1, 2]) == look([1, 2]) and looker.spent == 1
    assert looker.look("atom") == "atom" and looker.spent == 1
    looker.look([[1], [2]])
    assert looker.spent == 4
    looker.look([[[[1]]] * 3] * 3)
    assert looker.spent <= 4 + TINY.nodes * (TINY.items + 1)
    broken = uuid.UUID.__new__(uuid.UUID)
    held = [broken]
    looker.look(held)
    held[:] = []
    assert looker.look(held) == Value("sequence", "list", 0), "it is not taken for a cycle"


def test_a_property_named_dict_is_left_alone_but_not_silently() -> None:
    class Odd:
        @property
        def __dict__(self) -> Any:  # type: ignore[override]
            raise AssertionError

    shown: Any = look(Odd())
    assert shown.kind == "object" and shown.attrs == ()
    assert shown.why, "attributes were left out: that has to be said"


def test_an_instance_dict_of_another_class_is_not_left_out_silently() -> None:
    class Odd:
        pass

    made = Odd()
    made.__dict__ = collections.OrderedDict(a=1)
    shown: Any = look(made)
    assert shown.attrs == (("a", 1),) or shown.why


def test_an_object_is_not_the_list_that_its_class_is_named_after() -> None:
    assert to_json(look(type("list", (), {})())) != []
    assert to_json(look(type("dict", (), {})())) != {}


def test_a_change_while_looking_is_a_cut_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    @as_ours
    def broken(*_: object) -> None:
        raise RuntimeError("dictionary changed size during iteration")

    from pytest_autopsy.observe import values

    monkeypatch.setitem(values._READERS, id(dict), values._reader(broken, "dict"))
    assert look({"a": 1}) == Value("cut", "dict", why="not readable: RuntimeError")


def test_little_stack_is_a_cut_not_an_error() -> None:
    def dive(depth: int) -> Any:
        return look([[[[1]]]], SNAPSHOT) if depth == 0 else dive(depth - 1)

    here, frame = 0, sys._getframe()
    while frame is not None:
        here, frame = here + 1, frame.f_back  # type: ignore[assignment]
    seen = set()
    for room in range(5, 90):  # before 3.12 calls in C count too: how much room is left varies
        try:
            seen.add(to_text(dive(sys.getrecursionlimit() - here - room)))
        except RecursionError:
            continue  # our own dive's
    assert seen == {"<list, not readable: RecursionError>", "[[[[1]]]]"}


class Plain:
    def __init__(self) -> None:
        self.name = "tea"


@pytest.mark.parametrize(
    "value",
    [None, True, 7, 1 << 70, 2.5, "tea", "t" * 999, b"tea", [1], {"a": 1}, (), Plain(), Plain, len],
    ids=lambda value: type(value).__name__,
)
def test_a_glance_shows_what_a_look_without_nodes_shows(value: object) -> None:
    assert Looker(SNAPSHOT).glance(value) == Looker(TYPES).look(value)


def test_a_class_that_was_looked_at_can_go_and_nothing_is_left_of_it() -> None:
    from pytest_autopsy.observe import values

    cls = type("Gone", (), {"__init__": lambda self: setattr(self, "kept", 1)})
    assert to_json(look(cls()))
    key, alive = id(cls), weakref.ref(cls)
    assert key in values._READERS
    del cls
    gc.collect()
    assert alive() is None
    assert key not in values._READERS
