"""What was made before a secret was known, looked through once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

_OURS = frozenset(
    (
        "id", "also_ids", "exemplar", "failures", "downstream_of", "kind", "confidence", "role",
        "mechanism", "phase", "outcome", "relation", "operator", "file", "worker", "scope",
    )
)  # fmt: skip
"""Fields of the model that hold words of ours, ids and places: no text of the program's."""


def everywhere(value: Any, change: Callable[[str], str]) -> Any:
    """Return data of the model with `change` made to every text; itself where none changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        names = getattr(value, "_fields", ("",) * len(value))
        parts = [
            part if name in _OURS else everywhere(part, change) for name, part in zip(names, value)
        ]
        if all(new is old or new == old for new, old in zip(parts, value)):
            return value
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, list):
        return [everywhere(part, change) for part in value]
    if isinstance(value, dict):
        return {everywhere(k, change): everywhere(v, change) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        before = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in _OURS}
        after = {name: everywhere(held, change) for name, held in before.items()}
        changed = {name: held for name, held in after.items() if held is not before[name]}
        return replace(value, **changed) if changed else value
    return value
