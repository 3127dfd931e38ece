"""What is taken for a secret: names that hold one, shapes that are one, and how one is written.

Every pattern is linear in its input: what repeats is bounded, or starts where nothing of its own
kind can stand before it. A group `secret` is the part that is a secret also elsewhere.
"""

from __future__ import annotations

import base64
import json
import re
import urllib.parse

_STRONG = (
    "password", "passwd", "passphrase", "secret", "secretkey", "apikey", "accesskey",
    "privatekey", "clientsecret", "accesstoken", "refreshtoken", "authtoken", "apitoken",
    "sessiontoken", "bearertoken", "idtoken", "credentials", "authorization", "proxyauthorization",
    "cookie", "setcookie", "connectionstring", "dsn", "pwd", "encryptionkey", "signingkey",
)  # fmt: skip
_WEAK = ("token", "credential", "jwt", "sessionid")
_WEAK_WORDS = ("auth", "otp", "pin")  # as a word of their own: not `spin`

_SEPARATORS = re.compile(r"[_\-\s.]+")
_NUMBERED = re.compile(r"s?\d{0,9}\Z")
_LAST_WORD = re.compile(r"(?:[A-Z]?[a-z]+|[A-Z]+)\Z")
_PLAIN = re.compile(r"[A-Za-z]{0,20}|[0-9.,]{0,12}")
_EXPRESSION = re.compile(r"[A-Za-z_][\w.]*(?:[(\[].*)?")

_TOKENS: tuple[tuple[str, str, str], ...] = (  # rule, how it begins, how it goes on
    ("jwt", r"eyJ", r"[\w-]{8,1000}\.[\w-]{8,}\.[\w-]*"),
    ("aws key", r"(?:AKIA|ASIA|AROA)", r"[0-9A-Z]{16}\b"),
    ("github token", r"gh[pousr]_", r"[A-Za-z0-9]{30,}"),
    ("github token", r"github_pat_", r"\w{22,}"),
    ("gitlab token", r"glpat-", r"[\w-]{20,}"),
    ("slack token", r"xox[abprs]-", r"[\w-]{10,}"),
    ("stripe key", r"[sr]k_(?:live|test)_", r"[A-Za-z0-9]{16,}"),
    ("api key", r"sk-", r"[A-Za-z0-9_-]{20,}"),
    ("api key", r"AIza", r"[\w-]{35}\b"),
    ("package index token", r"pypi-AgEI", r"[\w-]{20,}"),
    ("package index token", r"npm_", r"[A-Za-z0-9]{36}"),
)
# the lookahead before it in SHAPES names its first letters: most places are left at once
_KEYWORDS = (
    r"(?:passw(?:or)?d|passphrase|pwd|secret(?:_?key)?|(?:api|access|private|signing|encryption)_?key"
    r"|(?:auth|access|refresh|api|session|bearer)_?token)"
)
_QUOTED = r"[bBrRuU]{0,2}(?:\"(?:[^\"\\]|\\.){1,1000}(?:\"|\Z)|'(?:[^'\\]|\\.){1,1000}(?:'|\Z))"

SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("private key", re.compile(
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,8000}(?:-(?!----)[^-]{0,8000}){0,99}"
        r"(?:-----END [A-Z ]{0,30}-----)?")),
    *((rule, re.compile(rf"\b{start}{rest}")) for rule, start, rest in _TOKENS),
    ("authorization header", re.compile(
        r"\b(?:[Bb]earer|[Bb]asic) (?P<secret>[A-Za-z0-9+/_.~-]{12,})={0,2}")),
    ("url credentials", re.compile(
        r"(?<=://)[^\s:/@'\"]{0,200}:(?P<secret>[^\s/'\"]{1,200})(?=@)")),
    ("assigned secret", re.compile(
        rf"(?=[aAbBeEpPrRsS])(?i:{_KEYWORDS}[s\d]{{0,3}})['\"]?\s{{0,4}}(?::\s{{0,4}}\w{{1,40}}\s{{0,4}}=|[!:=]?=|:)\s{{0,4}}"
        rf"(?P<secret>{_QUOTED}|(?!None\b|True\b|False\b|\[redacted)[^\s'\",;)}}\]]{{4,200}})")),
)  # fmt: skip

CUT = re.compile(
    r"(?:\b(?:" + "|".join(start for _, start, _ in _TOKENS) + r")[\w.-]*"
    r"|(?<=://)[^\s:/@'\"]{0,200}:(?!\d{0,5}\Z)[^\s/'\"]{1,200})\Z"
)
"""A secret's beginning where a text was cut: the rest that would show its shape is not there."""


def strength(name: str) -> str:
    """Say what a name holds: a secret for sure (`strong`), perhaps (`weak`), or none (``)."""
    name = name[-100:]
    flat = _SEPARATORS.sub("", name).lower()
    if flat.endswith(_STRONG) or _NUMBERED.sub("", flat).endswith(_STRONG):
        return "strong"
    word = _LAST_WORD.search(name)
    if flat.endswith(_WEAK) or (word is not None and word.group().lower() in _WEAK_WORDS):
        return "weak"
    return ""


def is_telling(secret: str) -> bool:
    """Whether a text is hidden wherever it stands: not where it could be a word or a number."""
    return len(secret) >= 8 and not _PLAIN.fullmatch(secret)


def secret_in(match: re.Match[str]) -> str:
    """Return what of a shape's match is a secret elsewhere too: not quotes, nor an expression."""
    found: str = match.groupdict().get("secret") or match.group()
    bare = found.lstrip("bBrRuU")
    if bare[:1] in ("'", '"'):
        return bare.strip(bare[0])
    return "" if _EXPRESSION.fullmatch(found) and match.re is SHAPES[-1][1] else found


def writings(secret: str) -> set[str]:
    """Return how a secret may be written: as it is, escaped, URL-quoted, in base64."""
    raw = secret.encode("utf-8", "surrogatepass")
    return {
        secret,
        repr(secret)[1:-1],
        repr(secret + "'")[1:-2],  # as Python writes it where other text decides on the quotes
        repr(secret + "'\"")[1:-4],
        repr(raw)[2:-1],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        urllib.parse.quote(raw),
        urllib.parse.quote(raw, safe=""),
        urllib.parse.quote_plus(raw),
        *_in_base64(raw),
    }


def _in_base64(raw: bytes) -> list[str]:
    """The characters that `raw` alone decides, for each place where it can begin."""
    found = []
    for before in range(3):
        text = base64.b64encode(b"\0" * before + raw).decode()
        whole = text[(0, 2, 3)[before] : (before + len(raw)) * 4 // 3]
        found += [whole, whole.replace("+", "-").replace("/", "_")]
    return [text for text in found if len(text) >= 8]
