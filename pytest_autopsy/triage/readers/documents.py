"""JSON of any size, a part at a time: lines, documents, several documents in a row.

Of a document the elements of the lists at its top are handed over one by one: a report of a million
tests is never in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from ...plainjson import loads
from .stream import MAX_LINE, Stream, Unusable

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


class Item(NamedTuple):
    """A part of a file: a line, an element of the list `key` of a document, or (at the document's
    end, under no key) all of it that is in no list. `head` is what was read of the document before.
    """

    line: int
    key: str
    value: Any
    head: dict[str, Any]


class Bad(NamedTuple):
    """A line that is no JSON."""

    line: int
    reason: str


def is_lines(head: bytes, name: str) -> bool:
    """Whether a file that begins so holds an object a line, rather than one document."""
    first, _, rest = head.lstrip().partition(b"\n")
    if name.endswith((".jsonl", ".ndjson", ".log")):
        return True
    try:
        whole = isinstance(loads(first), dict)
    except (ValueError, RecursionError):
        return first[:1] not in (b"{", b"[")
    return whole and bool(rest.strip())


def line_items(stream: Stream) -> Iterator[Item | Bad]:
    """Yield each line of a file that is a JSON object; what is none, with the reason."""
    for number, raw in stream.lines():
        if raw is None:
            yield Bad(number, f"the line is longer than {MAX_LINE >> 20} MB")
            continue
        if not raw or raw.isspace():
            continue
        try:
            value = _parsed(raw, stream)
        except RecursionError:
            yield Bad(number, "nested too deeply")
        except ValueError as error:
            yield Bad(number, f"no JSON: {_reason(error)}")
        else:
            if isinstance(value, dict):
                yield Item(number, "", value, value)
            else:
                yield Bad(number, "no JSON object")


def document_items(stream: Stream) -> Iterator[Item]:
    """Yield the parts of each document of a file. Raises Unusable where it is no JSON."""
    scanner = _Scanner(stream.texts())
    try:
        while scanner.peek():
            if scanner.peek() == "{":
                yield from _object(scanner)
            elif scanner.peek() == "[":
                yield from _list(scanner, "", {})
            else:
                raise ValueError("a document begins with { or [")
    except RecursionError:
        raise Unusable("nested too deeply", scanner.line) from None
    except ValueError as error:
        raise Unusable(f"no JSON: {_reason(error)}", scanner.line) from None


def _object(scanner: _Scanner) -> Iterator[Item]:
    head: dict[str, Any] = {}
    began = scanner.line
    scanner.expect("{")
    while scanner.peek() != "}":
        if head or scanner.peek() == ",":
            scanner.skip(",")
        key = scanner.value()
        if not isinstance(key, str):
            raise ValueError("a key is a text")  # it is the file that is wrong
        scanner.expect(":")
        if scanner.peek() == "[":
            yield from _list(scanner, key, head)
            head.setdefault("", []).append(key)  # that there was one
        else:
            head[key] = scanner.value()
    scanner.expect("}")
    yield Item(began, "", head, head)


def _list(scanner: _Scanner, key: str, head: dict[str, Any]) -> Iterator[Item]:
    scanner.expect("[")
    first = True
    while scanner.peek() != "]":
        if not first:
            scanner.expect(",")
        first = False
        scanner.peek()
        line = scanner.line
        yield Item(line, key, scanner.value(), head)
    scanner.expect("]")


class _Scanner:
    """Reads values out of a text that comes in pieces."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts
        self._text = ""
        self._at = 0
        self._ended = False
        self.line = 1

    def peek(self) -> str:
        """Return the next character that is no space, "" at the end."""
        while True:
            text, at = self._text, self._at
            while at < len(text) and text[at] in _SPACE:
                self.line += text[at] == "\n"
                at += 1
            self._at = at
            if at < len(text) or not self._more(1):
                return text[at : at + 1]

    def expect(self, character: str) -> None:
        """Take this character, or raise ValueError."""
        found = self.peek()
        if found != character:
            raise ValueError(
                f"{character} expected" + (f", not {found}" if found else ", not its end")
            )
        self._at += 1

    def skip(self, character: str) -> None:
        """Take this character where it comes next."""
        if self.peek() == character:
            self._at += 1

    def value(self) -> Any:
        """Take one value of at most MAX_LINE characters."""
        if not self.peek():
            raise ValueError("it ends in the middle")
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError:
                if self._more(len(self._text) - self._at):
                    continue
                raise ValueError("it ends in the middle, or is broken here") from None
            if end == len(self._text) and self._more(1):
                continue  # a number may go on
            self.line += self._text.count("\n", self._at, end)
            self._at = end
            return value

    def _more(self, least: int) -> bool:
        """Read on, by about as much as there is; False at the end."""
        if self._ended:
            return False
        parts = [self._text[self._at :]]
        if len(parts[0]) > MAX_LINE:
            raise ValueError(f"one value of it is longer than {MAX_LINE >> 20} MB, or is broken")
        size = 0
        while size < least:
            part = next(self._texts, None)
            if part is None:
                self._ended = True
                break
            parts.append(part)
            size += len(part)
        self._text, self._at = "".join(parts), 0
        return size > 0


def _parsed(raw: bytes, stream: Stream) -> Any:
    try:
        return loads(raw)
    except ValueError:
        text = raw.decode("utf-8", "replace")
        if "\ufffd" not in text:
            raise
        value = loads(text)
        stream.replaced = True
        return value


def _reason(error: Exception) -> str:
    return str(error).partition(": line")[0][:120]
