"""Objects that must be looked at without running any of their code.

Whatever of theirs runs leaves its name in CALLED. `ARMED` holds a subclass of every base type with
everything overridden, in three moods; `METACLASSES` classes and instances whose metaclass lies.
`hostile_kinds.py` and `hostile_shapes.py` add those that need a story of their own.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import functools
import itertools
import pathlib
import threading
import types
import uuid
from collections.abc import Callable
from typing import Any

CALLED: list[str] = []
MOODS = ("raises", "loops", "lies")
Case = Callable[[], object]


def _words(text: str) -> list[str]:
    return text.split()


DUNDERS = _words("""
__repr__ __str__ __bytes__ __format__ __lt__ __le__ __eq__ __ne__ __gt__ __ge__ __hash__ __bool__
__getattr__ __getattribute__ __setattr__ __delattr__ __dir__ __call__ __len__ __length_hint__
__getitem__ __setitem__ __delitem__ __missing__ __iter__ __next__ __reversed__ __contains__
__add__ __radd__ __iadd__ __sub__ __rsub__ __mul__ __rmul__ __matmul__ __truediv__ __rtruediv__
__floordiv__ __mod__ __rmod__ __divmod__ __pow__ __lshift__ __rshift__ __and__ __or__ __xor__
__neg__ __pos__ __abs__ __invert__ __int__ __float__ __complex__ __index__ __round__ __trunc__
__floor__ __ceil__ __enter__ __exit__ __await__ __aiter__ __anext__ __aenter__ __aexit__
__reduce__ __reduce_ex__ __getstate__ __setstate__ __getnewargs__ __copy__ __deepcopy__
__sizeof__ __fspath__ __buffer__ __release_buffer__ __instancecheck__ __subclasscheck__
__mro_entries__ __get__ __set__ __delete__ __rich__ __rich_repr__ _repr_html_ __array__
__array_interface__ __dataframe__ __attrs_attrs__ __pretty__
""")

_NEEDED_TO_BUILD = {
    "__new__", "__init__", "__class__", "__init_subclass__", "__subclasshook__", "__doc__",
    "__class_getitem__", "__del__", "__set_name__", "__dict__", "__weakref__", "__slots__",
    "__module__", "__abstractmethods__",
}  # fmt: skip

_LIES: dict[str, Any] = {
    "__len__": 3, "__length_hint__": 3, "__hash__": 1, "__eq__": True, "__ne__": False,
    "__bool__": True, "__index__": 7, "__int__": 7, "__float__": 7.0, "__contains__": True,
    "__sizeof__": 1, "__instancecheck__": True, "__subclasscheck__": True,
}  # fmt: skip


class Called(Exception):
    """Raised by code that nobody may run."""


def spy(name: str, mood: str = "lies", lie: object = "a lie") -> Any:
    """Return a function that records its call, then raises, loops (not for ever) or lies."""

    def spied(*_: object, **__: object) -> Any:
        CALLED.append(name)
        if mood == "raises":
            raise Called(name)
        if mood == "loops":
            collections.deque(itertools.repeat(None, 20_000), maxlen=0)
            raise Called(name)
        return _LIES.get(name, lie)

    return spied


def spied_property(name: str, mood: str = "lies", lie: object = int) -> property:
    return property(spy(name, mood, lie), spy(f"{name} set", mood), spy(f"{name} del", mood))


def armed(base: type, mood: str = "lies", **more: object) -> Any:
    """Return a subclass of `base` with every method overridden and `__class__` a lie."""
    inherited = {name for name in dir(base) if callable(getattr(base, name, None))}
    names = (inherited | set(DUNDERS)) - _NEEDED_TO_BUILD
    space: dict[str, Any] = {name: spy(name, mood) for name in sorted(names)}
    space["__class__"] = spied_property("__class__", mood)
    space["secret"] = spied_property("secret", mood)
    return type(f"Armed_{base.__name__}", (base,), {**space, **more})


def fill(instance: Any, **attributes: object) -> Any:
    """Store attributes past whatever the class defines."""
    for cls in type.__dict__["__mro__"].__get__(type(instance)):
        getter = type.__dict__["__dict__"].__get__(cls).get("__dict__")
        if type(getter) is types.GetSetDescriptorType:
            getter.__get__(instance).update(attributes)
            return instance
    raise AssertionError("this instance has no __dict__ of its own")


def _after(change: Any, *arguments: object) -> Any:
    """A builder: make the bare instance with the base's own `__new__`, then change it."""

    def build(base: type, cls: type) -> object:
        instance = base.__new__(cls)
        change(instance, *arguments)
        return instance

    return build


def _new(*arguments: Any) -> Any:
    return lambda base, cls: base.__new__(cls, *arguments)


