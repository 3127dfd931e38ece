"""Files of a run, looked through for secrets that were learned after they were written.

What a run has learned lies beside its evidence as keyed hashes, under a hidden name, for as long
as it goes on: whoever reads a run that was killed (the next run, `load_run`, the command) finishes
its redaction first.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from .observe.again import everywhere
from .observe.taint import ForeignTaint
from .observe.texts import SEEN
from .plainjson import dumps, loads
from .store import LIVE, TAINT, TEMPORARY, is_live, write_atomically

BOX = ".box"  # a black box: read as it is, and redacted as it is shown
_SKIPPED = (LIVE, "workers", "children")


def save(run: Path, worker: str | None, key: str, entries: list[list[str]]) -> None:
    """Leave what was learned for whoever reads this run after a kill. Raises OSError."""
    file = run / f"{TAINT}{worker or 'main'}"
    lines = "".join(json.dumps([key, *entry]) + "\n" for entry in entries)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(lines)


def forget(run: Path) -> None:
    """The run is over and looked through: its hashes go."""
    for file in run.glob(f"{TAINT}*"):
        with contextlib.suppress(OSError):
            file.unlink()


def recover(run: Path) -> bool:
    """Finish the redaction of a run that was killed. Returns whether there was one to finish.

    What its workers had written for their controller is looked through too, and what was being
    written when the kill came goes.
    """
    files = list(run.glob(f"{TAINT}*"))
    if not files or is_live(run):
        return False
    for half in run.rglob(f"{TEMPORARY}*"):
        with contextlib.suppress(OSError):
            half.unlink()
    for file in files:
        for key, entries in _saved(file).items():
            known = ForeignTaint(bytes.fromhex(key))
            known.add(entries)
            sweep(run, partial(known.hidden, mark=SEEN), lambda _: True, skipped=(LIVE,))
    if not any(run.rglob(f"*{BOX}")):
        forget(run)
    return True


def hides(run: Path) -> Callable[[str], str]:
    """Return what takes out of a text the secrets that a run had learned before it was killed."""
    known = []
    for file in run.glob(f"{TAINT}*"):
        for key, entries in _saved(file).items():
            known.append(ForeignTaint(bytes.fromhex(key)))
            known[-1].add(entries)

    def hidden(text: str) -> str:
        for one in known:
            text = one.hidden(text, mark=SEEN)
        return text

    return hidden


def recover_all(place: Path) -> None:
    """Finish the redaction of the killed runs in a store, or of the one run that `place` is."""
    for run in (place, *place.glob("runs/*")):
        recover(run)


def _saved(file: Path) -> dict[str, list[list[str]]]:
    """The hashes in a file by their key; the kill may have cut its last line."""
    found: dict[str, list[list[str]]] = {}
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for line in file.read_text("ascii").splitlines():
            with contextlib.suppress(ValueError):
                key, *entry = json.loads(line)
                found.setdefault(key, []).append(entry)
    return found


def sweep(
    run: Path,
    hide: Callable[[str], str],
    is_stale: Callable[[str], bool],
    skipped: tuple[str, ...] = _SKIPPED,
) -> int:
    """Rewrite the files below `run` in which `hide` finds something. Returns how many.

    A file that cannot be rewritten (a full disk) is deleted: what cannot be checked is cut.
    Raises OSError where that cannot be either.
    """
    changed = 0
    for file in _files(run, skipped):
        name = file.relative_to(run).as_posix()
        try:
            if not is_stale(name):
                continue
            raw = file.read_bytes()
            text = raw.decode("utf-8", "surrogateescape")
            if hide(text) == text:
                continue
        except FileNotFoundError:  # a test that tidies up
            continue
        changed += 1
        try:
            write_atomically(file, _rewritten(file.suffix, raw, hide))
        except OSError:
            file.unlink(missing_ok=True)
    return changed


def _files(run: Path, skipped: tuple[str, ...]) -> Iterator[Path]:
    for file in sorted(run.rglob("*")):
        inner = file.relative_to(run).parts
        if (
            inner[0] not in skipped
            and file.suffix != BOX
            and inner[-1][:1] != "."
            and file.is_file()
        ):
            yield file


def _rewritten(suffix: str, raw: bytes, hide: Callable[[str], str]) -> bytes:
    """JSON by its texts, so that it stays JSON; anything else, and broken JSON, as text."""
    with contextlib.suppress(ValueError):
        if suffix == ".json":
            indented = raw[:3] == b"{\n "
            return dumps(everywhere(loads(raw), hide), indent=indented, newline=True)
        if suffix == ".jsonl":
            lines = [everywhere(_loaded(line), hide) for line in raw.splitlines()]
            return b"".join(dumps(line, newline=True) for line in lines)
    return hide(raw.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _loaded(line: bytes) -> Any:
    return loads(line) if line.strip() else {}
