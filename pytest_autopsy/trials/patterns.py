"""What a regular expression might have been meant to be: another repeat, more characters, an end.

The operators are those that regular expressions are mutated with (Arcaini, Gargantini, Riccobene:
"MutRex: a mutation-based generator of fault detecting strings for regular expressions", ICSTW 2017).
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from .nodes import Choice, read

MAX_OTHERS = 40
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d*,?\d*\}|.", re.DOTALL)
_REPEATS = {"+": "*", "*": "+"}
_WIDER = {
    r"\d": (r"[\d.]", r"\w"),
    r"\w": (r"[\w-]", r"[\w.-]", r"\S"),
    r"\s": (r"[\s,]",),
    ".": (r"\.",),
}
_ADDED = ("0-9", "A-Z", "a-z", "_", ".", " ", r"\-")
_FLAGS = ("IGNORECASE", "DOTALL", "MULTILINE")
_TAKE_A_PATTERN = (
    "compile",
    "findall",
    "finditer",
    "fullmatch",
    "match",
    "search",
    "split",
    "sub",
    "subn",
)


def others(pattern: str) -> Iterator[str]:
    """Yield patterns that differ from this one in one place, at most MAX_OTHERS."""
    seen = {pattern}
    for other in _every(_PIECE.findall(pattern)):
        if other not in seen and len(seen) <= MAX_OTHERS and _is_one(other):
            seen.add(other)
            yield other


def in_call(node: ast.Call) -> Iterator[Choice]:
    """Yield a call of `re`'s with another pattern, or a flag."""
    function = node.func
    if not isinstance(function, ast.Attribute) or ast.unparse(function.value) != "re":
        return
    if function.attr not in _TAKE_A_PATTERN or not node.args:
        return
    pattern, *rest = node.args
    if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str):
        for other in others(pattern.value):
            yield 2, ast.Call(function, [ast.Constant(other), *rest], node.keywords)
    if len(rest) < 2 and not node.keywords:
        for flag in _FLAGS:
            given = ast.keyword("flags", ast.Attribute(read("re"), flag, ast.Load()))
            yield 2, ast.Call(function, node.args, [given])


def compiled(node: ast.expr) -> ast.Call | None:
    """Return what makes a pattern out of a text, or nothing: `re.compile("a+")`."""
    if not isinstance(node, ast.Call) or not node.args:
        return None
    is_text = isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    return node if is_text and ast.unparse(node.func) == "re.compile" else None


def _every(pieces: list[str]) -> Iterator[str]:
    def put(place: int, new: str) -> str:
        return "".join((*pieces[:place], new, *pieces[place + 1 :]))

    for place, piece in enumerate(pieces):
        follows = place > 0 and pieces[place - 1] not in ("(", "|", "?", "*", "+")
        if piece in _REPEATS and follows:
            yield put(place, _REPEATS[piece])
            yield put(place, piece + "?")
        elif piece == "?" and place and pieces[place - 1] in ("+", "*"):
            yield put(place, "")
        elif piece.startswith("[") and len(piece) > 2:
            inside = piece[1:-1].removeprefix("^")
            for more in _ADDED:
                if more not in inside:
                    yield put(place, f"{piece[:-1]}{more}]")
            yield put(place, f"[{inside}]" if piece[1] == "^" else f"[^{inside}]")
        else:
            yield from (put(place, wider) for wider in _WIDER.get(piece, ()))
            if piece in (r"\d", r"\w", r"\s") and pieces[place + 1 : place + 2] not in (
                ["+"],
                ["*"],
            ):
                yield put(place, piece + "+")
            if piece == r"\d":
                yield put(place, "-?" + piece)
    whole = "".join(pieces)
    yield whole.removeprefix("^") if whole.startswith("^") else "^" + whole
    yield whole.removesuffix("$") if whole.endswith("$") else whole + "$"


def _is_one(pattern: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
