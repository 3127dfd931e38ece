"""Compare looks: equal, different, or unknown where something was not looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..model import ARRAYS, PAIRED, Look, Value
from .text import to_text

SHORT = 20
"""Of longer texts the place is told where they differ; shorter ones are shown whole."""
NEWLINE = "\n"

_UNSEEN = ("cut", "redacted", "type", "described")
_ONLY_NAMED = (
    "function", "method", "builtin_function_or_method", "generator", "coroutine", "async_generator",
    "memoryview", "lock", "RLock", "code", "_lru_cache_wrapper", "Task", "Future"
)  # fmt: skip
"""Literals that show a name, a size or a state: another object can have the same."""

_IN_ANY_ORDER = ("dict", "Counter", "defaultdict")
"""Mappings whose order is no part of their value; that of a subclass may be."""


class Near(NamedTuple):
    """A tolerance between numbers: relative to the right one, and absolute; the larger, or both."""

    rel: float
    abs: float
    joined: bool = False

    def allows(self, left: Any, right: Any) -> bool:
        """Whether both are numbers that differ by no more than this."""
        if not all(isinstance(n, (int, float)) and type(n) is not bool for n in (left, right)):
            return False
        relative = self.rel * abs(right)
        allowed = relative + self.abs if self.joined else max(relative, self.abs)
        return bool(abs(left - right) <= allowed)


def same_content(left: Any, right: Any) -> bool | None:
    """Return whether two looks show equal values; None where what was cut could tell them apart.

    Numbers compare as numbers (1 == 1.0 but not True); a value is equal only to its own type.
    """
    if isinstance(left, Value) and isinstance(right, Value):
        return _same_values(left, right)
    if isinstance(left, Value) or isinstance(right, Value):
        value, atom = (left, right) if isinstance(left, Value) else (right, left)
        huge_float = value.kind == "number" and isinstance(atom, float)
        return None if value.kind in _UNSEEN or huge_float else False
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right or (left != left and right != right))


def _same_values(left: Value, right: Value) -> bool | None:
    if left.kind in _UNSEEN or right.kind in _UNSEEN:
        return None
    if left.type != right.type or left.size != right.size or left.kind != right.kind:
        return False
    cut = bool(left.why or right.why)
    if left.kind in PAIRED:
        items = _all((_all(_same_pairs(left, right, cut)), _same_order(left, right)))
    elif left.kind == "set":
        items = _same_sets(left.items, right.items)
    else:
        items = _same_lists(left.items, right.items, cut)
    attrs = _same_lists(_flat(left.attrs), _flat(right.attrs), cut)
    found = _all((items, attrs))
    return None if found and (cut or _shows_little(left)) else found


def _shows_little(value: Value) -> bool:
    """Whether looks that are alike say nothing: an object without attributes, a function.

    Of a time in a zone of an unknown class only the class is shown.
    """
    if value.kind == "literal":
        return value.type in _ONLY_NAMED or value.type.startswith(("datetime in ", "time in "))
    return value.kind == "object" and not value.attrs


def _all(verdicts: Iterable[bool | None]) -> bool | None:
    """Different if one is; else unknown if one is."""
    found: bool | None = True
    for verdict in verdicts:
        if verdict is False:
            return False
        found = None if verdict is None else found
    return found


def _same_lists(left: tuple[Any, ...], right: tuple[Any, ...], cut: bool) -> bool | None:
    if len(left) != len(right) and not cut:
        return False
    found = _all(same_content(mine, theirs) for mine, theirs in zip(left, right))
    return None if found and len(left) != len(right) else found


def _same_sets(left: tuple[Any, ...], right: tuple[Any, ...]) -> bool | None:
    return _all(_found(mine, right) for mine in left)


def _same_pairs(left: Value, right: Value, cut: bool) -> Iterable[bool | None]:
    for key, mine in left.items:
        known, theirs = _held(key, right)
        yield same_content(mine, theirs) if known else None if cut else known


def _same_order(left: Value, right: Value) -> bool | None:
    """Whether two mappings of one type have their keys in the same order, where that counts.

    An OrderedDict's order was looked at where all of its keys are atoms; of another mapping it
    is not known what its order means.
    """
    mine, theirs = ([key for key, _ in side.items] for side in (left, right))
    if left.type in _IN_ANY_ORDER:
        return True
    known = not any(isinstance(key, Value) for key in (*mine, *theirs))
    if left.type == "OrderedDict":
        return mine == theirs if known and len(mine) == len(theirs) else None
    return True if known and mine == theirs else None


def _found(part: Any, among: Iterable[Any]) -> bool | None:
    """Whether a look is equal to one of others; None where it may be."""
    found: bool | None = False
    for other in among:
        same = same_content(part, other)
        if same:
            return True
        found = None if same is None else found
    return found


def _held(key: Any, mapping: Value) -> tuple[bool | None, Any]:
    """Whether a mapping has this key, and what it holds."""
    known = _found(key, (other for other, _ in mapping.items))
    if not known:
        return known, None
    return True, next(item for other, item in mapping.items if same_content(key, other))


def _flat(pairs: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(part for pair in pairs for part in pair)


def contains(whole: Any, part: Any) -> bool:
    """Return whether `part` is `whole` or surely stands somewhere in it."""
    if same_content(whole, part):
        return True
    if not isinstance(whole, Value):
        return False
    return any(contains(one, part) for one in held_in(whole))


def held_in(whole: Value) -> Iterator[Any]:
    """Yield what a value holds itself: its items, keys and values of pairs, and its attributes."""
    yield from _flat(whole.items) if whole.kind in PAIRED else whole.items
    yield from (value for _, value in whole.attrs)


def named_parts(value: Value) -> dict[str, Look]:
    """Return the parts of an object, a mapping or a list, by how a reader asks for them."""
    parts = {f".{name}": held for name, held in value.attrs}
    if value.kind == "mapping":
        parts |= {f"[{to_text(key, 40)}]": held for key, held in value.items}
    elif value.kind == "sequence":
        parts |= {f"[{at}]": held for at, held in enumerate(value.items)}
    return parts


def first_difference(left: Look, right: Look, path: str = "", near: Near | None = None) -> str:
    """Return the first place where two looks differ, as `[2].name: 3 != 4`; empty if none is known.

    Numbers that are `near` each other do not differ.
    """
    head, other = _text_of(left), _text_of(right)
    if head is not None and other is not None and max(len(head), len(other)) > SHORT:
        return _in_texts(left, right, path)
    if not isinstance(left, Value) or not isinstance(right, Value) or left.kind != right.kind:
        differ = same_content(left, right) is False and not (near and near.allows(left, right))
        return _differs(path, left, right) if differ else ""
    if left.kind in ARRAYS and (found := _in_shapes(left, right, path)):
        return found
    if left.kind in PAIRED:
        return _in_mappings(left, right, path, near)
    if left.kind == "set":
        return _in_sets(left, right, path)
    for index, (mine, theirs) in enumerate(zip(left.items, right.items)):
        place = path if left.kind in ("text", "bytes", "literal") else f"{path}[{_at(left, index)}]"
        if found := first_difference(mine, theirs, place, near):
            return found
    for (name, mine), (_, theirs) in zip(left.attrs, right.attrs):
        if found := first_difference(mine, theirs, f"{path}.{name}", near):
            return found
    return _differs_whole(left, right, path)


def _in_shapes(left: Value, right: Value, path: str) -> str:
    """Where arrays differ in kind before any element: their shapes, their dtypes."""
    for (name, mine), (_, theirs) in zip(left.attrs[:2], right.attrs[:2]):
        if name in ("shape", "dtype") and same_content(mine, theirs) is False:
            return f"{path}.{name}: {to_text(mine, 60)} != {to_text(theirs, 60)}"
    return ""


def _at(holder: Value, index: int) -> str:
    """The place of an item: of an array with more than one axis an index for each of them."""
    shape = holder.attrs[0][1].items if holder.kind in ARRAYS else ()
    if len(shape) < 2 or not all(shape):
        return str(index)
    places: list[str] = []
    for length in reversed(shape):
        places.append(str(index % length))
        index //= length
    return ", ".join(reversed(places))


def _text_of(look: Look) -> str | None:
    """A text, or the head of one that was cut."""
    if isinstance(look, Value) and look.kind == "text" and look.type == "str":
        look = look.items[0]
    return look if isinstance(look, str) else None


def _size(text: Look) -> int:
    return (text.size or 0) if isinstance(text, Value) else len(str(text))


def _in_texts(left: Look, right: Look, path: str) -> str:
    """The first character at which two long texts differ, with what is around it."""
    head, other = _text_of(left) or "", _text_of(right) or ""
    shorter = min(len(head), len(other))
    at = next((n for n in range(shorter) if head[n] != other[n]), shorter)
    place = path or "the whole"
    if at == len(head) < _size(left) or at == len(other) < _size(right):  # cut there
        sizes = (_size(left), _size(right))
        return f"{place}: length {sizes[0]} != {sizes[1]}" if sizes[0] != sizes[1] else ""
    if head == other:
        return ""
    line = f", line {head.count(NEWLINE, 0, at) + 1}" if NEWLINE in head + other else ""
    mine, theirs = (text[max(at - 10, 0) : at + 20] for text in (head, other))
    return f"{place}, character {at}{line}: {mine!r} != {theirs!r}"


def _differs_whole(left: Value, right: Value, path: str) -> str:
    if left.kind in _UNSEEN:
        return ""
    if left.size != right.size:
        return f"{path or 'the whole'}: length {left.size} != {right.size}"
    if left.type != right.type:
        return f"{path or 'the whole'}: {to_text(left, 60)} != {to_text(right, 60)}"
    return ""


def _differs(path: str, left: Look, right: Look) -> str:
    if not path:
        return ""
    return f"{path}: {to_text(left, 60)} != {to_text(right, 60)}"


def _in_sets(left: Value, right: Value, path: str) -> str:
    if not left.why and not right.why:
        for side, mine, theirs in (("left", left, right), ("right", right, left)):
            for item in mine.items:
                if _found(item, theirs.items) is False:
                    return f"{path or 'the whole'}: {to_text(item, 60)} only on the {side}"
    return _differs_whole(left, right, path)


def _in_mappings(left: Value, right: Value, path: str, near: Near | None) -> str:
    for key, mine in left.items:
        place = f"{path}[{to_text(key, 60)}]"
        known, theirs = _held(key, right)
        if known is False and not right.why:
            return f"{place}: only on the left"
        if known and (found := first_difference(mine, theirs, place, near)):
            return found
    for key, _ in () if left.why else right.items:
        if _held(key, left)[0] is False:
            return f"{path}[{to_text(key, 60)}]: only on the right"
    return _differs_whole(left, right, path)
