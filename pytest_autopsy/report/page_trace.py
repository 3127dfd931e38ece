"""A trace for the page: what a row of the call tree shows as columns, the rest in blocks.

The rows of 100,000 calls are read at once, a block only when one of its calls is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..plainjson import dumps, loads

BLOCK = 250
"""Calls whose values lie in one part of the page."""
CHANGED, HANDLED = 1, 2
"""Flags of a row."""
_ENDINGS = {"return": "returned", "exception": "raised"}
_IN_ROWS = frozenset(
    [
        "event",
        "call_id",
        "parent_id",
        "depth",
        "func",
        "qualname",
        "file",
        "module",
        "args",
        "return_value",
        "outcome",
    ]
)


class Rows:
    """The calls and marks of a trace, in the order in which they began."""

    def __init__(self) -> None:
        self.columns: dict[str, list[Any]] = {
            name: [] for name in ("id", "parent", "depth", "function", "args", "how", "result", "flags")
        }  # fmt: skip
        self.functions: list[tuple[str, str, int]] = []  # file, qualified name, line
        self.details: list[dict[str, Any]] = []
        self.dropped: list[list[Any]] = []
        self.seen = 0
        self.unreadable = 0
        self._readers: dict[str, Callable[[dict[str, Any]], None]] = {
            "test": self._test,
            "call": self._call,
            "return": self._ended,
            "exception": self._ended,
            "handled": self._handled,
            "mark": self._mark,
            "dropped": self._dropped,
        }
        self._row_of: dict[Any, int] = {}
        self._known: dict[tuple[str, str, int], int] = {}

    def read(self, lines: bytes) -> None:
        """Take in the lines of a trace file; one that is no JSON is counted."""
        for line in lines.splitlines():
            try:
                event = loads(line)
                reader = self._readers.get(event["event"])
                if reader is not None:
                    reader(event)
            except (ValueError, KeyError, TypeError):
                self.unreadable += 1

    def head(self) -> dict[str, Any]:
        """Return all but the details."""
        return {
            **self.columns,
            "functions": self.functions,
            "dropped": self.dropped,
            "seen": self.seen,
            "unreadable": self.unreadable,
            "block": BLOCK,
        }

    def blocks(self) -> Iterator[bytes]:
        """Yield the details as JSON, BLOCK rows each."""
        for start in range(0, len(self.details), BLOCK):
            yield dumps(self.details[start : start + BLOCK])

    def _test(self, event: dict[str, Any]) -> None:
        self.seen = event["calls_seen"]

    def _call(self, event: dict[str, Any]) -> None:
        arguments = ", ".join(f"{name}={text}" for name, text in event["args"].items())
        function = (event["file"], event["qualname"], event["line"])
        self._add(event["call_id"], event["parent_id"], function, arguments, event)
        self.columns["how"][-1] = event.get("outcome", "unknown")
        self.details[-1].pop("line", None)

    def _mark(self, event: dict[str, Any]) -> None:
        function = (event["file"], event["name"], event["line"])
        self._add(None, event["call_id"], function, "", event)
        self.columns["how"][-1] = "mark"

    def _add(
        self,
        call: object,
        parent: object,
        function: tuple[str, str, int],
        args: str,
        event: dict[str, Any],
    ) -> None:
        above = self._row_of.get(parent, -1)
        if function not in self._known:
            self._known[function] = len(self.functions)
            self.functions.append(function)
        depth = self.columns["depth"][above] + 1 if above >= 0 else 0
        row = (call, above, depth, self._known[function], args, "", "", 0)
        if call is not None:
            self._row_of[call] = len(self.details)
        for column, value in zip(self.columns.values(), row):
            column.append(value)
        self.details.append(_rest(event))

    def _ended(self, event: dict[str, Any]) -> None:
        row = self._row_of[event["call_id"]]
        returned = event["event"] == "return"
        result = (
            event["return_value"]
            if returned
            else f"{event['exc_type']}: {event['exc_value'] or ''}"
        )
        self.columns["result"][row] = result
        self.columns["how"][row] = _ENDINGS[event["event"]]
        self.columns["flags"][row] |= CHANGED if event.get("changed") else 0
        self.details[row].update(_rest(event))

    def _handled(self, event: dict[str, Any]) -> None:
        row = self._row_of[event["call_id"]]
        self.columns["flags"][row] |= HANDLED
        self.details[row].setdefault("handled", []).append(_rest(event))

    def _dropped(self, event: dict[str, Any]) -> None:
        if "marks" in event:
            self.dropped.append(["marks", event["marks"], False])
        else:
            self.dropped.append([event["func"], event["calls"], event["at_least"]])


def _rest(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in _IN_ROWS}
