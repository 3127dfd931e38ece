"""What was a secret once is one everywhere: learned in all its writings, found in any text.

Every writing is known by its first eight characters. A text is looked up by each of its windows
of eight, so that looking costs what the text is long, however many secrets are known; where few
are, searching for each is quicker. Long ones are known by windows within them too, so that what
somebody has cut at either end is found.
"""

from __future__ import annotations

import base64
import html
import json
import re
import urllib.parse
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from ..unfaked import blake2b
from .wording import is_random

WINDOW = 8
MAX_WRITINGS = 200_000
"""Writings that are kept: more than that many secrets no run has but one that makes them up."""

_STRIDE = 4
_SHOWN_PART = 12
_HEAD = 200
_ELLIPSIS = re.compile(r"\.{3}|\u2026|['\"]?\Z|['\"]?\.{3}")
_RUN = re.compile(r"[^\s'\"]*")
Span = tuple[int, int]


class _Place(NamedTuple):
    """Where a window stands in a writing; at its start the lengths of all that begin so."""

    writing: str
    offset: int
    lengths: tuple[int, ...] = ()


class Taint:
    """The secrets of one process. `version` grows with each; `work` counts places looked at."""

    def __init__(self) -> None:
        self.version = 0
        self.work = 0
        self._writings: dict[str, tuple[bool, bool]] = {}  # -> open-ended, only as a word
        self._windows: dict[str, _Place] = {}

    def __len__(self) -> int:
        return len(self._writings)

    def learn(self, secret: str, *, only_head: bool = False) -> None:
        """Know a secret in all its writings; of one that is long, or cut, its head."""
        if len(secret) > _HEAD:
            secret, only_head = secret[:_HEAD], True
        if len(secret) < WINDOW or secret in self._writings or len(self) > MAX_WRITINGS:
            return
        machine = is_random(secret)
        as_word = not (machine or only_head) and re.fullmatch(r"[\w-]+", secret) is not None
        for writing in writings(secret):
            if len(writing) >= WINDOW and writing not in self._writings:
                self._writings[writing] = (only_head, as_word and writing == secret)
                self._add(writing)
        if machine and len(secret) >= 20:
            self._add_inner(secret)
        self.version += 1

    def _add(self, writing: str) -> None:
        head = writing[:WINDOW]
        known = self._windows.get(head)
        lengths = known.lengths if known is not None else ()
        if len(writing) not in lengths:
            lengths = tuple(sorted((*lengths, len(writing)), reverse=True))
        self._windows[head] = _Place(writing, 0, lengths)
        self.work += 1

    def _add_inner(self, secret: str) -> None:
        for offset in range(_STRIDE, len(secret) - WINDOW + 1, _STRIDE):
            window = secret[offset : offset + WINDOW]
            if window not in self._windows and any(map(str.isdigit, window)):
                self._windows[window] = _Place(secret, offset)
            self.work += 1

    def spans(self, text: str) -> list[Span]:
        """Return where in a text secrets stand, in order and apart."""
        if len(text) < WINDOW or not self._windows:
            return []
        known = self._windows
        size = len(text)
        if len(known) * (size + 300) < 600 * size:
            self.work += len(known)
            places: Iterable[int] = sorted(
                place for window in known if window in text for place in _all(window, text)
            )
        else:
            self.work += size
            places = [i for i in range(size - WINDOW + 1) if text[i : i + WINDOW] in known]
        return _joined(self._at(text, place) for place in places)

    def _at(self, text: str, start: int) -> Span | None:
        """The secret, or the part of one, whose window stands at `start`."""
        place = self._windows[text[start : start + WINDOW]]
        for length in place.lengths:
            self.work += 1
            found = self._writings.get(text[start : start + length])
            if found is not None and (not found[1] or _is_word(text, start, start + length)):
                end = start + length
                run = _RUN.match(text, end) if found[0] else None
                return start, run.end() if run else end
        return self._part(text, start, place)

    def _part(self, text: str, start: int, place: _Place) -> Span | None:
        """What a text shows of a secret that is cut: at least twelve characters, or up to the cut."""
        writing, offset = place.writing, place.offset
        begin, end = start, start + WINDOW
        while begin > 0 and offset > 0 and text[begin - 1] == writing[offset - 1]:
            begin, offset = begin - 1, offset - 1
        behind = place.offset + WINDOW
        while end < len(text) and behind < len(writing) and text[end] == writing[behind]:
            end, behind = end + 1, behind + 1
        self.work += end - begin
        as_word = self._writings.get(writing, (False, False))[1]
        shown = text[begin:end]
        long = len(shown) >= _SHOWN_PART
        if behind < len(writing) and _ELLIPSIS.match(text, end) and not as_word:
            return (begin, end) if long or any(map(str.isdigit, shown)) else None
        return (begin, end) if long and is_random(shown) else None

    def hidden(self, text: str, mark: str, keep_lines: bool = False) -> str:
        """Return `text` with `mark` for each secret in it."""
        return marked(text, self.spans(text), mark, keep_lines)

    def hashed(self, key: bytes, start: int = 0) -> list[list[str]]:
        """Return writings as keyed hashes: of the first window, of all, the length; from `start`."""
        return [
            [keyed(key, w[:WINDOW]), keyed(key, w), str(len(w)), "+" if head else ""]
            for w, (head, _) in islice(self._writings.items(), start, None)
        ]


