"""One process's side of a run: it records its tests and keeps the evidence of what fails.

Knows no pytest: plugin.py tells it what happens. What it keeps is a `Run`; `pipeline.py` makes
causes of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from .agreement import Agreement
from .baseline import Used
from .filing import Files
from .model import Failure, Footprint, Phase, Run
from .observe.detail import Detail
from .observe.redaction import Redactor
from .observe.texts import Hook
from .progress import Progress
from .record import current
from .record.digests import function_hash
from .record.effort import effort_of
from .record.finish import footprint, is_sampled, trace
from .record.price import Price
from .record.project import Project
from .record.recorder import Recorder
from .record.recovery import Wreck
from .record.targets import Targets
from .settings import Settings, new_key
from .snapshot.capture import Camera
from .snapshot.keeper import Keeper
from .snapshot.options import ShotOptions
from .store import RunDirectory
from .tracer import Tracer
from .unfaked import perf_counter
from .witness import Crash, Witness

if TYPE_CHECKING:
    from .testchildren import TestChildren

FULL_EVIDENCE = 20
"""Failures of one kind at one place that keep their trace and snapshot; later ones keep the
footprint."""


class Session:
    """Recorder, witness and evidence of one process."""

    def __init__(
        self,
        settings: Settings,
        targets: Targets,
        directory: RunDirectory,
        worker: str | None,
        hook: Hook | None = None,
        key: str | None = None,
        faults: list[str] | None = None,
    ) -> None:
        self.settings = settings
        self.project: Project = targets.project
        self.directory = directory
        self.worker = worker
        self.redactor = Redactor(settings.redact, hook and self._unrecorded(hook))
        self.key = key or new_key()  # of the hashes by which other processes know secrets
        self.detail = detail_of(settings)
        self.recorder = Recorder(targets, self.detail, settings.max_calls)
        options = ShotOptions(detail=self.detail, include_env=settings.env)
        camera = Camera(self.project, self.redactor, targets.fixtures, options)
        self.keeper = Keeper(directory, camera)
        self.faults: list[str] = [] if faults is None else faults
        self.files = Files(directory, self.redactor, settings, worker, self.key, self.faults)
        self.witness = Witness(settings, worker, self.recorder, camera, self.detail, self.faults)
        self.tracer = Tracer(settings, self.recorder, self.redactor, self.files)
        self.notes = self.tracer.notes  # what the digest has to say of the recording
        self.engine_name = "none"
        self.engine_reason = "tracing is off"
        self.wrecks: list[Wreck] = []  # what crashed workers left
        self.children = self._recorded_children()
        self.run = Run(functions=self.recorder.functions)
        self.retried: list[Failure] = []
        self.calls_seen = self.calls_kept = self.dropped = 0
        self.snapshot_s = 0.0
        self.price = Price(light=not settings.keeps_calls)
        self.recording_s = self.price.alone_s  # an estimate, of all that is not measured
        self.progress = Progress()  # of the work at the end
        self.second_run_s = 0.0
        self.trials_s = 0.0
        self.baseline: Used | None = None
        self.hashes: dict[int, str] = {}  # of functions that other processes have run
        self.tests = 0  # how many there are in all
        self.after_test: Callable[[], None] = lambda: None  # a worker writes what is new
        self.fixtures: dict[int, tuple[str, dict[int, int]]] = {}
        self.agreement = Agreement()
        self._failing: list[Failure] = []
        self.protocol = 0  # number of the running test, all its attempts together
        self._alike: Counter[tuple[object, ...]] = Counter()
        self._test, self._traced = "", True
        self._in_fixture = False

    def _recorded_children(self) -> TestChildren | None:
        if not (self.settings.children and self.settings.trace):
            return None
        from .testchildren import TestChildren  # few runs ask for it

        return TestChildren(self)

    def expect(self, tests: int) -> None:
        """So many tests will be run: the fewer, the more is recorded of each."""
        self.tests = tests
        self.recorder.effort = effort_of(tests)

    # -- the engine -------------------------------------------------------------------------

    def start(self) -> None:
        """Start recording, if tracing is asked for and something here can record."""
        current.keepers.pop(self.keeper)
        current.keepers.push(self.keeper)
        for child in filter(None, (current.children.current(),)):
            child.step_aside()  # a child that is a pytest run of its own keeps its own evidence
        if self.settings.trace and self.tracer.engine is None:
            self.engine_name, self.engine_reason = self.tracer.start()
            if self.tracer.engine is None:
                return
            if self.children is not None:
                self.children.start()
            if self.settings.blackbox:
                self.tracer.open_box(self.directory, self.worker)

    def stop(self) -> None:
        """Stop recording and give back what was taken; twice does nothing."""
        self.tracer.stop()
        if self.children is not None:
            self.children.stop()
        current.keepers.pop(self.keeper)
        self.faults.extend(self.recorder.faults)
        self.recorder.faults.clear()

    # -- one test ---------------------------------------------------------------------------

    def begin(
        self, nodeid: str, *, depth: int | None = None, values: bool = True, traced: bool = True
    ) -> None:
        """A test begins; where it is not `traced`, only what fails in it is looked at."""
        self._test, self._traced = nodeid, traced
        self._in_fixture = False
        self._failing = []
        self.witness.begin()
        self.tracer.wake(nodeid)
        if self.tracer.engine is not None and traced:
            if self.children is not None:
                self.children.begin()
            depth = self.settings.call_depth if depth is None else depth
            self.recorder.begin(nodeid, depth=depth, values=values)
            if self.tracer.box is not None:
                self.tracer.box.test(nodeid)

    def phase(self, phase: Phase) -> None:
        """A phase of the running test begins."""
        self.fixture_ended()
        self.recorder.go_on(phase)
        self.tracer.phase(phase)

    def phase_over(self) -> None:
        """A phase is over: what pytest and its plugins do until the next is not the test's."""
        self.fixture_ended()
        self.recorder.pause()
        self.tracer.phase("between phases")

    def fixture_begins(self, key: int, name: str) -> None:
        """A fixture that outlives the test is set up: its footprint is its own."""
        rows: dict[int, int] = {}
        self.fixtures[key] = (name, rows)
        self.recorder.push_owner(rows)
        self._in_fixture = True

    def fixture_ended(self) -> None:
        """The set-up of a shared fixture is over, if one was going on."""
        if self._in_fixture:
            self._in_fixture = False
            self.recorder.pop_owner()

    def fixture_gone(self, key: int, is_common: bool = False) -> None:
        """It was torn down; `is_common` where every worker sets it up once, in the same way."""
        name, rows = self.fixtures.pop(key, ("", {}))
        if name and is_common and self.worker:
            self.agreement.add(f"the fixture {name}", self.recorder.functions, rows)

    def tell_imports(self) -> None:
        """Have the controller know what this worker's imports ran."""
        for file, rows in self.recorder.import_rows.items():
            self.agreement.add(f"the import of {file}", self.recorder.functions, rows)

    def failed(self, crash: Crash) -> Failure:
        """A phase failed: take its snapshot while the exception lives. Returns the Failure."""
        began = perf_counter()
        self.witness.learn()
        version = self.redactor.version
        failure = self.witness.look_at(crash, self.protocol, self._failing)
        self.files.made_at(failure, version)
        self._failing.append(failure)
        self.snapshot_s += perf_counter() - began
        return failure

    def rest(self) -> None:
        """A debugger is at work in the running test."""
        self.tracer.rest(self._test)

    def end(self, fixture_names: frozenset[str], passed: bool, retried: bool = False) -> None:
        """The test is over: keep its footprint, and its trace if it failed."""
        self.tracer.mend(self._test)
        recording = self.recorder.end() if self.tracer.engine is not None else None
        self.tracer.phase("")
        print_of: Footprint | None = None
        if recording is not None:
            shared = self._shared(recording.rows, fixture_names)
            if self.children is not None:
                self.children.end()
                shared += self.children.rows()
            if not self._failing:
                shared.append(recording.attempts)
            whole = bool(self._failing) or is_sampled(self._test, self.tests)
            behaviours = self.recorder.effort.behaviours if whole else 0
            print_of = footprint(recording, shared, behaviours=behaviours)
            if self.children is not None:
                print_of = self.children.added(print_of)
            self.calls_seen += recording.seen
            self.recording_s += self.price.of(recording)
        if self._failing:
            began = perf_counter()
            self._keep_failures(recording, print_of, retried)
            self.snapshot_s += perf_counter() - began
        elif passed and print_of is not None:
            self.run.add_passed(self._test, print_of)
        self._failing = []

    def collect_failed(self) -> None:
        """What was just told as failed is a module that could not be collected."""
        self._keep_failures(None, None, retried=False)
        self._failing = []

    def function_hashes(self) -> dict[int, str]:
        """Return the hash of the source of each function that has run, by its index."""
        own = enumerate(self.recorder.codes)
        return {**{index: function_hash(infos) for index, infos in own}, **self.hashes}

    # -- parts ------------------------------------------------------------------------------

    def _shared(self, rows: dict[int, int], names: frozenset[str]) -> list[dict[int, int]]:
        known = sorted(self.fixtures.values(), key=itemgetter(0))  # not by who set up first
        used = [owned for name, owned in known if name in names]
        functions, imports = self.recorder.functions, self.recorder.import_rows
        ran = imports.keys() & {functions[index].file for index in rows}
        return [imports[file] for file in sorted(ran)] + used

    def _keep_failures(self, recording: Any, print_of: Footprint | None, retried: bool) -> None:
        recorded = None
        for failure in self._failing:
            alike = _place(failure)
            self._alike[alike] += 1
            full = self._alike[alike] <= FULL_EVIDENCE
            changes: dict[str, Any] = {"footprint": print_of}
            if recording is None or not self.settings.keeps_calls:
                changes["why_no_trace"] = self._why_no_trace(failure)
            elif not full:
                changes["why_no_trace"] = f"kept for the first {FULL_EVIDENCE} failures alike"
            else:
                if recorded is None:
                    recorded = trace(self.recorder, recording, self.redactor)
                    if self.children is not None:
                        recorded = self.children.joined(recorded, recording)
                    self.calls_kept += len(recorded.calls)
                    self.dropped += sum(recorded.dropped.values())
                changes["trace"] = recorded
            kept = self.files.write(replace(failure, **changes), full and self.settings.snapshot)
            (self.retried if retried else self.run.failures).append(kept)

    def _unrecorded(self, hook: Hook) -> Hook:
        """The hook called so that what it runs is no part of the test."""

        def asked(name: str, text: str) -> str | None:
            recorder = self.recorder
            recording, recorder.recording = recorder.recording, None
            try:
                return hook(name, text)
            finally:
                recorder.recording = recording

        return asked

    def redact_again(self) -> None:
        """Take out of everything kept and written what was learned to be secret since."""
        self.files.redact_again(self.run.failures, self.retried)

    def _why_no_trace(self, failure: Failure) -> str:
        if failure.phase == "collect":
            return "collection is not traced"
        if not self.settings.trace:
            return "tracing is off"
        if not self._traced:
            return "marked no_trace"
        if self.tracer.engine is not None and not self.settings.keeps_calls:
            return f"mode {self.settings.mode} records no calls"
        return self.engine_reason


def detail_of(settings: Settings) -> Detail:
    """Return how much of values the settings let be shown."""
    return Detail(
        values=settings.values,
        array_head=settings.array_head,
        max_string=settings.max_string,
        max_items=settings.max_items,
        depth=settings.value_depth,
        frames=settings.frames,
        source_context=settings.source_context,
    )


def _place(failure: Failure) -> tuple[object, ...]:
    """Phase, type of exception, and where it was raised: what is alike in these may share a cause."""
    kind = failure.exception[0] if failure.exception is not None else ""
    frames = failure.project_frames
    where = (frames[0].file, frames[0].line) if frames else (failure.file, failure.line)
    return failure.phase, kind, *where
