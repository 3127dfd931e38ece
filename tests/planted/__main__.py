"""`python -m tests.planted [--heldout] [--control]`: the table of leaks and lost look-alikes."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from .harness import VARIANTS, Outcome, examine, unseen
from .heldout import half
from .item import PLACES, Item


def table(items: list[Item], outcome: Outcome) -> str:
    """One line a place: planted, leaked; innocents, lost."""
    leaked = Counter(item.place for item in items if item.id in outcome.leaks)
    lost = Counter(item.place for item in items if item.id in outcome.lost)
    secrets = Counter(item.place for item in items if item.secrets)
    innocents = Counter(item.place for item in items if not item.secrets)
    lines = [f"{'place':<14}{'secrets':>8}{'leaked':>8}{'look-alikes':>13}{'lost':>6}"]
    for place in PLACES:
        counts = (secrets[place], leaked[place], innocents[place], lost[place])
        lines.append("{:<14}{:>8}{:>8}{:>13}{:>6}".format(place, *counts))
    totals = (secrets.total(), leaked.total(), innocents.total(), lost.total())
    lines.append("{:<14}{:>8}{:>8}{:>13}{:>6}".format("all", *totals))
    return "\n".join(lines)


def details(items: list[Item], outcome: Outcome) -> str:
    """What leaked and what was lost, a line each; secrets are named by their ids."""
    lines = [f"leak  {key}: {'; '.join(found)}" for key, found in outcome.leaks.items()]
    whys = {item.id: f"{item.name or 'text'} ({item.why})" for item in items}
    lines += [f"lost  {key}: {whys[key]}: {why}" for key, why in outcome.lost.items()]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    parser.add_argument(
        "--heldout", action="store_true", help="the half nobody tuned on: once, at the end"
    )
    parser.add_argument(
        "--control", action="store_true", help="without the plugin: what is not planted well?"
    )
    asked = parser.parse_args()
    items = half(heldout=asked.heldout)
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        if asked.control:
            missing = unseen(Path(folder) / "control", items)
            print(f"{len(items)} items, {len(missing)} that plain pytest does not show: {missing}")
            return bool(missing)
        for name, options in VARIANTS.items():
            outcome = examine(Path(folder) / name.replace(" ", "-"), items, *options)
            print(
                f"== {name}: {' '.join(options)}",
                table(items, outcome),
                details(items, outcome),
                sep="\n",
            )
            worst |= bool(outcome.leaks) or len(outcome.lost) > 2
    return worst


if __name__ == "__main__":
    sys.exit(main())
