"""Agents' runs: which calls failed, in which step, again in the same way, and unnoticed.

What is found of a run depends on the order of its lines only; runs are told apart by the session
that a line names, else by the file, and a line with a whole conversation is a run by itself.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator

from ..incident import MAX_CODE, Incident, incident
from .calls import Step, is_log, steps_of
from .dialect import dict_of, text_of
from .documents import Item
from .tracebacks import Crash, crash_in

MAX_RUNS = 2000
"""Runs of one file that are followed at once; calls and failures of a run that are remembered."""
_SESSION = (
    "session_id",
    "sessionId",
    "conversation_id",
    "run_id",
    "trace_id",
    "thread_id",
    "episode_id",
    "session",
)
_REACTS = re.compile(
    r"error|fail|exception|traceback|retry|try again|instead|fix|missing|invalid|unable|sorry", re.I
)
_NAMES = re.compile(r"'([\w.]{3,60})'|\"([\w.]{3,60})\"|\b([A-Z]\w{2,60}(?:Error|Exception))\b")
_LINE_OF_CODE = re.compile(r'File "<[^>\n]{1,80}>", line (\d{1,6})')


class Agents:
    """The runs in one file."""

    name = "agent's log"

    def __init__(self, file: str) -> None:
        self.file = file
        self._runs: OrderedDict[str, _Run] = OrderedDict()

    def takes(self, item: Item) -> bool:
        return isinstance(item.value, dict) and is_log(item.value)

    def feed(self, item: Item) -> Iterator[Incident]:
        name, whole = self._run_of(item)
        run = self._runs.get(name)
        if run is None:
            run = self._runs[name] = _Run(self, name)
            if len(self._runs) > MAX_RUNS:
                yield from self._runs.popitem(last=False)[1].end()
        self._runs.move_to_end(name)
        for step in steps_of(item.value):
            yield from run.take(step, item.line)
        if whole:
            yield from self._runs.pop(name).end()

    def end(self) -> Iterator[Incident]:
        for run in self._runs.values():
            yield from run.end()
        self._runs.clear()

    @staticmethod
    def _run_of(item: Item) -> tuple[str, bool]:
        value = item.value
        for holder in (
            value,
            item.head,
            *(dict_of(value.get(key)) for key in ("message", "payload")),
        ):
            for key in _SESSION:
                if isinstance(holder.get(key), (str, int)):
                    return text_of(holder[key])[:100], False
        if isinstance(value.get("messages"), list):
            return f"line {item.line}", True
        return "", False


class _Run:
    """One run: the calls that wait for their results, the failures so far."""

    def __init__(self, reader: Agents, name: str) -> None:
        self.reader, self.name = reader, name
        self._steps = 0
        self._calls: OrderedDict[str, tuple[int, Step]] = OrderedDict()
        self._failed: dict[tuple[str, ...], int] = {}
        self._held: list[tuple[Incident, Step]] = []  # failures until the next step is known
        self._said = ""
        self._had_failure = False

    def take(self, step: Step, line: int) -> Iterator[Incident]:
        """Go one step on; yields the failures that the step shows to be heeded or ignored."""
        if step.kind == "say":
            if self._held:
                self._said += step.text
        elif step.kind == "call":
            yield from self._release(step)
            self._steps += 1
            self._calls[step.id or f"#{self._steps}"] = self._steps, step
            if len(self._calls) > MAX_RUNS:
                self._calls.popitem(last=False)
        else:
            number, call = self._call_of(step)
            if step.failed:
                self._fail(step, number, call, line)

    def end(self) -> Iterator[Incident]:
        """The run is over: what was said last is the next step."""
        yield from self._release(None)

    def _call_of(self, step: Step) -> tuple[int, Step]:
        """The call that a result is of: by its id, else the last one of that tool."""
        if step.id in self._calls:
            return self._calls.pop(step.id)
        if not step.id or all(key[:1] == "#" for key in self._calls):
            for key in reversed(self._calls):
                if not step.tool or self._calls[key][1].tool == step.tool:
                    return self._calls.pop(key)
        self._steps += 1
        return self._steps, Step("call", "", step.tool)

    def _fail(self, step: Step, number: int, call: Step, line: int) -> None:
        crash = crash_in(step.text) or _untold(step.text)
        tool = call.tool or step.tool or "tool"
        key = (tool, call.code, crash.type, crash.message)
        before = self._failed.get(key, 0)
        if before or len(self._failed) < MAX_RUNS:
            self._failed[key] = before + 1
        one = incident(
            self.reader.file, line, self.reader.name, tool, crash.type, crash.message,
            frames=crash.frames, code=crash.code or snippet(call.code, step.text), run=self.name,
            step=number, first=not self._had_failure, repeats=before if call.code else 0,
        )  # fmt: skip
        self._had_failure = True
        self._held.append((one, call))

    def _release(self, next_call: Step | None) -> Iterator[Incident]:
        """Decide of what failed whether this step, or what was said before it, took notice."""
        held, said = self._held, self._said
        self._held, self._said = [], ""
        for one, call in held:
            yield one._replace(ignored=_ignores(one, call, next_call, said))


def _ignores(failed: Incident, call: Step, after: Step | None, said: str) -> bool:
    """Whether what came next uses another tool and says nothing of the error.

    Where nothing at all came next, it was the end and not an answer to it.
    """
    if after is None and not said:
        return False
    if after is not None and after.tool == (call.tool or failed.name):
        return False
    text = said + (after.code if after is not None else "")
    if _REACTS.search(text):
        return False
    names = {
        next(filter(None, found)) for found in _NAMES.findall(f"{failed.type}: {failed.message}")
    }
    return not any(name in text for name in names)


def _untold(text: str) -> Crash:
    """An error that names no exception: its first line is what there is."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "no error is told")
    return Crash("ToolError", first.removeprefix("Error: ").removeprefix("error: "))


def snippet(code: str, trace: str) -> str:
    """Return the code that was run; of a long one the lines around the one that failed."""
    if len(code) <= MAX_CODE:
        return code
    found = _LINE_OF_CODE.findall(trace)
    lines = code.splitlines()
    number = int(found[-1]) if found else 0
    if not 0 < number <= len(lines):
        return code
    return "\n".join(lines[max(number - 3, 0) : number + 2])
