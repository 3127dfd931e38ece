"""Runs as people name them: latest, previous, an id or the beginning of one, a path."""

from __future__ import annotations

from pathlib import Path

from ..store import latest_run, runs_in


def all_runs(store: Path) -> list[Path]:
    """Return the runs in a store, oldest first: their names begin with the time."""
    return sorted(runs_in(store))


def finished_runs(store: Path) -> list[Path]:
    """Return those that came to their end; of one second, in the order in which they ended."""
    ended = [run for run in runs_in(store) if (run / "digest.json").is_file()]
    return sorted(ended, key=lambda run: (run.name[:16], (run / "digest.json").stat().st_mtime_ns))


def find_run(store: Path, name: str) -> Path:
    """Return the run that `name` means in a store. Raises ValueError with what would be right."""
    if Path(name).exists():
        path = Path(name)
        return path.parent if path.is_file() else path
    runs = finished_runs(store)
    if name == "latest":
        newest = latest_run(store) or (runs[-1] if runs else None)
        if newest is None:
            raise ValueError(f"no run in {store}; `pytest --autopsy` makes one")
        return newest
    if name == "previous":
        if len(runs) < 2:
            raise ValueError(f"there are fewer than two runs in {store}")
        return runs[-2]
    found = [run for run in runs if name in (run.name, run.name.rpartition("-")[2])]
    found = found or [run for run in runs if run.name.startswith(name)]
    if len(found) != 1:
        what = "no run" if not found else f"{len(found)} runs"
        known = ", ".join(run.name for run in runs[-3:]) or "none"
        raise ValueError(
            f"{what} {name!r} in {store}; give latest, previous, an id or a path (newest: {known})"
        )
    return found[0]


def later_runs(place: str) -> list[Path]:
    """Return the runs of a store that began after the last one that has ended, newest first; of a
    run that has not ended, itself.
    """
    path = Path(place)
    if path.is_file():
        return []
    if not (path / "runs").is_dir():
        return [] if (path / "digest.json").exists() else [path]
    ended = latest_run(path)
    after = _began(ended) if ended is not None else ""
    return [run for run in reversed(all_runs(path)) if _began(run) > after]


def _began(run: Path) -> str:
    """The second in which a run began: what follows in its name is random."""
    return run.name.partition("-")[0]
