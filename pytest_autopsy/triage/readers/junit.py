"""JUnit XML, by the parser's events: nothing of it is kept but the test that is being read.

No document type is taken: entities are what an XML bomb is made of, and no reporter writes any.
The parser is expat itself, not iterparse, for it knows the line that it is in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from ..incident import Incident
from .reports import known_from, made
from .stream import Stream, Unusable
from .tracebacks import MAX_TEXT, Crash, crash_in, error_line

_FAILED = ("failure", "error")
_KEPT = ("failure", "error", "rerunFailure")
_CONTROL = {code: "?" for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: "?", 0xFFFF: "?"}
MAX_DEPTH = 200


class JUnit:
    """Feeds a file to the parser and gives out the failures that came of it."""

    name = "JUnit XML"

    def __init__(self, file: str) -> None:
        self.file = file
        self.tests = 0
        self._found: list[Incident] = []
        self._case: dict[str, str] = {}
        self._properties: dict[str, str] = {}
        self._failures: list[tuple[str, int, dict[str, str], list[str]]] = []
        self._text: list[str] | None = None
        self._room = 0
        self._depth = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refused

    def read(self, stream: Stream) -> Iterator[Incident]:
        """Yield the failures. Raises Unusable where it is no JUnit XML, or breaks off."""
        try:
            for text in stream.texts():
                self._parser.Parse(text.translate(_CONTROL), False)
                yield from self._given()
            self._parser.Parse("", True)
        except expat.ExpatError as error:
            yield from self._given()
            reason = expat.ErrorString(error.code)
            late = self.tests > 0
            raise Unusable(f"no whole XML: {reason}", error.lineno, is_late=late) from None
        except Unusable as error:
            yield from self._given()
            error.is_late = self.tests > 0
            raise
        if not self.tests:
            raise Unusable("XML without a testcase: no JUnit report")

    def _given(self) -> Iterator[Incident]:
        found, self._found = self._found, []
        yield from found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unusable("nested too deeply", self._parser.CurrentLineNumber)
        if tag == "testcase":
            self.tests += 1
            self._case, self._properties, self._failures = attributes, {}, []
        elif tag in _FAILED and self._case:
            self._text, self._room = [], MAX_TEXT
            line = self._parser.CurrentLineNumber
            self._failures.append((tag, line, attributes, self._text))
        elif tag == "property" and self._case:
            self._properties[attributes.get("name", "")] = attributes.get("value", "")

    def _characters(self, data: str) -> None:
        if self._text is None:
            return
        self._text.append(data)
        self._room -= len(data)
        while self._room < 0 and len(self._text) > 1:  # the end of it tells more
            self._room += len(self._text.pop(0))

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if tag in _FAILED:
            self._text = None
        elif tag == "testcase" and self._case:
            for failure in self._failures:
                self._found.append(self._incident(*failure))
            self._case = {}

    def _incident(
        self, tag: str, line: int, attributes: dict[str, str], text: list[str]
    ) -> Incident:
        message = attributes.get("message", "")
        crash = crash_in("".join(text)) or _told(attributes, message)
        phase = "call"
        if tag == "error":  # pytest: "failed on setup with ...", "collection failure"
            phase = "teardown" if "on teardown" in message[:80] else "setup"
            phase = "collect" if message.startswith("collection failure") else phase
        known = known_from(self._properties)
        return made(self, line, _nodeid(self._case), phase, crash, known)

    def _refused(self, *_: Any) -> None:
        raise Unusable("a document type, which can hold entities", self._parser.CurrentLineNumber)


def _nodeid(case: dict[str, str]) -> str:
    """The node id as pytest would say it: of `pkg.test_a.TestB` and `test_c`."""
    name, place, file = case.get("name", ""), case.get("classname", ""), case.get("file", "")
    if file:
        module = file.removesuffix(".py").replace("/", ".")
        inner = place.removeprefix(module).strip(".")
        return "::".join(part for part in (file, *inner.split("."), name) if part)
    return f"{place}::{name}" if place else name


def _told(attributes: dict[str, str], message: str) -> Crash:
    """What the attributes tell where the text tells no exception."""
    first = message.partition("\n")[0]
    found = error_line(first.removeprefix('failed on setup with "').rstrip('"'))
    if attributes.get("type"):
        text = found[1] if found is not None else message
        return Crash(attributes["type"], text)
    return Crash(*found) if found is not None else Crash("Failed", message)
