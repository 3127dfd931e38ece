"""What was made before a secret was known, looked through once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

_NUMBERS = frozenset((int, float, bool, type(None)))
_OURS = frozenset(
    (
        "id", "also_ids", "exemplar", "failures", "downstream_of", "kind", "confidence", "role",
        "mechanism", "phase", "outcome", "relation", "operator", "file", "worker", "scope",
    )
)  # fmt: skip
"""Fields of the model that hold words of ours, ids and places: no text of the program's."""


def everywhere(value: Any, change: Callable[[str], str]) -> Any:
    """Return data of the model with `change` made to every text; itself where none changed.

    What stands in several places (a diagnosis that many failures share) is looked through once.
    """
    return _Pass(change).of(value)


class _Pass:
    """One look through data of the model."""

    def __init__(self, change: Callable[[str], str]) -> None:
        self._change = change
        self._made: dict[int, tuple[Any, Any]] = {}  # id -> what it was, which keeps the id, and is

    def of(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._change(value)
        if type(value) in _NUMBERS:
            return value
        if isinstance(value, tuple):
            return self._tuple(value)
        if isinstance(value, list):
            return [self.of(part) for part in value]
        if isinstance(value, dict):
            return {self.of(k): self.of(v) for k, v in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            known = self._made.get(id(value))
            if known is None:
                known = self._made[id(value)] = value, self._record(value)
            return known[1]
        return value

    def _tuple(self, value: tuple[Any, ...]) -> tuple[Any, ...]:
        names = getattr(value, "_fields", ("",) * len(value))
        parts = [part if name in _OURS else self.of(part) for name, part in zip(names, value)]
        if all(new is old or new == old for new, old in zip(parts, value)):
            return value
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)

    def _record(self, value: Any) -> Any:
        kind: Any = type(value)
        before = {name: getattr(value, name) for name in _texts_in(kind)}
        after = {name: self.of(held) for name, held in before.items()}
        changed = {name: held for name, held in after.items() if held is not before[name]}
        return replace(value, **changed) if changed else value


@lru_cache(maxsize=64)
def _texts_in(kind: Any) -> tuple[str, ...]:
    """The fields of one of the model's dataclasses in which texts of the program may stand."""
    return tuple(field.name for field in fields(kind) if field.name not in _OURS)
