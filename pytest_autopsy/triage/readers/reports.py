"""pytest's own reports as JSON: pytest-reportlog's lines and pytest-json-report's documents.

Formats: https://github.com/pytest-dev/pytest-reportlog (`$report_type`, the keys of
`pytest_report_to_serializable`) and https://github.com/numirias/pytest-json-report (`tests`,
`collectors`; stages `setup`, `call`, `teardown`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..incident import Incident, Known, incident
from .dialect import dict_of, int_of, list_of, text_of
from .documents import Item
from .tracebacks import Crash, crash_in, error_line, shown_path

_STAGES = ("setup", "call", "teardown")


class ReportLog:
    """`{"$report_type": "TestReport", ...}`, a line each."""

    name = "pytest-reportlog"

    def __init__(self, file: str) -> None:
        self.file = file

    def takes(self, item: Item) -> bool:
        return "$report_type" in item.value if isinstance(item.value, dict) else False

    def feed(self, item: Item) -> Iterator[Incident]:
        report = item.value
        if report.get("outcome") != "failed":
            return
        phase = text_of(report.get("when")) or "collect"
        crash = _of_longrepr(report.get("longrepr"))
        properties = {
            text_of(pair[0]): text_of(pair[1])
            for pair in list_of(report.get("user_properties"))
            if isinstance(pair, list) and len(pair) == 2
        }
        yield made(
            self, item.line, text_of(report.get("nodeid")), phase, crash, known_from(properties)
        )

    def end(self) -> Iterator[Incident]:
        yield from ()


class JsonReport:
    """The elements of `tests` and `collectors`."""

    name = "pytest-json-report"

    def __init__(self, file: str) -> None:
        self.file = file

    def takes(self, item: Item) -> bool:
        if item.key in ("tests", "collectors"):
            return isinstance(item.value, dict) and "nodeid" in item.value
        return item.key in ("", "warnings") and "exitcode" in item.head and "created" in item.head

    def feed(self, item: Item) -> Iterator[Incident]:
        if item.key == "collectors" and item.value.get("outcome") == "failed":
            crash = crash_in(text_of(item.value.get("longrepr")))
            yield made(self, item.line, text_of(item.value.get("nodeid")), "collect", crash)
        elif item.key == "tests":
            for stage in _STAGES:
                told = dict_of(item.value.get(stage))
                if told.get("outcome") in ("failed", "error"):
                    yield made(
                        self,
                        item.line,
                        text_of(item.value.get("nodeid")),
                        stage,
                        _of_stage(told),
                        known_from(dict_of(dict_of(item.value.get("metadata")))),
                    )

    def end(self) -> Iterator[Incident]:
        yield from ()


def made(
    reader: Any, line: int, name: str, phase: str, crash: Crash | None, known: Known | None = None
) -> Incident:
    """Return the incident of a crash; where nothing tells of one, one that says so."""
    crash = crash or Crash("Failed", "no exception is told of")
    return incident(
        reader.file, line, reader.name, name, crash.type, crash.message,
        phase=phase, frames=crash.frames, code=crash.code, known=known,
    )  # fmt: skip


def known_from(properties: dict[str, Any]) -> Known | None:
    """Return the cause that our own properties name in another tool's report."""
    cause, title = properties.get("autopsy.root_cause"), properties.get("autopsy.title")
    if not isinstance(cause, str) or not isinstance(title, str) or not title:
        return None
    return Known(
        cause,
        title,
        "",
        culprit=text_of(properties.get("autopsy.suspect")),
        confidence=text_of(properties.get("autopsy.confidence")),
    )


def _of_longrepr(longrepr: Any) -> Crash | None:
    if isinstance(longrepr, str):
        return crash_in(longrepr)
    if isinstance(longrepr, list):  # (path, line, reason)
        return crash_in(text_of(longrepr[-1])) if longrepr else None
    told = dict_of(longrepr)
    entries = list_of(dict_of(told.get("reprtraceback")).get("reprentries"))
    lines: list[str] = []
    for entry in entries:
        data = dict_of(dict_of(entry).get("data"))
        lines += [text_of(line) for line in list_of(data.get("lines"))]
        place = dict_of(data.get("reprfileloc"))
        if place:
            path, number = text_of(place.get("path")), int_of(place.get("lineno"))
            lines += ["", f"{path}:{number}: {text_of(place.get('message'))}"]
    crash = crash_in("\n".join(lines))
    return crash or _of_crash(dict_of(told.get("reprcrash")))


def _of_stage(told: dict[str, Any]) -> Crash | None:
    crash = crash_in(text_of(told.get("longrepr")))
    place = _of_crash(dict_of(told.get("crash")))
    if crash is not None and crash.frames:
        return crash
    frames = tuple(
        (shown_path(text_of(entry.get("path"))), "")
        for entry in map(dict_of, reversed(list_of(told.get("traceback"))))
    )
    best = crash or place
    return best and best._replace(frames=frames or best.frames)


def _of_crash(place: dict[str, Any]) -> Crash | None:
    message = text_of(place.get("message"))
    if not message:
        return None
    first, _, rest = message.partition("\n")
    kind, text = error_line(first) or ("AssertionError", first)
    return Crash(kind, f"{text}\n{rest}".strip(), ((shown_path(text_of(place.get("path"))), ""),))
