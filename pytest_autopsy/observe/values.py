"""Look at one object: bounded before built, by exact type, through base types' own methods.

What comes out is an *atom* (None, bool, int, float, str of exactly these types, short enough)
or a `Value` whose items are again such looks. Both are immutable, hold no reference to anything
of the user's, and compare by content. This runs inside the recorder's callbacks, once an
argument: hence the early returns for atoms and the single walking function.
"""

from __future__ import annotations

import types
import weakref
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, NamedTuple, cast

from ..model import Look, Value, new_value
from . import arrays
from .classes import MAX_NAME, ClassFacts, class_facts, mro, namespace, plain_name
from .containers import CONTAINERS, NOTHING, enum_member, named_tuple, number, stored, text_of
from .describe import described
from .intruders import interrupts_a_look
from .literals import LITERALS, MAX_INT, class_literal, head_of

_EXCEPTION_ARGS = BaseException.__dict__["args"].__get__
_MEMBER = types.MemberDescriptorType


class Limits(NamedTuple):
    """How much of a value is looked at: levels, items a level, characters, nodes in all.

    Of an array `head` elements are shown, and `counts` are asked whether they are NaN or None.
    """

    depth: int
    items: int
    string: int
    nodes: int
    head: int = 5
    counts: int = 0


TRACE = Limits(depth=4, items=12, string=200, nodes=16)
TYPES = Limits(depth=0, items=0, string=80, nodes=0)
SNAPSHOT = Limits(depth=5, items=50, string=500, nodes=400, counts=4_096)


def look(value: Any, limits: Limits = SNAPSHOT) -> Look:
    """Return what `value` shows within `limits`.

    Never raises and never runs a method, property or descriptor of the value's class.
    """
    return Looker(limits).look(value)


