"""How a project shows its own types: the only code of the user's that runs to look at a value."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..model import Look, Value
from ..unfaked import perf_counter
from .classes import ClassFacts, class_name, plain_name
from .literals import literal

if TYPE_CHECKING:
    from .values import Looker

MAX_FAILURES = 3
SLOW_S = 1.0


class Describer:
    """Asks the project how a value is shown, until it has failed too often."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        self.ask: Callable[[Any], Any] | None = None
        self.failures = 0

    @property
    def active(self) -> bool:
        """Whether there is somebody to ask."""
        return self.ask is not None and self.failures < MAX_FAILURES

    def __call__(self, value: Any) -> tuple[Any, str]:
        """Return the project's answer, and what went wrong."""
        ask = self.ask
        if ask is None or not self.active:
            return None, ""
        began = perf_counter()
        try:
            told = ask(value)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001  # pytest.fail and skip are no Exceptions
            return None, self._failed(f"raised {class_name(type(error))}")
        if perf_counter() - began > SLOW_S:
            return told, self._failed(f"took more than {SLOW_S:g} s")
        if told is not None and type(told) is not str and type(told) is not dict:
            return None, self._failed(
                f"returned {class_name(type(told))}; it takes str, dict or None"
            )
        return told, ""

    def _failed(self, what: str) -> str:
        self.failures += 1
        if self.failures == MAX_FAILURES:
            self.faults.append(
                f"pytest_autopsy_describe is not asked any more after {MAX_FAILURES} failures;"
                f" the last: it {what}"
            )
        return f"pytest_autopsy_describe {what}"


def described(
    walk: Looker, value: Any, facts: ClassFacts, depth: int, usual: Callable[..., Look]
) -> Look:
    """Return what the project says of `value`; `usual` is who looks at it where it says nothing."""
    if walk.describe is None or depth >= walk.limits.depth or id(value) in walk.open:
        return usual(value, facts, depth)
    told, why = walk.describe(value)
    if type(told) is str:
        return literal(walk, facts.name, told)._replace(kind="described")
    if type(told) is not dict:
        found = usual(value, facts, depth)
        return found._replace(why=found.why or why) if isinstance(found, Value) else found
    walk.open.append(id(value))
    shown = tuple(
        (plain_name(name), walk.at(item, depth + 1))
        for name, item in islice(told.items(), walk.limits.items)
    )
    walk.open.pop()
    cut = len(told) > len(shown)
    return Value(
        "described", facts.name, len(told) if cut else None, (), shown, "items" if cut else ""
    )
