"""What the statements of one function do to names and attributes, read from its source."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from ..model import Site
from ..record.codes import MUTATORS
from ..source import FunctionNode
from .calls import callee_name, is_around, is_at, is_named

Write = tuple[int, ast.expr]


class Body:
    """One function: where its names and attributes are written, and what it gives back."""

    def __init__(self, node: FunctionNode) -> None:
        self.node = node
        self.attributes: dict[str, list[Write]] = defaultdict(list)
        self.tests: list[ast.expr] = []
        self.reads = {
            inner.id if isinstance(inner, ast.Name) else inner.attr
            for inner in ast.walk(node)
            if isinstance(inner, (ast.Name, ast.Attribute)) and isinstance(inner.ctx, ast.Load)
        }
        self.assigned = {
            inner.attr
            for inner in ast.walk(node)
            if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store)
        }
        spec = node.args
        extra = [one for one in (spec.vararg, spec.kwarg) if one is not None]
        given = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *extra]
        self._parameters = {argument.arg for argument in given}
        self._written: dict[tuple[str, int, frozenset[int] | None], list[Write]] = {}
        self._names: dict[str, list[Write]] = defaultdict(list)
        self._plain: dict[str, list[int]] = defaultdict(list)
        self._returns: list[tuple[int, int, ast.expr | None]] = []
        self._yields: list[Write] = []
        self._endings = [inner for inner in ast.walk(node) if isinstance(inner, ast.Return)]
        self._calls: list[ast.Call] = []
        if isinstance(node, ast.Lambda):
            self._returns.append((node.lineno, node.end_lineno or node.lineno, node.body))
            self._expressions(node.body)
        else:
            self._statements(node.body)

    def named_at(self, name: str) -> int:
        """Return the first line below the signature that names `name`, else the def's own."""
        body = self.node.body if isinstance(self.node.body, list) else [self.node.body]
        lines = [
            inner.lineno
            for statement in body
            for inner in ast.walk(statement)
            if (isinstance(inner, ast.Name) and inner.id == name)
            or (isinstance(inner, ast.Attribute) and inner.attr == name)
        ]
        return min(lines, default=self.node.lineno)

    def has_parameter(self, name: str) -> bool:
        """Whether the function has a parameter of this name."""
        return name in self._parameters

    def writes(self, name: str, line: int, ran: frozenset[int] | None) -> list[Write]:
        """Return what was written to a name up to `line`: the last assignment that ran, and all
        that was put into the object since; past `line` too where a loop may have come back.
        """
        key = name, line, ran
        found = self._written.get(key)
        if found is None:
            found = self._written[key] = self._writes(name, line, ran)
        return found

    def _writes(self, name: str, line: int, ran: frozenset[int] | None) -> list[Write]:
        ranked = [w for w in self._names.get(name, ()) if ran is None or w[0] in ran]
        before = [write for write in ranked if write[0] <= line]
        chosen = before or ranked
        plain = [at for at in self._plain.get(name, ()) if any(at == w[0] for w in chosen)]
        if plain and before:
            last = max(plain)
            chosen = [write for write in chosen if write[0] >= last]
        return chosen

    def always_rebinds(self, name: str, written: list[Write]) -> bool:
        """Whether what was written replaces what a parameter was given."""
        plain = set(self._plain.get(name, ()))
        return any(
            line in plain and line == self._first_line() and not _mentions(value, name)
            for line, value in written
        )

    def results(
        self, line: int, name: str, ran: frozenset[int] | None
    ) -> list[tuple[int, ast.expr | None]]:
        """Return what the call gave back from `line`: return values, what it yielded, for a
        constructor the attributes that it set.
        """
        if name.endswith(("__init__", "__post_init__")):
            every = [write for writes in self.attributes.values() for write in writes]
            return [
                write
                for write in sorted(every, key=lambda w: w[0])
                if ran is None or write[0] in ran
            ]
        if self._yields:
            return [write for write in self._yields if ran is None or write[0] in ran]
        return [(start, value) for start, end, value in self._returns if start <= line <= end]

    def statement(self, line: int) -> ast.stmt | None:
        """Return the return statement around a line."""
        inside = (n for n in self._endings if n.lineno <= line <= (n.end_lineno or 0))
        return next(inside, None)

    def call_at(self, site: Site, name: str) -> ast.Call | None:
        """Return the call expression at a site; by place and name where that is not exact."""
        for node in self._calls:
            if is_at(site, node):
                return node
        near = (n for n in self._calls if is_around(site, n) and is_named(name, callee_name(n)))
        return next(near, None)

    # -- reading ----------------------------------------------------------------------------

    def _statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return
        for child in _parts(node):
            if isinstance(child, ast.expr):
                self._expressions(child)
            else:
                self._statement(child)
        self._effects(node)

    def _effects(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._write(target, node.value, node.lineno)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._write(node.target, node.value, node.lineno)
        elif isinstance(node, ast.AugAssign):
            self._write(node.target, node.value, node.lineno, adds=True)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._write(node.target, node.iter, node.lineno)
            self.tests.append(node.iter)  # what it goes through decides what its body does
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    self._write(item.optional_vars, item.context_expr, node.lineno)
        elif isinstance(node, (ast.If, ast.While)):
            self.tests.append(node.test)
        elif isinstance(node, ast.Return):
            self._returns.append((node.lineno, node.end_lineno or node.lineno, node.value))

    def _expressions(self, node: ast.expr) -> None:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call):
                self._calls.append(inner)
                if isinstance(inner.func, ast.Attribute) and inner.func.attr in MUTATORS:
                    for given in inner.args or [inner]:
                        self._write(inner.func.value, given, inner.lineno, adds=True)
            elif isinstance(inner, (ast.Yield, ast.YieldFrom)) and inner.value is not None:
                self._yields.append((inner.lineno, inner.value))
            elif isinstance(inner, ast.NamedExpr):
                self._write(inner.target, inner.value, inner.lineno)
            elif isinstance(inner, ast.comprehension):
                self._write(inner.target, inner.iter, inner.iter.lineno, adds=True)

    def _write(self, target: ast.expr, value: ast.expr, line: int, adds: bool = False) -> None:
        if isinstance(target, ast.Name):
            self._names[target.id].append((line, value))
            if not adds:
                self._plain[target.id].append(line)
        elif isinstance(target, ast.Attribute):
            self.attributes[target.attr].append((line, value))
            self._write(target.value, value, line, adds=True)
        elif isinstance(target, ast.Subscript):
            self._write(target.value, value, line, adds=True)
            self._write(target.value, target.slice, line, adds=True)
        elif isinstance(target, ast.Starred):
            self._write(target.value, value, line, adds=True)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for one in target.elts:
                self._write(one, value, line, adds)

    def _first_line(self) -> int:
        body = self.node.body
        return body[0].lineno if isinstance(body, list) else body.lineno


@lru_cache(maxsize=4096)
def body_of(node: FunctionNode) -> Body:
    """Return what the function's statements do; read once."""
    return Body(node)


def arguments_of(call: ast.Call, node: FunctionNode, name: str) -> Iterator[ast.expr]:
    """Yield the expressions that a call gives for a parameter of the function at `node`."""
    for keyword in call.keywords:
        if keyword.arg == name or keyword.arg is None:
            yield keyword.value
    spec = node.args
    names = [argument.arg for argument in [*spec.posonlyargs, *spec.args]]
    bound = bool(names) and names[0] in ("self", "cls")
    if bound and name == names[0]:
        if isinstance(call.func, ast.Attribute):
            yield call.func.value
        return
    if bound:
        names = names[1:]
    if name in names:
        place = names.index(name)
        if place < len(call.args):
            yield call.args[place]
    elif spec.vararg is not None and spec.vararg.arg == name:
        yield from call.args[len(names) :]


def _parts(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """The statements and expressions right below a statement, past handlers and with items."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.expr, ast.stmt)):
            yield child
        elif not isinstance(child, ast.arguments):
            yield from _parts(child)


def _mentions(node: ast.expr, name: str) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))
