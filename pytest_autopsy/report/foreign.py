"""What was found in files, as JSON: root causes as title, signature, cause and fix, then where seen.

All that files told goes through redaction here: what one text shows to be a secret is then hidden
in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..observe.again import everywhere
from ..observe.redaction import Redactor
from ..observe.text import clean, shortened
from ..triage.few import Group, grouped
from ..triage.gather import EXAMPLES, LEVELS, Gathered, Pile
from ..triage.hints import hint_of, title_of
from ..triage.incident import Incident, Trouble, frame_kind
from ..triage.kinds import OTHER

SCHEMA = "pytest-autopsy/triage@1"
MAX_FILES = 50
"""Files of a bucket that are listed, with how often it is in each."""
MAX_TITLE = 200


@dataclass(slots=True)
class Inputs:
    """What was looked at."""

    files: int = 0
    aside: dict[str, int] = field(default_factory=dict)
    shards: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def triage_json(gathered: Gathered, inputs: Inputs, most: int | None = None) -> dict[str, Any]:
    """Return the report as plain JSON, without secrets."""
    groups = grouped(gathered.ordered(), most)
    found = {
        "schema": SCHEMA,
        "inputs": {
            "files": inputs.files,
            "failures": gathered.incidents,
            "left_aside": dict(sorted(inputs.aside.items())),
            "unusable": [_trouble(one) for one in sorted(gathered.troubles)],
            "shards": inputs.shards,
            "missing_shards": inputs.missing,
            "told_apart_by": LEVELS[gathered.level],
        },
        "root_causes": [_cause(group, gathered.incidents) for group in groups],
        "seen": [_seen(group) for group in groups],
        "agents": _agents(groups),
    }
    redactor = Redactor()
    for _ in range(2):  # what the end shows to be a secret may stand at the beginning
        found = everywhere(found, redactor.text)
    plain: dict[str, Any] = everywhere(found, clean)
    return plain


def _cause(group: Group, total: int) -> dict[str, Any]:
    pile, one = group.pile, group.pile.exemplar
    known, shape = pile.known, pile.shape
    title = known.title if known is not None else title_of(shape, one)
    hint = known.hint if known is not None and known.hint else hint_of(shape, pile.incidents)
    if len(group.parts) > 1:
        title, hint = _title_of_parts(group), "" if group.is_rest else hint
    return {
        "id": pile.id,
        "title": _short(title),
        "kind": OTHER if group.is_rest else shape.kind,
        "signature": _short(pile.signature, 400),
        "cause": _short(_story(group, one), 400),
        "hint": _short(hint, 400),
        "failures": pile.count,
        "share": round(pile.count / total, 4),
        "confidence": known.confidence or None if known is not None else None,
        "culprit": known.culprit or None if known is not None else None,
        "exemplar": {
            "name": one.name, "type": one.type, "message": one.message, "code": one.code or None,
            "frames": [f"{file}:{function}" if function else file for file, function in one.frames],
        },
        "rest": group.is_rest,
        "parts": [
            {"id": part.id, "title": _short(_title(part)), "failures": part.count}
            for part in group.parts
        ] if len(group.parts) > 1 else [],
    }  # fmt: skip


def _seen(group: Group) -> dict[str, Any]:
    pile = group.pile
    files = sorted(pile.files.items(), key=lambda item: (-item[1], item[0]))
    return {
        "id": pile.id,
        "files": [{"file": name, "failures": count} for name, count in files[:MAX_FILES]],
        "files_total": len(files),
        "formats": dict(sorted(pile.readers.items())),
        "failures": [_incident(one) for one in pile.incidents],
        "failures_left_out": max(pile.count - EXAMPLES, 0),
    }


def _incident(one: Incident) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "file": one.file, "line": one.line, "name": one.name, "phase": one.phase,
        "type": one.type, "message": one.message, "code": one.code or None,
    }  # fmt: skip
    if one.step:
        shown |= {
            "run": one.run or None, "step": one.step, "first_of_run": one.first,
            "repeats": one.repeats, "ignored": one.ignored,
        }  # fmt: skip
    return shown


def _agents(groups: list[Group]) -> dict[str, int]:
    return {
        "runs_that_failed": sum(group.pile.first for group in groups),
        "repeated_calls": sum(group.pile.repeats for group in groups),
        "ignored_errors": sum(group.pile.ignored for group in groups),
    }


def _story(group: Group, one: Incident) -> str:
    """What the failures have in common, as a sentence of what was recorded."""
    pile = group.pile
    if group.is_rest:
        return f"{len(group.parts)} causes, each with fewer failures than those above"
    if pile.known is not None and pile.known.culprit:
        return f"{pile.known.culprit}, as a run of ours found ({pile.known.confidence or 'open'})"
    parts = [f"{one.type} was raised"]
    code = [frame for frame in one.frames if frame[1] and frame_kind(frame[0]) != "library"]
    if code:
        parts.append(f"in {code[0][1]} ({code[0][0]})")
    line = next((line.strip() for line in reversed(one.code.splitlines()) if line.strip()), "")
    if line and (not code or code[0] == one.frames[0]):  # the line is the innermost frame's
        parts.append(f"at `{shortened(line, 120)}`")
    if pile.first:
        runs = "an agent's run" if pile.first == 1 else f"{pile.first} runs of agents"
        parts.append(f"; the first failure of {runs}")
    if pile.repeats:
        parts.append(f"; the same call again in {pile.repeats} of {pile.count}")
    if pile.ignored:
        parts.append(f"; the next step ignored it in {pile.ignored}")
    return " ".join(parts).replace(" ;", ";")


def _title(pile: Pile) -> str:
    return pile.known.title if pile.known is not None else title_of(pile.shape, pile.exemplar)


def _title_of_parts(group: Group) -> str:
    if group.is_rest:
        return f"the rest: {len(group.parts)} smaller causes"
    subjects = [part.shape.subject for part in group.parts if part.shape.subject]
    more = f" and {len(group.parts) - 3} more" if len(group.parts) > 3 else ""
    return f"{group.parts[0].shape.kind}: {', '.join(subjects[:3])}{more}"


def _trouble(one: Trouble) -> dict[str, Any]:
    return {
        "file": one.file, "line": one.line, "reason": one.reason,
        "lost": one.lost, "lines": one.lines,
    }  # fmt: skip


def _short(text: str, limit: int = MAX_TITLE) -> str:
    return shortened(" ".join(text.split()), limit)
