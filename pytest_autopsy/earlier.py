"""A session and the baseline: what it is given of earlier runs, and what it leaves to later ones."""

from __future__ import annotations

from pathlib import Path

from . import baseline, env
from .atonce import uncollected
from .lastpass import last_passes
from .record.finish import is_sampled
from .session import Session


def consult(ours: Session) -> None:
    """Hand the run the last passes of tests that fail now, and, where few passed, rows of others."""
    folder = _read_from(ours)
    if folder is None:
        return
    hashes = ours.function_hashes()
    named = {ours.run.functions[index][:2]: hash_ for index, hash_ in hashes.items()}
    failing = [failure.nodeid for failure in ours.run.failures]
    ours.run.last_passes = last_passes(folder, failing, _python(), named)
    if len(ours.run.passed) >= baseline.FEW:
        return
    ours.baseline = baseline.consult(
        folder, ours.run, _python(), ours.settings.keeps_calls, hashes, is_sampled
    )
    if ours.baseline is not None:
        ours.run.earlier = ours.baseline.rows


@uncollected()
def leave(ours: Session) -> None:
    """Write what this run's passing tests showed, if about as many passed as did not.

    Of a run in ruins it is not to be learned what is usual.
    """
    settings, run = ours.settings, ours.run
    if settings.baseline == "none" or not settings.trace or len(run.failures) > len(run.passed):
        return
    recorded = baseline.Recorded(
        ours.directory.run_id,
        _python(),
        settings.keeps_calls,
        ours.function_hashes(),
        ours.redactor.identifier,
    )
    try:
        baseline.update(settings.directory / baseline.FOLDER, run, recorded)
    except OSError as error:
        ours.files.cannot_write(error)


def _read_from(ours: Session) -> Path | None:
    given = ours.settings.baseline
    if given == "none" or not ours.settings.trace:
        return None
    return ours.settings.directory / baseline.FOLDER if given == "auto" else Path(given)


def _python() -> str:
    return ".".join(env.python_version().split(".")[:2])
