"""What can be known of a class without asking it: read through `type` and `object` only.

A metaclass may define `__name__`, `__mro__`, `__hash__` or `__eq__`, a class may shadow
`__dict__` with a property: so nothing here uses attribute access on a user's class, hashes it
or compares it. Facts are cached by id beside a weak reference that tells a reused id; they hold
names and places in the `__mro__`, never a descriptor or namespace, which would keep the class.
"""

from __future__ import annotations

import enum
import sys
import types
import weakref
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple

mro: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
"""The classes that a class derives from, itself first, read past its metaclass."""

namespace: Callable[[type], Any] = type.__dict__["__dict__"].__get__
"""A class's own namespace (a read-only view), read past its metaclass."""

_NAME = type.__dict__["__name__"].__get__
_MODULE = type.__dict__["__module__"].__get__

MAX_NAME = 200
"""Longer names of classes and attributes are cut: a name is no place for data."""

CONTAINERS: tuple[type, ...] = (list, tuple, dict, set, frozenset, deque)
"""Base types whose own methods read their subclasses too."""

SHARED_CONTAINERS: tuple[type, ...] = (
    list, dict, set, deque, defaultdict, OrderedDict, Counter
)  # fmt: skip
_SHARED_IDS = frozenset(map(id, SHARED_CONTAINERS))
LIBRARIES = frozenset(
    ("numpy", "pandas", "polars", "torch", "jax", "jaxlib", "cupy", "xarray", "pyarrow", "scipy",
     "dask", "sparse", "mlx", "_asyncio", "zoneinfo", "ipaddress")
)  # fmt: skip
"""Modules whose own classes are read by observe/arrays.py, where they have been imported."""
_TELLING = ("__pydantic_extra__", "__pydantic_private__")
"""Slots that hold attributes although they are named like the machinery's."""
_NOISE = frozenset(("model_config", "model_fields", "model_computed_fields"))
_NOT_OURS = (sys.stdlib_module_names - {"test"}) | LIBRARIES
"""Modules whose classes' own containers say nothing of a program."""

_BASES = (*CONTAINERS, str, int, float, bytes, bytearray, type)


class ClassFacts(NamedTuple):
    """What observe needs to know of a class."""

    name: str
    module: str
    base: type | None  # the builtin container, scalar or metaclass that it derives from
    has_dict: bool  # object.__getattribute__(instance, "__dict__") runs nobody's code
    slots: tuple[tuple[str, int], ...]  # (name, whose in the mro)
    shared: tuple[
        tuple[str, str, int], ...
    ]  # mutable containers on the class: (label, name, whose)
    is_exception: bool
    is_enum: bool
    hidden: str  # why attributes of instances cannot be read without running code
    fields: tuple[str, ...]  # of a named tuple
    library: tuple[str, ...]  # by place in the mro: numpy.ndarray; "" for who is no library's own


_cache: dict[int, tuple[Any, ClassFacts]] = {}


def class_facts(cls: type) -> ClassFacts:
    """Return the facts of `cls`. Never raises, never runs a metaclass's or descriptor's code."""
    known = _cache.get(id(cls))
    if known is not None and known[0]() is cls:
        return known[1]
    facts = _read(cls)
    if len(_cache) > 20_000:  # a program that makes classes in a loop
        _cache.clear()
    _cache[id(cls)] = (weakref.ref(cls), facts)
    return facts


def is_shared_container(value: object) -> bool:
    """Whether `value` is exactly a builtin mutable container, as module globals often are."""
    return id(type(value)) in _SHARED_IDS


def class_name(cls: type) -> str:
    """Return the class's name as text, read past its metaclass."""
    return plain_name(_NAME(cls))


def derives_from(cls: type, base: type) -> bool:
    """Like issubclass, but never asks `__subclasscheck__`."""
    return any(parent is base for parent in mro(cls))


def plain_name(name: object) -> str:
    """Return a name as exactly a str of bounded length, whatever stands in a name's place."""
    if type(name) is str and len(name) <= MAX_NAME:
        return name
    if not derives_from(type(name), str):
        return "?"
    cut = "..." if str.__len__(name) > MAX_NAME else ""  # type: ignore[arg-type]
    return str.__getitem__(name, slice(MAX_NAME)) + cut  # type: ignore[index]


