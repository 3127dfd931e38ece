"""A process that is recorded from its first line: a child of a test, or a program that `run` runs.

`sitecustomize.py` calls `activate` before the program begins; a fork of a process that is recorded
begins anew. Nothing here raises into the program, and nothing of it is changed.
"""

from __future__ import annotations

import atexit
import os
import sys
from dataclasses import replace
from pathlib import Path

from .childlog import Appender, CallLines, Lines, LogLines
from .observe.detail import Detail
from .observe.exceptions import traceback_of, type_name
from .observe.redaction import Redactor
from .observe.values import TRACE
from .parts import Part, part_bytes
from .record import current, forks
from .record.births import Births
from .record.blackbox import BlackBox
from .record.effort import LEAST
from .record.engines import Engine, start_engine
from .record.finish import footprint, trace
from .record.project import Project
from .record.recorder import Recorder
from .record.records import START
from .record.recovery import SUFFIX
from .record.stream import Fan, Stream
from .traceconfig import FILE, LOG_FILE, TraceConfig, read_config

PROGRAM = LEAST._replace(
    nodes=20_000,
    step_nodes=22_000,
    all_nodes=25_000,
    again=TRACE.nodes,
    calls=10_000,
    small_calls=10_000,
)
"""What is recorded of a program: no test shares out more calls of what is switched off."""


def activate(folder: str) -> None:
    """Begin to record this process as the configuration in `folder` says; never raises."""
    try:
        config = read_config(Path(folder) / FILE)
        test = _running_test(config)
        if test is not None:
            Child.of(config, test, Path(folder)).start()
    except Exception:  # noqa: BLE001, S110  # the program goes on without us
        pass


def _running_test(config: TraceConfig) -> str | None:
    """The number of the test that runs now; "" where all of the program is wanted, None: nothing."""
    file = config.autopsy.get("test")
    if file is None:
        return ""
    return Path(file).read_text("ascii") or None


UNKNOWN = -1