class ForeignTaint:
    """The secrets of other processes, of which only keyed hashes came here."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.version = 0
        self._lengths: dict[str, set[int]] = {}  # hash of the first window -> lengths
        self._whole: dict[str, bool] = {}  # hash -> open-ended
        self._seen: dict[str, str] = {}  # windows that were hashed: a head's hash, or nothing

    def add(self, entries: Iterable[list[str]]) -> None:
        """Know what another process has learned."""
        for head, whole, length, more in entries:
            self._lengths.setdefault(head, set()).add(int(length))
            self._whole[whole] = more == "+"
            self.version += 1
        self._seen.clear()

    def spans(self, text: str) -> list[Span]:
        """Return where in a text secrets stand, in order and apart: each window is hashed once."""
        if not self._lengths or len(text) < WINDOW:
            return []
        seen = self._seen
        if len(seen) > 2_000_000:
            seen.clear()
        for window in {text[i : i + WINDOW] for i in range(len(text) - WINDOW + 1)}:
            if window not in seen:
                head = keyed(self.key, window)
                seen[window] = head if head in self._lengths else ""
        places = [i for i in range(len(text) - WINDOW + 1) if seen[text[i : i + WINDOW]]]
        return _joined(self._at(text, place) for place in places)

    def hidden(self, text: str, mark: str, keep_lines: bool = False) -> str:
        """Return `text` with `mark` for each secret in it."""
        return marked(text, self.spans(text), mark, keep_lines)

    def _at(self, text: str, start: int) -> Span | None:
        for length in sorted(self._lengths[self._seen[text[start : start + WINDOW]]], reverse=True):
            whole = self._whole.get(keyed(self.key, text[start : start + length]))
            if whole is not None and start + length <= len(text):
                run = _RUN.match(text, start + length) if whole else None
                return start, run.end() if run else start + length
        return None


def marked(text: str, spans: list[Span], mark: str, keep_lines: bool = False) -> str:
    """Return `text` with `mark` for each span, and as many lines as before where asked."""
    parts, done = [], 0
    for start, end in spans:
        lines = "\n" * text.count("\n", start, end) if keep_lines else ""
        parts += [text[done:start], mark, lines]
        done = end
    return "".join([*parts, text[done:]]) if parts else text


def keyed(key: bytes, text: str) -> str:
    """Return a hash that says nothing to whoever has not the key."""
    raw = text.encode("utf-8", "surrogatepass")
    return blake2b(raw, digest_size=12, key=key).hexdigest()


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
        json.dumps(repr(secret))[2:-2],
        html.escape(secret),
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
    return [text for text in found if len(text) >= WINDOW]


def _all(window: str, text: str) -> Iterator[int]:
    place = text.find(window)
    while place >= 0:
        yield place
        place = text.find(window, place + 1)


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit stands on either side; the letter of an escape is none."""
    before = text[start - 1 : start]
    escaped = text[max(start - 2, 0) : start] in (r"\n", r"\t", r"\r")
    return (escaped or not (before.isalnum() or before == "_")) and not (
        text[end : end + 1].isalnum() or text[end : end + 1] == "_"
    )


def _joined(found: Iterable[Span | None]) -> list[Span]:
    """Spans in order, those that touch or overlap as one."""
    spans: list[Span] = []
    for span in sorted(span for span in found if span is not None):
        if spans and span[0] <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], span[1]))
        else:
            spans.append(span)
    return spans
