"""Read what an expression names, as far as that runs nobody's code.

Names are looked up in the frame's own dicts; an attribute is what is stored, never what a property
or `__getattr__` would make; an item is taken from exactly a list, tuple or dict with plain keys.
"""

from __future__ import annotations

import ast
import sys
import types
from collections import namedtuple
from collections.abc import Mapping
from typing import Any, cast

from ..observe.classes import class_facts, derives_from, mro, namespace

MISSING = object()
"""Stands for what is not there, or cannot be had without running code."""

_MAX_SCANNED = 1_000
_ATOMS = (str, int, float, bool, type(None))
_PROXY: Any = type((lambda: sys._getframe().f_locals)())  # noqa: SLF001  # a dict before 3.13
_FIELD: Any = type(vars(namedtuple("_FIELD", "x"))["x"])  # its C getter takes a tuple's item


def local_names(frame: types.FrameType) -> Mapping[str, Any]:
    """Return the frame's variables; a class body's namespace of the user's own is not asked."""
    held = frame.f_locals
    if type(held) is dict or type(held) is _PROXY:
        return held
    if derives_from(type(held), dict):
        return {k: v for k, v in dict.items(cast("dict[Any, Any]", held)) if type(k) is str}
    return {}


def variable(frame: types.FrameType, name: str) -> Any:
    """Return what `name` means in the frame, or MISSING."""
    held = local_names(frame)
    if name in held:
        return held[name]
    for space in (frame.f_globals, frame.f_builtins):
        if type(space) is dict and name in space:
            return space[name]
    return MISSING


def attribute(owner: Any, name: str) -> Any:
    """Return the stored attribute of an object, module or class, or MISSING."""
    cls = type(owner)
    if cls is types.ModuleType:
        return _in_dict(object.__getattribute__(owner, "__dict__"), name)
    facts = class_facts(cls)
    if facts.hidden or facts.base is type:
        return MISSING
    on_class: Any = MISSING
    for parent in mro(cls):
        space = namespace(parent)
        if "__getattribute__" in space and parent is not object:
            if class_facts(parent).module not in ("builtins", ""):
                return MISSING
        if on_class is MISSING and name in space:
            on_class = space[name]
    if type(on_class) is types.MemberDescriptorType or type(on_class) is _FIELD:
        try:
            return on_class.__get__(owner)
        except AttributeError:
            return MISSING
    if on_class is not MISSING and any("__set__" in namespace(c) for c in mro(type(on_class))):
        return MISSING  # a property
    if facts.has_dict:
        own = _in_dict(object.__getattribute__(owner, "__dict__"), name)
        if own is not MISSING:
            return own
    computed = on_class is MISSING or any("__get__" in namespace(c) for c in mro(type(on_class)))
    return MISSING if computed else on_class


def item(whole: Any, key: Any) -> Any:
    """Return an item of exactly a list, tuple or dict, or MISSING."""
    if type(whole) is list or type(whole) is tuple:
        inside = type(key) is int and -len(whole) <= key < len(whole)
        return whole[key] if inside else MISSING
    if type(whole) is dict and type(key) in (str, int):
        return _in_dict(whole, key)
    return MISSING


def value_of(node: ast.AST, frame: types.FrameType) -> Any:
    """Return what a name, a chain of attributes and items, or a constant means; or MISSING."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return variable(frame, node.id)
    if isinstance(node, ast.Attribute):
        owner = value_of(node.value, frame)
        return MISSING if owner is MISSING else attribute(owner, node.attr)
    if isinstance(node, ast.Subscript):
        whole, key = value_of(node.value, frame), value_of(node.slice, frame)
        return MISSING if whole is MISSING or key is MISSING else item(whole, key)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = value_of(node.operand, frame)
        return -number if type(number) in (int, float) else MISSING
    return MISSING


def path_of(frame: types.FrameType, path: str) -> Any:
    """Return what a dotted path of a local's stored attributes leads to, or MISSING."""
    first, *rest = path.split(".")
    found = local_names(frame).get(first, MISSING)
    for name in rest:
        found = MISSING if found is MISSING else attribute(found, name)
    return found


def _in_dict(space: Any, key: Any) -> Any:
    """A dict's item, where no key of it would be asked whether it is equal to this one."""
    if type(space) is not dict or len(space) > _MAX_SCANNED * 10:
        return MISSING
    if any(type(one) not in _ATOMS for one in space):
        return MISSING
    return space.get(key, MISSING)
