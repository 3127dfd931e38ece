"""Keep secrets out of what is written: by the name that holds them and by their shape.

What is redacted says by which rule. Weak names (`token`, `auth`) are also words of parsers and
tables: there only what does not look like a plain word or number is taken for a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..model import ARRAYS, LISTED, PAIRED, Look, Value
from .secrets import CUT, SHAPES, is_telling, secret_in, strength, writings
from .text import clean

MARK = "[redacted: {}]"
_HEAD = 200


class Redactor:
    """Decides what is secret. One a run, so that what it has seen once it knows everywhere."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._patterns = [("user pattern", re.compile(pattern)) for pattern in patterns]
        self._known: dict[str, bool] = {}  # a secret's text -> whether that is only its head
        self._written: dict[str, bool] = {}  # the same in every writing, longest first

    def look(self, value: Look, name: str = "") -> Look:
        """Return `value` with every secret in it replaced; `name` is what holds it."""
        held = strength(name) if name else ""
        if held == "strong":
            return self._hidden(value, self._rule(name))
        if held == "weak" and _is_random(_text_in(value)):
            return self._hidden(value, self._rule(name))
        if isinstance(value, Value):
            return self._value(value, name)
        return self.text(value) if type(value) is str else value

    def text(self, text: str) -> str:
        """Return `text` (a message, source, output) without what has a secret's shape."""
        for rule, pattern in (*SHAPES, *self._patterns) if len(text) >= 8 else self._patterns:
            if pattern.search(text):
                text = pattern.sub(self._learning(MARK.format(rule)), text)
        return self._without_known(text) if self._known else text

    def _value(self, value: Value, name: str) -> Value:
        attrs = tuple((self.text(k), self.look(v, k)) for k, v in value.attrs)
        items: tuple[object, ...]
        if value.kind in PAIRED:
            items = tuple((self.look(k), self.look(v, _text_in(k))) for k, v in value.items)
        elif value.kind in LISTED:
            items = tuple(self.look(item, name) for item in value.items)
        else:
            items = tuple(self._head(item, value.why) for item in value.items)
        return value._replace(items=items, attrs=attrs)

    def _head(self, item: Look, why: str) -> Look:
        """Of a text that was cut also the secret that its end has cut in two."""
        if type(item) is not str:
            return item
        shown = self.text(item)
        if why != "string":
            return shown
        for known in self._known:
            place = shown.rfind(known[:8])
            if place >= 0 and known.startswith(shown[place:]):
                shown = shown[:place] + MARK.format("cut secret")
        return CUT.sub(MARK.format("cut secret"), shown)

    def _hidden(self, value: Look, rule: str) -> Look:
        """All that a secret's name holds; None, truth values and what is empty hide nothing."""
        if value is None or type(value) is bool or value == "":
            return value
        if not isinstance(value, Value):
            if type(value) is str:
                self._learn(value)
            size = len(value) if type(value) is str else None
            return Value("redacted", type(value).__name__, size, why=rule)
        if value.kind == "redacted" or value.kind == "cut":
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
            self._learn(_text_in(value), only_head=value.why == "string")
        return Value("redacted", value.type, value.size, why=rule)

    def _learning(self, mark: str) -> Callable[[re.Match[str]], str]:
        def replaced(match: re.Match[str]) -> str:
            self._learn(secret_in(match))
            return mark

        return replaced

    def _learn(self, secret: str, only_head: bool = False) -> None:
        if len(secret) > _HEAD:
            secret, only_head = secret[:_HEAD], True
        if is_telling(secret) and secret not in self._known and not secret.startswith("[redacted"):
            self._known[secret] = only_head
            self._written.update(dict.fromkeys(writings(secret), only_head))
            by_length = sorted(self._written.items(), key=lambda item: (-len(item[0]), item[0]))
            self._written = dict(by_length)

    def _without_known(self, text: str) -> str:
        mark = MARK.format("seen as a secret")
        for written, only_head in self._written.items():
            if written in text:
                rest = r"[^\s'\"]*" if only_head else ""
                text = re.sub(re.escape(written) + rest, mark, text)
        return text

    def _rule(self, name: str) -> str:
        shown = clean(self.text(name[-_HEAD * 5 :]))  # a key can be a secret itself
        return f"name {shown}" if len(shown) <= _HEAD else f"name ...{shown[-_HEAD:]}"


def _text_in(look: object) -> str:
    """The text of a look that is text or bytes, also of a subclass; else the empty one."""
    if isinstance(look, Value) and look.kind in ("text", "bytes", "literal") and look.items:
        look = look.items[0]
    return look if type(look) is str else ""


def _is_random(text: str) -> bool:
    """Whether what a weak name holds does not look like a word, a number or a sentence."""
    return is_telling(text) and not any(c.isspace() for c in text)
