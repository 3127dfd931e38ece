"""The smallest parts of a rejected value that are wrong: which numbers and words differ.

`'page 1 of 2'` where `'page 1 of 1'` is wanted has one wrong atom, the number 2. Following it
instead of the whole string leads past every function that only formats.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from fractions import Fraction
from typing import NamedTuple

from ..model import PAIRED, Look, Value
from ..observe.compare import held_in, same_content

MAX_ATOMS = 12
ANY = 1_000
"""As many objects in one another as a look may hold, and more."""
MAX_WHOLE = 200
"""Letters of a wanted text that is also looked for whole."""
_TOKEN = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|(?<![\w.-])-\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)*|[A-Za-z_]\w*|[^\sA-Za-z_\d]"
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_NUMBERS = re.compile(r"(?<![\w.-])-\d+(?:\.\d+)?|\d+(?:\.\d+)?")  # 2024-03 has no -3 in it
_NUMERIC = ("Decimal", "Fraction")  # literals that are numbers
_MAX_DECIMALS = 30


class Atom(NamedTuple):
    """A number or a text; `decimals` is how exactly a number was written, -1 for a value."""

    value: float | str | bool | None
    decimals: int = -1

    @property
    def distinctness(self) -> float:
        """How unlikely it is that unrelated calls hold the same."""
        if self.value is None or isinstance(self.value, bool):
            return 0.4
        if isinstance(self.value, str):
            return 1.0 if len(self.value) > 2 else 0.5
        return 0.5 if self.value in (0, 1, -1) else 0.8 if abs(self.value) < 10 else 1.0


class Difference(NamedTuple):
    """What a value has that it should not, and what it lacks."""

    extra: tuple[Atom, ...]
    missing: tuple[Atom, ...]


def difference(actual: Look, expected: Look) -> Difference:
    """Return the atoms in which two values differ, in the order in which they are met."""
    extra: dict[Atom, None] = {}
    missing: dict[Atom, None] = {}
    for mine, theirs in _unequal(actual, expected):
        if mine is not _NOTHING:
            extra.update(dict.fromkeys(parts(mine)))
        if theirs is not _NOTHING:
            missing.update(dict.fromkeys(parts(theirs)))
    both = extra.keys() & missing.keys()
    return Difference(
        tuple(atom for atom in extra if atom not in both)[:MAX_ATOMS],
        tuple(atom for atom in missing if atom not in both)[:MAX_ATOMS],
    )


def parts(look: object, objects: int = ANY) -> Iterator[Atom]:
    """Yield every atom in a look; of objects those that stand in at most so many of them."""
    if isinstance(look, Atom):
        yield look
    elif isinstance(look, Value) and is_whole(look):
        yield Atom(look.type if look.kind == "object" else str(look.items[0]))
    elif isinstance(look, Value) and look.kind == "literal":
        yield _number(look)
    elif isinstance(look, Value):
        objects -= look.kind == "object"
        if objects < 0:
            return
        for one in held_in(look):
            yield from parts(one, objects)
    elif isinstance(look, (bool, str)) or look is None:
        yield Atom(look)
    elif isinstance(look, (int, float)):
        yield Atom(float(look))


def is_whole(look: Value) -> bool:
    """Return whether a value is one atom: a date, a path, an identifier, a member of an enum.

    What its text or its number has in common with another's says nothing.
    """
    if look.kind == "literal":
        return bool(look.items) and look.type not in _NUMERIC
    return look.kind == "object" and "." in look.type and [n for n, _ in look.attrs] == ["value"]


def _number(look: Value) -> Atom:
    """A Decimal as its number with the decimals that it is written with, a Fraction as its value."""
    text = str(look.items[0]) if look.items else ""
    try:
        if look.type == "Fraction":
            return Atom(float(Fraction(text)))
        number = Decimal(text)
        exponent, value = number.as_tuple().exponent, float(number)
    except (ValueError, ZeroDivisionError, OverflowError, InvalidOperation):
        return Atom(text)
    if not isinstance(exponent, int) or not math.isfinite(value):
        return Atom(text)
    return Atom(value, min(max(-exponent, 0), _MAX_DECIMALS))


class Holding:
    """The atoms that a call's arguments, or its result, hold: asked for many atoms."""

    __slots__ = ("_exact", "_numbers", "_texts", "_values")

    def __init__(self, looks: Sequence[Look], objects: int = ANY) -> None:
        atoms = {atom for look in looks for atom in parts(look, objects)}
        found = {atom.value for atom in atoms}
        self._values = found - {v for v in found if isinstance(v, float)}
        self._numbers = [a.value for a in atoms if isinstance(a.value, float) and a.decimals < 0]
        # Who makes one Decimal of another has rounded it; who writes a float only writes it.
        self._exact = {a.value for a in atoms if isinstance(a.value, float) and a.decimals >= 0}
        self._texts = [v for v in found if isinstance(v, str)]

    def has(self, atom: Atom) -> bool:
        """Whether the atom is held: itself, as part of a text, or as what was rounded to it."""
        wanted = atom.value
        if isinstance(wanted, float):
            if wanted in self._exact:
                return True
            if atom.decimals >= 0:
                return any(round(v, atom.decimals) == wanted for v in self._numbers if v == v) or (
                    any(_has_number(text, wanted) for text in self._texts)
                )
            return wanted in self._numbers
        if isinstance(wanted, str) and len(wanted) > 2:
            return any(wanted in text for text in self._texts)
        return wanted in self._values


