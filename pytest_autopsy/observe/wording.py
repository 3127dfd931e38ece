"""Whether a text is words, a number or code: what is one of these could stand anywhere."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z]{0,20}|[+-]?[0-9.,_:/ -]{0,12}|0x[0-9A-Fa-f]{1,16}")
# A cookie's domain and path: hidden wherever they stand, they would take every URL of a run along.
_ADDRESS = re.compile(
    r"(?:https?://)?(?:[a-z][a-z-]{0,30}\.){1,4}(?:com|org|net|edu|gov|io|dev|test|example|invalid|local)"
    r"(?::\d{1,5})?(?:/[a-z][a-z_-]{0,20}){0,6}/?|(?:/[a-z][a-z_-]{0,20}){1,6}/?"
)
_WORDLIKE = re.compile(r"[\"'(\[{<]*[A-Za-z]{1,20}(?:['-][A-Za-z]{1,20})*[\"')\]}>.,:;!?]*")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_EXPRESSION = re.compile(r"[A-Za-z_][\w.]*[(\[].*", re.DOTALL)
_CODE = re.compile(r"[()\[\]{}<>*|\\\"'`;,]")
_RUNS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^A-Za-z0-9]+")
_HEX = re.compile(r"[0-9a-f]*|[0-9A-F]*")
_PIECES = re.compile(r"[^A-Za-z0-9]+")
_MASK = re.compile(
    r"[^A-Za-z0-9]{0,6}|[*xX.#\u2022_-]*|<[^<>]{0,60}>|\$[A-Z_]{2,60}|None|null|[Tt]rue|[Ff]alse"
    r"|\[?(?:redacted|hidden|filtered|masked|REDACTED)\b.{0,300}"
)
_GAP = re.compile(
    r"\$?\{\{?[^{}]{0,60}\}?\}|%(?:\(\w{1,40}\))?[srd]|(?i:\b(?:basic|bearer|token)\b)"
)
SHORTEST = 8
"""Characters of the shortest text that is hidden wherever it stands."""


def is_plain(text: str) -> bool:
    """Whether a text is one word of letters, a number, a date, a time, or an address made of words."""
    if _PLAIN.fullmatch(text) is None:
        return _ADDRESS.fullmatch(text) is not None
    return not text.isalpha() or 2 * len(text) >= 5 * len(_RUNS.findall(text))  # xQzRtB is no word


def is_sentence(text: str) -> bool:
    """Whether a text is words with spaces between them."""
    words = text[:2000].split()
    if len(words) < 2:
        return False
    plain = sum(1 for word in words if _WORDLIKE.fullmatch(word) or is_plain(word))
    return plain == len(words) or (len(words) > 3 and plain * 3 >= len(words) * 2)


def is_mask(text: str) -> bool:
    """Whether a text stands where a secret would: stars, a placeholder, nothing."""
    if _MASK.fullmatch(text):
        return True
    rest = _GAP.sub("", text[:300])
    return len(rest) < len(text[:300]) and not any(map(str.isalnum, rest))


def is_code(text: str) -> bool:
    """Whether a text is a call, a subscript or a name: an expression and no literal."""
    if _EXPRESSION.fullmatch(text):
        return True
    return _IDENTIFIER.fullmatch(text) is not None and not any(map(str.isdigit, text))


def is_telling(secret: str) -> bool:
    """Whether a text is hidden wherever it stands: not where it could be words or a number."""
    return (
        len(secret) >= SHORTEST
        and not is_plain(secret)
        and not is_mask(secret)
        and not is_sentence(secret)
    )


def is_random(text: str) -> bool:
    """Whether a text looks made by a machine: letters and digits mixed, or odd characters."""
    if len(text) < SHORTEST or any(map(str.isspace, text)) or is_plain(text) or is_mask(text):
        return False
    odd = _CODE.search(text)
    pieces = [piece for piece in _PIECES.split(text) if piece]
    if any(_is_mixed(piece) for piece in pieces):
        return odd is None or len(max(pieces, key=len)) >= 12
    return odd is None and len(text) >= 16 and re.search(r"[+=~!@#$%^&?]", text) is not None


def _is_mixed(piece: str) -> bool:
    """Letters and digits, or upper and lower case, that change too often for a word."""
    if len(piece) < 5:
        return False
    runs = _RUNS.findall(piece)
    if len(piece) >= 24 and len(runs) >= 4 and any(map(str.isdigit, runs)):
        return len(piece) < 9 * len(runs) if _HEX.fullmatch(piece) else len(piece) < 5 * len(runs)
    if len(runs) >= 4:
        return len(piece) < 4 * len(runs)
    if len(runs) == 3 and len(piece) <= 20 and runs[1].isdigit():  # but not symbol2label
        return min(len(runs[0]), len(runs[2])) < 3
    return False
