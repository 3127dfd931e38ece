"""Hostile objects, sixth part: lazy, doubled and weak things, and what lies about what it is made of.

Same rule as in hostile.py: what runs leaves its name in CALLED.
"""

from __future__ import annotations

import collections
import functools
import importlib.machinery
import importlib.util
import logging
import types
import typing
import weakref
from typing import Any
from unittest import mock

from .hostile import CALLED, Case, armed, fill, opaque, spied_property, spy, text
from .hostile_kinds import made, plain
from .hostile_state import deep

LAZY: dict[str, Case] = {}


class Prepared(type):
    @classmethod
    def __prepare__(mcs, name: str, bases: Any, **_: Any) -> Any:
        return dict.__new__(
            type("Space", (dict,), {"__getitem__": _missing, "__len__": spy("space")})
        )

    __getattribute__ = spy("meta")
    __instancecheck__ = __subclasscheck__ = __eq__ = spy("meta")  # type: ignore[assignment]
    __hash__ = spy("meta")


def _missing(self: Any, name: str) -> Any:
    return dict.__getitem__(self, name)


class Meets(metaclass=Prepared):
    kept = 1


LAZY |= {
    # lazy and doubled
    "lazy-module": lambda: _lazy_module(), "module-with-getattr": lambda: _module(__getattr__=spy("getattr")),
    "module-of-text-keys": lambda: _module(a=opaque()), "module-armed-class": lambda: _module_of_class(),
    "cached-property-class": lambda: made("P", c=functools.cached_property(spy("cached")))(),
    "lru-cached": lambda: functools.lru_cache(spy("cached")), "single-dispatch": lambda: functools.singledispatch(spy("s")),
    "partial-method": lambda: functools.partialmethod(spy("partial")), "property-mock": lambda: mock.PropertyMock(),
    "mock-open": mock.mock_open, "autospec-instance": lambda: mock.create_autospec(opaque_class(), instance=True),
    "sealed": lambda: _sealed(), "mock-of-class": lambda: mock.NonCallableMagicMock(spec_set=dict),
    "prepared": lambda: object.__new__(Meets), "prepared-class": lambda: Meets,
    "virtual-subclass": lambda: _registered(),
    "annotated": lambda: typing.Annotated[int, quiet()], "alias-of-class": lambda: types.GenericAlias(opaque_class(), (1,)),
    "new-type": lambda: typing.NewType("N", int), "forward": lambda: typing.ForwardRef("x.y"),
    # weak
    "weak-key-dict": lambda: weakref.WeakKeyDictionary(), "weak-method": lambda: weakref.WeakMethod(_KEPT.told),
    "finalize": lambda: weakref.finalize(_KEPT, spy("finalized")),
    "weak-ref-with-callback": lambda: weakref.ref(made("P")(), spy("callback")),
    "weak-ref-subclass": lambda: armed(weakref.ref, "raises").__new__(_weak_class(), _KEPT),
    "weak-proxy-callable": lambda: weakref.proxy(_KEPT_CALL),
    # what stands in for __dict__ and class
    "dict-is-plain-dict": lambda: made("P", __dict__={"a": opaque()})(),
    "dict-is-mapping": lambda: made("P", __dict__=types.MappingProxyType({"a": 1}))(),
    "slot-under-property": lambda: made("Q", made("P", __slots__=("a",)), a=spied_property("a"))(),
    "slot-named-class-attribute": lambda: made("P", __slots__=("__dict__", "__weakref__", "a"))(),
    "fields-lie": lambda: made("P", tuple, _fields=("a", text("b"), 3))((1, 2, 3)),
    "fields-armed": lambda: made("P", tuple, _fields=_armed_tuple())((1, 2)),
    "dataclass-fields-lie": lambda: fill(made("P", __dataclass_fields__=opaque())(), a=1),
    "attrs-lie": lambda: fill(made("P", __attrs_attrs__=opaque())(), a=1),
    "pydantic-lies": lambda: fill(made("P", __pydantic_fields__=opaque(), model_fields=opaque())(), a=1),
    "array-lies": lambda: fill(object.__new__(made("ndarray", __module__="numpy", shape=spied_property("shape"))), a=1),
    "frame-lies": lambda: fill(
        object.__new__(made("DataFrame", __module__="pandas.core.frame", shape=spied_property("shape"), dtypes=spied_property("d"))), a=1
    ),
    "tensor-lies": lambda: fill(object.__new__(made("Tensor", __module__="torch", shape=spied_property("s"), device=spied_property("d"))), a=1),
    "polars-lies": lambda: fill(object.__new__(made("DataFrame", __module__="polars.dataframe.frame", shape=spied_property("s"))), a=1),
    # depth and breadth by other ways than containers
    "deep-partial": lambda: deep(lambda inner: functools.partial(print, inner)),
    "deep-method": lambda: deep(lambda inner: types.MethodType(print, inner)),
    "deep-cell": lambda: deep(types.CellType), "deep-attributes": lambda: deep(lambda inner: plain(next=inner)),
    "deep-cause": lambda: deep(_caused, 3000, None), "deep-slice": lambda: deep(slice),
    "deep-weak": lambda: weakref.ref(_KEPT), "deep-deque": lambda: deep(lambda inner: collections.deque([inner])),
    "deep-mapping-proxy": lambda: deep(lambda inner: types.MappingProxyType({"a": inner})),
    "deep-alias": lambda: deep(lambda inner: list[inner], 300),
    # errors
    "error-of-attribute": lambda: AttributeError("why", name="n", obj=opaque()),
    "import-error": lambda: ImportError("why", name=text("n"), path=opaque()),
    "error-args-changed": lambda: _args((1, opaque())),
    "error-notes-armed": lambda: fill(ValueError("x"), __notes__=list.__new__(armed(list, "raises"))),
    "error-cause-opaque": lambda: _caused(LookupError()), "key-error-of-text": lambda: KeyError(text("k")),
    "log-record": lambda: logging.LogRecord("n", 1, "p", 1, quiet(), (quiet(),), None),
    "log-record-lazy": lambda: logging.LogRecord("n", 1, "p", 1, "%s", (quiet(),), None),
}  # fmt: skip