_NOTHING = object()


def _unequal(mine: object, theirs: object) -> Iterator[tuple[object, object]]:
    """Yield the pairs of parts that differ, as deep as both sides have the same form."""
    if same_content(mine, theirs):
        return
    if isinstance(mine, str) and isinstance(theirs, str):
        yield from _unequal_texts(mine, theirs)
    elif isinstance(mine, Value) and isinstance(theirs, Value) and mine.kind == theirs.kind:
        if is_whole(mine) or is_whole(theirs) or mine.kind == "literal":
            yield mine, theirs
        elif mine.kind == "text":
            yield from _unequal_texts(str(mine.items[0]), str(theirs.items[0]))
        elif mine.kind in PAIRED:
            yield from _unequal_mappings(mine, theirs)
        else:
            yield from _unequal_sequences(mine.items, theirs.items)
            held = dict(theirs.attrs)
            for name, value in mine.attrs:
                if name in held:
                    yield from _unequal(value, held[name])
    else:
        yield mine, theirs


def _unequal_mappings(mine: Value, theirs: Value) -> Iterator[tuple[object, object]]:
    left = {repr(pair[0]): pair for pair in mine.items}
    right = {repr(pair[0]): pair for pair in theirs.items}
    for key, (name, value) in left.items():
        if key in right:
            yield from _unequal(value, right[key][1])
        else:
            yield name, _NOTHING
    for key, (name, _) in right.items():
        if key not in left:
            yield _NOTHING, name


def _unequal_sequences(
    mine: Sequence[object], theirs: Sequence[object]
) -> Iterator[tuple[object, object]]:
    if len(mine) == len(theirs):
        for left, right in zip(mine, theirs):
            yield from _unequal(left, right)
        return
    matcher = SequenceMatcher(None, [repr(i) for i in mine], [repr(i) for i in theirs], False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        for left, right in zip(mine[a:b], theirs[c:d]):
            yield from _unequal(left, right)
        shorter = min(b - a, d - c)
        yield from ((item, _NOTHING) for item in mine[a + shorter : b])
        yield from ((_NOTHING, item) for item in theirs[c + shorter : d])


def _unequal_texts(mine: str, theirs: str) -> Iterator[tuple[object, object]]:
    """Words and numbers in which two texts differ; whole texts where most of them does."""
    left, right = _TOKEN.findall(mine), _TOKEN.findall(theirs)
    matcher = SequenceMatcher(None, left, right, False)
    if matcher.ratio() < 0.3 or len(left) <= 1 or left == right:  # only blanks differ
        yield mine, theirs
    elif len(theirs) <= MAX_WHOLE:  # who had all of it and gave less has lost it
        yield _NOTHING, theirs
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            yield from ((_token(token), _NOTHING) for token in left[a:b] if token[-1].isalnum())
            yield from ((_NOTHING, _token(token)) for token in right[c:d] if token[-1].isalnum())


def _token(token: str) -> object:
    plain = token.replace(",", "")
    if _NUMBER.fullmatch(plain):
        return Atom(float(plain), len(plain.partition(".")[2]))
    return token


def _has_number(text: str, wanted: float) -> bool:
    return any(float(found) == wanted for found in _NUMBERS.findall(text.replace(",", "")))
