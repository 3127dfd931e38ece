"""Names that a function has and never reads, as its source has it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from ..source import Source, Span, parameters_of
from .calls import callee_name

_Def = ast.FunctionDef | ast.AsyncFunctionDef
_CUSTOMARY = frozenset(
    ("self", "cls", "mcs", "args", "kwargs", "request", "context", "ctx", "event", "sender",
     "environ", "start_response", "signum", "frame", "exc_type", "exc_value", "exc_val", "exc_tb",
     "traceback", "tb")
)  # fmt: skip
"""Parameters that those have to take who are called by a framework or by Python itself."""
_DECLINED = ("_", "unused", "ignored")
"""How names begin of parameters that are not read on purpose (pylint's ignored-argument-names)."""
_UNTOUCHED = frozenset(
    ("property", "staticmethod", "classmethod", "contextmanager", "asynccontextmanager", "cache",
     "lru_cache", "cached_property", "wraps")
)  # fmt: skip
"""Decorators that leave it to the function which parameters it has."""
_EVERY_NAME = ("locals", "vars", "eval", "exec")


class Unread(NamedTuple):
    """A name that a function has and never reads, and its line there."""

    name: str
    line: int
    is_parameter: bool
    default: ast.expr | None = None


@lru_cache(maxsize=4096)
def unread(span: Span, source: Source) -> tuple[Unread, ...]:
    """Return what a function never reads, as far as that is not how its kind is made.

    A signature may be asked for by somebody else: of overridden methods, callbacks and whatever
    is registered somewhere, or a file's own habit, parameters are left out.
    """
    node = span.node
    if isinstance(node, ast.Lambda) or _is_stub(node.body):
        return ()
    reads = _reads(node)
    if not reads.isdisjoint(_EVERY_NAME):
        return ()
    variables = _variables(node, reads)
    parameters = [one for one in _parameters(node) if one.name not in reads]
    if parameters and _is_free(span, node, source):
        habits = _habits(source)
        bare = _bare(span)
        free = (one for one in parameters if habits[one.name] < 2 and habits[bare, one.name] < 2)
        return (*free, *variables)
    return tuple(variables)


def _bare(span: Span) -> str:
    return span.name.rpartition(".")[2]


def _parameters(node: _Def) -> Iterator[Unread]:
    for one, default in parameters_of(node):
        if one.arg not in _CUSTOMARY and not one.arg.startswith(_DECLINED):
            yield Unread(one.arg, one.lineno, True, default)


def _variables(node: _Def, reads: frozenset[str]) -> list[Unread]:
    """The plain names that statements of a function assign, and nothing reads."""
    found: dict[str, int] = {}
    elsewhere: set[str] = set()
    for inner in _below(node.body):
        if isinstance(inner, (ast.Global, ast.Nonlocal)):
            elsewhere.update(inner.names)
        elif isinstance(inner, ast.Assign):
            for target in inner.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, inner.lineno)
        elif isinstance(inner, ast.AnnAssign) and inner.value is not None:
            if isinstance(inner.target, ast.Name):
                found.setdefault(inner.target.id, inner.lineno)
    return [
        Unread(name, line, False)
        for name, line in found.items()
        if name not in reads and name not in elsewhere and not name.startswith(_DECLINED)
    ]


def _below(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node of a function's own: what a class or a function in it assigns is not."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))


@lru_cache(maxsize=4096)
def _reads(node: _Def) -> frozenset[str]:
    return frozenset(
        inner.id
        for statement in node.body
        for inner in ast.walk(statement)
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Store)
    )


def _is_stub(body: list[ast.stmt]) -> bool:
    """Whether a function does nothing by itself: it stands there to be overridden."""
    texts = [
        one for one in body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    ]
    does = [one for one in body if one not in texts]
    if all(isinstance(one, (ast.Pass, ast.Raise)) for one in does):
        return True
    value = does[0].value if len(does) == 1 and isinstance(does[0], ast.Return) else body
    return value is None or isinstance(value, (ast.Constant, ast.Name))


def _is_free(span: Span, node: _Def, source: Source) -> bool:
    """Whether a function's parameters are its own choice."""
    bare = _bare(span)
    if bare.startswith("__") and bare not in ("__init__", "__call__"):
        return False
    decorators = set(map(callee_name, node.decorator_list))
    return decorators <= _UNTOUCHED and bare not in _handed_round(source)


@lru_cache(maxsize=512)
def _handed_round(source: Source) -> frozenset[str]:
    """The names in a file that are read otherwise than to be called: callbacks are among them."""
    nodes = list(ast.walk(source.tree)) if source.tree is not None else []
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    return frozenset(
        node.id if isinstance(node, ast.Name) else node.attr
        for node in nodes
        if isinstance(node, (ast.Name, ast.Attribute))
        if isinstance(node.ctx, ast.Load) and id(node) not in called
    )


@lru_cache(maxsize=512)
def _habits(source: Source) -> Counter[str | tuple[str, str]]:
    """Name -> how many functions of a file have such a parameter and do not read it, and
    (function's name, name) -> how many of that name have one at all.
    """
    found: Counter[str | tuple[str, str]] = Counter()
    for span in source.spans:
        if isinstance(span.node, ast.Lambda):
            continue
        reads = _reads(span.node)
        for one in _parameters(span.node):
            found[one.name] += one.name not in reads
            found[_bare(span), one.name] += 1
    return found
