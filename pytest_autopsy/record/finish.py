"""From what the recorder wrote down to the model: a Footprint for every test, a Trace on failure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping

from ..model import Call, Change, Footprint, Function, Look, Mark, Raised, Trace, Value
from ..observe.redaction import Redactor
from ..observe.values import TRACE
from ..rows import joined
from ..unfaked import main_thread, os
from . import replay
from .codes import CodeInfo, call_site, exit_line
from .effort import LEAST
from .marks import Marks
from .project import Project
from .recorder import Recorder
from .records import (
    ARGUMENTS,
    AT,
    END,
    EXTRA,
    INFO,
    LIMITS,
    OUTCOME,
    START,
    Entry,
    Extra,
    Recording,
    gave,
)  # fmt: skip
from .replay import CallRecord, exceptions_of
from .sharing import changed_parts, owner_of

SHARED = "shared what was changed"
"""What a function showed whose result, or object, shares a part that was changed later."""
SAMPLED_TESTS = 400
"""Of about so many tests that pass are whole behaviours remembered: more would say the same."""


def is_sampled(test: str, tests: int) -> bool:
    """Whether a passing test is one whose behaviours are remembered, among `tests` in all.

    By its name, so that it depends neither on the order of tests nor on who runs them.
    """
    share = -(-tests // SAMPLED_TESTS)
    return share <= 1 or zlib.crc32(test.encode("utf-8", "backslashreplace")) % share == 0


def footprint(
    recording: Recording, shared: Iterable[Mapping[int, int]], *, behaviours: int = LEAST.behaviours
) -> Footprint:
    """Return the test's row of the spectrum: its own lines, and those of what it depends on.

    `shared` are the rows of fixtures and imports that it used, which may have run in another
    test: joined to each user and told first, they do not depend on the order of tests. Of so many
    calls of a function as `behaviours` says is kept what they did; of all others what was handled
    and what was changed.
    """
    rows = joined((*shared, recording.rows))
    entries = recording.entries() if behaviours else recording.exceptional()
    features = _features(entries, behaviours)
    for index, name in recording.left:
        features[index] = features.get(index, frozenset()) | {f"left global {name}"}
    return Footprint(rows, features)


def trace(recorder: Recorder, recording: Recording, redactor: Redactor) -> Trace:
    """Return the kept calls as a redacted Trace, numbered in the order in which they began."""
    records = replay.records(recording)
    ids = {id(record): number for number, record in enumerate(records, 1)}
    depths: dict[int, int] = {}
    calls = []
    for record in records:
        parent = record.parent
        while parent is not None and id(parent) not in ids:
            parent = parent.parent
        depth = depths.get(id(parent), -1) + 1 if parent is not None else 0
        depths[id(record)] = depth
        calls.append(call_of(record, ids, parent, depth, recording.started_ns, redactor))
    functions = recorder.functions
    dropped = recording.dropped()
    return Trace(
        redactor.identifier(recording.test),
        tuple(calls),
        {functions[index].name: count for index, count in sorted(dropped.items())},
        tuple(sorted(functions[index].name for index in recording.at_least)),
        recording.seen,
        shown_marks(
            recording.marks,
            recorder.targets.project,
            redactor,
            recording.started_ns,
            {record.entry_id: ids[id(record)] for record in records},
        ),
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


def call_of(
    record: CallRecord,
    ids: dict[int, int],
    parent: CallRecord | None,
    depth: int,
    started_ns: int,
    redactor: Redactor,
) -> Call:
    """Return one call for readers, redacted; `ids` numbers it and the calls around it."""
    info = record.info
    extra = record.extra
    direct = record.direct and parent is not None and parent is record.parent
    site = None
    if direct and parent is not None:
        site = call_site(extra.site_code or parent.info.code, record.site_offset)
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
        handled=tuple(_redacted(error, redactor) for error in record.handled),
        changes=tuple(
            change._replace(
                before=redactor.look(change.before, change.name),
                after=redactor.look(change.after, change.name),
            )
            for change in extra.changes
        ),
        rebound=extra.rebound,
        defaults=extra.defaults,
        yields=extra.yields,
        thread=_thread(record.thread),
        task=extra.task,
        shares=tuple(map(redactor.text, dict.fromkeys(extra.shares))),
    )


def _called(info: CodeInfo) -> Function:
    """The function as its call names it: a lambda's rows belong to the function around it."""
    function, code = info.function, info.code
    if code.co_name != "<lambda>":
        return function
    around = "" if function.name == "<module>" else f"{function.name}.<locals>."
    return function._replace(name=f"{around}<lambda>", line=code.co_firstlineno)


def _thread(ident: int) -> str:
    return "main" if ident == main_thread().ident else f"thread-{ident}"


