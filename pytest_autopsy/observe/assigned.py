"""Secrets that a text says the name of: `password=...`, `"api_key": "..."`, `--token ...`.

In source only what is spelt out is a secret; in other text (logs, messages, output) also what
stands there bare, unless it is a word, a name or a call.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .naming import is_directory, is_plural, strength
from .wording import is_code, is_mask, is_plain, is_random, is_sentence, is_telling

RULE = "assigned secret"
STEMS = (
    "pass", "pwd", "pswd", "pw", "secret", "key", "token", "auth", "cred", "cookie", "dsn",
    "jwt", "otp", "pin", "sig", "session", "string", "cvv", "cvc", "sid", "csrf", "bearer",
    "code", "motdepasse", "phrase", "card", "connstr",
)  # fmt: skip
FIRST_LETTERS = "".join(sorted({s[0] + s[0].upper() for s in STEMS}))
_NAMED = re.compile(
    rf"(?=[{FIRST_LETTERS}])(?i:{'|'.join(STEMS)})[\w-]{{0,60}}(?P<close>\\{{0,3}}(?:\[\])?[\"']?\]?)"
    r"(?P<sep>[ \t]{0,20}:[ \t]{0,4}[A-Za-z_][\w.\[\] |]{0,40}=(?!=)[ \t]{0,20}"
    r"|[ \t]{0,20}(?:=>|:=|[!=]=|=|:)[ \t]{0,20}|[ \t]{0,2},\s{0,20}|[ \t]{1,3}|>)"
)
_BEFORE = re.compile(r"[\w.-]*\Z")
_ESCAPE = re.compile(r"\A(?:[abfnrtv0]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})")
_OPEN = r"[\[({]{0,2}\s{0,60}"
_QUOTED = re.compile(
    _OPEN + r"[bBrRuUfF]{0,2}(?:"
    r"(?P<three>\"\"\"|''')(?P<a>(?:[^\"'\\]|\\.|(?!(?P=three))[\"']){0,4000})(?:(?P=three)|\Z)"
    r"|(?P<esc>\\{1,3})(?P<q1>[\"'])(?P<b>(?:[^\"'\\\n]|\\[^\"'\n\\]){1,2000})(?:\\{1,3}(?P=q1)|\n|\Z)"
    r"|\"(?P<c>(?:[^\"\\\n]|\\.){1,2000})(?:\"|\n|\Z|(?=.))"
    r"|'(?P<d>(?:[^'\\\n]|\\.){1,2000})(?:'|\n|\Z|(?=.)))",
    re.DOTALL,
)
_MORE = re.compile(r"[ \t]*(?:[+,][ \t]*)?\\?\n?[ \t]*(?=[bBrRuU]{0,2}[\"'])")
_BARE = re.compile(r"[^\s'\",;&<>]{3,400}")
_ODD = re.compile(r"[$#%@!^~]")
_VARIABLE = re.compile(r"\$[A-Za-z_]{2,60}")
_REST = re.compile(r"[^\s'\",;&<>]*")
_OPENING = {")": "(", "]": "[", "}": "{"}


def may_name(text: str) -> bool:
    """Whether a short text may hold a secret's name: cheaper than to look for one."""
    small = text.lower()
    return any(map(small.__contains__, STEMS))


def hide(
    text: str,
    mark: str,
    learn: Callable[[str], None],
    *,
    source: bool = False,
    keep_lines: bool = False,
) -> str:
    """Return `text` with `mark` for each value of a secret's name; `learn` is told the values."""
    parts: list[str] = []
    done = place = 0
    while (match := _NAMED.search(text, place)) is not None:
        place = match.end()
        found = _value(text, match, source)
        if found is None:
            continue
        start, end, secret = found
        lines = (
            "\n" * text.count("\n", start, end) if keep_lines else ""
        )  # each line keeps its number
        parts += [text[done:start], mark + lines]
        if is_telling(secret) and not is_code(secret):
            learn(secret)
        done = place = end
    return "".join([*parts, text[done:]]) if parts else text


