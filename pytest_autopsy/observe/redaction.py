"""Keep secrets out of what is written: by the name that holds them and by their shape.

What is redacted says by which rule. Weak names (`token`, `auth`) are also words of parsers and
tables: there only what does not look like words, a number or code is taken for a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ..model import Look, Value
from . import assigned, patterns
from .naming import is_directory, is_plural, strength
from .secrets import CUT, is_card, matches, secret_in
from .taint import ForeignTaint, Taint
from .text import clean
from .wording import is_mask, is_random, is_telling

MARK = "[redacted: {}]"
SEEN = MARK.format("seen as a secret")
_HEAD = 200
_NO_SECRETS = ("module", "function", "type", "method", "builtin_function_or_method", "ABCMeta")
_NAMING_KEYS = ("name", "key", "header", "field", "variable")
_OPTION = re.compile(r"--?[A-Za-z][\w-]*")

Hook = Callable[[str, str], "str | None"]


class Redactor:
    """Decides what is secret. One a run, so that what it has seen once it knows everywhere.

    `own` are the user's patterns, `hook` asks other plugins; what a hook fails on is cut.
    """

    def __init__(self, own: Iterable[re.Pattern[str] | str] = (), hook: Hook | None = None) -> None:
        self._patterns = [patterns.compiled(one) if isinstance(one, str) else one for one in own]
        self.hook = hook
        self.taint = Taint()
        self.foreign: ForeignTaint | None = None
        self._innocent: set[str] = set()  # short texts in which no shape is

    @property
    def version(self) -> int:
        """Grows with every secret learned: what was redacted before may show it."""
        return self.taint.version + (self.foreign.version if self.foreign else 0)

    def look(self, value: Look, name: str = "") -> Look:
        """Return `value` with every secret in it replaced; `name` is what holds it."""
        held = strength(name) if name else ""
        if held == "strong" and not _is_count(name, value):
            return self._hidden(value, self._rule(name))
        if held == "weak" and is_random(_text_in(value)):
            return self._hidden(value, self._rule(name))
        if isinstance(value, Value):
            return self._value(value, name)
        if type(value) is str:
            return self.text(value, name)
        if type(value) is int and value > 10**13 and is_card(str(value)):
            return self._hidden(str(value), "card number")
        return value

    def text(self, text: str, name: str = "") -> str:
        """Return `text` (a message, output) without secrets; `name` is what holds it."""
        return self._text(text, name, source=False, keep_lines=False)

    def identifier(self, text: str) -> str:
        """Return a name that other things are found by: the hook is not asked."""
        return self.known(self._patterned(self._shapes(text, source=False, keep_lines=False)))

    def source(self, text: str) -> str:
        """Return source without secrets: as many lines as before."""
        return self._text(text, "", source=True, keep_lines=True)

    def block(self, lines: Iterable[str]) -> list[str]:
        """Return lines of text without secrets, those that go over several lines too."""
        given = list(lines)
        shown = self._text("\n".join(given), "", source=False, keep_lines=True).split("\n")
        return shown if len(shown) >= len(given) else [*shown, *[""] * (len(given) - len(shown))]

    def held(self, text: str, name: str) -> str:
        """Return what a name holds, as text."""
        found = self.look(text, name)
        return MARK.format(found.why) if isinstance(found, Value) else str(found)

    def lines(self, lines: Sequence[str], start: int, end: int) -> tuple[str, ...]:
        """Return lines `start` to `end` of a source, redacted as part of all of it.

        A secret of several lines, as a key is, is known by its first one.
        """
        first = start
        for place in range(start - 1, max(start - 200, -1), -1):
            if "-----BEGIN " in lines[place] or '"""' in lines[place] or "'''" in lines[place]:
                first = place
                break
        first = max(first - 3, 0)  # a name and what it is given may stand on two lines
        whole = self.source("\n".join(lines[first : end + 200]))
        found = whole.split("\n")[start - first : end - first]
        return tuple(found)

    def argv(self, arguments: Iterable[str]) -> list[str]:
        """Return a command line: also what follows an option with a secret's name is one."""
        value = Value("sequence", "list", None, tuple(map(str, arguments)))
        return [str(_shown(part)) for part in self._items(value, "")]

    def learn(self, value: Look, name: str) -> None:
        """Learn what a name of a secret holds."""
        if value is not None and strength(name):
            self.look(value, name)

    def know(self, key: bytes, entries: list[list[str]]) -> None:
        """Know by their hashes the secrets that another process has learned."""
        self.foreign = self.foreign or ForeignTaint(key)
        self.foreign.add(entries)

    def environment(self, variables: Iterable[tuple[str, str]]) -> None:
        """Learn the secrets of the environment."""
        for name, text in variables:
            held = strength(name)
            if (held == "strong" and not is_directory(name, text)) or (
                held == "weak" and is_random(text)
            ):
                self._learn(text)
            elif "://" in text:
                self.text(text)

    # -- texts ------------------------------------------------------------------------------

    def _text(self, text: str, name: str, source: bool, keep_lines: bool) -> str:
        if text not in self._innocent:
            shown = self._shapes(text, source, keep_lines)
            if shown is text and len(text) <= _HEAD:
                if len(self._innocent) > 20_000:
                    self._innocent.clear()
                self._innocent.add(text)
            text = shown
        text = self._asked(self._patterned(text), name)
        return self.known(text, keep_lines)

    def _shapes(self, text: str, source: bool, keep_lines: bool) -> str:
        shown = text
        for shape in matches(text):
            replace = self._replacing(shape.rule, shape.check, keep_lines)
            shown = shape.pattern.sub(replace, shown)
        if len(text) >= 5:
            mark = MARK.format(assigned.RULE)
            shown = assigned.hide(shown, mark, self._learn, source=source, keep_lines=keep_lines)
        return text if shown == text else shown

    def _patterned(self, text: str) -> str:
        for pattern in self._patterns:
            replace = self._replacing("user pattern", None, keep_lines=True)
            text = patterns.replaced(pattern, replace, text)
        return text

    def _asked(self, text: str, name: str) -> str:
        if self.hook is None:
            return text
        try:
            told = self.hook(name, text)
        except Exception:  # noqa: BLE001  # told by whoever gave the hook
            return MARK.format("could not be checked")
        if told is None:
            return text
        return told if type(told) is str else MARK.format("could not be checked")

    def known(self, text: str, keep_lines: bool = False) -> str:
        """Return `text` without the secrets that were seen elsewhere, here or in a worker."""
        text = self.taint.hidden(text, SEEN, keep_lines)
        return self.foreign.hidden(text, SEEN, keep_lines) if self.foreign else text

    def _replacing(
        self, rule: str, check: Callable[[re.Match[str]], bool] | None, keep_lines: bool
    ) -> Callable[[re.Match[str]], str]:
        mark = MARK.format(rule)

        def replaced(match: re.Match[str]) -> str:
            if check is not None and not check(match):
                return match.group()
            secret, whole = secret_in(match), match.group()
            self._learn(secret)
            lines = "\n" * secret.count("\n") if keep_lines else ""
            if "secret" not in match.re.groupindex:
                return mark + lines
            start, end = match.start("secret") - match.start(), match.end("secret") - match.start()
            kept = whole[:start] if rule in _KEEPS_FRONT else ""
            return kept + mark + lines + whole[end:]

        return replaced

    # -- values -----------------------------------------------------------------------------

    def _value(self, value: Value, name: str) -> Value:
        attrs = tuple((self.text(k), self.look(v, k)) for k, v in value.attrs)
        items: tuple[object, ...]
        if value.kind == "mapping":
            items = tuple((self.look(k), self.look(v, _text_in(k))) for k, v in self._named(value))
        elif value.kind == "sequence" or value.kind == "set":
            items = self._items(value, name)
        else:
            items = tuple(self._head(item, value.why, name) for item in value.items)
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
        pair = value.kind == "sequence" and len(value.items) == 2
        for item in value.items:
            text = _text_in(item)
            holder = name
            if (_OPTION.fullmatch(before) and text[:1] != "-" and strength(before)) or (
                pair and found and strength(before) and is_telling(text)
            ):
                holder = before
            elif pair and found and strength(name) == "weak" and is_telling(text):
                holder = "password"  # `auth=(name, password)`
            found.append(self.look(item, holder))
            before = text if len(text) <= 100 else ""
        return tuple(found)

    def _head(self, item: Look, why: str, name: str) -> Look:
        """Of a text that was cut also the secret that its end has cut in two."""
        if type(item) is not str:
            return item
        shown = self.text(item, name)
        return CUT.sub(MARK.format("cut secret"), shown) if why == "string" else shown

    def _hidden(self, value: Look, rule: str) -> Look:
        """All that a secret's name holds; None, truth values and what is empty hide nothing."""
        if value is None or type(value) is bool or value == "":
            return value
        if not isinstance(value, Value):
            if type(value) is str:
                if is_mask(value):
                    return value
                self._learn(value)
            size = len(value) if type(value) is str else None
            return Value("redacted", type(value).__name__, size, why=rule)
        if value.kind in ("redacted", "cut") or (
            value.kind == "literal" and value.type in _NO_SECRETS
        ):
            return value
        attrs = tuple((self.text(k), self._hidden(v, rule)) for k, v in value.attrs)
        if value.kind == "mapping":
            pairs = tuple((self.look(k), self._hidden(v, rule)) for k, v in value.items)
            return value._replace(items=pairs, attrs=attrs)
        if value.kind in ("sequence", "set", "object"):
            items = tuple(self._hidden(item, rule) for item in value.items)
            return value._replace(items=items, attrs=attrs)
        if value.kind in ("text", "bytes"):
            self._learn(_unescaped(value), only_head=value.why == "string")
        return Value("redacted", value.type, value.size, why=rule)

    def _learn(self, secret: str, only_head: bool = False) -> None:
        """Know a secret everywhere; of several lines, as a key's are, each by itself too."""
        if "\n" in secret:
            for line in secret.split("\n", 200)[:200]:
                line = line.strip()
                if len(line) >= 16 and line[:5] != "-----" and is_random(line):
                    self.taint.learn(line)
        if is_telling(secret) and not secret.startswith("[redacted"):
            self.taint.learn(secret, only_head=only_head)

    def _rule(self, name: str) -> str:
        shown = clean(self.text(name[-_HEAD * 5 :]))  # a key can be a secret itself
        return f"name {shown}" if len(shown) <= _HEAD else f"name ...{shown[-_HEAD:]}"


_KEEPS_FRONT = (
    "authorization header",
    "url credentials",
    "cookie header",
    "signed url",
    "user and password",
)


def _is_count(name: str, value: Look) -> bool:
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
