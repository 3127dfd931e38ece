"""Values that an object has worked out once and keeps, though what they were made of has changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ..model import Call, Evidence, Function
from ..record.codes import MUTATORS
from ..source import Source
from .calls import callee_name
from .case import Case, Finding
from .origin import Walk, is_inside, is_read
from .statements import body_of

UNRELATED = 0.4
"""What is left of it where nobody with a part in the failure is seen to read the memo."""
_MAKERS = ("__init__", "__new__", "__post_init__", "__setstate__")


class Memo(NamedTuple):
    """An attribute that `maker` fills when it is first asked for, from other attributes."""

    name: str
    maker: str
    made_of: frozenset[str]


class Class(NamedTuple):
    """A class as its own source has it: method -> attributes of self that it changes, also by way
    of its other methods, and those that it names at all; and its memos.
    """

    name: str
    changes: dict[str, frozenset[str]]
    names: dict[str, frozenset[str]]
    memos: tuple[Memo, ...]


def find(case: Case, found: list[Walk]) -> list[Finding]:
    """Return a finding for each method that changes what a memo of its object was made of, after it
    was made, and leaves the memo as it is.
    """
    findings = []
    for walk in found:
        assert walk.failure.trace is not None
        made: dict[tuple[str, str], Call] = {}
        told: dict[tuple[Function, Memo], Call] = {}
        for call in walk.failure.trace.calls:
            for cls in _classes_of(case, call):
                method = call.function.name.rpartition(".")[2]
                for memo in cls.memos:
                    if memo.maker == method:
                        made.setdefault((cls.name, memo.name), call)
                        continue
                    first = made.get((cls.name, memo.name))
                    changed = _leaves(cls, method, memo)
                    if first is None or not changed or (call.function, memo) in told:
                        continue
                    if any(is_inside(call, other, walk.calls) for other in told.values()):
                        continue  # a method that helps one which was to see to it
                    told[call.function, memo] = call
                    findings.append(_finding(case, walk, call, first, memo, min(changed)))
    return findings


def _classes_of(case: Case, call: Call) -> list[Class]:
    """The class whose method was called, if it has memos."""
    owner, _, _ = call.function.name.rpartition(".")
    if not owner or call.function.kind != "code":
        return []
    found = classes(case.source(call.function.file)).get(owner)
    return [found] if found is not None and found.memos else []


def _leaves(cls: Class, method: str, memo: Memo) -> frozenset[str]:
    """What a method changes of that which a memo is made of, if it does not see to the memo."""
    if method in _MAKERS or memo.name in cls.names.get(method, ()):
        return frozenset()
    return cls.changes.get(method, frozenset()) & memo.made_of


def _finding(case: Case, walk: Walk, call: Call, first: Call, memo: Memo, changed: str) -> Finding:
    function = case.with_kind(call.function)
    line = body_of(span.node).named_at(changed) if (span := case.span(function)) else call.line
    linked = is_read(case, walk, memo.name, memo.maker)
    fact = (
        f"{function.short} changed self.{changed} after {first.function.short} had worked"
        f" {memo.name} out from it, and leaves {memo.name} as it is"
    )
    evidence = Evidence(
        "memo", fact, "culprit", function.file, line, function.name, walk.failure.nodeid, call.id
    )
    return Finding(
        function, "memo", 1.0 if linked else UNRELATED, fact, (evidence,), line, "stale cache",
        f"{function.short} leaves {memo.name} as it was made of the old {changed}",
        f"reset {memo.name} where {function.short} changes {changed}",
        mechanism=linked,
    )  # fmt: skip


@lru_cache(maxsize=512)
def classes(source: Source) -> dict[str, Class]:
    """Return the classes of a file by their qualified names."""
    found: dict[str, Class] = {}
    waiting: list[tuple[ast.AST, str]] = [(source.tree, "")] if source.tree is not None else []
    while waiting:
        node, prefix = waiting.pop()
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.ClassDef):
                name = prefix + inner.name
                found[name] = _read(inner, name)
                waiting.append((inner, f"{name}."))
            elif isinstance(inner, (ast.If, ast.Try)):
                waiting.append((inner, prefix))
    return found


def _read(node: ast.ClassDef, name: str) -> Class:
    methods = {
        one.name: one
        for one in node.body
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)) and one.args.args
    }
    changes = {name: frozenset(_changed(one)) for name, one in methods.items()}
    names = {name: frozenset(_named(one)) for name, one in methods.items()}
    all_changes, all_names = _with_called(changes, names), _with_called(names, names)
    makers = {memo: one for one in methods.values() for memo in _memos(one)}
    memos = []
    for memo, maker in makers.items():
        made_of = set(all_names[maker.name])
        if _uses_itself(maker):  # who resets the memo knows which attributes that means
            resets = (one for one, named in names.items() if memo in named)
            made_of.update(*(changes[one] for one in resets if one not in _MAKERS))
        memos.append(Memo(memo, maker.name, frozenset(made_of - makers.keys())))
    return Class(name, all_changes, all_names, tuple(memos))


def _with_called(
    of: dict[str, frozenset[str]], names: dict[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """What each method does by itself or by way of those methods that it names."""
    found = dict(of)
    for _ in range(3):
        found = {
            name: known.union(*(found[one] for one in names[name] if one in found))
            for name, known in found.items()
        }
    return found


def _uses_itself(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method names its object otherwise than to ask it for an attribute."""
    own = node.args.args[0].arg
    asked = {id(one.value) for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    return any(
        isinstance(one, ast.Name) and one.id == own and id(one) not in asked
        for one in ast.walk(node)
    )


def _changed(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The attributes of self that a method assigns, deletes, or changes in place."""
    for inner in ast.walk(node):
        targets: list[ast.expr] = []
        if isinstance(inner, (ast.Assign, ast.Delete)):
            targets = inner.targets
        elif isinstance(inner, ast.AugAssign):
            targets = [inner.target]
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            if inner.func.attr in MUTATORS:
                targets = [inner.func.value]
        for target in targets:
            for one in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
                name = _of_self(one.value if isinstance(one, ast.Subscript) else one, node)
                if name:
                    yield name


def _of_self(node: ast.expr, method: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The name of an attribute of the method's own object; an empty string of anything else."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return ""
    return node.attr if node.value.id == method.args.args[0].arg else ""


def _named(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The attributes of self that a method names, and texts, which may be names of some."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute):
            yield _of_self(inner, node)
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def _memos(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """What a method keeps of its own: a cached property, or an attribute that it fills if it is unset."""
    if "cached_property" in map(callee_name, node.decorator_list):
        yield node.name
        return
    if not any(isinstance(inner, ast.Return) and inner.value for inner in ast.walk(node)):
        return
    for inner in ast.walk(node):
        if isinstance(inner, ast.If) and not inner.orelse and node.name not in _MAKERS:
            name = _unset(inner.test, node)
            if name and set(_changed(node)) == {name}:
                yield name


def _unset(test: ast.expr, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The attribute of self of which a condition says that it is None, or nothing."""
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is):
        right = test.comparators[0]
        is_none = isinstance(right, ast.Constant) and right.value is None
        return _of_self(test.left, node) if is_none else ""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _of_self(test.operand, node)
    return ""
