"""Makes the table of docs/accuracy.md from the stored evidence.

    python -m tests.accuracy.table [--write] [--told]

Without ``--write`` it is printed; ``--told`` leaves out what `ranks --readings all` has not read
yet with the code as it is. It stands between two marks; the text around it is by hand.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from .intervals import share_interval, sign_test
from .positions import summary
from .ranks import NAMES, OTHERS, Told, known, tell_once, usable
from .suites import PROJECT

PAGE = PROJECT / "docs" / "accuracy.md"
MARKS = "<!-- made by python -m tests.accuracy.table --write -->", "<!-- end -->"
HALVES = {"fit": "Faults that weights were set on", "report": "Faults not fitted on"}
HEAD = "| reading | faults | @1 | @3 | @5 | @10 | MRR |\n|---|---|---|---|---|---|---|"


def rows(told: Sequence[Told]) -> Iterator[str]:
    """The rows of one half."""
    yield HEAD
    mutants = [one for one in told if one.fault.kind == "mutant"]
    omissions = [one for one in told if one.fault.kind == "omission"]
    yield row("**all**", [one.place for one in told])
    yield row("mutants", [one.place for one in mutants])
    yield row("omissions", [one.place for one in omissions])
    for library in dict.fromkeys(one.fault.library for one in told):
        yield row(library, [one.place for one in told if one.fault.library == library])
    for name in told[0].others:
        yield row(NAMES[name], [one.others[name] for one in told])
    yield row("the faulty line, in its function", [one.line_place for one in told])


def row(name: str, places: Sequence[float | None]) -> str:
    """One row; @1 with its interval."""
    if not places:
        return f"| {name} | 0 | | | | | |"
    found = summary(places)
    low, high = share_interval([float(place == 1) for place in places])
    first, *rest = (f"{100 * share:.0f}%" for share in found.at.values())
    shares = [f"{first} ({100 * low:.0f} to {100 * high:.0f})", *rest]
    return f"| {name} | {found.count} | {' | '.join(shares)} | {found.mrr:.2f} |"


def half(name: str, only_told: bool) -> Iterator[str]:
    """Everything that is said of one half."""
    readings = list(OTHERS)
    every = list(usable(name))
    if only_told:
        every = [(library, fault) for library, fault in every if known(library, fault, readings)]
    told = [tell_once(library, fault, readings) for library, fault in every]
    if not told:
        return
    versions = ", ".join(dict.fromkeys(f"{one.name} {one.version}" for one, _ in every))
    yield f"### {HALVES[name]}\n\n{versions}.\n"
    yield from rows(told)
    yield ""
    said = Counter(one.confidence for one in told)
    right = Counter(one.confidence for one in told if one.place == 1)
    words = (
        f"`{word}` {right[word]} of {said[word]}"
        for word in ("shown", "likely", "open", "none") if said[word]
    )  # fmt: skip
    yield f"The first suspect was right where the word was {', '.join(words)}.\n"
    ours = [one.place == 1 for one in told]
    for name_of in told[0].others:
        theirs = [one.others[name_of] == 1 for one in told]
        only_ours, only_theirs, p = sign_test(ours, theirs)
        yield (
            f"- {NAMES[name_of]}: {only_ours} faults are first only with everything,"
            f" {only_theirs} only so (McNemar, p = {p:.2g})"
        )
    yield ""


def main(arguments: list[str] | None = None) -> int:
    """Make the table, and print it or put it into the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.table", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.name}")
    parser.add_argument("--told", action="store_true", help="only what was read already")
    options = parser.parse_args(arguments)
    text = "\n".join(line for name in HALVES for line in half(name, options.told))
    if not options.write:
        print(text)
        return 0
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n{MARKS[1]}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
