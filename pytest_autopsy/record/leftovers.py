"""What a test leaves changed behind it: shared containers, looked at again when it is over."""

from __future__ import annotations

import sys
from types import ModuleType

from ..model import Look
from ..observe.values import Limits, Looker
from .records import EXTRA, INFO, LIMITS, Entry


def leftovers(changing: list[Entry], looker: Looker) -> list[tuple[int, str]]:
    """Return (function index, name) for each global that a call changed and nobody has restored.

    `changing` are the calls of the test that changed something, in the order of their beginning.
    What a fixture's teardown or monkeypatch has put back is not left.
    """
    before: dict[tuple[str, str], tuple[Look, Limits]] = {}
    changed: dict[tuple[str, str], list[int]] = {}
    for entry in changing:
        for change in entry[EXTRA].changes:
            if change.scope == "global":
                key = entry[INFO].module, change.name
                before.setdefault(key, (change.before, entry[LIMITS]))
                changed.setdefault(key, []).append(entry[INFO].index)
    left: list[tuple[int, str]] = []
    for (module, name), (was, limits) in before.items():
        space = sys.modules.get(module)
        if type(space) is not ModuleType:
            continue
        looker.limits = limits  # what is compared has to be looked at in the same way
        if looker.look(space.__dict__.get(name)) != was:
            left.extend((index, name) for index in dict.fromkeys(changed[module, name]))
    return left
