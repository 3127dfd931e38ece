"""The evidence of one part of a divided run: kept beside its digest, for whoever joins the parts.

evidence.jsonl.gz: a line on the run, one with its functions, then failures and passing tests as
evidence.py writes them, then a line that says that this is all. It holds what is redacted already,
and not much more than MAX_BYTES.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .evidence import plain, renumbered, revived
from .model import Passed, Run
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
_MAX_LINE = 64 << 20
_BROKEN = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)


def keep(session: Session, outcome: Outcome, shard: Shard | None) -> None:
    """Write the evidence of a part into its run directory; nothing where the run is not divided."""
    if shard is None or not session.settings.triage:
        return
    try:
        session.directory.write(NAME, _packed(session, outcome, shard))
    except OSError as error:
        session.files.cannot_write(error)


def _packed(session: Session, outcome: Outcome, shard: Shard) -> bytes:
    run, buffer = session.run, io.BytesIO()
    passed = [
        replace(one, nodeid=session.redactor.identifier(one.nodeid)) for one in _sample(run.passed)
    ]
    left = {"failures": len(run.failures), "passed": len(run.passed)}
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=4, mtime=0) as packed:
        for line in (_header(outcome, shard), _known(run)):
            packed.write(dumps(line, newline=True))
        for name, held in (("failures", run.failures), ("passed", passed)):
            for one in held:
                if buffer.tell() > MAX_BYTES:
                    break
                packed.write(dumps({name: plain(one)}, newline=True))
                left[name] -= 1
        packed.write(dumps({"left_out": left}, newline=True))
    return buffer.getvalue()


def _sample(passed: list[Passed]) -> list[Passed]:
    """At most MAX_PASSED tests, by their names: neither order nor speed decides."""
    hashed = sorted(
        (zlib.crc32(one.nodeid.encode("utf-8", "replace")), one.nodeid) for one in passed
    )
    chosen = {nodeid for _, nodeid in hashed[:MAX_PASSED]}
    return [one for one in passed if one.nodeid in chosen]


def _header(outcome: Outcome, shard: Shard) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "shard": {"index": shard.number, "total": shard.total, "run": shard.run},
        "platform": sys.platform,
        "run": outcome.run,
        "totals": outcome.totals,
        "cost": outcome.cost,
    }


def _known(run: Run) -> dict[str, Any]:
    return {
        "functions": [plain(function) for function in run.functions],
        "fixtures": sorted([file, name] for file, name in run.fixtures),
    }


class Kept:
    """What was kept of some parts, joined: `run` counts functions as one run does."""

    def __init__(self) -> None:
        self.run = Run()

    def join(self, file: Path) -> str:
        """Take in what a part kept; return what of it is missing, "" where nothing is.

        Raises OSError. What is no evidence is not taken in from where it stops to be.
        """
        try:
            return self._joined(_lines(file))
        except _BROKEN as error:
            return f"its evidence is broken: {type(error).__name__}"
        except (EOFError, zlib.error) as error:
            return f"its evidence breaks off: {error}"

    def _joined(self, lines: Iterator[bytes]) -> str:
        run, numbers = self.run, list[int]()
        next(lines, None)  # what the part says of itself
        for line in lines:
            ((name, told), *more) = loads(line).items()
            if name == "functions":
                known = {function: index for index, function in enumerate(run.functions)}
                for function in map(revived, told):
                    numbers.append(known.setdefault(function, len(known)))
                run.functions[:] = known
                run.fixtures |= {(file, fixture) for file, fixture in dict(more)["fixtures"]}
            elif name == "failures":
                run.failures.append(renumbered(revived(told), numbers))
            elif name == "passed":
                run.passed.append(renumbered(revived(told), numbers))
            elif name == "left_out":
                return _missing(told)
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
    if not all(type(shard.get(key)) is int for key in ("index", "total")):
        return False
    return 1 <= shard["index"] <= shard["total"] < 10_000 and isinstance(shard.get("run"), str)


def _lines(file: Path) -> Iterator[bytes]:
    with gzip.open(file, "rb") as packed:
        while line := packed.readline(_MAX_LINE):
            yield line


def _missing(left: dict[str, int]) -> str:
    """Failures that had no room; passing tests past the limit are a sample on purpose."""
    return f"{left['failures']} failures had no room in its evidence" if left["failures"] else ""