def _fraction(_: type, cls: type) -> object:
    made = object.__new__(cls)
    fractions.Fraction._numerator.__set__(made, 1)  # type: ignore[attr-defined]
    fractions.Fraction._denominator.__set__(made, 2)  # type: ignore[attr-defined]
    return made


def _uuid(_: type, cls: type) -> object:
    made = object.__new__(cls)
    uuid.UUID.__dict__["int"].__set__(made, 5)
    return made


def _plain(_: type, cls: type) -> object:
    return object.__new__(cls)


BASES: dict[type, Any] = {
    object: lambda _, cls: fill(object.__new__(cls), number=1, text="x"),
    str: _new("text" * 200),
    int: _new(1 << 80),
    float: _new(2.5),
    complex: _new(1j),
    bytes: _new(b"bytes" * 200),
    bytearray: _after(bytearray.extend, b"abc"),
    list: _after(list.extend, [1, 2]),
    tuple: _new((1, 2)),
    dict: _after(dict.update, {"a": 1}),
    set: _after(set.update, {1, 2}),
    frozenset: _new((1, 2)),
    collections.deque: _after(collections.deque.extend, [1, 2]),
    collections.defaultdict: _after(dict.update, {"a": 1}),
    collections.OrderedDict: _after(collections.OrderedDict.__setitem__, "a", 1),
    collections.Counter: _after(dict.update, {"a": 1}),
    collections.UserDict: _plain,
    collections.UserList: lambda _, cls: fill(object.__new__(cls), data=[1]),
    collections.UserString: _plain,
    collections.ChainMap: _plain,
    Exception: _new("message", 2),
    KeyError: _new("key"),
    OSError: _new(2, "no such file"),
    StopIteration: _new(1),
    UnicodeDecodeError: _new("utf-8", b"x", 0, 1, "why"),
    datetime.date: _new(2026, 1, 2),
    datetime.datetime: _new(2026, 1, 2),
    datetime.time: _new(3, 4),
    datetime.timedelta: _new(1),
    datetime.tzinfo: _new(),
    decimal.Decimal: _new("1.5"),
    fractions.Fraction: _fraction,
    uuid.UUID: _uuid,
    pathlib.PurePosixPath: _plain,
    types.ModuleType: _after(types.ModuleType.__init__, "module"),
    types.SimpleNamespace: _new(),
    functools.partial: _new(print, 1),
    property: _new(),
    staticmethod: _new(print),
    classmethod: _new(print),
    map: _new(spy("mapped"), [1]),
    filter: _new(spy("filtered"), [1]),
    enumerate: _new([1]),
    reversed: _new([1]),
    threading.Thread: _plain,
    type(threading.local()): _new(),
    super: _new(),
}


def _armed_case(base: type, mood: str) -> Case:
    return lambda: BASES[base](base, armed(base, mood))


ARMED: dict[str, Case] = {
    f"{base.__name__}-{mood}": _armed_case(base, mood) for base in BASES for mood in MOODS
}

_META_NAMES = _words("""
__name__ __module__ __mro__ __dict__ __bases__ __doc__ __flags__ __annotations__
""")
_META_METHODS = _words("""
__hash__ __eq__ __ne__ __instancecheck__ __subclasscheck__ __getattribute__ __getattr__ __repr__
__call__ __len__ __bool__ __iter__ __contains__ __dir__ __or__ __subclasses__ __format__ mro
""")


def metaclass_with(name: str, mood: str = "raises") -> Any:
    """Return a class whose metaclass lies in this one way."""
    trick = spied_property(name, mood) if name in _META_NAMES else spy(f"meta {name}", mood)
    build = {"mro": type.mro}  # `mro` runs when the class is made: only afterwards is it armed
    meta = type("Meta", (type,), {name: build.get(name, trick)})
    made = type.__call__(meta, "Odd", (), {"shared": [1], "where": "class"})
    if name == "mro":
        meta.mro = trick
    return made


def _instance_case(name: str) -> Case:
    return lambda: fill(object.__new__(metaclass_with(name)), number=1)


def _class_case(name: str) -> Case:
    return lambda: metaclass_with(name)


METACLASSES: dict[str, Case] = {}
for _name in (*_META_NAMES, *_META_METHODS):
    METACLASSES[f"instance-metaclass{_name}"] = _instance_case(_name)
    METACLASSES[f"class-metaclass{_name}"] = _class_case(_name)


class Text(armed(str, "raises")):  # type: ignore[misc]
    """A str that says when it is asked; hashable and equal, so that it can be a key."""

    def __hash__(self) -> int:
        CALLED.append("Text.__hash__")
        return str.__hash__(self)

    def __eq__(self, other: object) -> bool:
        CALLED.append("Text.__eq__")
        return str.__eq__(self, other)


def text(content: str) -> Any:
    return str.__new__(Text, content)


Opaque = armed(object, "raises")


def opaque() -> Any:
    return object.__new__(Opaque)