def _redacted(raised: Raised, redactor: Redactor) -> Raised:
    return raised._replace(message=redactor.text(raised.message))


def _outcome(record: CallRecord) -> str:
    if record.outcome == "open" and record.extra.yields:
        return "suspended"
    return record.outcome


def _features(entries: list[Entry], behaviours: int) -> dict[int, frozenset[str]]:
    """What values and behaviours each function showed: classes, handled errors, whole calls.

    Made of every test, hence from the entries themselves.
    """
    found: dict[int, set[str]] = {index: {SHARED} for index in _changed_shares(entries)}
    seen: dict[int, int] = {}
    for entry in entries:
        index, end, extra = entry[INFO].index, entry[END], entry[EXTRA]
        count = seen[index] = seen.get(index, 0) + 1
        features = found.get(index)
        if features is None:
            features = found[index] = set()
        raised, changes = None, ()
        if extra is not None:
            raised, handled = exceptions_of(entry)
            changes = extra.changes
            features.update(f"handled {error.type}" for error in handled)
            features.update(f"changed {change.scope} {change.name}" for change in changes)
            features.update(f"met default {name}" for name in _filled_defaults(entry, extra))
        if count > behaviours or end is None:
            continue
        code = entry[INFO].code
        whose = of_lambda(code.co_firstlineno) if code.co_name == "<lambda>" else ""
        if count * 2 <= behaviours:  # a function's calls are given much the same
            for name, look in zip(entry[INFO].arguments, entry[ARGUMENTS]):
                features.add(f"{whose}{of_argument(name)}{value_class(look)}")
        value = gave(entry)
        if end[OUTCOME] == "return":
            features.add(f"{whose}return {value_class(value)}")
        if entry[LIMITS].nodes == TRACE.nodes:
            given = given_of(tuple(entry[ARGUMENTS]))
            features.add(f"{whose}given {given:08x}")
            features.add(whose + behaviour_of(given, end[OUTCOME], value, raised, changes))
    return {index: frozenset(features) for index, features in found.items()}


def _changed_shares(entries: list[Entry]) -> set[int]:
    """Functions after whose calls two objects had a part in common, which a later call changed.

    Asked of every test: only changes of a type that shares something are looked into.
    """
    since: dict[str, dict[int, int]] = {}  # part -> function -> the clock when it was first shared
    for entry in entries:
        extra, end = entry[EXTRA], entry[END]
        for part in extra.shares if extra is not None and end is not None else ():
            since.setdefault(part, {}).setdefault(entry[INFO].index, end[AT])
    found: set[int] = set()
    types = set(map(owner_of, since))
    for entry in entries if since else ():
        for change in entry[EXTRA].changes if entry[EXTRA] is not None else ():
            if isinstance(change.after, Value) and change.after.type in types:
                for part in changed_parts(change.before, change.after):
                    shared = since.get(part, {})
                    found |= {index for index, at in shared.items() if at < entry[START]}
    return found


def of_lambda(line: int) -> str:
    """Return how the features of the lambda at a line begin: its rows are those of the function
    around it, its values are not.
    """
    return f"<lambda> {line} "


def of_argument(name: str) -> str:
    """Return how the features begin that tell classes of an argument."""
    return f"arg {name} "


def _filled_defaults(entry: Entry, extra: Extra) -> Iterator[str]:
    """Arguments that were their mutable default, with something in it that an earlier call left."""
    for name, look in zip(entry[INFO].arguments, entry[ARGUMENTS] if extra.defaults else ()):
        if name in extra.defaults and isinstance(look, Value) and look.size:
            yield name


def given_of(arguments: tuple[Look, ...]) -> int:
    """Return a hash of what a call was given: equal arguments have equal hashes."""
    return zlib.crc32(repr(arguments).encode("utf-8", "backslashreplace"))


def behaviour_of(
    given: int,
    outcome: str,
    value: Look,
    raised: Raised | None,
    changes: Iterable[Change],
) -> str:
    """Return a key for what a call did: equal arguments with equal outcome give equal keys."""
    after = [(change.name, change.after) for change in changes]
    what = repr((outcome, value, raised.type if raised else None, after))
    return f"did {zlib.crc32(what.encode('utf-8', 'backslashreplace'), given):08x}"


def value_class(look: Look) -> str:
    """Return the class of a value: its type with sign, emptiness or length; never its content."""
    if isinstance(look, Value):
        size = look.size
        if size is None:
            return look.type
        return look.type + ("many" if size > 1 else "1" if size else "0")
    if isinstance(look, str):
        return "strmany" if len(look) > 1 else "str1" if look else "str0"
    if look is None or isinstance(look, bool):
        return str(look)
    if look != look:
        return "nan"
    return type(look).__name__ + ("-" if look < 0 else "0" if look == 0 else "+")
