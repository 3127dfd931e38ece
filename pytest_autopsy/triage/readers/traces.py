"""Lines of calls: `call`, `return`, `exception`, as pytrace-autopsy writes them, and as we do.

An exception that left the outermost call of a trace is a failure. One that a call handled is a
failure only where that call then returned None: there it was swallowed. It is told of where it
was raised, in the innermost call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..incident import Incident, incident
from .dialect import dict_of, int_of, text_of
from .documents import Item
from .tracebacks import shown_path

_EVENTS = frozenset(
    ("call", "return", "exception", "test", "yield", "resume", "mark", "handled", "dropped")
)
MAX_OPEN = 10_000
"""Calls of a trace whose ends are waited for."""


class _Open(NamedTuple):
    parent: int | None
    function: str
    file: str


class Traces:
    """The calls that are open, and the exceptions on their way out."""

    name = "call trace"

    def __init__(self, file: str) -> None:
        self.file = file
        self._test = ""
        self._calls: dict[int, _Open] = {}
        self._raised: dict[
            int, Incident
        ] = {}  # id of the call that it came to last -> where raised
        self._leaving: dict[int | None, int] = {}  # id of a call's parent -> the call that it left

    def takes(self, item: Item) -> bool:
        value = dict_of(item.value)
        event = value.get("event")
        if not isinstance(event, str) or event not in _EVENTS:
            return False
        return "call_id" in value or "func" in value or "test" in value

    def feed(self, item: Item) -> Iterator[Incident]:
        value = item.value
        event, number = value["event"], int_of(value.get("call_id"))
        if event == "test":
            yield from self.end()
            self._test = text_of(value.get("test"))
        elif event == "call":
            yield from self._called(value, number)
        elif event == "exception":
            self._exception(item.line, value, number)
        elif event == "return":
            yield from self._returned(number, text_of(value.get("return_value")))

    def end(self) -> Iterator[Incident]:
        """Whatever is still on its way has left what was traced."""
        yield from self._raised.values()
        self._raised, self._leaving, self._calls = {}, {}, {}

    def _called(self, value: dict[str, Any], number: int) -> Iterator[Incident]:
        parent = value.get("parent_id")
        if not isinstance(parent, int):
            yield from self.end()  # an outermost call: the one before it is over
            parent = None
        name = text_of(value.get("qualname") or value.get("func"))
        if len(self._calls) < MAX_OPEN:
            self._calls[number] = _Open(parent, name, shown_path(text_of(value.get("file"))))

    def _exception(self, line: int, value: dict[str, Any], number: int) -> None:
        """It came to a call: from one that it called, or it was raised there."""
        here = self._calls.get(number) or _Open(None, text_of(value.get("func")), "")
        kind, message = text_of(value.get("exc_type")), text_of(value.get("exc_value"))
        before = self._raised.pop(self._leaving.pop(number, -1), None)
        frame = (here.file, here.function)
        if before is not None and before.type == kind.rpartition(".")[2]:
            one = before._replace(frames=(*before.frames, frame))
        else:
            name = self._test or here.function
            one = incident(self.file, line, self.name, name, kind, message, frames=(frame,))
        if len(self._raised) < MAX_OPEN:
            self._raised[number] = one
            self._leaving[here.parent] = number

    def _returned(self, number: int, value: str) -> Iterator[Incident]:
        """A call came back after all: what came to it is handled; with None it is swallowed."""
        handler = self._calls.pop(number, None)
        one = self._raised.pop(number, None) or self._raised.pop(
            self._leaving.pop(number, -1), None
        )
        if one is not None and value == "None":
            who = handler.function if handler is not None else "its caller"
            yield one._replace(code=f"{who} handled it and returned None")
