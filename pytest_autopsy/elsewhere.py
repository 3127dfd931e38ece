"""--triage-from: what failed in other runs, shards and tools, beside what failed in this run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .plainjson import dumps
from .report.digest import Outcome
from .report.plain import many
from .session import Session
from .triage.incident import loose
from .triage.signature import cause_id, signature
from .writing import shown

MAX_CAUSES = 20
MAX_UNUSABLE = 20
MAX_NOTES = 3


def look_elsewhere(ours: Session, outcome: Outcome) -> None:
    """Triage what the option names: the report goes to the run's directory, its gist to the digest."""
    from .joining import join_shards
    from .report.foreign import Inputs, triage_json
    from .report.foreign_text import triage_md
    from .triage.gather import Gathered
    from .triage.reading import gather

    gathered = Gathered()
    paths = _from_here(ours)
    joined = join_shards(paths, gathered, ours.settings.rootdir)
    looked = gather(paths, gathered, joined.digests)
    files = looked.files + len(joined.digests)
    report = triage_json(gathered, Inputs(files, looked.aside, joined.shards, joined.missing))
    outcome.elsewhere = _gist(report, outcome)
    try:
        ours.directory.write("triage.json", dumps(report, indent=True, newline=True))
        path = ours.directory.write("triage.md", triage_md(report).encode())
    except OSError as error:
        ours.files.cannot_write(error)
        path = None
    outcome.notes += _notes(outcome.elsewhere, shown(path, ours.settings.rootdir) if path else "")


def _from_here(ours: Session) -> list[str]:
    """The paths as they were given, where a test has not gone to another directory."""
    start = ours.settings.invocation_dir
    if Path.cwd() == start:
        return list(ours.settings.triage_from)
    return [os.path.join(start, path) for path in ours.settings.triage_from]  # noqa: PTH118  # a pattern


def _gist(report: dict[str, Any], outcome: Outcome) -> dict[str, Any]:
    here = _here(outcome)
    files = {seen["id"]: seen["files_total"] for seen in report["seen"]}
    causes = [
        {
            "id": cause["id"],
            "here": here.get(cause["id"]) or here.get(cause_id(loose(cause["signature"]))),
            "title": cause["title"],
            "kind": cause["kind"],
            "failures": cause["failures"],
            "files": files[cause["id"]],
            "hint": cause["hint"],
        }
        for cause in report["root_causes"]
    ]
    causes.sort(key=lambda cause: cause["here"] is None)  # of one cause of ours, all that is known
    return {
        "files": report["inputs"]["files"],
        "failures": report["inputs"]["failures"],
        "root_causes": causes[:MAX_CAUSES],
        "root_causes_left_out": max(len(causes) - MAX_CAUSES, 0),
        "unusable": report["inputs"]["unusable"][:MAX_UNUSABLE],
        "unusable_left_out": max(len(report["inputs"]["unusable"]) - MAX_UNUSABLE, 0),
    }


def _here(outcome: Outcome) -> dict[str, str]:
    """The ids that stand for this run's causes, also as a traceback without classes would tell."""
    found = {name: cause.id for cause in outcome.causes for name in (*cause.also_ids, cause.id)}
    for failure in outcome.failures:
        cause = outcome.cause_of(failure.id)
        if cause is not None:
            found.setdefault(cause_id(loose(signature(failure))), cause.id)
    return found


def _notes(found: dict[str, Any], path: str) -> list[str]:
    """What the terminal and digest.md say of it."""
    told = [
        f"{cause['here']} failed elsewhere too: {many(cause['failures'], 'time')} in {many(cause['files'], 'file')}"
        for cause in found["root_causes"]
        if cause["here"]
    ][:MAX_NOTES]
    others = sum(not cause["here"] for cause in found["root_causes"])
    others += found["root_causes_left_out"]
    where = f": {path}" if path else ""
    told.append(
        f"--triage-from: {many(found['failures'], 'failure')} in {many(found['files'], 'file')},"
        f" {many(others, 'cause')} that this run does not have{where}"
    )
    unused = found["unusable"]
    if unused:
        first = unused[0]
        more = len(unused) - 1 + found["unusable_left_out"]
        rest = f", and {more} more" if more else ""
        told.append(f"--triage-from: not used: {first['file']}: {first['reason']}{rest}")
    return told
