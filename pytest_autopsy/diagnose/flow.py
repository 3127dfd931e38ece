"""Follow a rejected value back through the calls that made it: a dynamic slice.

From an expression in a call the walk goes to the assignments of its names (those lines that
ran), to the arguments that the caller gave, into the calls that the expression made and what
they returned, and to the conditions under which they returned it. Each step carries a weight
that falls with the distance; a call that only hands on what another returned counts for less
than one that computes.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import NamedTuple

from ..model import Call, Failure, Function
from .calls import Calls, callee_name
from .case import Case
from .roots import Root, guards_of, is_expected
from .statements import Body, arguments_of, body_of

HOP = 0.97
CONDITION = 0.7
MAX_STEPS = 600
_OPERATIONS = (
    ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp, ast.IfExp, ast.JoinedStr, ast.Subscript,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.List, ast.Tuple, ast.Dict,
    ast.Set, ast.Constant,
)  # fmt: skip


class Step(NamedTuple):
    """A call that had a part in the value: `computed` it or only handed it on, at a line."""

    call: Call
    line: int
    weight: float
    computed: bool
    hops: int
    root: Root


class Flow:
    """One walk back from the roots of one failure."""

    def __init__(self, case: Case, failure: Failure, calls: Calls) -> None:
        self.case = case
        self.failure = failure
        self.calls = calls
        self.steps: list[Step] = []
        self._seen: set[tuple[int, int, int, int]] = set()
        self._root: Root
        self._bodies: dict[Function, Body | None] = {}
        self._lines: dict[Function, frozenset[int] | None] = {}

    def follow(self, root: Root) -> None:
        """Walk back from one root."""
        self._root = root
        self._visit(root.call, root.node, root.line, root.weight, 0)

    # -- expressions ------------------------------------------------------------------------

    def _visit(self, call: Call, node: ast.expr, line: int, weight: float, hops: int) -> None:
        if type(node) is ast.FormattedValue:  # before 3.12 it stands where the f-string does
            node = node.value
        key = (call.id, node.lineno, node.col_offset, node.end_col_offset or 0)
        if key in self._seen or len(self.steps) > MAX_STEPS or weight < 0.05:
            return
        self._seen.add(key)
        if type(node) is ast.Name:
            self._name(call, node.id, line, weight, hops)
        elif type(node) is ast.Call:
            self._call(call, node, line, weight, hops)
        elif type(node) is ast.Attribute:
            self._attribute(call, node, line, weight, hops)
        elif type(node) is ast.Await:
            self._visit(call, node.value, line, weight, hops)
        else:
            self._operation(call, node, line, weight, hops)

    def _operation(self, call: Call, node: ast.AST, line: int, weight: float, hops: int) -> None:
        operation, parts = _parts_of(node)
        if operation:
            self._step(call, getattr(node, "lineno", line), weight, True, hops)
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            for generator in node.generators:
                self._visit(call, generator.iter, line, weight, hops)
                for condition in generator.ifs:
                    self._visit(call, condition, line, weight * CONDITION, hops)
        for child in parts:
            self._visit(call, child, line, weight, hops)

    def _name(self, call: Call, name: str, line: int, weight: float, hops: int) -> None:
        body = self._body(call)
        if body is None:
            return
        written = body.writes(name, line, self._ran(call))
        for statement_line, value in written:
            self._step(call, statement_line, weight * 0.8, False, hops)
            self._visit(call, value, statement_line, weight, hops)
        if body.has_parameter(name) and not body.always_rebinds(name, written):
            self._argument(call, name, weight, hops)
        elif not written:
            self._global(name, weight, hops)

    def _argument(self, call: Call, name: str, weight: float, hops: int) -> None:
        """A parameter: what the caller gave for it."""
        parent = self.calls.parent(call)
        if parent is None:
            self._fixture(call, name, weight, hops)
            return
        body, caller = self._body(call), self._body(parent)
        if body is None or caller is None or call.site is None:
            self._step(parent, parent.line, weight * 0.5, False, hops + 1)
            return
        node = caller.call_at(call.site, call.function.name)
        if node is None:
            return
        for given in arguments_of(node, body.node, name):
            self._step(parent, node.lineno, weight * HOP * 0.8, False, hops + 1)
            self._visit(parent, given, node.lineno, weight * HOP, hops + 1)

    def _fixture(self, call: Call, name: str, weight: float, hops: int) -> None:
        """A test's parameter: the fixture function of that name, run in set-up."""
        for made in self.calls.all:
            if made.function.name.rsplit(".", 1)[-1] == name and made.start < call.start:
                if self.case.with_kind(made.function).kind == "fixture":
                    self._into(made, weight * HOP, hops + 1)

    def _global(self, name: str, weight: float, hops: int) -> None:
        """A name of the module: whoever changed what it holds."""
        for other in self.calls.all:
            if any(change.name == name and change.scope != "argument" for change in other.changes):
                self._step(other, other.line, weight * HOP, True, hops + 1)

    def _attribute(
        self, call: Call, node: ast.Attribute, line: int, weight: float, hops: int
    ) -> None:
        made = self.calls.made_at(call, node)
        for one in made[-2:]:  # a property
            self._into(one, weight * HOP, hops + 1)
        if not made:
            self._stored(call, node, weight, hops)
        self._visit(call, node.value, line, weight * HOP, hops)

    def _stored(self, call: Call, node: ast.Attribute, weight: float, hops: int) -> None:
        """An attribute: the last calls that assigned it or changed what it holds."""
        found = 0
        for other in reversed(self.calls.all):
            if other.start > (call.end or call.start) or found >= 4:
                continue
            body = self._body(other)
            if body is None or node.attr not in body.attributes:
                continue
            ran = self._ran(other)
            for statement_line, value in body.attributes[node.attr]:
                if ran is None or statement_line in ran:
                    found += 1
                    self._step(other, statement_line, weight * HOP * 0.8, False, hops + 1)
                    self._visit(other, value, statement_line, weight * HOP, hops + 1)

    def _call(self, call: Call, node: ast.Call, line: int, weight: float, hops: int) -> None:
        if is_expected(node) and not self.calls.made_at(call, node):
            return
        made = self.calls.made_at(call, node)
        for one in made[-3:]:
            self._into(one, weight * HOP, hops + 1)
        if made:
            if isinstance(node.func, ast.Attribute):
                self._visit(call, node.func.value, line, weight * 0.5, hops)
            return
        # Nobody that we traced: a builtin, a class without code, a library. All goes in.
        self._step(call, node.lineno, weight, True, hops)
        if isinstance(node.func, ast.Attribute):
            self._visit(call, node.func.value, line, weight, hops)
        for given in [*node.args, *(keyword.value for keyword in node.keywords)]:
            name = callee_name(given)
            for one in self.calls.by_way_of(call, name)[-3:] if name else ():
                self._into(one, weight * HOP, hops + 1)
            self._visit(call, given, line, weight, hops)

    # -- calls ------------------------------------------------------------------------------

    def _into(self, call: Call, weight: float, hops: int) -> None:
        """A call gave the value: what it returned, and why it returned just there."""
        body = self._body(call)
        if body is None:
            self._step(call, call.line or call.function.line, weight, True, hops)
            return
        results = body.results(call.line, call.function.name, self._ran(call))
        if not results:  # fell off its end
            self._step(call, call.line or call.function.line, weight, True, hops)
        for line, value in results:
            computed = value is None or not isinstance(value, (ast.Name, ast.Call, ast.Await))
            self._step(call, line, weight if computed else weight * 0.8, computed, hops)
            if value is not None:
                self._visit(call, value, line, weight, hops)
        for test in self._conditions(call, body):
            self._visit(call, test, test.lineno, weight * CONDITION, hops)

    def _conditions(self, call: Call, body: Body) -> list[ast.expr]:
        """The conditions that decided where the call ended."""
        source = self.case.source(call.function.file)
        ran = self._ran(call)
        found = [test for test in body.tests if ran is None or test.lineno in ran]
        ending = body.statement(call.line)
        if ending is not None:
            found.extend(guards_of(source, ending))
        return found

    def _step(self, call: Call, line: int, weight: float, computed: bool, hops: int) -> None:
        self.steps.append(Step(call, line, weight, computed, hops, self._root))

    def _body(self, call: Call) -> Body | None:
        function = call.function
        try:
            return self._bodies[function]
        except KeyError:
            span = self.case.span(function)
            body = self._bodies[function] = body_of(span.node) if span is not None else None
            return body

    def _ran(self, call: Call) -> frozenset[int] | None:
        """The lines of the function that the test ran; None where they were not recorded."""
        try:
            return self._lines[call.function]
        except KeyError:
            ran = self._lines[call.function] = self.case.lines_run(self.failure, call.function)
            return ran


@lru_cache(maxsize=1 << 14)
def _parts_of(node: ast.AST) -> tuple[bool, tuple[ast.expr, ...]]:
    """Whether an expression computes, and the expressions right below it."""
    parts = (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
    return isinstance(node, _OPERATIONS), tuple(parts)
