"""A look as text (Python's own notation where there is one) and as JSON (seed 3's forms)."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..model import ARRAYS, Look, Value
from .array_forms import array_json, array_pieces

ELLIPSIS = "..."
JsonValue = object
_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}")}


def to_text(look: Look, limit: int = 200) -> str:
    """Return `look` on one line of at most `limit` characters; never built longer."""
    parts: list[str] = []
    room = limit
    for part in _pieces(look):
        parts.append(part)
        room -= len(part)
        if room < 0:
            return "".join(parts)[: max(limit - len(ELLIPSIS), 0)] + ELLIPSIS
    return "".join(parts)


def clean(text: str) -> str:
    """Return `text` with lone surrogates written out, so that it can be encoded as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many letters, with dots where it was cut."""
    return text if len(text) <= most else text[: most - 3] + "..."


def squeezed(text: str, most: int) -> str:
    """Return a text of at most so many letters, with dots in its middle: a path's name ends it."""
    if len(text) <= most:
        return text
    end = most // 2
    return f"{text[: most - end - 3]}...{text[len(text) - end :]}"


def one_line(text: str) -> str:
    """Return `text` with all that is not printable written out: it cannot break or paint a line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def to_json(look: Look) -> JsonValue:
    """Return `look` as plain JSON types that orjson and execnet take.

    Whole lists and string-keyed dicts become themselves, arrays seed 3's forms; what is cut, or of
    another type, becomes an object with `__type__`, its size as `len`, and `why` something is missing.
    """
    if isinstance(look, Value):
        return _value_to_json(look)
    if isinstance(look, str):
        return clean(look)
    if isinstance(look, float) and not math.isfinite(look):
        return {"__type__": "float", "text": repr(look)}
    if isinstance(look, int) and abs(look) >= 1 << 63:
        return {"__type__": "int", "text": repr(look)}
    return look


def _value_to_json(value: Value) -> JsonValue:
    if not value.why and not value.attrs:
        if value.type == "list" and value.kind == "sequence":
            return [to_json(item) for item in value.items]
        if value.type == "dict" and value.kind == "mapping":
            whole = {clean(k): to_json(v) for k, v in value.items if type(k) is str}
            if len(whole) == len(value.items):  # else keys are no text, or look alike once clean
                return whole
        if value.kind == "object":
            return f"<{clean(value.type)}>"
    if value.kind in ARRAYS:
        return array_json(value, to_json)
    shown: dict[str, JsonValue] = {"__type__": clean(value.type)}
    if value.size is not None:
        shown["len"] = value.size
    if value.kind in ("sequence", "set"):
        shown["items"] = [to_json(item) for item in value.items]
    elif value.kind == "mapping":
        shown["items"] = [[to_json(k), to_json(v)] for k, v in value.items]
    elif value.items:
        shown["text"] = to_json(value.items[0])
    if value.attrs:
        shown["attrs"] = {clean(k): to_json(v) for k, v in value.attrs}
    if value.why:
        shown["why"] = value.why
    return shown


def _pieces(look: object) -> Iterator[str]:
    if not isinstance(look, Value):
        yield repr(look)
    elif look.kind in ("sequence", "set"):
        yield from _sequence(look)
    elif look.kind == "mapping":
        yield from _mapping(look)
    elif look.kind == "object" or (look.kind == "described" and not look.items):
        yield from _object(look)
    elif look.kind in ARRAYS:
        yield from map(one_line, array_pieces(look, _pieces))
    else:
        yield _single(look)


def _single(value: Value) -> str:
    head = value.items[0] if value.items else None
    cut = ELLIPSIS if value.why else ""
    name = one_line(value.type)
    if value.kind == "text":
        text = repr(head) + cut
        return text if value.type == "str" else f"{name}({text})"
    if value.kind == "bytes":
        quote = '"' if "'" in str(head) and '"' not in str(head) else "'"
        text = f"b{quote}{head}{quote}{cut}"
        return text if value.type == "bytes" else f"{name}({text})"
    if value.kind == "number":
        return f"{name}({head!r})" if value.items else f"<{name} of {value.size} bits>"
    if value.kind in ("literal", "described"):
        return f"{name}({one_line(str(head))}{cut})"
    size = f" of {value.size}" if value.size is not None else ""
    why = f", {one_line(value.why)}" if value.why else ""
    return f"<{name}{size}{why}>"


def _joined(items: Iterator[Iterator[str]], more: bool) -> Iterator[str]:
    first = True
    for item in items:
        if not first:
            yield ", "
        first = False
        yield from item
    if more:
        yield ELLIPSIS if first else ", " + ELLIPSIS


def _sequence(value: Value) -> Iterator[str]:
    if value.kind == "set" and not value.size:
        yield f"{one_line(value.type)}()"
        return
    left, right = _BRACKETS.get(value.type, (f"{one_line(value.type)}([", "])"))
    yield left
    yield from _joined((_pieces(item) for item in value.items), bool(value.why))
    yield ",)" if value.type == "tuple" and value.size == 1 else right


def _pair(key: object, item: object) -> Iterator[str]:
    yield from _pieces(key)
    yield ": "
    yield from _pieces(item)


def _mapping(value: Value) -> Iterator[str]:
    left, right = ("{", "}") if value.type == "dict" else (f"{one_line(value.type)}({{", "})")
    yield left
    yield from _joined((_pair(k, v) for k, v in value.items), bool(value.why))
    yield right


def _attribute(name: str, item: object) -> Iterator[str]:
    yield f"{one_line(name)}="
    yield from _pieces(item)


def _object(value: Value) -> Iterator[str]:
    if not value.attrs and not value.why:
        yield f"<{one_line(value.type)}>"
        return
    yield f"{one_line(value.type)}("
    yield from _joined((_attribute(k, v) for k, v in value.attrs), bool(value.why))
    yield ")"
