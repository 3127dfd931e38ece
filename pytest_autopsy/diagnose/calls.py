"""Find calls in a trace: who called whom, and which call an expression of the source made."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import lru_cache
from operator import itemgetter

from ..model import Call, Frame, Site, Trace


class Calls:
    """The calls of one trace, by id, by parent and by function."""

    def __init__(self, trace: Trace) -> None:
        self.all = trace.calls
        self.by_id = {call.id: call for call in trace.calls}
        self._children: dict[int | None, list[Call]] = defaultdict(list)
        for call in trace.calls:
            self._children[call.parent].append(call)
        self._placed: dict[int, Placed] = {}

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

        Exact where the interpreter tells columns; else by place and the callee's name. Columns
        may span more than the call: pytest before 8.4 gives every part of an assertion that it
        has rewritten the place of the whole statement.
        """
        placed = self._placed.get(caller.id)
        if placed is None:
            placed = self._placed[caller.id] = Placed(self.children(caller))
        exact = placed.at.get(place_of(node))
        return exact or placed.around(node)

    def by_way_of(self, caller: Call, name: str) -> list[Call]:
        """Return calls of a function named `name` that a library made for `caller`."""
        return [
            call
            for call in self.children(caller)
            if not call.direct and is_named(call.function.name, name)
        ]


class Placed:
    """The calls that one call made, by place and by name: a function in a loop makes many."""

    def __init__(self, children: list[Call]) -> None:
        self.at: dict[tuple[int | None, ...], list[Call]] = defaultdict(list)
        self._vague: list[tuple[int, Call]] = []  # with no column, or no place at all
        self._named: dict[str, list[tuple[int, Call]]] = defaultdict(list)
        for number, call in enumerate(children):
            if call.site is not None:
                self.at[call.site[0], call.site[2], call.site[1], call.site[3]].append(call)
            if call.site is None or call.site.column is None:
                self._vague.append((number, call))
            else:
                for name in names_of(call.function.name):
                    self._named[name].append((number, call))

    def around(self, node: ast.expr) -> list[Call]:
        """Return the calls whose place is `node` or wider and whose name is the one it calls."""
        name = callee_name(node)
        found = [one for one in self._vague if self._may_be(one[1], node, name)]
        for one in self._named.get(name, ()) if name else ():
            site = one[1].site
            if site is not None and is_around(site, node):
                found.append(one)
        return [call for _, call in sorted(found, key=itemgetter(0))]

    def _may_be(self, call: Call, node: ast.expr, name: str) -> bool:
        named = is_named(call.function.name, name) if name else True
        if isinstance(node, ast.Call):  # given to a builtin, which called it
            named = named or call.function.name.endswith("<lambda>")
        return named and (call.site is None or is_around(call.site, node))


def callee_name(node: ast.expr) -> str:
    """Return the last part of the name that a call expression calls, or an attribute reads."""
    if isinstance(node, ast.Await):
        return callee_name(node.value)
    target = node.func if isinstance(node, ast.Call) else node
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def is_named(function: str, called: str) -> bool:
    """Whether a function of this qualified name may run where the source calls `called`."""
    return called in names_of(function)


@lru_cache(maxsize=4096)
def names_of(function: str) -> tuple[str, ...]:
    """Return the names by which a function of this qualified name may be called."""
    *outer, last = function.split(".")
    # A class is called by its own name, its code is that of __init__ or __new__.
    if outer and last in ("__init__", "__new__", "__post_init__"):
        return last, outer[-1]
    return (last,)


def is_around(site: Site, node: ast.expr) -> bool:
    """Whether a site spans more than `node`, or has only lines and shares one with it."""
    end_line = node.end_lineno or node.lineno
    if site.column is None:
        return node.lineno <= site.line <= end_line
    start, end = (node.lineno, node.col_offset), (end_line, node.end_col_offset or 0)
    first = (site.line, site.column)
    last = (site.end_line or site.line, site.end_column or site.column)
    return first <= start and end <= last and (first, last) != (start, end)


def is_at(site: Site, node: ast.expr) -> bool:
    """Whether a site is just the range of `node`."""
    return (site.line, site.column, site.end_line, site.end_column) == place_of(node)


def place_of(node: ast.expr) -> tuple[int | None, ...]:
    """Return the range of a node as code positions tell it: line, column, and both of its end.

    What a chain of several lines reads or calls begins at its own name (CPython's compiler:
    update_start_location_to_match_attr).
    """
    line, column = node.lineno, node.col_offset
    read = node.func if isinstance(node, ast.Call) else node
    if isinstance(read, ast.Attribute) and read.end_lineno and read.end_lineno != line:
        line, column = read.end_lineno, (read.end_col_offset or 0) - len(read.attr.encode())
    return line, column, node.end_lineno, node.end_col_offset