class Looker:
    """Looks at one value after the other, and counts the nodes (not atoms) that it walked.

    The count is the work done: whoever has a budget for many values gives stricter limits when
    it is spent.
    """

    __slots__ = ("describe", "limits", "nodes", "open", "spent")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        # How a project shows its own types.
        self.describe: Callable[[Any], tuple[Any, str]] | None = None
        self.spent = 0
        self.nodes = 0
        self.open: list[int] = []

    def look(self, value: Any) -> Look:
        """Return what `value` shows within the limits. Never raises."""
        cls = type(value)
        if value is None or cls is bool or cls is float:
            return cast("Look", value)
        limits = self.limits
        if cls is int:
            return value if -MAX_INT < value < MAX_INT else _huge(value)
        if cls is str and len(value) <= limits.string:
            return cast("Look", value)
        self.nodes = limits.nodes
        try:
            return self.at(value, 0)
        except Exception as fault:
            if not isinstance(fault, RecursionError) and interrupts_a_look(fault):
                raise  # but where hardly any stack is left, nothing can be asked
            self.open.clear()
            return _unreadable(class_facts(cls), fault)
        finally:
            self.spent += limits.nodes - self.nodes

    def glance(self, value: Any) -> Look:
        """Return what a look shows whose limits let nothing be walked: of most values the type."""
        cls = type(value)
        if value is None or cls is str or cls is int or cls is bool or cls is float:
            self.limits = TYPES
            return self.look(value)
        return (_READERS.get(id(cls)) or _learn(cls)).cut

    def at(self, value: Any, depth: int) -> Look:
        cls = type(value)
        if value is None or cls is bool or cls is float:
            return cast("Look", value)
        if cls is int:
            return value if -MAX_INT < value < MAX_INT else _huge(value)
        if cls is str:
            return value if len(value) <= self.limits.string else _long(value, self.limits.string)
        self.nodes -= 1
        reader = _READERS.get(id(cls)) or _learn(cls)
        if self.nodes < 0:
            return reader.cut
        try:
            return reader.read(self, value, reader.name, depth)
        except RecursionError:
            raise  # there is no room to go on either
        except Exception as fault:  # half-built, or changed by another thread
            if interrupts_a_look(fault):
                raise
            del self.open[depth:]
            return _unreadable(class_facts(cls), fault)

    def plain(self, value: Any, name: str, depth: int) -> Value:
        """An instance of a class with nothing special about it: most of what is looked at.

        Says what `_attributes` says, without asking what the class is not.
        """
        limits = self.limits
        own = stored(value, "__dict__")
        if depth >= limits.depth or type(own) is not dict or self.describe is not None:
            return cast("Value", self.special(value, name, depth))
        if id(value) in self.open:
            return new_value(Value, ("cut", name, None, (), (), "cycle"))
        self.open.append(id(value))
        shown: list[tuple[str, Look]] = []
        self._own(own, depth, shown)
        self.open.pop()
        size, why = (len(own), "items") if len(own) > limits.items else (None, "")
        return new_value(Value, ("object", name, size, (), tuple(shown), why))

    def special(self, value: Any, _name: str, depth: int) -> Look:
        """An instance of a class that is read in a way of its own, or that its project describes."""
        facts = class_facts(type(value))
        if self.describe is None or facts.base is type or facts.library:
            return self._other(value, facts, depth)
        return described(self, value, facts, depth, self._other)

    def _other(self, value: Any, facts: ClassFacts, depth: int) -> Look:
        """Instances of classes that are not known: their base's content, stored attributes."""
        if facts.is_enum:
            return enum_member(self, value, facts, depth)
        base = facts.base
        if base is None:
            if facts.library and (found := arrays.read(self, value, facts, depth)) is not None:
                return found if facts.library[0] else self._with_own(found, value, facts, depth)
            return self._attributes(value, facts, depth)
        if base is type:
            return class_literal(self, value, facts.name, depth)
        content: Value
        if base is str or base is bytes or base is bytearray:
            head, cut = head_of(value, base, self.limits.string)
            size = cast("Any", base).__len__(value)
            content = Value("text", facts.name, size, (text_of(head),), (), cut)
        elif base is int or base is float:
            content = number(base, value, facts.name)
        else:
            attrs = self._attributes(value, facts, depth)
            if facts.fields and len(facts.fields) == tuple.__len__(value):
                return named_tuple(self, value, facts, depth, attrs)
            content = cast("Value", _READERS[id(base)].read(self, value, facts.name, depth))
            return content._replace(attrs=attrs.attrs, why=content.why or attrs.why)
        if not facts.hidden and not facts.slots and not own_dict(value, facts)[0]:
            return content  # as most are: a plain text or number of another class
        attrs = self._attributes(value, facts, depth)
        return content._replace(attrs=attrs.attrs, why=content.why or attrs.why)

    def _with_own(self, found: Value, value: Any, facts: ClassFacts, depth: int) -> Value:
        """A subclass's array with what the subclass keeps beside it."""
        kept = self._attributes(value, facts, depth)
        own = tuple(pair for pair in kept.attrs if not pair[0].startswith("_"))
        return found._replace(attrs=found.attrs + own, why=found.why or kept.why)

    def _attributes(self, value: Any, facts: ClassFacts, depth: int) -> Value:
        """Stored attributes: slots, the instance's dict, then containers shared with the class."""
        limits = self.limits
        if depth >= limits.depth:
            return new_value(Value, ("object", facts.name, None, (), (), "depth"))
        if id(value) in self.open:
            return new_value(Value, ("cut", facts.name, None, (), (), "cycle"))
        self.open.append(id(value))
        shown: list[tuple[str, Look]] = []
        own, why = own_dict(value, facts)
        total = len(own)
        if facts.slots or facts.is_exception:
            total += self._slots(value, facts, depth, shown)
        self._own(own, depth, shown)
        size = None
        if total > limits.items:
            why, size = why or "items", total
        if facts.shared:
            self._shared(value, facts, depth, shown, own)
        self.open.pop()
        return new_value(Value, ("object", facts.name, size, (), tuple(shown), why))

    def _own(self, own: dict[Any, Any], depth: int, shown: list[tuple[str, Look]]) -> None:
        """Add what the instance's own dict holds, as far as the limit on items goes."""
        limits = self.limits
        for name, item in islice(own.items(), max(limits.items - len(shown), 0)):
            kind = type(item)
            if type(name) is not str or len(name) > MAX_NAME:
                name = plain_name(name)
            if (
                (kind is str and len(item) <= limits.string)
                or (kind is int and -MAX_INT < item < MAX_INT)
                or item is None
                or kind is bool
                or kind is float
            ):
                shown.append((name, item))
            else:
                shown.append((name, self.at(item, depth + 1)))

    def _slots(self, value: Any, facts: ClassFacts, depth: int, shown: list[Any]) -> int:
        """Add an exception's arguments and what is in slots; return how many there were."""
        if facts.is_exception:
            shown.append(("args", self.at(_EXCEPTION_ARGS(value), depth + 1)))
        classes = mro(type(value))
        for place, (name, owner) in enumerate(facts.slots):
            if len(shown) >= self.limits.items:
                return len(shown) + len(facts.slots) - place
            member = namespace(classes[owner]).get(name)
            if type(member) is _MEMBER:  # not replaced since, e.g. by a mock
                try:
                    item = member.__get__(value)
                except AttributeError:
                    continue  # never set
                if item is not None or not name.startswith("__"):
                    shown.append((name, self.at(item, depth + 1)))
        return len(shown)

    def _shared(
        self, value: Any, facts: ClassFacts, depth: int, shown: list[Any], own: dict[Any, Any]
    ) -> None:
        """Add what the class holds for all instances, where the instance has none of its own."""
        if len(own) > 200 or any(type(name) is not str for name in own):
            return  # a key of another type would be asked whether it is equal
        classes = mro(type(value))
        for label, name, owner in facts.shared[: self.limits.items]:
            space = namespace(classes[owner])
            if name not in own and name in space:
                shown.append((label, self.at(space[name], depth + 1)))

    def items(self, found: Iterable[Any], size: int, name: str, depth: int, of: Any) -> Value:
        """A sequence's head, as far as depth, items and nodes go."""
        limits = self.limits
        if depth >= limits.depth and size:
            return new_value(Value, ("sequence", name, size, (), (), "depth"))
        if id(of) in self.open:
            return Value("cut", name, size, why="cycle")
        self.open.append(id(of))
        string = limits.string
        shown: list[Look] = []
        for item in islice(found, limits.items):  # another thread may let it grow
            kind = type(item)
            if (
                (kind is str and len(item) <= string)
                or (kind is int and -MAX_INT < item < MAX_INT)
                or item is None
                or kind is bool
                or kind is float
            ):
                shown.append(item)
            else:
                shown.append(self.at(item, depth + 1))
        self.open.pop()
        cut = "items" if size > len(shown) else ""
        return new_value(Value, ("sequence", name, size, tuple(shown), (), cut))


