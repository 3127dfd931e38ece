"""Bytes in, a chunk at a time: plain or gzip, any Unicode encoding, never a whole file.

Whatever is wrong with a file is an `Unusable`, with the reason in words.
"""

from __future__ import annotations

import codecs
import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, cast

CHUNK = 1 << 18
MAX_LINE = 16 << 20
"""Bytes of a line, or characters of one value of a document, that are looked at."""
MAX_GROWTH = 500
"""How many times its size a compressed file may grow, past FREE_GROWTH."""
FREE_GROWTH = 1 << 30
STDIN = "-"
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


class Unusable(Exception):  # noqa: N818  # it is the file that is
    """A file, or what follows `line` in it, cannot be used."""

    def __init__(self, reason: str, line: int = 1, *, is_late: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line
        self.is_late = is_late  # something of it was used


@contextmanager
def opened(path: str) -> Iterator[Stream]:
    """Open a file, or standard input for `-`, for reading. Raises OSError, Unusable."""
    if path == STDIN:
        yield Stream(sys.stdin.buffer)
        return
    with Path(path).open("rb") as raw:
        yield Stream(raw)


class Stream:
    """The chunks of a file as UTF-8, whatever encoding it is in."""

    def __init__(self, raw: IO[bytes]) -> None:
        self.raw = BufferedReader(cast("Any", raw), CHUNK) if not hasattr(raw, "peek") else raw
        self.head = self._peek(self.raw)
        self.packed = self.head[:2] == b"\x1f\x8b"
        self._source: IO[bytes] = self.raw
        if self.packed:
            self._source = cast("IO[bytes]", BufferedReader(gzip.GzipFile(fileobj=self.raw), CHUNK))
            self.head = self._peek(self._source)
        self._encoding = next((name for bom, name in _BOMS if self.head.startswith(bom)), "")
        if self._encoding:
            self.head = self.head.decode(self._encoding, "replace").encode("utf-8", "replace")
        self.head = self.head.removeprefix(codecs.BOM_UTF8)
        self.replaced = False  # whether something in it was no UTF-8

    @property
    def is_binary(self) -> bool:
        """Whether it holds what no text does."""
        return not self._encoding and b"\0" in self.head

    def chunks(self) -> Iterator[bytes]:
        """Yield all of it, as UTF-8 without a mark. Raises Unusable, OSError."""
        decoder = (
            codecs.getincrementaldecoder(self._encoding)("replace") if self._encoding else None
        )
        first, size = True, 0
        while True:
            chunk = self._read()
            size += len(chunk)
            if self.packed and size > FREE_GROWTH and size > MAX_GROWTH * self._packed_size():
                raise Unusable(f"unpacks to more than {MAX_GROWTH} times its size")
            if decoder is not None:
                text = decoder.decode(chunk, not chunk)
                self.replaced = self.replaced or "\ufffd" in text
                if text:
                    yield text.encode("utf-8", "replace")
            elif chunk:
                yield chunk.removeprefix(codecs.BOM_UTF8) if first else chunk
            first = False
            if not chunk:
                return

    def texts(self) -> Iterator[str]:
        """Yield all of it as text; what is no UTF-8 is replaced, and noted."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for chunk in self.chunks():
            text = decoder.decode(chunk)
            self.replaced = self.replaced or "\ufffd" in text
            yield text
        yield decoder.decode(b"", final=True)

    def lines(self) -> Iterator[tuple[int, bytes | None]]:
        """Yield (number, line) without line ends; None for a line past MAX_LINE."""
        number, rest, is_long = 1, b"", False
        for chunk in self.chunks():
            parts = chunk.split(b"\n")
            parts[0] = rest + parts[0]
            rest = parts.pop()
            for part in parts:
                yield number, None if is_long or len(part) > MAX_LINE else part
                is_long = False
                number += 1
            if len(rest) > MAX_LINE:
                rest, is_long = b"", True
        if rest or is_long:
            yield number, None if is_long else rest

    def _read(self) -> bytes:
        try:
            return self._source.read(CHUNK)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Unusable(f"the compressed data ends or breaks off: {error}") from None

    def _packed_size(self) -> int:
        try:
            return max(self.raw.tell(), 1)
        except OSError:  # a pipe
            return 1 << 62

    @staticmethod
    def _peek(source: Any) -> bytes:
        try:
            found: bytes = source.peek(CHUNK)[: 1 << 16]
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Unusable(f"no gzip that can be read: {error}") from None
        return found