class Child:
    """Records one process, writes its calls as they happen, and its part at its end."""

    def __init__(
        self, config: TraceConfig, recorder: Recorder, redactor: Redactor, parts: Path | None
    ) -> None:
        self.config = config
        self.recorder = recorder
        self.redactor = redactor
        self.parts = parts
        self.engine: Engine | None = None
        self.reason = ""
        self.part = Part(pid=0, ppid=0, started_ns=0)
        self.sinks: list[Lines] = []
        self.box: BlackBox | None = None
        self._ended = False

    @classmethod
    def of(cls, config: TraceConfig, test: str, folder: Path) -> Child:
        """Return the recorder of a process that knows no more than its configuration.

        Without a place for parts (seed 1's own use of it) calls go to the log file alone, by
        default beside the configuration.
        """
        told = config.autopsy
        known = told.get("project")
        project = Project.from_known(known) if known is not None else Project(Path.cwd())
        recorder = Recorder(config.targets(project), Detail(**told.get("detail", {})))
        parts = Path(told["parts"]) / test if "parts" in told else None
        if parts is None and config.log_file is None:
            config = replace(config, log_file=str(folder / LOG_FILE))
        return cls(config, recorder, Redactor(told.get("redact", ())), parts)

    # -- beginning --------------------------------------------------------------------------

    def start(self) -> None:
        """Start an engine and record from here."""
        self.engine, self.reason = start_engine(self.recorder)
        if self.engine is None:
            return
        self.begin(None)
        current.recorders.push(self.recorder)
        current.children.push(self)
        forks.watch(self)
        atexit.register(self.finish)

    def begin(self, by: int | None) -> None:
        """Begin with this process, forked by the call that began at `by` where that is known."""
        self._ended = False
        recorder, config = self.recorder, self.config
        name = " ".join(self.redactor.argv(sys.argv if by is not None else sys.orig_argv))
        recorder.births = Births()
        recorder.effort = PROGRAM
        values = config.trace_args or config.trace_return_values
        recording = recorder.begin(name, depth=config.max_depth, values=values)
        recording.phase = "call"
        self.part = Part(
            pid=os.getpid(), ppid=os.getppid(), started_ns=recording.started_ns, by=by, argv=(name,)
        )
        self.sinks = self._sinks()
        stream = Stream(
            self.redactor, recording.started_ns, recording.handover, self.sinks, config.max_entries
        )
        self.box = self._black_box(name)
        recorder.tap = stream if self.box is None else Fan(stream, self.box)

    def _black_box(self, name: str) -> BlackBox | None:
        """What a program did last, past what its stream takes."""
        folder = self.config.autopsy.get("boxes")
        if folder is None:
            return None
        try:
            file = Path(folder) / f"{self.part.name}{SUFFIX}"
            box = BlackBox(file, self.recorder, self.redactor)
        except OSError:
            return None
        box.test(name)
        box.phase("call")
        return box

    def forked(self) -> None:
        """Begin anew: this is a fork of the process that was recorded."""
        call = self.recorder.opened(sys._getframe(1))  # noqa: SLF001
        self.fork_of(call[START] if call is not None else None)

    def fork_of(self, by: int | None) -> None:
        """Record this fork from here; the call that forked began at `by`, where that is known."""
        self.begin(UNKNOWN if by is None else by)
        current.children.push(self)
        forks.watch(self)
        atexit.register(self.finish)
        self._end_with_multiprocessing()

    def _end_with_multiprocessing(self) -> None:
        """A fork of multiprocessing's ends by os._exit, after its own finalizers."""
        util = sys.modules.get("multiprocessing.util")
        if util is not None:
            end = self.finish
            util.register_after_fork(self, lambda _: util.Finalize(None, end, exitpriority=-1000))

    # -- as it happens ----------------------------------------------------------------------

    def _sinks(self) -> list[Lines]:
        config, part = self.config, self.part
        sinks: list[Lines] = []
        if config.log_file is not None:
            sinks.append(LogLines(config, Appender(Path(config.log_file)), part.pid))
        if self.parts is not None:
            file = self.parts / f"{part.name}.jsonl"
            sinks.append(CallLines(config, Appender(file), part))
        return sinks

    # -- the end ----------------------------------------------------------------------------

    def step_aside(self) -> None:
        """Somebody else records from here, in this process: pytest with our plugin."""
        self.finish()
        atexit.unregister(self.finish)

    def finish(self) -> None:
        """Stop, and write all that was recorded; once."""
        if self._ended or self.part.pid != os.getpid():
            return
        self._ended = True
        try:
            self._finish()
        except Exception:  # noqa: BLE001, S110  # the calls as they happened are there
            pass

    def _finish(self) -> None:
        recorder, part = self.recorder, self.part
        if self.engine is not None:
            self.engine.stop()
        current.recorders.pop(recorder)
        current.children.pop(self)
        recorder.tap = None
        if self.box is not None:
            self.box.close()
        for sink in self.sinks:
            sink.appender.flush()
        recording = recorder.end()
        if recording is None or self.parts is None:
            return
        part.trace = self.config.as_asked(trace(recorder, recording, self.redactor))
        files = {recorder.functions[index].file for index in recording.rows}
        imports = [rows for file, rows in recorder.import_rows.items() if file in files]
        part.footprint = footprint(recording, imports)
        part.functions = tuple(recorder.functions)
        part.births = recorder.births.started if recorder.births is not None else {}
        part.faults = tuple(recorder.faults)
        part.engine = f"{self.engine.name} ({self.reason})" if self.engine is not None else ""
        if self.config.autopsy.get("snapshots"):
            self._crash()
        key = self.config.autopsy.get("key")
        if key:
            part.taint = tuple(self.redactor.taint.hashed(bytes.fromhex(key)))
        part.whole = True
        Appender(self.parts / f"{part.name}.json").write(part_bytes(part))

    def _crash(self) -> None:
        """Take a snapshot of the exception that ended the program, if one did.

        The interpreter leaves it in `sys` before it prints it; nobody's excepthook is touched.
        """
        error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
        if not isinstance(error, BaseException) or hasattr(sys, "ps1"):
            return
        if traceback_of(error) is None or isinstance(error, KeyboardInterrupt):
            return  # who ended it knows; and an import here makes CPython forget why it ends
        from .report.traceback import traceback_text
        from .snapshot.capture import Camera
        from .snapshot.options import ShotOptions

        detail = self.recorder.detail
        options = ShotOptions(detail=detail, include_env=self.config.autopsy.get("env", True))
        camera = Camera(self.recorder.targets.project, self.redactor, set(), options)
        taken = camera.take(self.part.argv[0], error, assertion=None, rerun=sys.orig_argv)
        self.part.snapshot = replace(taken, traceback=traceback_text(taken))
        self.part.exception = type_name(error), self.redactor.text(detail.message(error))
