"""The files that a run leaves at its end."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from . import sweep
from .atonce import uncollected
from .faults import Guard
from .history import History, Ran, remember, source_hash
from .report.budget import unchanged
from .report.digest import Outcome, diagnosis_json, diagnosis_path, digest
from .report.markdown import digest_md
from .session import Session
from .source import source_of
from .store import latest_run, load_run, prune


def ran_of(outcome: Outcome, passed: frozenset[str], root: Path) -> Ran:
    """Return what the history takes of a run whose node ids are relative to `root`."""
    return Ran(
        str(outcome.run["id"]),
        str(outcome.run["started_utc"]),
        outcome.causes,
        {cause.id: outcome.failure(cause.exemplar).nodeid for cause in outcome.causes},
        passed,
        frozenset(failure.nodeid for failure in outcome.failures),
        partial(is_there, root),
    )


def is_there(root: Path, nodeid: str) -> bool:
    """Whether a test's file still names it: its class, which may inherit it, or the function."""
    path, _, own = nodeid.partition("::")
    name = own.partition("[")[0].partition("::")[0]
    file = root / path
    if not name or "." in name or file.suffix != ".py":  # a doctest, or a file of another kind
        return file.exists()
    return any(name in line for line in source_of(str(file)).lines)


def compare(ours: Session, outcome: Outcome, ran: Ran) -> None:
    """Fill in what earlier runs knew of the causes."""
    history = History.read(ours.directory.store)
    outcome.seen = history.seen(ran, partial(source_hash, path_of=ours.recorder.targets.absolute))
    outcome.earlier = history.earlier(ran)


@uncollected()
def write_run(ours: Session, outcome: Outcome, ran: Ran | None) -> None:
    """Write the run directory; where that fails, what is known still goes to the terminal.

    `ran` is what the history is to remember, None where causes were not asked for.
    """
    if not outcome.failures and not ours.directory.written and not ours.settings.active:
        return
    try:
        directory = ours.directory
        outcome.path = shown(directory.path, ours.settings.rootdir)
        if ran is not None:
            Guard(ours.faults)(compare, ours, outcome, ran)
        for failure in outcome.failures:
            diagnosis = outcome.diagnoses.get(failure.id)
            if diagnosis is not None:
                divergence = outcome.divergences.get(failure.id)
                data = diagnosis_json(failure, diagnosis, divergence)
                directory.write_json(diagnosis_path(failure), data, indent=True)
        directory.write_json("digest.json", digest(outcome))
        text = Guard(ours.faults)(digest_md, outcome, ours.settings.budget, ours.settings.causes)
        if text is not None:
            directory.write("digest.md", text.encode("utf-8", "replace"))
        Guard(ours.faults)(_write_page, ours, outcome)
        exemplar = outcome.failure(outcome.causes[0].exemplar) if outcome.causes else None
        first = exemplar or next((f for f in outcome.failures if f.snapshot_path), None)
        directory.finish(first.snapshot_path if first is not None else None)
        sweep.forget(directory.path)
        for run in directory.store.glob("runs/*"):
            sweep.recover(run)
        spare = Guard(ours.faults)(_remember, ours, ran) if ran is not None else None
        keep_runs, max_disk = ours.settings.keep_runs, ours.settings.max_disk
        prune(directory.store, keep_runs, max_disk, directory.run_id, spare or frozenset())
    except OSError as error:
        outcome.path = ""
        ours.files.cannot_write(error)


def _remember(ours: Session, ran: Ran) -> frozenset[str]:
    """Add the run to the history; returns the runs that it still needs."""
    if not ran.passed and not ran.failed:
        return History.read(ours.directory.store).open_runs()
    source = partial(source_hash, path_of=ours.recorder.targets.absolute)
    return remember(ours.directory.store, ran, source).open_runs()


def unchanged_since(store: Path, outcome: Outcome) -> frozenset[str] | None:
    """Return the ids of the causes that the run before had just so; None where there is none."""
    if latest_run(store) is None or not outcome.causes:
        return None
    try:
        return unchanged(load_run(store), digest(outcome))
    except (OSError, ValueError, KeyError, TypeError):  # damaged, or of another version
        return None


def _write_page(ours: Session, outcome: Outcome) -> None:
    """Write report.html, where there is a failure to show."""
    if not outcome.failures:
        return
    from .report.page import page  # a green run does without
    from .report.page_parts import Evidence, executed

    evidence = Evidence(
        directory=ours.directory.path,
        executed=executed(outcome.failures, ours.run.functions),
        path_of=ours.recorder.targets.absolute,
        redacted=lambda lines: ours.redactor.lines(lines, 0, len(lines)),
    )
    ours.directory.write("report.html", page(digest(outcome), evidence, outcome.notes))
    outcome.page = True


def shown(path: Path, root: Path) -> str:
    """Return the path as it is shown: relative to the root where it lies below it."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()
