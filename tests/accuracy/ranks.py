"""Ranks each fault again from its stored evidence, and says where the faulty function stands.

    python -m tests.accuracy.ranks [--set fit|report|all|NAME,NAME] [--kind mutant|omission] [-v]
        [--readings masked,values,ochiai,alone,baseline | --readings all]

A run has one fault, so all its failures are that fault's. It is read in the cause that holds most
of them (the first in the digest among equals); "first cause" reads the digest's first instead.
The other readings: `masked` test names, without `values`, `ochiai` on our own footprints, one
failing test `alone`, and one with a `baseline` of the tests that pass.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from pytest_autopsy.model import RootCause, Run, Suspect
from pytest_autopsy.pipeline import explain

from .collect import is_collected
from .faults import Fault, load_one
from .inject import plain_run
from .intervals import share_interval, sign_test
from .kept import fault_folder, joined, path_of
from .libraries import Library, chosen
from .positions import plain_name, position, scores_of, summary, truth
from .readings import masked, ochiai, one_failing, one_with_baseline, without_values
from .suites import PROJECT

ROW = "{:>5} {:>5} {:>5} {:>5} {:>5} {:>6} {:>6}  {}"


@dataclass(frozen=True)
class Told:
    """What was told of a fault; `others` are its places in the other readings."""

    fault: Fault
    place: float | None
    first_cause: float | None
    confidence: str
    failing: int
    suspects: list[str] = field(default_factory=list)
    title: str = ""
    seconds: float = 0.0
    line_place: float | None = None
    others: dict[str, float | None] = field(default_factory=dict)


def usable(names: str, kind: str = "") -> Iterator[tuple[Library, Fault]]:
    """Every fault whose evidence is stored; of "fit" those that weights were set on, of "report" the
    others, of libraries' names all of theirs.
    """
    sets = {"fit": (True,), "report": (False,)}
    wanted = sets.get(names, (True, False))
    for library in chosen("all" if names in sets else names):
        for place, fault in enumerate(load_one(library.name)):
            if (place < library.fitted) not in wanted or kind not in ("", fault.kind):
                continue
            if is_collected(library, fault):
                yield library, fault


def run_of(library: Library, fault: Fault) -> Run:
    """The run of a fault, from the store."""
    return joined(library, fault, plain_run(library))


@cache
def code_version() -> str:
    """Changes with anything that a diagnosis depends on."""
    found = hashlib.sha256()
    for path in sorted((PROJECT / "pytest_autopsy").rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def known(library: Library, fault: Fault, readings: Sequence[str]) -> Told | None:
    """What the same code has told of a fault before, with these readings at least."""
    path = fault_folder(library, fault) / "told.json"
    if not path.exists():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    others = data["told"]["others"]
    if data["code"] != code_version() or not set(readings) <= others.keys():
        return None
    chosen_ones = {name: others[name] for name in readings}
    return Told(**{**data["told"], "fault": fault, "others": chosen_ones})


def tell_once(library: Library, fault: Fault, readings: Sequence[str]) -> Told:
    """As `tell`, unless it was told before."""
    before = known(library, fault, readings)
    if before is not None:
        return before
    told = tell(library, fault, run_of(library, fault), readings)
    data = {"code": code_version(), "told": {**vars(told), "fault": fault.id}}
    path = fault_folder(library, fault) / "told.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return told


def of_fault(causes: list[RootCause]) -> RootCause | None:
    """The cause that a fault is read in: that which holds most of its failures."""
    return max(causes, key=lambda cause: len(cause.failures), default=None)


def tell(library: Library, fault: Fault, run: Run, readings: Sequence[str] = ()) -> Told:
    """Diagnose a run, and look up its fault."""
    began = time.perf_counter()
    causes = explain(run, path_of(library, fault))
    seconds = time.perf_counter() - began
    others = {name: OTHERS[name](library, fault, run) for name in readings}
    cause = of_fault(causes)
    if cause is None:
        return Told(fault, None, None, "none", len(run.failures), seconds=seconds, others=others)
    said = cause.diagnosis
    return Told(
        fault,
        place_in(cause, fault),
        place_in(causes[0], fault),
        said.confidence,
        len(run.failures),
        [f"{one.score:6.3f} {one.function.file}:{one.function.name}" for one in said.suspects[:5]],
        said.title,
        seconds,
        line_place(said.suspects, fault),
        others,
    )


def place_in(cause: RootCause | None, fault: Fault) -> float | None:
    """Where a fault stands in a cause."""
    return position(scores_of(cause.diagnosis.suspects), truth(fault)) if cause else None


def line_place(suspects: Sequence[Suspect], fault: Fault) -> float | None:
    """Where the first faulty line stands among the lines of the faulty function."""
    for suspect in suspects:
        if (suspect.function.file, plain_name(suspect.function.name)) in truth(fault):
            scores = {("", str(line)): score for line, score in suspect.lines}
            return position(scores, {("", str(line)) for line in fault.faulty_lines()})
    return None


def _reread(change: Callable[[Run], Run]) -> Callable[[Library, Fault, Run], float | None]:
    def place(library: Library, fault: Fault, run: Run) -> float | None:
        return place_in(of_fault(explain(change(run), path_of(library, fault))), fault)

    return place


def _by_ochiai(library: Library, fault: Fault, run: Run) -> float | None:
    return position(ochiai(run, path_of(library, fault)), truth(fault))


OTHERS = {
    "masked": _reread(masked),
    "values": _reread(without_values),
    "ochiai": _by_ochiai,
    "alone": _reread(one_failing),
    "baseline": _reread(one_with_baseline),
}
NAMES = {
    "masked": "test names masked",
    "values": "without values",
    "ochiai": "Ochiai, same footprints",
    "alone": "one failing test alone",
    "baseline": "one failing test, baseline",
}
"""How a reading is named in a table."""


def line(told: Told) -> str:
    """What is printed of a fault."""
    place = "-" if told.place is None else f"{told.place:g}"
    where = ", ".join(one.name for one in told.fault.functions)
    fault = told.fault
    return (
        f"{place:>5}  {told.confidence:7} {told.failing:3} failed {told.seconds:4.1f} s"
        f"  {fault.id:18} {fault.kind:8} {fault.operator}: {where}"
    )


def table(told: list[Told]) -> Iterator[str]:
    """The numbers, for all and by kind."""
    yield ROW.format("n", "@1", "@3", "@5", "@10", "MRR", "missed", "")
    groups = {
        "all": told,
        "mutants": [one for one in told if one.fault.kind == "mutant"],
        "omissions": [one for one in told if one.fault.kind == "omission"],
        "in two functions": [one for one in told if len(one.fault.functions) > 1],
    }
    for library in dict.fromkeys(one.fault.library for one in told):
        groups[library] = [one for one in told if one.fault.library == library]
    for name, group in groups.items():
        if group:
            yield numbers(name, [one.place for one in group])
    yield numbers("all, first cause", [one.first_cause for one in told])
    yield numbers("line in the function", [one.line_place for one in told])
    for name in told[0].others if told else ():
        yield numbers(NAMES[name], [one.others[name] for one in told])


def numbers(name: str, places: list[float | None]) -> str:
    """One row of the table."""
    found = summary(places)
    shares = (f"{100 * share:.0f}%" for share in found.at.values())
    return ROW.format(found.count, *shares, f"{found.mrr:.3f}", found.missed, name)


def compared(told: list[Told]) -> Iterator[str]:
    """How sure it is: the interval of @1, and each other reading against the whole."""
    ours = [one.place == 1 for one in told]
    low, high = share_interval([float(one) for one in ours])
    yield f"@1 lies within {100 * low:.0f}% and {100 * high:.0f}% (95%, bootstrap over faults)"
    for name in told[0].others if told else ():
        theirs = [one.others[name] == 1 for one in told]
        only_ours, only_theirs, p = sign_test(ours, theirs)
        yield f"{NAMES[name]}: only ours right {only_ours}, only it {only_theirs}, p = {p:.2g}"


def words(told: list[Told]) -> Iterator[str]:
    """How often the first suspect was right, by the word that was said of it."""
    said = Counter(one.confidence for one in told)
    right = Counter(one.confidence for one in told if one.place == 1)
    for word in ("shown", "likely", "open", "none"):
        if said[word]:
            yield f"{word:7} {right[word]} of {said[word]} right ({100 * right[word] / said[word]:.0f}%)"


def main(arguments: list[str] | None = None) -> int:
    """Rank and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy.ranks", description=__doc__)
    parser.add_argument("--set", default="fit", help="fit, report, all, or names with commas")
    parser.add_argument("--kind", default="", choices=("", "mutant", "omission"))
    parser.add_argument("--fault", default="", help="only faults with this in their id")
    parser.add_argument("-v", "--verbose", action="store_true", help="titles and five suspects")
    parser.add_argument("-q", "--quiet", action="store_true", help="the table only")
    parser.add_argument("--readings", default="", help="with commas, or all: see above")
    options = parser.parse_args(arguments)
    wanted = options.readings.split(",") if options.readings else []
    readings = list(OTHERS) if wanted == ["all"] else wanted
    if set(readings) - OTHERS.keys():
        parser.error(f"--readings takes all or some of {', '.join(OTHERS)}")
    every = []
    for library, fault in usable(options.set, options.kind):
        if options.fault not in fault.id:
            continue
        every.append(tell_once(library, fault, readings))
        if not options.quiet:
            print(line(every[-1]), flush=True)
        if options.verbose:
            print(f"       {every[-1].title}")
            print(*(f"       {one}" for one in every[-1].suspects), sep="\n", flush=True)
    print(*table(every), "", *words(every), "", *compared(every), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
