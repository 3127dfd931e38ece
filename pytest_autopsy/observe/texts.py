"""Take secrets out of texts: by shape, by the name before them, and what was one elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from . import apart, assigned, patterns
from .exceptions import MESSAGE
from .secrets import KEEPS_FRONT, Check, matches, may_hold, without_cut
from .taint import ForeignTaint, Taint
from .wording import is_random, is_telling

MARK = "[redacted: {}]"
SEEN = MARK.format("seen as a secret")
UNCHECKED = MARK.format("could not be checked")
_SHORT = 200
_REMEMBERED = 20_000
_BLOCK_LINES = 200
_SOURCES = 500
_OPENS = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY|(?i:key|secret|pass\w{0,8}|token)\s{0,4}[=:(]\s{0,4}[bBrRuUfF]{0,2}(?:\"{3}|'{3})"
)

Hook = Callable[[str, str], "str | None"]


_ESCAPED = re.compile(r"\\([\\\"'])")


class Texts:
    """What a run knows of secrets, applied to messages, output and source.

    `own` are the user's patterns, `hook` asks other plugins; what a hook fails on is cut.
    """

    def __init__(self, own: Iterable[str] = (), hook: Hook | None = None) -> None:
        self._patterns = [patterns.compiled(one) for one in own]
        self.hook = hook
        self.taint = Taint()
        self.foreign: ForeignTaint | None = None
        self._sources: dict[int, tuple[Sequence[str], list[str] | None]] = {}
        self._shapeless: set[str] = set()  # short texts in which no shape is
        self._clean: dict[str, int] = {}  # short texts without a known secret -> version then

    @property
    def version(self) -> int:
        """Grows with every secret learned: what was redacted before may show it."""
        return self.taint.version + (self.foreign.version if self.foreign else 0)

    def text(self, text: str, name: str = "") -> str:
        """Return `text` (a message, output) without secrets; `name` is what holds it."""
        shown = self._text(text, name)
        return self.head(shown) if len(text) == MESSAGE.string else shown

    def head(self, shown: str) -> str:
        """Return a text that was cut without the secret that its end has cut in two."""
        return without_cut(shown, MARK.format("cut secret"))

    def source(self, text: str) -> str:
        """Return source without secrets: as many lines as before."""
        return self._text(text, "", source=True, keep_lines=True)

    def identifier(self, text: str) -> str:
        """Return a name that other things are found by: the hook is not asked."""
        return self.known(self._shaped(text))

    def block(self, lines: Iterable[str]) -> list[str]:
        """Return lines of text without secrets, those that go over several lines too."""
        given = list(lines)
        shown = self._text("\n".join(given), "", keep_lines=True).split("\n")
        return shown if len(shown) >= len(given) else [*shown, *[""] * (len(given) - len(shown))]

    def lines(self, lines: Sequence[str], start: int, end: int) -> tuple[str, ...]:
        """Return lines `start` to `end` of a source, redacted as part of what is around them.

        A secret of several lines, as a key is, is known by its first one.
        """
        first = max(min(start, len(lines)) - 3, 0)  # a name and its value may stand on two lines
        whole = self._whole(lines)
        if whole is not None:
            return tuple(self.known("\n".join(whole[start:end]), keep_lines=True).split("\n"))
        around = self.source("\n".join(lines[first : end + 3])).split("\n")
        return tuple(around[start - first : end - first])

    def _whole(self, lines: Sequence[str]) -> list[str] | None:
        """All of a source, where a text of several lines in it may be a secret."""
        known = self._sources.get(id(lines))
        if known is not None and known[0] is lines:
            return known[1]
        joined = "\n".join(lines)
        found = self.source(joined).split("\n") if _OPENS.search(joined) else None
        if len(self._sources) >= _SOURCES:
            self._sources.clear()
        self._sources[id(lines)] = lines, found
        return found

    def known(self, text: str, keep_lines: bool = False) -> str:
        """Return `text` without the secrets that were seen elsewhere, here or in a worker."""
        version = self.version
        if not version or self._clean.get(text) == version:
            return text
        shown = self.taint.hidden(text, SEEN, keep_lines)
        shown = self.foreign.hidden(shown, SEEN, keep_lines) if self.foreign else shown
        if "\\\\" in shown:  # a text in a text: escaped once more than any writing that is known
            inner = _ESCAPED.sub(r"\1", shown)
            hidden = self.known(inner, keep_lines)
            shown = shown if hidden == inner else hidden
        if shown is text and len(text) <= _SHORT:
            if len(self._clean) >= _REMEMBERED:
                self._clean.clear()
            self._clean[text] = version
        return shown

    def know(self, key: bytes, entries: list[list[str]]) -> None:
        """Know by their hashes the secrets that another process has learned."""
        own = {entry[1] for entry in self.taint.hashed(key)}
        self.foreign = self.foreign or ForeignTaint(key)
        self.foreign.add(entry for entry in entries if entry[1] not in own)

    def learn_text(self, secret: str, only_head: bool = False) -> None:
        """Know a secret everywhere; of several lines, as a key's are, each by itself too."""
        if "\n" in secret:
            for line in map(str.strip, secret.split("\n", _BLOCK_LINES)[:_BLOCK_LINES]):
                if len(line) >= 16 and line[:5] != "-----" and is_random(line):
                    self.taint.learn(line)
        if is_telling(secret) and not secret.startswith("[redacted"):
            self.taint.learn(secret, only_head=only_head)

    def _text(self, text: str, name: str, *, source: bool = False, keep_lines: bool = False) -> str:
        text = self._shaped(text, source, keep_lines)
        return self.known(self._asked(text, name), keep_lines)

    def _shaped(self, text: str, source: bool = False, keep_lines: bool = False) -> str:
        """The text without what shapes, names and the user's patterns tell."""
        if text in self._shapeless:
            return text
        shown = self._patterned(self._shapes(text, source, keep_lines))
        if shown == text and len(text) <= _SHORT:
            if len(self._shapeless) >= _REMEMBERED:
                self._shapeless.clear()
            self._shapeless.add(text)
        return shown

    def _shapes(self, text: str, source: bool = False, keep_lines: bool = False) -> str:
        if len(text) <= _SHORT and not may_hold(text):
            return text
        shown = text
        for shape in matches(text):
            replace = self._replacing(shape.rule, shape.check, keep_lines)
            shown = shape.pattern.sub(replace, shown)
        if len(text) <= _SHORT and not assigned.may_name(shown):
            return text if shown == text else shown
        mark = MARK.format(assigned.RULE)
        shown = apart.hide(shown, mark, self.learn_text)
        shown = assigned.hide(shown, mark, self.learn_text, source=source, keep_lines=keep_lines)
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
            return UNCHECKED
        return text if told is None else told

    def _replacing(
        self, rule: str, check: Check | None, keep_lines: bool
    ) -> Callable[[re.Match[str]], str]:
        """What a match becomes: the mark, with what stands around a secret within it."""
        mark = MARK.format(rule)

        def replaced(match: re.Match[str]) -> str:
            if check is not None and not check(match):
                return match.group()
            group = "secret" if "secret" in match.re.groupindex else 0
            secret, whole = match.group(group), match.group()
            self.learn_text(secret)
            lines = "\n" * secret.count("\n") if keep_lines else ""
            kept = whole[: match.start(group) - match.start()] if rule in KEEPS_FRONT else ""
            return kept + mark + lines + whole[match.end(group) - match.start() :]

        return replaced