def _read(cls: type) -> ClassFacts:
    classes = mro(cls)
    name = class_name(cls)
    hidden = _why_hidden(classes)
    return ClassFacts(
        name=name,
        module=_module(cls),
        base=next((base for c in classes for base in _BASES if c is base), None),
        has_dict=not hidden and _dict_owner(classes) is not None,
        slots=() if hidden else _slots(classes),
        shared=() if hidden else _shared(name, classes),
        is_exception=any(c is BaseException for c in classes),
        is_enum=any(c is enum.Enum for c in classes),
        hidden=hidden,
        fields=() if hidden else _fields(classes),
        library=_library(classes),
    )


def _module(cls: type) -> str:
    try:
        module = _MODULE(cls)
    except AttributeError:
        return ""
    return plain_name(module) if type(module) is str else ""


def _fields(classes: tuple[type, ...]) -> tuple[str, ...]:
    """The names of a named tuple's items."""
    if not any(cls is tuple for cls in classes):
        return ()
    held = next((namespace(cls)["_fields"] for cls in classes if "_fields" in namespace(cls)), ())
    plain = type(held) is tuple and all(type(name) is str for name in held)
    return tuple(map(plain_name, held)) if plain else ()


def _library(classes: tuple[type, ...]) -> tuple[str, ...]:
    names = tuple(map(_own_name, classes))
    return names if any(names) else ()


def _own_name(cls: type) -> str:
    """The short name of a class that an array library itself defines; else the empty one.

    Its module has to have been imported from somewhere and to hold this very class: a project's
    class may say anything of itself.
    """
    module = _module(cls)
    root = module.partition(".")[0]
    if root not in LIBRARIES:
        return ""
    found = sys.modules.get(module)
    if type(found) is not types.ModuleType:
        return ""
    held, name = types.ModuleType.__getattribute__(found, "__dict__"), class_name(cls)
    if held.get(name) is not cls or held.get("__spec__") is None:
        return ""
    return "jax.Array" if name == "ArrayImpl" else f"{root}.{name}"


def _why_hidden(classes: tuple[type, ...]) -> str:
    """Names that are not plain text would be asked whether they equal the one looked up."""
    if any(type(name) is not str for cls in classes for name in list(namespace(cls))):
        return "odd names on the class"
    owner = _dict_owner(classes)
    if owner is None:
        return ""
    getter = namespace(owner)["__dict__"]
    return "" if _is_plain(getter, owner) else "__dict__ of its own"


def _is_plain(getter: Any, owner: type) -> bool:
    """Whether reading a `__dict__` runs nobody's code: that of a class statement, or of the standard
    library's types. An extension's own may do anything: a lazy proxy's makes what it stands for.
    """
    if type(getter) not in (types.GetSetDescriptorType, types.MemberDescriptorType):
        return False
    if getter.__objclass__ is not owner:
        return False
    said = getter.__doc__
    stated = type(said) is str and said.startswith("dictionary for instance variables")
    return stated or _module(owner).partition(".")[0] in sys.stdlib_module_names


def _dict_owner(classes: tuple[type, ...]) -> type | None:
    """The first class that says what `__dict__` is: it cannot be set once a class is made."""
    return next((cls for cls in classes if "__dict__" in namespace(cls)), None)


def _slots(classes: tuple[type, ...]) -> tuple[tuple[str, int], ...]:
    """Base classes' first, in the order in which `__slots__` names them."""
    found: dict[str, int] = {}
    for place, cls in reversed(list(enumerate(classes))):
        if _module(cls) == "builtins":
            continue
        space = dict(namespace(cls))
        for name in (*_declared(space.get("__slots__")), *space):
            if name.startswith("__") and name not in _TELLING:
                continue
            member = space.get(name)
            if type(member) is types.MemberDescriptorType and member.__objclass__ is cls:
                found[name] = place
    return tuple(found.items())


def _declared(slots: object) -> tuple[str, ...]:
    """The type keeps its slots sorted; what the class says is in the order of its fields."""
    plain = type(slots) is tuple and all(type(name) is str for name in slots)
    return slots if plain else ()  # type: ignore[return-value]


def _shared(label: str, classes: tuple[type, ...]) -> tuple[tuple[str, str, int], ...]:
    """Containers on the class, which all its instances share."""
    found: dict[str, int] = {}
    for place, cls in reversed(list(enumerate(classes[:-1]))):
        if _module(cls).partition(".")[0] in _NOT_OURS:
            continue
        for name, value in islice(list(namespace(cls).items()), 200):
            if name in _NOISE or name.startswith(("_abc_", "_field", "__")):
                continue
            if is_shared_container(value):
                found[name] = place
    return tuple((f"{label}.{plain_name(name)}", name, place) for name, place in found.items())
