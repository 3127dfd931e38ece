"""Functions out of texts, and what is tried of them."""

from __future__ import annotations

import ast
import textwrap

from pytest_autopsy.source import Source
from pytest_autopsy.trials.edits import Edit, edits_of
from pytest_autopsy.trials.scope import Scope


def scope_of(text: str, name: str) -> Scope:
    """The scope of the function of this qualified name in a module's text."""
    source = Source("m.py", tuple(textwrap.dedent(text).strip("\n").split("\n")))
    span = next(span for span in source.spans if span.name == name)
    assert source.tree is not None
    owner = next(
        (
            node
            for node in ast.walk(source.tree)
            if isinstance(node, ast.ClassDef) and span.node in node.body
        ),
        None,
    )
    assert not isinstance(span.node, ast.Lambda)
    return Scope(span.node, owner, source.tree)


def told(text: str, name: str = "f", lines: frozenset[int] | None = None) -> list[tuple[str, str]]:
    """Before and after of every edit of a function, in order."""
    return [(edit.before, edit.after) for edit in edits_of(scope_of(text, name), lines)]


def edit_of(scope: Scope, after: str) -> Edit:
    """The edit that puts this in."""
    return next(edit for edit in edits_of(scope, None) if edit.after == after)
