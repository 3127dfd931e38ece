"""What to do about a kind of failure, said with what is at hand: the names, the code, the columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from . import kinds
from .incident import Incident, frame_kind
from .kinds import Shape

_CANDIDATES = re.compile(
    r"[Cc]andidate (?:bindings|columns)?:?\s*(.{1,400})|Valid columns?:?\s*(.{1,400})|Index\(\[(.{1,400}?)\]",
    re.S,
)
_NAME = re.compile(r"[\"'`]([^\"'`\n]{1,60})[\"'`]|(\b[A-Za-z_]\w+\b)")
_KEYWORD = re.compile(r"unexpected keyword argument:? ['\"]?(\w+)")
_SHAPES = re.compile(r"\(\d+(?:, ?\d*){1,8}\)")
_LENGTHS = re.compile(r"\d+")
_COMPARED = re.compile(r"'(\w+)' and '(\w+)'")
_PACKAGES = {
    "sklearn": "scikit-learn",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
}


def hint_of(shape: Shape, incidents: Sequence[Incident]) -> str:
    """Return what to do about failures of a shape, the smallest first; "" where nothing better than
    their message can be said. The one that names what would be right is asked first.
    """
    make = _HINTS.get(shape.kind)
    telling = next((one for one in incidents if _CANDIDATES.search(one.message)), incidents[0])
    return make(shape.subject, telling) if make is not None else ""


def title_of(shape: Shape, one: Incident) -> str:
    """Return what happened, in few words."""
    first = one.message.strip().partition("\n")[0]
    said = f"{one.type}: {first}" if first else one.type
    if shape.kind in (kinds.OTHER, kinds.ASSERTION):
        return said
    subject = f" {shape.subject}" if shape.subject else ""
    return (
        f"{shape.kind}{subject}: {said}" if shape.kind != kinds.MISUSE else f"{shape.kind}: {said}"
    )


def _module(subject: str, one: Incident) -> str:
    package = _PACKAGES.get(subject, subject)
    where = f" ({_line(one, subject)})" if _line(one, subject) else ""
    return f"install {package} where this runs, or import {subject} only where it is needed and go on without it{where}"


def _column(subject: str, one: Incident) -> str:
    found = _CANDIDATES.search(one.message)
    names = (
        [a or b for a, b in _NAME.findall(next(filter(None, found.groups()), ""))] if found else []
    )
    names = [name for name in names if name != subject][:8]
    near = get_close_matches(subject, names, 1, 0.6)
    if near:
        return f"there is no column {subject}; the nearest that is there is {near[0]}"
    if names:
        return f"there is no column {subject}; there are {', '.join(names)}"
    where = _line(one, subject)
    return (
        f"look at the table's columns before {where or 'this access'}: {subject} is not among them"
    )


def _misuse(subject: str, one: Incident) -> str:
    keyword = _KEYWORD.search(one.message)
    if keyword is not None:
        where = _line(one, keyword[1])
        callee = subject.partition(" ")[0] if "()" in subject else "the function"
        return f"{callee} takes no {keyword[1]}: look up its parameters{f' and change {where}' if where else ''}"
    if "has no attribute" in one.message and one.frames and frame_kind(one.frames[0][0]) == "code":
        owner, _, name = subject.partition(" ")
        return f"look at where {owner} gets its attributes: {name} was not set before it was read"
    if "has no attribute" in one.message:
        return f"look up what {subject.partition(' ')[0]} offers in the version that is installed"
    return f"look up how {subject.partition(' ')[0] or 'it'} is to be called in the version that is installed"


def _dates(subject: str, one: Incident) -> str:
    pair = _COMPARED.search(one.message)
    what = f" ({pair[1]} against {pair[2]})" if pair else ""
    name = subject or "the dates"
    if "naive" in one.message:
        return "give both sides a time zone, or neither: one has one and the other has none"
    return f"bring {name} to one type on both sides before it is compared{what}, where the data is read"


def _empty(_subject: str, one: Incident) -> str:
    where = _line(one, "")
    return f"there was nothing in the data{f' at {where}' if where else ''}: say what holds for no rows, and look at the filter or the source before it"


def _misaligned(_subject: str, one: Incident) -> str:
    sizes = _SHAPES.findall(one.message) or _LENGTHS.findall(one.message)
    told = f" ({' against '.join(sizes[:3])})" if len(sizes) > 1 else ""
    return f"join both on one index before they are put together{told}: they were filtered or dropped apart"


def _key(subject: str, one: Incident) -> str:
    where = _line(one, subject)
    return f"look at who makes the mapping{f' that {where} reads' if where else ''}: the key {subject} was never put in, or has another type"


def _unset(subject: str, _one: Incident) -> str:
    return f"give {subject or 'the name'} a value on every branch before it is used: the one that ran does not set it"


def _types(_subject: str, one: Incident) -> str:
    pair = _COMPARED.search(one.message)
    if pair and "NoneType" in (pair[1], pair[2]):
        return "find who returned the None: one side was never given a value"
    what = f"{pair[1]} and {pair[2]} meet" if pair else "two types meet"
    return f"{what}: convert where the value enters, not where it is compared"


_HINTS: dict[str, Callable[[str, Incident], str]] = {
    kinds.MISSING_MODULE: _module, kinds.MISSING_COLUMN: _column, kinds.MISUSE: _misuse,
    kinds.DATES: _dates, kinds.EMPTY: _empty, kinds.MISALIGNED: _misaligned,
    kinds.MISSING_KEY: _key, kinds.UNSET: _unset, kinds.TYPES: _types,
}  # fmt: skip


def _line(one: Incident, word: str) -> str:
    """The line of the code that names `word`; the only line there is; "" where none tells."""
    lines = [line.strip() for line in one.code.splitlines() if line.strip()]
    naming = [line for line in lines if word and word in line]
    chosen = naming[-1:] or (lines if len(lines) == 1 else [])
    return f"`{chosen[0][:100]}`" if chosen else ""
