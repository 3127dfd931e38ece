"""A fault as data: which lines of which library are replaced by which, and whose lines they are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pytest_autopsy.source import Source

DATA = Path(__file__).with_name("data")
MOST_FAILING = 40


@dataclass(frozen=True)
class Edit:
    """Lines from `line` on (1-based, of the file without the fault) that are replaced by others."""

    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def end(self) -> int:
        """The line after the last one that is replaced."""
        return self.line + len(self.old)


@dataclass(frozen=True)
class Place:
    """A function by its qualified name and, of the file without the fault, its first line."""

    name: str
    line: int


@dataclass(frozen=True)
class Fault:
    """A fault of a library; `kind` is mutant or omission, `failing` the number of tests it fails."""

    id: str
    library: str
    version: str
    kind: str
    operator: str
    file: str
    functions: tuple[Place, ...]
    edits: tuple[Edit, ...]
    failing: int = 0

    def apply(self, text: str) -> str:
        """Return the file's text with the fault. Raises ValueError where it does not fit."""
        lines = text.split("\n")
        for edit in sorted(self.edits, key=lambda edit: -edit.line):
            here = slice(edit.line - 1, edit.end - 1)
            if tuple(lines[here]) != edit.old:
                raise ValueError(f"{self.id}: line {edit.line} of {self.file} is not what it was")
            lines[here] = edit.new
        return "\n".join(lines)

    def moved(self, line: int) -> int:
        """Return where a line of the file without the fault is in the one with it."""
        return line + sum(len(e.new) - len(e.old) for e in self.edits if e.end <= line)

    def faulty_lines(self) -> set[int]:
        """Return the lines, as with the fault, that are wrong; where lines are missing, both beside."""
        found: set[int] = set()
        for edit in self.edits:
            first = self.moved(edit.line)
            last = first + len(edit.new) - 1
            found |= set(range(first, last + 1)) or {first - 1, first}
        return found


def edit_of(before: str, after: str) -> Edit:
    """Return the one range of lines in which two texts differ."""
    old, new = before.split("\n"), after.split("\n")
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return Edit(start + 1, tuple(old[start : len(old) - end]), tuple(new[start : len(new) - end]))


def place_of(source: Source, edit: Edit) -> Place | None:
    """Return the function whose body an edit lies in; None for what is no function's body."""
    inside = source.enclosing(edit.line)
    body = inside and inside.node.body
    if inside is None or not isinstance(body, list):
        return None
    if edit.line < body[0].lineno or edit.end - 1 > inside.last:
        return None
    if any(
        span.first > edit.line and span.first < edit.end for span in source.spans
        if span.name != inside.name and not span.name.endswith("<lambda>")
    ):  # fmt: skip
        return None  # it takes a whole function away
    return Place(inside.name, inside.first)


def load(names: Iterable[str]) -> list[Fault]:
    """Return the faults of some libraries, in the order in which they were found."""
    return [fault for name in names for fault in load_one(name)]


def load_one(library: str) -> list[Fault]:
    """Return the faults of a library."""
    path = DATA / f"{library}.json"
    if not path.exists():
        return []
    return [
        Fault(**{
            **one,
            "functions": tuple(Place(**place) for place in one["functions"]),
            "edits": tuple(
                Edit(e["line"], tuple(e["old"]), tuple(e["new"])) for e in one["edits"]
            ),
        })
        for one in json.loads(path.read_text(encoding="utf-8"))
    ]  # fmt: skip


def save(library: str, faults: list[Fault]) -> None:
    """Write the faults of a library, one a line."""
    DATA.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(asdict(fault), ensure_ascii=False) for fault in faults)
    path = DATA / f"{library}.json"
    path.with_suffix(".partial").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    path.with_suffix(".partial").replace(path)


def joined(first: Fault, second: Fault, fault_id: str) -> Fault:
    """Return both faults of one file as a fault that spans two functions."""
    return replace(
        first,
        id=fault_id,
        operator=f"{first.operator}+{second.operator}",
        functions=first.functions + second.functions,
        edits=first.edits + second.edits,
    )
