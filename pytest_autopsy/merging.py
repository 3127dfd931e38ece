"""Parts of one divided run -> one outcome, diagnosed with the footprints of all of them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .kept import NAME, Kept, header
from .model import Failure
from .observe.again import everywhere
from .observe.redaction import Redactor
from .pipeline import Known, diagnose_each, divergences, explain
from .plainjson import dumps
from .report.digest import Outcome, diagnosis_json, diagnosis_path, digest
from .report.markdown import digest_md
from .store import publish
from .unfaked import perf_counter


@dataclass(slots=True)
class Part:
    """One shard: its run directory and what it says of itself."""

    folder: Path
    index: int
    run: dict[str, Any]
    totals: dict[str, int]
    cost: dict[str, float]
    why: str = ""  # what of it is missing


@dataclass(slots=True)
class Divided:
    """The parts of one run that were found."""

    total: int
    parts: list[Part] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """A sentence for each part that was not found."""
        there = {part.index for part in self.parts}
        absent = [number for number in range(1, self.total + 1) if number not in there]
        return [f"shard {number} of {self.total}" for number in absent]


def divided(folders: Iterable[Path]) -> list[Divided]:
    """Return the divided runs whose parts are among these run directories, in a fixed order.

    Parts belong together by their CI run (else their commit), interpreter, platform and count.
    """
    found: dict[tuple[str, str, str, int], dict[int, Part]] = {}
    for folder in folders:
        try:
            told = header(folder / NAME)
        except OSError:
            continue
        if told is None:
            continue
        shard, run = told["shard"], told["run"]
        part = Part(folder, shard["index"], run, told["totals"], told["cost"])
        key = (
            str(shard["run"] or run.get("commit") or ""),
            str(run.get("python")),
            str(told.get("platform")),
            shard["total"],
        )
        parts = found.setdefault(key, {})
        known = parts.get(part.index)
        if known is None or (_age(part), str(folder)) > (_age(known), str(known.folder)):
            parts[part.index] = part  # of a job that was tried again the newest counts
    return [
        Divided(key[-1], [parts[index] for index in sorted(parts)])
        for key, parts in sorted(found.items())
    ]


def merged(run: Divided, root: Path) -> Outcome:
    """Return the outcome of all parts together; sources are read below `root`."""
    kept = Kept()
    owners: dict[str, Part] = {}
    for part in run.parts:
        before = len(kept.run.failures)
        try:
            part.why = kept.join(part.folder / NAME)
        except OSError as error:
            part.why = f"its evidence cannot be read: {error.strerror or error}"
        if not part.why and not part.run.get("complete"):
            part.why = f"it was stopped: {part.run.get('stopped_by') or 'by an error'}"
        for failure in kept.run.failures[before:]:
            owners.setdefault(failure.id, part)
    unique = {failure.id: failure for failure in reversed(kept.run.failures)}
    kept.run.failures[:] = sorted(unique.values(), key=lambda one: (one.nodeid, one.phase, one.id))
    kept.run.passed.sort(key=lambda one: one.nodeid)
    return _outcome(run, kept, owners, root)


def _outcome(run: Divided, kept: Kept, owners: dict[str, Part], root: Path) -> Outcome:
    began = perf_counter()

    def path_of(file: str) -> str:
        return str(root / file)

    known = Known(kept.run, path_of)
    causes = explain(kept.run, path_of, known=known)
    diagnoses = diagnose_each(kept.run, causes, path_of, known=known)
    # They read the source, too.
    causes, diagnoses = everywhere((causes, diagnoses), Redactor().text)
    return Outcome(
        run=_facts(run),
        totals=_sums(part.totals for part in run.parts),
        failures=[_placed(failure, owners[failure.id].folder) for failure in kept.run.failures],
        causes=causes,
        diagnoses=diagnoses,
        divergences=everywhere(divergences(kept.run, causes, known), Redactor().identifier),
        cost=_sums(part.cost for part in run.parts)
        | {"diagnose_s": round(perf_counter() - began, 3)},
        notes=[f"shard {part.index} is incomplete: {part.why}" for part in run.parts if part.why]
        + [f"missing: {missing}" for missing in run.missing],
    )


def export(outcome: Outcome, folder: Path) -> None:
    """Write a merged digest with what its failures refer to below `folder`. Raises OSError."""
    for name in ("diagnoses", "traces", "snapshots"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for failure in outcome.failures:
        found = outcome.diagnoses.get(failure.id)
        if found is not None:
            data = dumps(
                diagnosis_json(failure, found, outcome.divergences.get(failure.id)),
                indent=True,
                newline=True,
            )
            publish(folder / diagnosis_path(failure), data)
    copied = replace(outcome, failures=[_copied(one, folder) for one in outcome.failures])
    publish(folder / "digest.json", dumps(digest(copied), newline=True))
    publish(folder / "digest.md", digest_md(copied).encode("utf-8", "replace"))


def _copied(failure: Failure, folder: Path) -> Failure:
    """The failure with its files copied, and named as they are called there."""
    changes: dict[str, Any] = {}
    for attribute in ("trace_path", "snapshot_path"):
        path = getattr(failure, attribute)
        source = Path(path) if path else None
        if source is None or not source.is_file():
            changes[attribute] = None
            continue
        kind = attribute.removesuffix("_path") + "s"
        for beside in sorted(source.parent.glob(f"{source.stem}.*")):
            shutil.copyfile(beside, folder / kind / beside.name)
        changes[attribute] = f"{kind}/{source.name}"
    return replace(failure, **changes)


def _placed(failure: Failure, folder: Path) -> Failure:
    """The failure with its files named from here, not from its run."""
    trace, snapshot = failure.trace_path, failure.snapshot_path
    return replace(
        failure,
        trace_path=str(folder / trace) if trace else None,
        snapshot_path=str(folder / snapshot) if snapshot else None,
    )


def _facts(run: Divided) -> dict[str, Any]:
    """The first part's facts, with those of all."""
    first = run.parts[0].run
    ids = "\0".join(str(part.run.get("id")) for part in run.parts)
    whole = not run.missing and not any(part.why for part in run.parts)
    return {
        **first,
        "id": f"merged-{hashlib.blake2b(ids.encode(), digest_size=4).hexdigest()}",
        "started_utc": min(map(_age, run.parts)),
        "complete": whole,
        "stopped_by": None if whole else "a shard is missing or incomplete",
    }


def _sums(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    total: dict[str, Any] = {}
    for part in parts:
        for name, count in part.items():
            if isinstance(count, (int, float)):
                total[name] = round(total.get(name, 0) + count, 3)
    return total


def _age(part: Part) -> str:
    return str(part.run.get("started_utc") or "")
