"""What `pytest-autopsy run` leaves of a program: its trace, its crashes, a digest without causes."""

from __future__ import annotations

import shutil
import signal
from dataclasses import replace

from . import env
from .model import Failure, Trace
from .observe.again import everywhere
from .observe.redaction import Redactor
from .parts import Part, joined, read_parts
from .record.project import Project
from .record.recovery import SUFFIX, boxes
from .report.digest import Outcome, digest
from .report.markdown import digest_md
from .report.snapshot import snapshot_json
from .report.trace import trace_jsonl, trace_tree
from .report.traceback import traceback_bytes
from .snapshot.keeper import KEEP_RUNS, MAX_DISK
from .store import RunDirectory, file_name, prune
from .unfaked import now
from .witness import failure_id
from .wreckage import read_wreck
from .writing import shown

MAX_NAMED = 8


class ProgramRun:
    """Joins what the processes of a program wrote, and writes the run."""

    def __init__(
        self,
        directory: RunDirectory,
        project: Project,
        redactor: Redactor,
        command: list[str],
        code: int,
        max_text: int,
    ) -> None:
        self.directory = directory
        self.project = project
        self.redactor = redactor
        self.command = redactor.argv(command)
        self.code = code
        self.max_text = max_text
        self.started = now()

    def finish(self) -> str:
        """Write everything; return what to tell the user, a line. Raises OSError."""
        directory = self.directory
        parts, unread = read_parts(directory.path / "children")
        name = " ".join(self.command)
        trace = Trace(name, ())
        if parts:
            trace = joined(trace, parts[0].started_ns, {}, parts)
            if len({call.pid for call in trace.calls}) < 2:  # one process needs no number
                trace = replace(trace, calls=tuple(replace(c, pid=None) for c in trace.calls))
        file = f"traces/{file_name(name)}"
        directory.write(f"{file}.jsonl", trace_jsonl(trace, self.max_text))
        directory.write(f"{file}.txt", trace_tree(trace).encode())
        failures = [self._failure(n, p, f"{file}.jsonl") for n, p in enumerate(parts) if p.snapshot]
        notes = self._notes(parts, unread)
        outcome = Outcome(
            run=self._facts(parts),
            totals={**dict.fromkeys(_TOTALS, 0), "failed": len(failures)},
            failures=[replace(failure, trace=trace) for failure in failures],
            causes=[],
            diagnoses={},
            cost=_cost(trace),
            notes=notes,
            path=shown(directory.path, self.directory.store.parent),
        )
        directory.write_json("digest.json", digest(outcome))
        directory.write("digest.md", digest_md(outcome).encode("utf-8", "replace"))
        shutil.rmtree(directory.path / "children", ignore_errors=True)  # who goes on writes no more
        for box in boxes(directory.path):
            box.unlink(missing_ok=True)
        directory.finish(failures[0].snapshot_path if failures else None)
        prune(directory.store, KEEP_RUNS, MAX_DISK, directory.run_id)
        where = shown(directory.path, self.directory.store.parent)
        told = f"{len(trace.calls)} calls of {max(len(parts), 1)} process(es) in {where}/{file}.txt"
        return "; ".join([told, *notes])

    def _failure(self, number: int, part: Part, trace_path: str) -> Failure:
        """An exception that ended a process, as a failure with its snapshot written."""
        assert part.snapshot is not None
        name = part.argv[0] if number == 0 else f"{part.argv[0]} [process {number}]"
        command = ("pytest-autopsy", "run", "--", *self.command)
        snapshot = replace(part.snapshot, rerun=command)
        frames = snapshot.exceptions[0].project_frames
        place = (frames[0].file, frames[0].line) if frames else (self.command[0], 0)
        failure = Failure(
            id=failure_id(f"{name}\0call\0", number),
            nodeid=name,
            phase="call",
            outcome="failed",
            file=place[0],
            line=place[1],
            duration_s=0.0,
            exception=part.exception,
            snapshot=everywhere(snapshot, self.redactor.known),
            trace_path=trace_path,
        )
        file = f"snapshots/{file_name(name)}"
        assert failure.snapshot is not None
        shot = snapshot_json(failure.snapshot, failure)
        self.directory.write_json(f"{file}.json", shot, indent=True)
        self.directory.write(f"{file}.traceback.txt", traceback_bytes(failure.snapshot))
        return replace(failure, snapshot_path=f"{file}.json")

    def _notes(self, parts: list[Part], unread: int) -> list[str]:
        notes = []
        if not parts:
            notes.append(
                "no Python process was recorded: none was started, or with -I, -E or -S, or with an"
                " environment of its own"
            )
        for part in parts:
            if not part.whole:
                notes.append(f"process {part.pid} did not come to its end{self._last_open(part)}")
            notes.extend(part.faults[:1])
        if unread:
            notes.append(f"{unread} more processes were not read")
        return notes

    def _last_open(self, part: Part) -> str:
        """The calls that were open when a process was last heard of, from its black box."""
        file = self.directory.path / f"{part.name}{SUFFIX}"
        try:
            calls = read_wreck(file, self.redactor.known).open_calls
        except (OSError, ValueError):
            return ""
        names = " > ".join(call.function.short for call in calls[-MAX_NAMED:])
        return f"; open when it was last heard of: {names}" if names else ""

    def _facts(self, parts: list[Part]) -> dict[str, object]:
        stopped = f"signal {signal.Signals(-self.code).name}" if self.code < 0 else None
        engine, _, reason = (parts[0].engine if parts else "").partition(" (")
        return {
            "id": self.directory.run_id,
            "started_utc": self.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "python": env.python_version(),
            "pytest": "",
            "argv": self.command,
            "mode": "all",
            "engine": engine or "none",
            "engine_reason": reason.removesuffix(")"),
            "workers": 0,
            "complete": stopped is None,
            "stopped_by": stopped,
            "baseline": None,
            "commit": None,
            "dirty": None,
            "ci": None,
        }


_TOTALS = ("tests", "passed", "failed", "errors", "skipped", "xfailed", "xpassed", "retried")


def _cost(trace: Trace) -> dict[str, float]:
    return {
        "slowdown_s": 0.0,
        "snapshot_s": 0.0,
        "diagnose_s": 0.0,
        "calls_seen": trace.seen,
        "calls_kept": len(trace.calls),
        "dropped": sum(trace.dropped.values()),
    }
