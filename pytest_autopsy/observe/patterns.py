"""The user's own regexes: checked when they are read, run on bounded pieces of text.

A regex that may be matched in exponentially many ways is refused: a repeat within a repeat whose
turns nothing tells apart, or a choice of alternatives that begin alike within one. The pieces
bound what is left, which is polynomial.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from typing import Any

try:
    from re import _constants as _c  # type: ignore[attr-defined,unused-ignore]
    from re import _parser as _p  # type: ignore[attr-defined,unused-ignore]
except ImportError:  # before 3.11
    import sre_constants as _c
    import sre_parse as _p

PIECE = 2000
OVERLAP = 400
_MANY = 10
_SAMPLE = frozenset(map(chr, range(128))) | {"\xe9", "\u4e2d"}
_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    _c.CATEGORY_DIGIT: str.isdigit,
    _c.CATEGORY_NOT_DIGIT: lambda c: not c.isdigit(),
    _c.CATEGORY_SPACE: str.isspace,
    _c.CATEGORY_NOT_SPACE: lambda c: not c.isspace(),
    _c.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
    _c.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
}


def compiled(text: str) -> re.Pattern[str]:
    """Return the regex. Raises ValueError where it is none, or could take for ever."""
    try:
        pattern = re.compile(text)
        tree = _p.parse(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if pattern.match(""):
        raise ValueError("it matches the empty text")
    if _explodes(tree, within=False):
        raise ValueError("a repeat within a repeat: it could backtrack for ever")
    return pattern


def replaced(pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], text: str) -> str:
    """Return `text` with every match replaced; a match is looked for in a bounded piece."""
    if len(text) <= PIECE:
        return pattern.sub(replace, text)
    parts, done, start = [], 0, 0
    while start < len(text):
        piece = text[start : start + PIECE]
        last = start + PIECE >= len(text)
        for match in pattern.finditer(piece):
            if not last and match.start() >= PIECE - OVERLAP:
                break  # the next piece has more of it
            if start + match.start() >= done:
                parts += [text[done : start + match.start()], replace(match)]
                done = start + match.end()
        start += PIECE - OVERLAP
    return "".join([*parts, text[done:]])


def _explodes(tree: Any, within: bool) -> bool:
    for op, held in tree:
        if op in (_c.MAX_REPEAT, _c.MIN_REPEAT):
            low, high, body = held
            many = high - low > _MANY
            if many and within:
                return True
            if many and _is_ambiguous(body):
                return True
            if _explodes(body, within):
                return True
        elif any(_explodes(inner, within) for inner in _inner(op, held)):
            return True
    return False


def _is_ambiguous(body: Any) -> bool:
    """Whether turns of a repeat can be told apart in more than one way."""
    flat = list(_flat(body))
    loose = [_chars(node) for node in flat if node[0] in (_c.MAX_REPEAT, _c.MIN_REPEAT)]
    if any(op is _c.BRANCH and not _is_told_apart(held[1]) for op, held in flat):
        return True
    if not any(loose):
        return False
    fixed = [_chars(node) for node in flat if node[0] in (_c.LITERAL, _c.IN, _c.CATEGORY)]
    if any(_is_variable_within(node) for node in flat):
        return True
    return not any(f and all(not (f & one) for one in loose) for f in fixed)


def _is_variable_within(node: Any) -> bool:
    op, held = node
    return op in (_c.MAX_REPEAT, _c.MIN_REPEAT) and _is_ambiguous(held[2])


def _is_told_apart(alternatives: Any) -> bool:
    seen: set[str] = set()
    for alternative in alternatives:
        first = next(_flat(alternative), None)
        chars = _chars(first) if first is not None else frozenset()
        if (
            not chars
            or chars & seen
            or any(op in (_c.MAX_REPEAT, _c.MIN_REPEAT) for op, _ in _flat(alternative))
        ):
            return False
        seen |= chars
    return True


def _flat(tree: Any) -> Iterator[Any]:
    for op, held in tree:
        if op is _c.SUBPATTERN:
            yield from _flat(held[3])
        else:
            yield op, held


def _inner(op: Any, held: Any) -> list[Any]:
    if op is _c.SUBPATTERN:
        return [held[3]]
    if op is _c.BRANCH:
        return list(held[1])
    if op in (_c.ASSERT, _c.ASSERT_NOT):
        return [held[1]]
    return []


def _chars(node: Any) -> frozenset[str]:
    """The characters of the sample that one step of a node can take; all where it is not known."""
    op, held = node
    if op is _c.LITERAL:
        return frozenset({chr(held)})
    if op is _c.NOT_LITERAL:
        return _SAMPLE - {chr(held)}
    if op is _c.IN:
        return _in_set(held)
    if op is _c.CATEGORY:
        return frozenset(filter(_CATEGORIES.get(held, str.isprintable), _SAMPLE))
    if op in (_c.MAX_REPEAT, _c.MIN_REPEAT):
        parts = [_chars(inner) for inner in _flat(held[2])]
        return frozenset().union(*parts)
    if op is _c.AT:
        return frozenset()
    return _SAMPLE


def _in_set(parts: Any) -> frozenset[str]:
    found: set[str] = set()
    negated = False
    for op, held in parts:
        if op is _c.NEGATE:
            negated = True
        elif op is _c.RANGE:
            found |= {c for c in _SAMPLE if held[0] <= ord(c) <= held[1]}
        else:
            found |= _chars((op, held))
    letters = {c.swapcase() for c in found if c in string.ascii_letters}  # perhaps re.IGNORECASE
    return _SAMPLE - found if negated else frozenset(found | letters)
