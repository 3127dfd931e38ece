"""One function for JSON out, one for JSON in: orjson, or the standard library where it is not.

Both give the same bytes for plain JSON types (a test holds them to it); keys keep their order, and
a float that is no number is null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from json.encoder import encode_basestring
from types import ModuleType
from typing import Any

orjson: ModuleType | None
try:
    import orjson
except ImportError:  # not CPython
    orjson = None


def dumps(data: object, *, indent: bool = False, newline: bool = False) -> bytes:
    """Return `data` (plain JSON types, clean strings) as UTF-8, with a newline at its end if asked.

    Raises TypeError for what is not JSON.
    """
    if orjson is None:
        return standard_dumps(data, indent=indent, newline=newline)
    option = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
    option |= orjson.OPT_INDENT_2 if indent else 0
    found: bytes = orjson.dumps(data, option=option | (orjson.OPT_APPEND_NEWLINE if newline else 0))
    return found


def standard_dumps(data: object, *, indent: bool = False, newline: bool = False) -> bytes:
    """The same with the standard library."""
    try:
        return (_text(data, "\n" if indent else "") + "\n" * newline).encode()
    except UnicodeEncodeError as error:
        raise TypeError("str is not valid UTF-8: surrogates not allowed") from error


def loads(raw: bytes | str) -> Any:
    """Parse JSON; raises ValueError."""
    return orjson.loads(raw) if orjson is not None else json.loads(raw)


def _text(data: object, newline: str) -> str:
    """`newline` is what begins a line at this depth, empty where all goes on one."""
    if isinstance(data, str):
        return encode_basestring(data)
    if data is None or isinstance(data, int):
        return json.dumps(data)
    if isinstance(data, float):
        return _number(data)
    inner = newline and newline + "  "
    if isinstance(data, (list, tuple)):
        return _block("[]", (_text(item, inner) for item in data), newline)
    if isinstance(data, dict):
        colon = ": " if newline else ":"
        pairs = (f"{_key(key)}{colon}{_text(item, inner)}" for key, item in data.items())
        return _block("{}", pairs, newline)
    raise TypeError(f"Type is not JSON serializable: {type(data).__name__}")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError("Dict key must be str")
    return encode_basestring(key)


def _block(brackets: str, parts: Iterable[str], newline: str) -> str:
    inner = newline and newline + "  "
    joined = f",{inner}".join(parts)
    return f"{brackets[0]}{inner}{joined}{newline}{brackets[1]}" if joined else brackets


def _number(number: float) -> str:
    """The shortest text, as orjson writes it: no sign or zero before an exponent's digits."""
    if not math.isfinite(number):
        return "null"
    digits, _, exponent = repr(number).partition("e-")
    if not exponent:
        return digits
    if int(exponent) > 5:
        return f"{digits}e-{int(exponent)}"
    sign = "-" if digits[0] == "-" else ""
    return f"{sign}0.{'0' * (int(exponent) - 1)}{digits.lstrip('-').replace('.', '')}"
