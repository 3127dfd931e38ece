"""Keep secrets out of what is written: by the name that holds them and by their shape.

What is redacted says by which rule. Weak names (`token`, `auth`) are also words of parsers and
tables: there only what does not look like words, a number or code is taken for a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..model import ARRAYS, LISTED, PAIRED, Look, Value
from .naming import is_directory, is_of_pair, is_plural, strength
from .secrets import is_card
from .text import clean
from .texts import MARK, Texts
from .wording import is_mask, is_random, is_telling

_HEAD = 200
_NO_SECRETS = ("module", "function", "type", "method", "builtin_function_or_method", "ABCMeta")
_NAMING_KEYS = ("name", "key", "header", "field", "variable")
_OPTION = re.compile(r"--?[A-Za-z][\w-]*")
_FIRST_CARD = 10**13  # no card's number has fewer digits


class Redactor(Texts):
    """Decides what is secret. One a run, so that what it has seen once it knows everywhere."""

    def look(self, value: Look, name: str = "") -> Look:
        """Return `value` with every secret in it replaced; `name` is what holds it."""
        held = strength(name) if name else ""
        if held == "strong" and not _is_innocent(name, value):
            return self._hidden(value, self._rule(name))
        if held == "weak" and is_random(_text_in(value)):
            return self._hidden(value, self._rule(name))
        if isinstance(value, Value):
            return self._value(value, name)
        if type(value) is str:
            return self.text(value, name)
        if type(value) is int and value > _FIRST_CARD and is_card(str(value)):
            return self._hidden(str(value), "card number")
        return value

    def held(self, text: str, name: str) -> str:
        """Return what a name holds, as text."""
        return str(_shown(self.look(text, name)))

    def argv(self, arguments: Iterable[str]) -> list[str]:
        """Return a command line: also what follows an option with a secret's name is one."""
        value = Value("sequence", "list", None, tuple(map(str, arguments)))
        return [str(_shown(part)) for part in self._items(value, "")]

    def learn(self, value: Look, name: str) -> None:
        """Learn what a name of a secret holds."""
        if value is not None and strength(name):
            self.look(value, name)

    def environment(self, variables: Iterable[tuple[str, str]]) -> None:
        """Learn the secrets of the environment."""
        for name, text in variables:
            if strength(name) or "://" in text:
                self.look(text, name)

    def _value(self, value: Value, name: str) -> Value:
        member = value.type.rpartition(".")[2] if "." in value.type else ""  # of an enum
        attrs = tuple(
            (self.text(k), self.look(v, member if member and k == "value" else k))
            for k, v in value.attrs
        )
        items: tuple[object, ...]
        if value.kind in PAIRED:
            items = tuple((self.look(k), self.look(v, _text_in(k))) for k, v in self._named(value))
        elif value.kind in LISTED:
            items = self._items(value, name)
        else:
            items = tuple(self._head(item, value.why, name) for item in value.items)
        if items == value.items and attrs == value.attrs:
            return value  # as nearly all are: no copy of what is clean
        return value._replace(items=items, attrs=attrs)

    def _named(self, value: Value) -> Iterable[tuple[Look, Look]]:
        """The pairs of a mapping; of `{"name": "password", "value": ...}` the value redacted."""
        pairs = {_text_in(k).lower(): _text_in(v) for k, v in value.items}
        named = next((pairs[key] for key in _NAMING_KEYS if key in pairs), "")
        for key, held in value.items:
            if named and _text_in(key).lower() == "value" and is_telling(_text_in(held)):
                held = self.look(held, named)
            yield key, held

    def _items(self, value: Value, name: str) -> tuple[object, ...]:
        """A sequence; of a pair of name and value, and after an option, the next is held by it."""
        found: list[object] = []
        before = ""
        is_pair = value.kind == "sequence" and len(value.items) == 2
        for item in value.items:
            text = _text_in(item)
            holder = name
            if _OPTION.fullmatch(before) and text[:1] != "-" and strength(before):
                holder = before
            elif is_pair and found and is_telling(text):
                if strength(before):
                    holder = before
                elif is_of_pair(name):
                    holder = "password"  # `auth=(name, password)`
            found.append(self.look(item, holder))
            before = text if len(text) <= _HEAD else ""
        return tuple(found)

    def _head(self, item: Look, why: str, name: str) -> Look:
        """Of a text that was cut also the secret that its end has cut in two."""
        if type(item) is not str:
            return item
        shown = self.text(item, name)
        return self.head(shown) if why == "string" else shown

    def _hidden(self, value: Look, rule: str) -> Look:
        """All that a secret's name holds; None, truth values and what is empty hide nothing."""
        if value is None or type(value) is bool or (type(value) is str and is_mask(value)):
            return value
        if not isinstance(value, Value):
            if type(value) is str:
                self.learn_text(value)
            size = len(value) if type(value) is str else None
            return Value("redacted", type(value).__name__, size, why=rule)
        if value.kind in ("redacted", "cut") or (
            value.kind == "literal" and value.type in _NO_SECRETS
        ):
            return value
        if value.kind in ARRAYS:  # shape and dtype are no secrets
            attrs = tuple((k, self.look(v, k)) for k, v in value.attrs)
        else:
            attrs = tuple((self.text(k), self._hidden(v, rule)) for k, v in value.attrs)
        if value.kind in PAIRED:
            pairs = tuple((self.look(k), self._hidden(v, rule)) for k, v in value.items)
            return value._replace(items=pairs, attrs=attrs)
        if value.kind in LISTED or value.kind == "object":
            items = tuple(self._hidden(item, rule) for item in value.items)
            return value._replace(items=items, attrs=attrs)
        if value.kind in ("text", "bytes"):
            self.learn_text(_unescaped(value), only_head=value.why == "string")
        return Value("redacted", value.type, value.size, why=rule)

    def _rule(self, name: str) -> str:
        shown = clean(self.identifier(name[-_HEAD * 5 :]))  # a key can be a secret itself
        return f"name {shown}" if len(shown) <= _HEAD else f"name ...{shown[-_HEAD:]}"


def _is_innocent(name: str, value: Look) -> bool:
    """Whether a name of several things holds how many there are; or a shell's `PWD` a directory."""
    if type(value) is int:
        return is_plural(name) and abs(value) < 10**6
    return is_directory(name, _text_in(value))


def _text_in(look: object) -> str:
    """The text of a look that is text or bytes, also of a subclass; else the empty one."""
    if isinstance(look, Value) and look.kind in ("text", "bytes", "literal") and look.items:
        look = look.items[0]
    return look if type(look) is str else ""


def _unescaped(value: Value) -> str:
    """The text of a look; of bytes what they encode, where that is text."""
    text = _text_in(value)
    if value.kind != "bytes" or "\\" not in text:
        return text
    try:
        return text.encode("latin-1").decode("unicode_escape").encode("latin-1").decode()
    except (UnicodeError, ValueError):
        return text


def _shown(look: object) -> object:
    return MARK.format(look.why) if isinstance(look, Value) else look
