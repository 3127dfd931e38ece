"""The run directory: every file is written aside and renamed; nothing here raises but OSError.

Directories are 0700 and files 0600, a directory that was there keeps its mode.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .plainjson import dumps, loads

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
LIVE = ".live"
TEMPORARY = ".tmp-"
"""Begins the name of a file while it is being written."""
TAINT = ".taint-"
"""Begins the name of a file with what a run that goes on, or was killed, has learned to be secret."""
MAX_DIGEST = 256_000_000
"""Bytes of a digest that is read: a run of 100,000 failures takes less."""


def file_name(nodeid: str, phase: str = "call", attempt: int = 1) -> str:
    """Return a file name for a test: readable, bounded, unique also where case does not count."""
    from .unfaked import blake2b  # only here: a command that reads need not wait for it

    path, _, rest = nodeid.partition("::")
    readable = _UNSAFE.sub("_", f"{path.rpartition('/')[2]}::{rest}").strip("._")[:80] or "test"
    digest = blake2b(
        f"{nodeid}\0{phase}\0{attempt}".encode("utf-8", "backslashreplace"), digest_size=4
    )
    return f"{readable}-{digest.hexdigest()}"


class RunDirectory:
    """One run below the store. Created with the first write."""

    def __init__(self, store: Path, run_id: str) -> None:
        self.store = store
        self.run_id = run_id
        self.path = store / "runs" / run_id
        self.written = 0
        self._made: set[Path] = set()

    def write(self, name: str, data: bytes) -> Path:
        """Write a file below the run (its folders are made). Raises OSError."""
        target = self.path / name
        self._make(target.parent)
        write_atomically(target, data)
        self.written += len(data)
        return target

    def write_json(self, name: str, data: object, *, indent: bool = False) -> Path:
        """Write JSON below the run. Raises OSError, TypeError."""
        return self.write(name, dumps(data, indent=indent, newline=True))

    def append(self, name: str, data: bytes) -> None:
        """Append to a file below the run. Raises OSError."""
        target = self.path / name
        self._make(target.parent)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as stream:
            stream.write(data)
        self.written += len(data)

    def folder(self, name: str) -> Path:
        """Return a folder below the run, made where it is not there. Raises OSError."""
        self._make(self.path / name)
        return self.path / name

    def finish(self, snapshot: str | None) -> None:
        """Make this run the latest; `snapshot` (relative to the run) becomes latest.json."""
        with suppress(OSError):
            (self.path / LIVE).unlink()
        point(self.store / "latest", Path("runs") / self.run_id)
        if snapshot is not None:
            point(self.store / "latest.json", Path("runs") / self.run_id / snapshot)

    def _make(self, folder: Path) -> None:
        if folder in self._made:
            return
        fresh = not self.path.exists()
        _make_folders(folder)
        if fresh:
            ignore = self.store / ".gitignore"
            if not ignore.exists():
                write_atomically(ignore, b"*\n")
            write_atomically(self.path / LIVE, str(os.getpid()).encode())
        self._made.add(folder)


def write_atomically(target: Path, data: bytes) -> None:
    """Write to a temporary file beside `target`, then rename; the file is 0600."""
    import tempfile

    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=TEMPORARY)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def publish(target: Path, data: bytes) -> None:
    """Write a file that others may read, whatever the umask: a CI's upload may be somebody else.

    Raises OSError.
    """
    write_atomically(target, data)
    target.chmod(0o644)


def point(link: Path, to: Path) -> None:
    """Make `link` point to `to` (relative), by way of a file with the path where links fail."""
    aside = link.with_name(f"{TEMPORARY}{link.name}-{os.getpid()}")
    with suppress(OSError):
        aside.unlink()
    if link.is_dir() and not link.is_symlink():
        return  # somebody's own directory
    try:
        aside.symlink_to(to)
        aside.replace(link)
    except (OSError, NotImplementedError):
        place = link.parent / to
        copied = link.suffix == ".json" and place.is_file()  # who reads latest.json wants JSON
        write_atomically(link, place.read_bytes() if copied else f"{to.as_posix()}\n".encode())


def latest_run(store: Path) -> Path | None:
    """Return the directory of the newest finished run, or None."""
    link = store / "latest"
    if link.is_file():
        try:
            named = store / link.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return named if named.is_dir() else None
    return link.resolve() if link.is_dir() else None


def load_run(path: str | Path = ".autopsy") -> dict[str, Any]:
    """Return the digest of a run: `path` is a run directory, a digest.json or a store.

    Of runs that were killed, what was learned to be secret is taken out of their files first.
    Raises FileNotFoundError where there is none, ValueError where it is not a digest.
    """
    place = Path(path)
    if not place.exists():
        raise FileNotFoundError(f"no run in {place}: run `pytest --autopsy` first")
    folder = place if place.is_dir() else place.parent
    if any(next(run.glob(f"{TAINT}*"), None) for run in (folder, *folder.glob("runs/*"))):
        from . import sweep  # only then: a command that reads need not wait for it

        sweep.recover_all(folder)
    if place.is_dir() and not (place / "digest.json").exists():
        newest = latest_run(place)
        broken = max(
            (run for run in (place, *runs_in(place)) if (run / LIVE).exists()), default=None
        )
        if newest is None and broken is not None:
            raise FileNotFoundError(
                f"the run in {broken} has not ended, or was killed: it has no digest; the failures that"
                f" it had finished are in its traces and snapshots: pytest-autopsy triage {broken}"
            )
        if newest is None:
            raise FileNotFoundError(f"no run in {place}: run `pytest --autopsy` first")
        place = newest
    file = place / "digest.json" if place.is_dir() else place
    if (size := file.stat().st_size) > MAX_DIGEST:
        raise ValueError(f"{file} has {size} bytes; of a digest at most {MAX_DIGEST} are read")
    try:
        digest = loads(file.read_bytes())
    except ValueError as error:
        raise ValueError(f"{file} is damaged: {error}") from None
    schema = digest.get("schema", "") if isinstance(digest, dict) else ""
    if not str(schema).startswith("pytest-autopsy/digest@"):
        raise ValueError(f"{file} is not a digest of pytest-autopsy (schema {schema!r})")
    if schema != "pytest-autopsy/digest@1":
        raise ValueError(f"{file} is of another version: {schema}; this one reads digest@1")
    found: dict[str, Any] = digest
    return found


@contextmanager
def damage(place: str) -> Iterator[None]:
    """What is not as a run's files are is said of the place that they were read from.

    Raises ValueError.
    """
    try:
        yield
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        said = f"{type(error).__name__}: {error}"
        raise ValueError(
            f"a file below {place} is damaged or of another version ({said})"
        ) from None


def prune(
    store: Path, keep_runs: int, max_disk: int, current: str, spare: Collection[str] = ()
) -> list[str]:
    """Delete old runs past `keep_runs` or `max_disk` bytes; green ones go first.

    Never the current run, those of `spare`, one that is live, nor what is not ours. Returns the ids that went.
    """
    import shutil

    runs = [
        run
        for run in runs_in(store)
        if run.name != current and run.name not in spare and not is_live(run)
    ]
    sizes = {run: _size(run) for run in runs}
    total = sum(sizes.values()) + _size(store / "runs" / current)
    count = len(runs) + 1
    gone: list[str] = []
    for run in sorted(runs, key=lambda run: (_has_failures(run), run.name)):
        if count <= keep_runs and total <= max_disk:
            break
        shutil.rmtree(run, ignore_errors=True)
        gone.append(run.name)
        count -= 1
        total -= sizes[run]
    return gone


def runs_in(store: Path) -> list[Path]:
    """Return the runs in a store, in no order; nothing that is not ours."""
    pattern = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
    try:
        found = list((store / "runs").iterdir())
    except OSError:
        return []
    return [p for p in found if pattern.fullmatch(p.name) and p.is_dir() and not p.is_symlink()]


def is_live(run: Path) -> bool:
    """Whether the process of a run is still there."""
    try:
        pid = int((run / LIVE).read_text())
        os.kill(pid, 0)
    except PermissionError:
        return True  # somebody else's process
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _has_failures(run: Path) -> bool:
    if any((run / name).exists() for name in ("traces", "snapshots", "diagnoses")):
        return True
    try:
        return bool(load_run(run)["failures"])
    except (OSError, ValueError, KeyError):
        return False


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total


def _make_folders(folder: Path) -> None:
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        with suppress(FileExistsError):
            one.mkdir(mode=0o700)
