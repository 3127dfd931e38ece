"""Find calls in a trace: who called whom, and which call an expression of the source made."""

from __future__ import annotations

import ast
from collections import defaultdict

from ..model import Call, Frame, Site, Trace


class Calls:
    """The calls of one trace, by id, by parent and by function."""

    def __init__(self, trace: Trace) -> None:
        self.all = trace.calls
        self.by_id = {call.id: call for call in trace.calls}
        self._children: dict[int | None, list[Call]] = defaultdict(list)
        for call in trace.calls:
            self._children[call.parent].append(call)

    def children(self, call: Call | None) -> list[Call]:
        """Return the calls that `call` made, in order; of None those that nobody traced made."""
        return self._children[call.id if call is not None else None]

    def parent(self, call: Call) -> Call | None:
        """Return the traced call that made this one."""
        return self.by_id.get(call.parent) if call.parent is not None else None

    def of_frame(self, frame: Frame, raised: bool = True) -> Call | None:
        """Return the last call whose frame this is: it ended with an exception, if `raised`."""
        found = None
        for call in self.all:
            function = call.function
            if function.name == frame.function and function.file == frame.file:
                if not raised or call.outcome in ("raise", "open", "unknown"):
                    found = call
        return found

    def made_at(self, caller: Call, node: ast.expr) -> list[Call]:
        """Return the calls that evaluating `node` in `caller` made itself, in order.

        Exact where the interpreter tells columns; else by line and the callee's name.
        """
        exact = [c for c in self.children(caller) if c.site and _is_at(c.site, node)]
        if exact:
            return exact
        name = callee_name(node)
        end = node.end_lineno or node.lineno
        found = []
        for call in self.children(caller):
            if name and not _is_named(call, name):
                continue
            if call.site is not None and not (node.lineno <= call.site.line <= end):
                continue
            if call.site is not None and call.site.column is not None:
                continue  # another place, told exactly
            found.append(call)
        return found

    def by_way_of(self, caller: Call, name: str) -> list[Call]:
        """Return calls of a function named `name` that a library made for `caller`."""
        return [c for c in self.children(caller) if not c.direct and _is_named(c, name)]


def callee_name(node: ast.expr) -> str:
    """Return the last part of the name that a call expression calls, or an attribute reads."""
    if isinstance(node, ast.Await):
        return callee_name(node.value)
    target = node.func if isinstance(node, ast.Call) else node
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def _is_named(call: Call, name: str) -> bool:
    last = call.function.name.rsplit(".", 1)[-1]
    if last == name:
        return True
    # A class is called by its own name, its code is that of __init__ or __new__.
    parts = call.function.name.split(".")
    return last in ("__init__", "__new__", "__post_init__") and len(parts) > 1 and parts[-2] == name


def _is_at(site: Site, node: ast.expr) -> bool:
    return (site.line, site.column, site.end_line, site.end_column) == (
        node.lineno,
        node.col_offset,
        node.end_lineno,
        node.end_col_offset,
    )
