"""Shapes of secrets: what is one wherever it stands, whatever its name.

Every pattern is linear in its input: what repeats is bounded, or starts where nothing of its own
kind can stand before it. A text in which none of a shape's hints occurs is left after so many
searches for plain text. A group `secret` is the part that is a secret also elsewhere.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from .assigned import STEMS
from .vendors import INNER, TOKENS
from .wording import is_code, is_mask, is_plain, is_random

Check = Callable[["re.Match[str]"], bool]
_START = r"(?:(?<![\w-])|(?<=\\[nrtbfv])|(?<=%[0-9A-F][0-9A-F]))"
"""Where a token may begin: not within a word; but after an escape, whose letter is no word."""
_SURE = ("AKIA", "ASIA", "AIza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_")
_TAIL = r"(?:\.{3}[\w+/=.-]*)?"  # where somebody has cut out its middle
_LONG_RUN = re.compile(r"[\w.~+/=:$-]{16}")


class Shape(NamedTuple):
    """A rule: what it is called, texts one of which is in each match, the pattern, a last look."""

    rule: str
    hints: tuple[str, ...]
    regex: str
    check: Check | None = None

    @property
    def pattern(self) -> re.Pattern[str]:
        """Compiled where a text holds a hint of it: most runs meet hardly any."""
        return _compiled(self.regex)


_compiled = cache(re.compile)


def _token(rule: str, heads: str, rest: str) -> Shape:
    each = tuple(heads.split("|"))
    begin = [
        re.escape(head) if _is_sure(head) else _START + re.escape(head)
        for head in sorted(each, key=len, reverse=True)
    ]
    return Shape(rule, each, rf"(?:{'|'.join(begin)})(?:{rest}){_TAIL}")


def _is_sure(head: str) -> bool:
    """Whether a token's head cannot be the end of another word."""
    return head in _SURE or (len(head) >= 5 and head[-1] in "_-/")


def _found(match: re.Match[str]) -> str:
    return match.group("secret")


def _is_header(match: re.Match[str]) -> bool:
    """`Basic dXNlcjpwYXNz` but not `basic authentication`."""
    secret = _found(match).rstrip(".,;:!?")
    if is_plain(secret) or is_mask(secret):
        return _is_pair(secret)
    return _is_pair(secret) or is_random(secret) or not is_code(secret.replace("-", "_"))


def _is_pair(secret: str) -> bool:
    """Whether it is `name:password` in base64."""
    try:
        raw = base64.b64decode(secret + "=" * (-len(secret) % 4), validate=True)
    except ValueError:
        return False
    return b":" in raw and raw.isascii() and raw.decode().isprintable()


def _is_no_mask(match: re.Match[str]) -> bool:
    return not is_mask(_found(match)) and not (_found(match).isdigit() and len(_found(match)) < 7)


def _is_random_user(match: re.Match[str]) -> bool:
    return is_random(_found(match))