def _value(text: str, match: re.Match[str], source: bool) -> tuple[int, int, str] | None:
    """Where the value after a name stands and which it is, if it is a secret."""
    begin, front = _front(text, match.start())
    name = front + text[match.start() : match.start("close")]
    held = strength(name)
    if not held:
        return None
    separator = match.group("sep").strip()
    quoted = _QUOTED.match(text, match.end())
    if quoted is not None:
        return _quoted(text, quoted, name, held, separator, bool(match.group("close")))
    if source:
        return None
    if separator == ">" and text[begin - 1 : begin] != "<":
        return None
    flag = separator == "" and re.match(r"--?\w", name) is not None
    if separator in ("", ",") and not flag:
        return None
    bare = _BARE.match(text, match.end())
    return _bare(text, bare, name, held, match.group("sep"), flag) if bare else None


def _front(text: str, end: int) -> tuple[int, str]:
    """Where the word begins that goes on at `end`, and how; in a repr an escape is no part of it."""
    before = _BEFORE.search(text, max(end - 60, 0), end)
    begin = before.start() if before else end
    front = text[begin:end]
    return begin, _ESCAPE.sub("", front) if text[begin - 1 : begin] == "\\" else front


def _quoted(
    text: str, match: re.Match[str], name: str, held: str, separator: str, closed: bool
) -> tuple[int, int, str] | None:
    secret = next(match.group(g) for g in "abcd" if match.group(g) is not None)
    if is_mask(secret) or not secret.strip() or is_directory(name, secret):
        return None
    if _closes(text, match, secret) or (is_sentence(secret) and secret.rstrip()[-1] in ".!?:"):
        return None
    if held == "weak" and not is_random(secret):
        return None
    if separator == "" and match.group("three"):
        return None
    if separator in ("", ",") and (is_plain(secret) or is_code(secret)):
        return None
    if separator == "," and not closed:
        return None
    group = next(g for g in "abcd" if match.group(g) is not None)
    return match.start(group), _last(text, match, group), secret


def _closes(text: str, match: re.Match[str], secret: str) -> bool:
    """Whether the quote after a name is the end of a text that says the name: `('Password: ')`."""
    opened = next((c for c in match.group()[:12] if c in "\"'"), "")
    if match.group()[-1:] == opened and len(match.group()) > 1 and secret[0] not in "),:]};":
        return False
    start = max(text.rfind("\n", 0, match.start()) + 1, match.start() - 300)
    return text.count(opened, start, match.start()) % 2 == 1


def _last(text: str, match: re.Match[str], group: str) -> int:
    """Where the secret ends: at its quote, or that of the last literal joined to it."""
    end, closing = match.end(group), match.end()
    opened = text[match.start() : match.start() + 1] in ("[", "(", "{")
    for _ in range(50):
        more = _MORE.match(text, closing)
        joined = more.group() if more else ""
        if (
            more is None
            or ("," in joined and not opened)
            or (not joined.strip(" \t") and not joined)
        ):
            return end
        following = _QUOTED.match(text, more.end())
        if following is None or following.end() <= closing:
            return end
        held = next(g for g in "abcd" if following.group(g) is not None)
        end, closing = following.end(held), following.end()
    return end


def _bare(
    text: str, match: re.Match[str], name: str, held: str, separator: str, flag: bool
) -> tuple[int, int, str] | None:
    secret, start, end = match.group(), match.start(), match.end()
    while secret and (
        secret[-1] in ".:"
        or (
            secret[-1] in _OPENING and secret.count(secret[-1]) > secret.count(_OPENING[secret[-1]])
        )
    ):
        secret, end = secret[:-1], end - 1
    if len(secret) < 3 or is_mask(secret) or secret[0] == "-":
        return None
    if secret[0] in "[({" and (len(secret) < 10 or not _ODD.search(secret)):
        return None  # a list, a call's arguments, a template
    if is_directory(name, secret) or (is_plural(name) and is_plain(secret)):
        return None
    if held == "weak" and not is_random(secret):
        return None
    if separator.startswith(" ") and _VARIABLE.fullmatch(secret):
        return None
    tight = separator in ("=", ">") or flag
    if is_code(secret) and ("(" in secret or "[" in secret or "." in secret or not tight):
        return None
    if tight and secret.isalpha() and (len(secret) < 4 or strength(secret)):
        return None
    if not tight and is_plain(secret) and len(secret) < 5:
        return None
    rest = _REST.match(text, end) if len(match.group()) == 400 else None
    return start, rest.end() if rest else end, secret
