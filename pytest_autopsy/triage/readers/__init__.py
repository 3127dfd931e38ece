"""Foreign and earlier files: each format's failures, as incidents, streamed.

`read(path)` says what it is by its content: names mislead, logs are mixed, and one file may hold
lines of several formats.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ..incident import Incident, Trouble
from .agents import Agents
from .dialect import Dialect
from .documents import Bad, Item, document_items, is_lines, line_items
from .junit import JUnit
from .recorded import Digest, Snapshots
from .reports import JsonReport, ReportLog
from .stream import Stream, Unusable, opened
from .traces import Traces

FORMATS = "digest.json, call traces, crash snapshots, JUnit XML, pytest-reportlog, pytest-json-report, logs of agents"


def read(path: str, shown: str) -> Iterator[Incident | Trouble]:
    """Yield the failures in a file (`-`: standard input), and what of it could not be used."""
    try:
        with opened(path) as stream:
            yield from _read(stream, shown)
            if stream.replaced:
                yield Trouble(
                    shown, 1, "not all of it is UTF-8: those bytes were replaced", "nothing"
                )
    except Unusable as error:
        yield Trouble(shown, error.line, error.reason, "rest" if error.is_late else "file")
    except OSError as error:
        yield Trouble(shown, 0, error.strerror or str(error))


def _read(stream: Stream, shown: str) -> Iterator[Incident | Trouble]:
    if not stream.head:
        raise Unusable("it is empty")
    if stream.is_binary:
        raise Unusable("binary data")
    if stream.head.lstrip()[:1] == b"<":
        yield from JUnit(shown).read(stream)
    elif is_lines(stream.head, shown.lower().removesuffix(".gz")):
        yield from _Items(shown).read(line_items(stream))
    else:
        yield from _Items(shown).read(document_items(stream))


class _Items:
    """Gives each item of a file to the reader whose it is, and notes those that are nobody's."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.readers: list[Dialect] = [
            ReportLog(shown), Traces(shown), Digest(shown), JsonReport(shown), Snapshots(shown), Agents(shown),
        ]  # fmt: skip
        self.used: Dialect | None = None
        self.count = 0
        self.strange: Item | None = None
        self.bad: dict[str, Trouble] = {}  # reason without its details -> the first, counted

    def read(self, items: Iterator[Item | Bad] | Iterator[Item]) -> Iterator[Incident | Trouble]:
        broken: Unusable | None = None
        try:
            for item in items:
                if isinstance(item, Bad):
                    self._note(item)
                else:
                    yield from self._fed(item)
        except Unusable as error:
            broken = error
        for reader in self.readers:
            yield from reader.end()
        if broken is not None:
            lost: Literal["file", "rest"] = "rest" if self.count else "file"
            yield Trouble(self.shown, broken.line, broken.reason, lost)
        elif not self.count:
            yield self._unknown()
            return
        yield from self.bad.values()

    def _fed(self, item: Item) -> Iterator[Incident]:
        if self.used is None or not self.used.takes(item):
            self.used = next((reader for reader in self.readers if reader.takes(item)), None)
        if self.used is not None:
            self.count += 1
            yield from self.used.feed(item)
        elif self.strange is None:
            self.strange = item

    def _note(self, bad: Bad) -> None:
        kind = bad.reason.partition(":")[0]
        known = self.bad.get(kind)
        count = known.lines + 1 if known is not None else 1
        first = known or Trouble(self.shown, bad.line, bad.reason, "lines")
        self.bad[kind] = first._replace(lines=count)

    def _unknown(self) -> Trouble:
        """Why nothing in the file could be used."""
        if self.strange is None and self.bad:
            first = next(iter(self.bad.values()))
            return first._replace(lost="file")
        value = self.strange.value if self.strange is not None else None
        keys = ", ".join(sorted(value)[:5]) if isinstance(value, dict) else ""
        told = f"objects with {keys}" if keys else "JSON"
        line = self.strange.line if self.strange is not None else 1
        return Trouble(self.shown, line, f"{told}: none of {FORMATS}")