def is_card(digits: str) -> bool:
    """Whether a number is a payment card's: its issuer's digits and length, its check digit."""
    issuers = (
        ("4", 16),
        ("5", 16),
        ("2", 16),
        ("6", 16),
        ("34", 15),
        ("37", 15),
        ("36", 14),
        ("38", 14),
    )
    if not any(digits.startswith(head) and len(digits) == size for head, size in issuers):
        return False
    if (digits[0] == "5" and digits[1] not in "12345") or (
        digits[0] == "2" and digits[1] not in "234567"
    ):
        return False
    if len(set(digits)) < 2:
        return False
    doubled = (int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _is_card(match: re.Match[str]) -> bool:
    return is_card(re.sub(r"\D", "", match.group()))


_CARD = r"(?<![\w.,-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{4,5}|\d{14,16})(?![\w-])(?!\.\d)"
_AUTHORIZATION = r"(?i:authorization\\?[\"']?\s{0,4}[:=,]\s{0,4}[bB]?\\?[\"']?"
_ONE_WORD = r"(?:bearer|basic|token|apikey|negotiate|ntlm|jwt|key|bot) )(?P<secret>[^\s'\"\\,]{6,})"
_ALL_OF_IT = r"(?:digest|hmac|signature|oauth|aws4[\w-]{1,30}) )(?P<secret>[^\r\n'\\]{6,})"

SHAPES: tuple[Shape, ...] = (
    Shape("private key", ("PRIVATE KEY", "PuTTY-User-Key-File"),
        r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[^-]{0,8000}(?:-(?!----)[^-]{0,8000}){0,99}"
        r"(?:-----END [A-Z0-9 ]{0,30}(?:-----)?)?"
        r"|PuTTY-User-Key-File-\d:[^\x00]{0,8000}"),
    *(_token(*row) for row in TOKENS),
    *(Shape(rule, (hint,), pattern) for rule, hint, pattern in INNER),
    Shape("authorization header", ("uthorization", "UTHORIZATION"),
          _AUTHORIZATION + _ONE_WORD, _is_header),
    Shape("authorization header", ("uthorization", "UTHORIZATION"),
          _AUTHORIZATION + _ALL_OF_IT, _is_no_mask),
    Shape("authorization header", ("earer ", "asic ", "EARER ", "oken "),
        r"\b(?:[Bb]earer|BEARER|[Bb]asic|[Tt]oken) (?P<secret>[A-Za-z0-9+/_.~-]{8,}={0,2})", _is_header),
    Shape("cookie header", ("ookie",),
        r"[Cc]ookie(?:\\?[\"']?\s{0,4}:|\\?[\"']\s{0,4},)\s{0,4}[bB]?\\?[\"']?(?P<secret>[^\s=;'\"\\:]{1,100}=[^\s;'\"\\]{3,}(?:; ?[^\s;'\"\\]{1,300}){0,30})"),
    Shape("url credentials", ("://",),
        r"(?<=://)[^\s:/@'\"<>]{0,200}:(?P<secret>[^\s/'\"<>]{1,200})(?=@)", _is_no_mask),
    Shape("url credentials", ("://",),
        r"(?<=://)(?P<secret>[^\s:/@'\"<>]{16,200})(?=@)", _is_random_user),
    Shape("signed url", ("ig=", "ignature=", "oken="),
        r"(?<=[?&;])(?:sig|[Ss]ignature|X-(?:Amz|Goog)-(?:Signature|Security-Token))=(?P<secret>[\w%+/=.-]{16,})"),
    Shape("user and password", ("-u", "--user"),
        r"(?<!\S)(?:-u|--(?:proxy-)?user)[ =]?['\"]?[^\s:'\"/]{1,100}:(?P<secret>[^\s'\"]{3,})", _is_no_mask),
    Shape("user and password", ("login ",),
        r"\blogin \S{1,100}\s{1,20}password (?P<secret>[^\s'\"]{3,})", _is_no_mask),
    Shape("user and password", ("auth",),
        r"auth['\"]?\s{0,4}[=:]\s{0,4}[\[(]\s{0,4}(?:\"[^\"\n]{0,100}\"|'[^'\n]{0,100}')\s{0,4},\s{0,4}"
        r"[\"'](?P<secret>[^\"'\n]{3,200})", _is_no_mask),
    Shape("card number", ("4", "5", "2", "6", "3"), _CARD, _is_card),
)  # fmt: skip

_HEADS = "|".join(re.escape(h) for _, heads, _ in TOKENS for h in heads.split("|") if len(h) > 2)
_CUT = (
    rf"(?:{_START}(?:{_HEADS})[\w.$/+=-]*|-----BEGIN [^\n]{{0,40}}(?:-[^\n]{{0,5}})?"
    r"|(?<=://)[^\s:/@'\"]{0,200}:(?!\d{0,5}\Z)[^\s/'\"]{1,200})\Z"
)


def without_cut(text: str, mark: str) -> str:
    """Return a text that was cut with `mark` for the beginning of a secret at its end.

    The rest that would show its shape is not there.
    """
    return _compiled(_CUT).sub(mark, text)


def matches(text: str) -> Iterator[Shape]:
    """Yield the shapes that may be in a text: those of which a hint is."""
    if len(text) < 8:
        return
    shapes, common, hints = _ALL if _LONG_RUN.search(text) else _SHORT
    for shape in shapes if any(map(text.__contains__, hints)) else common:
        if any(map(text.__contains__, shape.hints)):
            yield shape


def may_hold(text: str) -> bool:
    """Whether a short text may hold any shape, or a secret's name: one look for most."""
    small = text.lower()
    return (
        any(map(small.__contains__, _WORDS))
        or _DIGITS.search(text) is not None
        or _LONG_RUN.search(text) is not None
    )


def _hinted(
    shapes: Iterable[Shape],
) -> tuple[tuple[Shape, ...], tuple[Shape, ...], tuple[str, ...]]:
    """Shapes, those among them whose hint is a character, and all hints that are longer.

    Most texts hold none of the latter: then only the former may be there.
    """
    found = tuple(shapes)
    common = tuple(shape for shape in found if min(map(len, shape.hints)) == 1)
    hints = (hint for shape in found for hint in shape.hints if len(hint) > 1)
    return found, common, tuple(dict.fromkeys(hints))


_BY_HEAD = {row[0] for row in (*TOKENS, *INNER)}
_ALL, _SHORT = _hinted(SHAPES), _hinted(s for s in SHAPES if s.rule not in _BY_HEAD)
_WORDS = (*STEMS, "://", "-u", "private key")
_DIGITS = re.compile(r"\d{4}[ -]?\d{4}")

KEEPS_FRONT = (
    "authorization header", "url credentials", "cookie header", "signed url", "user and password",
)  # fmt: skip
"""Rules of which what stands before the secret is no part of it: the header's name, the user's."""
