"""Secrets whose name stands apart from them: in a key or an attribute of its own, in the line above."""

from __future__ import annotations

import re
from collections.abc import Callable

from .naming import strength
from .wording import is_mask, is_telling

_SAID = r"[\"'](?P<name>[^\"'\n]{1,100})[\"']"
_HELD = r"[\"'](?P<secret>[^\"'\n]{1,2000})[\"']"
_PATTERNS = (
    # {"name": "DB_PASSWORD", "value": "..."}, <add key="ApiKey" value="..."/>
    re.compile(
        rf"\b(?:name|key|header|field|variable)[\"']?\s{{0,4}}[:=]\s{{0,4}}{_SAID}[\s,]{{1,40}}"
        rf"[\"']?value[\"']?\s{{0,4}}[:=]\s{{0,4}}{_HELD}"
    ),
    # pydantic: a field's name, and in the line below what is wrong with its value
    re.compile(rf"(?m)^(?P<name>[\w.]{{1,100}})\n[^\n]{{0,300}}\binput_value={_HELD}"),
    # YAML: the value has a line of its own
    re.compile(
        r"(?m)^[ \t-]{0,40}(?P<name>[\w.-]{1,100}):[ \t]{0,4}(?:[>|][+-]?)?[ \t]{0,4}\n[ \t]{1,60}"
        r"(?P<secret>[^\s:]{8,400})[ \t]{0,4}$"
    ),
)


def hide(text: str, mark: str, learn: Callable[[str], None]) -> str:
    """Return `text` with `mark` for each such value; `learn` is told the values."""

    def replaced(match: re.Match[str]) -> str:
        secret, start = match["secret"], match.start("secret") - match.start()
        is_quoted = match[0][-1] in "\"'"
        if strength(match["name"]) != "strong" or is_mask(secret):
            return match[0]
        if not is_quoted and not is_telling(secret):
            return match[0]
        learn(secret)
        return match[0][:start] + mark + match[0][start + len(secret) :]

    for pattern in _PATTERNS:
        text = pattern.sub(replaced, text)
    return text