def _huge(value: int) -> Value:
    return Value("number", "int", value.bit_length(), (), (), "bits")


def _long(value: str, head: int) -> Value:
    return Value("text", "str", len(value), (value[:head],), (), "string")


def _unreadable(facts: ClassFacts, fault: Exception) -> Value:
    return Value("cut", facts.name, why=f"not readable: {type(fault).__name__}")


def own_dict(value: Any, facts: ClassFacts) -> tuple[dict[Any, Any], str]:
    """Return an instance's own dict, and why it cannot be read where it cannot."""
    own = stored(value, "__dict__") if facts.has_dict else NOTHING
    if type(own) is dict:
        return own, facts.hidden
    # a dict that is its own `__dict__` shows its attributes as items
    return NOTHING, "" if own is value or own is None else "attributes in another mapping"


class Reader(NamedTuple):
    """How all instances of one class are read."""

    read: Callable[[Looker, Any, str, int], Look]
    name: str
    cut: Value  # what is shown where only the class's name is
    forgets: object = None  # the weak reference that takes it out when the class is gone


def _reader(read: Any, name: str, forgets: object = None) -> Reader:
    return Reader(read, name, Value("cut", name, why="budget"), forgets)


_READERS: dict[int, Reader] = {
    id(cls): _reader(read, class_facts(cls).name) for cls, read in (LITERALS | CONTAINERS).items()
}
"""By id of a class. A class that goes takes its own with it, before another one can have its id."""


def _learn(cls: type) -> Reader:
    """Decide once for all instances of a class how they are read."""
    facts = class_facts(cls)
    held = (facts.slots, facts.shared, facts.library, facts.hidden)
    odd = any(held) or facts.is_enum or facts.is_exception
    is_plain = facts.base is None and facts.has_dict and not odd

    def forget(_: object, key: int = id(cls), readers: dict[int, Reader] = _READERS) -> None:
        readers.pop(key, None)

    read = Looker.plain if is_plain else Looker.special
    found = _READERS[id(cls)] = _reader(read, facts.name, weakref.ref(cls, forget))
    return found
