"""Read source files: lines, functions, statements. One cache a process, keyed by path.

Used by the snapshot (what to show) and by diagnose (what a line does). Never imports what it reads.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .unfaked import read_bytes

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_PLAIN = (
    ast.expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Raise, ast.Assert,
    ast.Delete, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Pass, ast.Break,
    ast.Continue,
)  # fmt: skip
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
MAX_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """A function in a file: `first` is the line of its first decorator, `line` that of its def."""

    name: str
    first: int
    line: int
    last: int
    node: FunctionNode


class Source:
    """One source file, or the lines that stand for one. `why` says why there is no text.

    What is asked of its tree may be parsed again: nodes are to be compared by place.
    """

    def __init__(self, path: str, lines: tuple[str, ...] | None = None) -> None:
        self.path = path
        self.why = ""
        self.lines: tuple[str, ...] = lines or ()
        if lines is None:
            self._read(path)

    def _read(self, path: str) -> None:
        try:
            raw = read_bytes(path)
            if len(raw) > MAX_BYTES:
                self.why = f"source is {len(raw)} bytes"
                return
            encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
            text = io.StringIO(raw.decode(encoding), newline=None).read()
            # Python ends lines at line feeds only, str.splitlines at much more.
            self.lines = tuple(text.removesuffix("\n").split("\n")) if text else ()
        except (OSError, SyntaxError, UnicodeDecodeError, LookupError, ValueError) as error:
            self.why = f"source not readable: {type(error).__name__}"

    @property
    def tree(self) -> ast.Module | None:
        """The parsed module, or None where it does not parse."""
        return _parsed(self).tree

    @property
    def spans(self) -> tuple[Span, ...]:
        """Every function of the file, outer before inner."""
        return _parsed(self).spans

    def line(self, number: int) -> str:
        """Return the line's text, or an empty string."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def function(self, name: str, line: int) -> Span | None:
        """Return the function of this qualified name whose def or decorator is at `line`."""
        return _parsed(self).places.get((name, line))

    def enclosing(self, line: int) -> Span | None:
        """Return the innermost named function around `line`."""
        found = None
        for span in self.spans:
            if span.first <= line <= span.last and not isinstance(span.node, ast.Lambda):
                found = span
        return found

    def starting_at(self, name: str, first: int) -> Span | None:
        """Return the function whose code object has this name and first line."""
        for span in self.spans:
            if span.first == first and span.name.rsplit(".", 1)[-1] == name:
                return span
        return None

    def segment(self, line: int, column: int, end_line: int, end_column: int) -> str:
        """Return the text of a range; columns count utf-8 bytes, as code positions do."""
        chosen = [text.encode() for text in self.lines[line - 1 : end_line]]
        if not chosen:
            return ""
        chosen[-1] = chosen[-1][:end_column]
        chosen[0] = chosen[0][column:]
        return b"\n".join(chosen).decode("utf-8", "replace")


def parameters_of(node: FunctionNode) -> list[tuple[ast.arg, ast.expr | None]]:
    """Return a function's named parameters, each with its default; None where it has none."""
    spec = node.args
    placed = [*spec.posonlyargs, *spec.args]
    required = [None] * (len(placed) - len(spec.defaults))
    defaults = [*required, *spec.defaults, *spec.kw_defaults]
    return list(zip([*placed, *spec.kwonlyargs], defaults))


def bodies(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of statements right below a statement, without those that are empty."""
    for field in ("body", "orelse", "finalbody"):
        yield from filter(None, [getattr(statement, field, [])])
    for holder in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield holder.body


@lru_cache(maxsize=512)
def source_of(path: str) -> Source:
    """Return the file at `path` (absolute), read once a process."""
    return Source(path)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What is read from a file's tree. A tree takes a kilobyte a line."""

    tree: ast.Module | None
    spans: tuple[Span, ...]
    places: dict[tuple[str, int], Span]


@lru_cache(maxsize=100)
def _parsed(source: Source) -> _Parsed:
    """Parse a file; of very many the trees of those that were asked for last are kept."""
    tree = _tree(source)
    at = [number for number, text in enumerate(source.lines, 1) if "lambda" in text]
    spans = tuple(_spans(tree, at)) if tree is not None else ()
    backwards = tuple(reversed(spans))  # of two in one place the first counts
    places = {(span.name, at): span for span in backwards for at in (span.first, span.line)}
    return _Parsed(tree, spans, places)


def _tree(source: Source) -> ast.Module | None:
    if not source.lines:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the compiler says of the user's source
            return ast.parse("\n".join(source.lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        source.why = "source does not parse"
        return None


def _spans(module: ast.Module, lambdas: list[int]) -> list[Span]:
    """Every function of a module; without recursion, for expressions may be deeply nested.

    Of what has no body only that is looked into which has one of the lines `lambdas` (sorted) in
    it: nine nodes of ten are such, and of functions they can hold nothing else.
    """
    found: list[Span] = []
    waiting: list[tuple[ast.AST, str]] = [(module, "")]
    while waiting:
        node, prefix = waiting.pop()
        inner = prefix
        body: set[int] = set()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            span = _span(node, prefix)
            found.append(span)
            inner = f"{span.name}.<locals>."
            body = set(map(id, node.body if isinstance(node.body, list) else [node.body]))
        elif isinstance(node, ast.ClassDef):
            inner = f"{prefix}{node.name}."
            body = set(map(id, node.body))
        # Defaults and decorators belong to the scope around.
        waiting.extend(
            (child, inner if not body or id(child) in body else prefix)
            for child in _children(node, lambdas)
        )
    return sorted(found, key=lambda span: (span.first, -span.last, len(span.name)))


def _children(node: ast.AST, lambdas: list[int]) -> Iterable[ast.AST]:
    """What is right below a node and may hold a function: all, or, without a lambda, its bodies."""
    if isinstance(node, ast.expr) or _may_have(node, lambdas):
        return ast.iter_child_nodes(node)
    below = (child for field in _BODIES for child in getattr(node, field, ()))
    return [child for child in below if not isinstance(child, _PLAIN) or _may_have(child, lambdas)]


def _may_have(node: ast.AST, lines: list[int]) -> bool:
    """Whether one of the lines, which are sorted, is in a node, or it does not say where it is."""
    first: int = getattr(node, "lineno", 0)
    if not first:
        return True
    for decorator in getattr(node, "decorator_list", ())[:1]:
        first = decorator.lineno
    place = bisect_left(lines, first)
    return place < len(lines) and lines[place] <= (getattr(node, "end_lineno", 0) or first)


def _span(node: FunctionNode, prefix: str) -> Span:
    last = node.end_lineno or node.lineno
    if isinstance(node, ast.Lambda):
        return Span(f"{prefix}<lambda>", node.lineno, node.lineno, last, node)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return Span(prefix + node.name, first, node.lineno, last, node)