class _Keeps:
    def told(self) -> None:
        CALLED.append("told")

    def __call__(self) -> None:
        CALLED.append("call")


_KEPT = _Keeps()
_KEPT_CALL = _Keeps()


def opaque_class() -> Any:
    return made("Quiet", run=spy("run"), __len__=spy("len"))


def quiet() -> Any:
    return made("Quiet", __repr__=spy("repr"), __str__=spy("str"), __format__=spy("format"))()


def _lazy_module() -> Any:
    """A module that is loaded when an attribute of it is read."""

    class Loader:
        def create_module(self, spec: Any) -> Any:
            return None

        def exec_module(self, module: Any) -> None:
            CALLED.append("module loaded")

    loader = importlib.util.LazyLoader(Loader())  # type: ignore[arg-type]
    spec = importlib.machinery.ModuleSpec("lazily", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def _module(**names: Any) -> Any:
    found = types.ModuleType("odd")
    vars(found).update(names)
    return found


def _module_of_class() -> Any:
    found = types.ModuleType("odd")
    found.__class__ = type(
        "Odd", (types.ModuleType,), {"__getattribute__": spy("module"), "__repr__": spy("r")}
    )
    return found


def _sealed() -> Any:
    found = mock.MagicMock()
    mock.seal(found)
    return found


def _registered() -> Any:
    kind = made("Registered", __len__=spy("len"), __getitem__=spy("item"), __iter__=spy("iter"))
    collections.abc.Mapping.register(kind)
    return kind()


class Runs(typing.Protocol):
    def run(self) -> None: ...


class Runner(Runs):
    def run(self) -> None:
        CALLED.append("run")

    __len__ = __repr__ = spy("runner")  # type: ignore[assignment]


LAZY["protocol"] = Runner


def _weak_class() -> Any:
    return type(
        "Weak",
        (weakref.ref,),
        {"__call__": spy("weak"), "__hash__": spy("weak"), "__eq__": spy("weak")},
    )


def _armed_tuple() -> Any:
    return tuple.__new__(
        type("Names", (tuple,), {"__iter__": spy("fields"), "__len__": spy("fields")}), ("a", "b")
    )


def _args(given: Any) -> Any:
    error = ValueError()
    error.args = given
    return error


def _caused(inner: Any) -> Any:
    error = type("Odd", (Exception,), {"__str__": spy("str"), "__repr__": spy("repr")})()
    BaseException.__setattr__(error, "__cause__", inner)
    return error
