"""From what the recorder wrote down to the model: a Footprint for every test, a Trace on failure."""

from __future__ import annotations

import math
import os
import threading
import zlib
from collections.abc import Iterable, Mapping

from ..model import Call, Footprint, Function, Look, Mark, Raised, Trace, Value
from ..observe.redaction import Redactor
from ..observe.values import TRACE
from .codes import CodeInfo, call_site, exit_line
from .marks import Marks
from .project import Project
from .recorder import Recorder
from .records import CallRecord, Recording

MAX_BEHAVIOURS = 8
"""Calls of one function, in one test, of which a footprint remembers what they did."""


def footprint(recording: Recording, shared: Iterable[Mapping[int, int]]) -> Footprint:
    """Return the test's row of the spectrum: its own lines, and those of what it depends on.

    `shared` are the rows of fixtures and imports that it used, which may have run in another
    test: joined to each user, they do not depend on the order of tests.
    """
    rows = dict(recording.rows)
    for other in shared:
        for index, mask in other.items():
            rows[index] = rows.get(index, 0) | mask
    return Footprint(rows, _features(recording.records()))


def trace(recorder: Recorder, recording: Recording, redactor: Redactor) -> Trace:
    """Return the kept calls as a redacted Trace, numbered in the order in which they began."""
    records = [
        record
        for record in recording.records()
        if recording.only is None or record.info.index in recording.only
    ]
    ids = {id(record): number for number, record in enumerate(records, 1)}
    depths: dict[int, int] = {}
    calls = []
    for record in records:
        parent = record.parent
        while parent is not None and id(parent) not in ids:
            parent = parent.parent
        depth = depths.get(id(parent), -1) + 1 if parent is not None else 0
        depths[id(record)] = depth
        calls.append(_call(record, ids, parent, depth, recording.started_ns, redactor))
    functions = recorder.functions
    dropped = recording.dropped()
    return Trace(
        recording.test,
        tuple(calls),
        {functions[index].name: count for index, count in sorted(dropped.items())},
        tuple(sorted(functions[index].name for index in recording.at_least)),
        recording.seen,
        shown_marks(recording.marks, recorder.targets.project, redactor, recording.started_ns, ids),
        recording.marks.left_out(),
    )


def shown_marks(
    marks: Marks,
    project: Project,
    redactor: Redactor,
    started_ns: int = 0,
    ids: Mapping[int, int] | None = None,
) -> tuple[Mark, ...]:
    """Return the kept marks, redacted; `ids` are the numbers of the calls that they stand in."""
    return tuple(
        Mark(
            name=redactor.text(mark.name),
            file=project.shown(os.path.realpath(mark.file)),
            line=mark.line,
            function=mark.function,
            values=tuple((name, redactor.look(value, name)) for name, value in mark.values),
            t_ns=mark.t_ns - started_ns,
            call=(ids or {}).get(id(mark.call)),
            thread=_thread(mark.thread),
            order=mark.order,
        )
        for mark in marks.kept()
    )


def _call(
    record: CallRecord,
    ids: dict[int, int],
    parent: CallRecord | None,
    depth: int,
    started_ns: int,
    redactor: Redactor,
) -> Call:
    info = record.info
    direct = record.site_code is not None and parent is record.parent
    site = call_site(record.site_code, record.site_offset) if direct and record.site_code else None
    arguments = tuple(
        (name, redactor.look(value, name)) for name, value in zip(info.arguments, record.arguments)
    )
    function = _called(info)
    return Call(
        id=ids[id(record)],
        parent=ids[id(parent)] if parent is not None else None,
        depth=depth,
        function=function,
        module=info.function.file.removesuffix(".py").replace("/", "."),
        phase=record.phase,
        start=record.start,
        end=record.end,
        t_ns=record.t_ns - started_ns,
        duration_ns=record.duration_ns,
        arguments=arguments,
        outcome=_outcome(record),
        value=redactor.look(record.value, info.function.name),
        line=exit_line(info.code, record.exit_offset) if record.exit_offset >= 0 else 0,
        site=site,
        direct=direct,
        raised=_redacted(record.raised, redactor) if record.raised else None,
        handled=tuple(_redacted(error, redactor) for error in record.handled or ()),
        changes=tuple(
            change._replace(
                before=redactor.look(change.before, change.name),
                after=redactor.look(change.after, change.name),
            )
            for change in record.changes
        ),
        rebound=record.rebound,
        defaults=record.defaults,
        yields=record.yields,
        thread=_thread(record.thread),
        task=record.task,
        identity=record.value_id,
        argument_ids=record.argument_ids,
    )


def _called(info: CodeInfo) -> Function:
    """The function as its call names it: a lambda's rows belong to the function around it."""
    function, code = info.function, info.code
    if code.co_name != "<lambda>":
        return function
    around = "" if function.name == "<module>" else f"{function.name}.<locals>."
    return function._replace(name=f"{around}<lambda>", line=code.co_firstlineno)


def _thread(ident: int) -> str:
    return "main" if ident == threading.main_thread().ident else f"thread-{ident}"


def _redacted(raised: Raised, redactor: Redactor) -> Raised:
    return raised._replace(message=redactor.text(raised.message))


def _outcome(record: CallRecord) -> str:
    if record.outcome == "open" and record.yields:
        return "suspended"
    return record.outcome


def _features(records: list[CallRecord]) -> dict[int, frozenset[str]]:
    """What values and behaviours each function showed: classes, handled errors, whole calls."""
    found: dict[int, set[str]] = {}
    seen: dict[int, int] = {}
    for record in records:
        index = record.info.index
        count = seen[index] = seen.get(index, 0) + 1
        features = found.setdefault(index, set())
        for error in record.handled or ():
            features.add(f"handled {error.type}")
        for change in record.changes:
            features.add(f"changed {change.scope} {change.name}")
        if count > MAX_BEHAVIOURS:
            continue
        if record.outcome == "return":
            features.add(f"return {value_class(record.value)}")
        if record.limits is TRACE:
            features.add(behaviour_of(record.arguments, record))
    return {index: frozenset(features) for index, features in found.items()}


def behaviour_of(arguments: tuple[Look, ...], record: CallRecord | Call) -> str:
    """Return a key for what a call did: equal arguments with equal outcome give equal keys."""
    raised = record.raised.type if record.raised else None
    changes = [(change.name, change.after) for change in record.changes]
    what = repr((arguments, record.outcome, record.value, raised, changes))
    return f"did {zlib.crc32(what.encode('utf-8', 'backslashreplace')):08x}"


def value_class(look: Look) -> str:
    """Return the class of a value: its type with sign, emptiness or length; never its content."""
    if isinstance(look, Value):
        size = "" if look.size is None else ("0", "1")[look.size] if look.size < 2 else "many"
        return f"{look.type}{size}"
    if look is None or isinstance(look, bool):
        return str(look)
    if isinstance(look, str):
        return "str" + ("0" if not look else "1" if len(look) == 1 else "many")
    if math.isnan(look):
        return "nan"
    return type(look).__name__ + ("-" if look < 0 else "0" if look == 0 else "+")
