"""`python -m tests.benchmarks.hostile`: how long it takes to look at every hostile object once.

The goal is under a second for the whole set. Building the objects is not counted: some of them are
large, and that is their affair.
"""

from __future__ import annotations

import time

from pytest_autopsy import plainjson
from pytest_autopsy.observe.text import to_json
from pytest_autopsy.observe.values import SNAPSHOT, TRACE, Limits, look

from ..observe.hostile import CALLED
from ..observe.hostile_lazy import LAZY
from ..observe.hostile_shapes import CASES
from ..observe.hostile_single import SINGLE
from ..observe.hostile_state import STATE

ALL = {**CASES, **SINGLE, **STATE, **LAZY}


def seconds(limits: Limits) -> tuple[dict[str, float], list[str], int]:
    """Seconds by object, what ran of their code, and bytes of JSON for all of them."""
    taken: dict[str, float] = {}
    ran: list[str] = []
    size = 0
    for name, case in ALL.items():
        made = case()
        CALLED.clear()
        began = time.perf_counter()
        shown = plainjson.dumps(to_json(look(made, limits)))
        taken[name] = time.perf_counter() - began
        ran += [f"{name}: {called}" for called in CALLED if called != "__del__"]
        size += len(shown)
    return taken, ran, size


def main() -> None:
    for title, limits in (("trace", TRACE), ("snapshot", SNAPSHOT)):
        taken, ran, size = seconds(limits)
        slowest = sorted(taken, key=taken.__getitem__)[-3:][::-1]
        print(
            f"{title:9} {len(taken)} objects in {sum(taken.values()) * 1000:.0f} ms (goal: under 1000), "
            f"{size / 1000:.0f} kB of JSON, {len(ran)} of their methods ran (goal: 0)"
        )
        print(
            "          slowest:",
            ", ".join(f"{name} {taken[name] * 1000:.1f} ms" for name in slowest),
        )


if __name__ == "__main__":
    main()
