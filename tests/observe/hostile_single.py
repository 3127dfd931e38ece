"""Hostile objects, fourth part: one trick at a time, on one base at a time.

Where everything is overridden, the first call hides the others. Here each object has one dunder
that tells, sleeps, or changes what lies beside it, and is honest else.
"""

from __future__ import annotations

import time
from typing import Any

from .hostile import CALLED, Called, Case, fill

SINGLE: dict[str, Case] = {}

_OF_OBJECT = """
__repr__ __str__ __format__ __bytes__ __bool__ __len__ __length_hint__ __iter__ __next__
__reversed__ __contains__ __getitem__ __call__ __eq__ __ne__ __lt__ __hash__ __getattr__
__getattribute__ __dir__ __sizeof__ __int__ __float__ __index__ __complex__ __fspath__ __reduce__
__reduce_ex__ __getstate__ __copy__ __deepcopy__ __instancecheck__ __subclasscheck__ __array__
__dataframe__ __series__ __array_interface__ __array_struct__ __arrow_c_stream__ __dlpack__
__cuda_array_interface__ __html__ __rich_repr__ _repr_html_ _repr_pretty_ __attrs_attrs__
__dataclass_fields__ __pydantic_fields__ __fields__ _fields __match_args__ __wrapped__ __self__
__func__ __name__ __qualname__ __doc__ shape dtype ndim size device columns __annotations__
__dict__ __slots__ __class__ __module__ __weakref__ __pytest_wrapped__ __tracebackhide__ __cause__
__traceback__ _mock_name _fields_ name value args
"""
_OF_BASES = {
    list: "__len__ __iter__ __getitem__ __repr__ __class__ __reversed__ __eq__ __bool__",
    dict: "__len__ __iter__ __getitem__ __repr__ __class__ keys items values get __contains__ __missing__ copy",
    str: "__len__ __iter__ __getitem__ __repr__ __str__ __class__ __hash__ __eq__ encode isascii translate",
    int: "__repr__ __str__ __class__ __abs__ __int__ __index__ bit_length __neg__ __lt__ __eq__ __hash__",
    tuple: "__len__ __iter__ __getitem__ __repr__ __class__ __hash__ _fields __eq__",
    set: "__len__ __iter__ __repr__ __class__ __contains__ copy pop",
    bytes: "__len__ __iter__ __getitem__ __repr__ __class__ decode hex __bytes__ __buffer__",
    float: "__repr__ __class__ __float__ is_integer __eq__ __ne__ __format__",
}  # fmt: skip


class Trick:
    """What a dunder does when it runs: it always tells first."""

    def __init__(self, name: str, then: str) -> None:
        self.name, self.then = name, then

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if owner is not None and instance is None:
            return self
        return self

    def __call__(self, *given: Any, **_: Any) -> Any:
        CALLED.append(self.name)
        if self.then == "sleeps":
            time.sleep(0.02)
        if self.then == "mutates" and given:
            _mutate(given[0])
        raise Called(self.name)


def _mutate(made: Any) -> None:
    """Change the object itself, by the ways that a base or a `__dict__` has."""
    for base, change in ((list, list.clear), (dict, dict.clear), (set, set.clear)):
        if base in type(made).__mro__:
            change(made)
    object.__getattribute__(made, "__dict__").clear()


def _function(name: str, then: str) -> Any:
    """A plain function: what a slot of the type calls."""
    trick = Trick(name, then)

    def told(*given: Any, **more: Any) -> Any:
        return trick(*given, **more)

    return told


def _with_function(base: type, name: str, then: str) -> Case:
    def build() -> Any:
        kind = type(f"Only{base.__name__}", (base,), {name: _function(name, then)})
        content = {
            dict: {"a": 1},
            list: [1, 2],
            str: "text",
            int: 5,
            tuple: (1, 2),
            set: {1},
            bytes: b"b",
        }
        given = content.get(base, 2.5 if base is float else None)
        made: Any = base.__new__(kind) if given is None else base.__new__(kind, given)
        if base in (list, dict, set):
            base.__init__(made, given)  # type: ignore[misc]
        return made

    return build


def _with_property(name: str, then: str) -> Case:
    def build() -> Any:
        told = property(_function(f"property {name}", then))
        kind = type("OnlyProperty", (), {name: told})
        made = object.__new__(kind)
        return made if name in ("__dict__", "__weakref__", "__slots__") else fill(made, kept=[1, 2])

    return build


_THEN = ("raises", "sleeps", "mutates")

for _number, _name in enumerate(_OF_OBJECT.split()):
    _then = _THEN[_number % 3]
    if _name not in (
        "__weakref__",
        "__slots__",
        "__dict__",
        "__class__",
        "__module__",
        "__qualname__",
    ):
        SINGLE[f"only-{_name}-{_then}"] = _with_function(object, _name, _then)
    if _name not in ("__slots__", "__qualname__", "__getattribute__", "__getattr__"):
        SINGLE[f"property-{_name}-{_then}"] = _with_property(_name, _then)
for _base, _names in _OF_BASES.items():
    for _number, _name in enumerate(_names.split()):
        _then = _THEN[_number % 3]
        if _name == "__class__":
            continue
        SINGLE[f"{_base.__name__}-only-{_name}-{_then}"] = _with_function(_base, _name, _then)
