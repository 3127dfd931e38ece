"""The evidence of one part of a divided run: kept beside its digest, for whoever joins the parts.

evidence.jsonl.gz: a line on the run, then lines as workers write them (evidence.py), then a line
that says that this is all. It holds what is redacted already, and no more than MAX_BYTES.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from .evidence import Reader, Writer
from .model import Failure, Run
from .observe.redaction import Redactor
from .plainjson import dumps, loads
from .shards import Shard

if TYPE_CHECKING:
    from .report.digest import Outcome
    from .session import Session

NAME = "evidence.jsonl.gz"
SCHEMA = "pytest-autopsy/shard@1"
MAX_BYTES = 20_000_000
"""Bytes of the file, compressed: failures come first, then passing tests."""
MAX_PASSED = 2000
"""Passing tests that are kept, chosen by their names: more would say the same of each function."""
_MAX_LINE = 200_000_000


class _View:
    """A session as its writer sees it, of which only so much has happened yet."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.run = Run(functions=session.run.functions)
        self.retried: list[Failure] = []
        self.faults: list[str] = []
        self.redactor = Redactor()  # what was secret is out of everything that is kept
        self.key = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


def keep(session: Session, outcome: Outcome, shard: Shard | None) -> None:
    """Write the evidence of a part into its run directory; nothing where the run is not divided."""
    if shard is None or not session.settings.triage:
        return
    try:
        session.directory.write(NAME, _packed(session, outcome, shard))
    except OSError as error:
        session.cannot_write(error)


def _packed(session: Session, outcome: Outcome, shard: Shard) -> bytes:
    buffer = io.BytesIO()
    run = session.run
    passed = sorted(
        run.passed, key=lambda one: (zlib.crc32(one.nodeid.encode("utf-8", "replace")), one.nodeid)
    )
    view = _View(session)
    writer = Writer(cast("Session", view))
    left = {"failures": len(run.failures), "passed": len(passed)}
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=4, mtime=0) as packed:
        packed.write(dumps(_header(outcome, shard), newline=True))
        view.run.fixtures = run.fixtures
        packed.write(writer.line())
        for failure in run.failures:
            if buffer.tell() > MAX_BYTES:
                break
            view.run.failures.append(failure)
            packed.write(writer.line())
            left["failures"] -= 1
        for number, one in enumerate(passed[:MAX_PASSED]):
            if number % 50 == 0 and buffer.tell() > MAX_BYTES:
                break
            name = session.redactor.identifier(one.nodeid)
            view.run.passed.append(one if name == one.nodeid else replace(one, nodeid=name))
            packed.write(writer.line())
            left["passed"] -= 1
        packed.write(dumps({"schema": SCHEMA, "left_out": left}, newline=True))
    return buffer.getvalue()


def _header(outcome: Outcome, shard: Shard) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "shard": {"index": shard.number, "total": shard.total, "run": shard.run},
        "platform": sys.platform,
        "run": outcome.run,
        "totals": outcome.totals,
        "cost": outcome.cost,
    }


class Kept:
    """What was kept of some parts, joined: `run` counts functions as one run does."""

    def __init__(self) -> None:
        self.run = Run()
        self.retried: list[Failure] = []
        self.faults: list[str] = []
        self.notes: list[str] = []
        self.progress = SimpleNamespace(step=lambda: None)
        self.redactor = SimpleNamespace(know=lambda _key, _entries: None)
        self.key = ""
        self.recorder = SimpleNamespace(targets=SimpleNamespace(fixtures=set(), matched=set()))
        self.engine_name = self.engine_reason = ""

    def __getattr__(self, name: str) -> float:
        if name.startswith("_"):
            raise AttributeError(name)
        return 0  # a counter that nothing was added to yet

    def join(self, file: Path) -> str:
        """Take in what a part kept; return what of it is missing, "" where nothing is.

        Raises OSError. What is no evidence is not taken in from where it stops to be.
        """
        reader = Reader(cast("Session", self))
        try:
            for number, line in enumerate(_lines(file)):
                if number and b'"left_out"' in line[:80]:
                    return _missing(loads(line)["left_out"])
                if number:
                    reader.read(line)
        except (
            ValueError,
            KeyError,
            TypeError,
            IndexError,
            AttributeError,
            RecursionError,
        ) as error:
            return f"its evidence is broken: {type(error).__name__}"
        except (EOFError, zlib.error) as error:
            return f"its evidence breaks off: {error}"
        return "its evidence breaks off"


def header(file: Path) -> dict[str, Any] | None:
    """Return what a part says of itself, or None where it does not. Raises OSError."""
    try:
        found = loads(next(_lines(file), b""))
    except (ValueError, EOFError, zlib.error):
        return None
    return found if _is_header(found) else None


def _is_header(found: Any) -> bool:
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        return False
    shard = found.get("shard")
    if not isinstance(shard, dict) or not all(
        isinstance(found.get(key), dict) for key in ("run", "totals", "cost")
    ):
        return False
    return (
        all(type(shard.get(key)) is int for key in ("index", "total"))
        and 1 < shard["total"] < 10_000
    )


def _lines(file: Path) -> Iterator[bytes]:
    with gzip.open(file, "rb") as packed:
        while line := packed.readline(_MAX_LINE):
            yield line


def _missing(left: dict[str, int]) -> str:
    """Failures that had no room; passing tests past the limit are a sample on purpose."""
    return f"{left['failures']} failures had no room in its evidence" if left["failures"] else ""
