"""The frames of one traceback: the project's with source, locals and operands, others folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from types import CodeType, FrameType, TracebackType
from typing import Any, Literal

from ..model import Frame, Look
from ..observe.classes import plain_name
from ..observe.detail import Describe, Detail
from ..observe.redaction import Redactor
from ..record.project import Project
from ..source import Source, source_of
from ..unfaked import os
from .expression import Failing, failing, operands
from .helpers import is_helper
from .options import ShotOptions
from .reading import local_names
from .sources import CHANGED, file_of, is_generated, source_for

MAX_DEPTH = 5_000
MAX_LOCALS = 60
MAX_LIBRARY = 10
"""Lines of libraries' frames that are shown; the rest is counted."""
MAX_LOOSE = 5
"""Frames that are shown in full where none is of the project."""
NODES = 8_000
"""Nodes of values that one snapshot walks: each frame may take a quarter of what is left."""
FRAME_NODES = 160
"""What a frame may take where that is less."""
_WORD = re.compile(r"\w+")


class Eye:
    """Looks at the values of one snapshot, within a budget for all of them together."""

    def __init__(self, detail: Detail, redactor: Redactor, describe: Describe | None) -> None:
        self.detail = detail
        self.redactor = redactor
        self.describe = describe
        self.nodes = NODES

    def looks(self, named: Iterable[tuple[str, Any]]) -> tuple[tuple[str, Look], ...]:
        """Return the redacted looks of what names of one frame hold, in fair shares."""
        pairs = list(named)
        if self.detail.values == "none":
            return ()
        share = max(self.nodes // 4, FRAME_NODES)
        looks, spent = self.detail.looks([value for _, value in pairs], share, self.describe)
        self.nodes = max(self.nodes - spent, 0)
        look = self.redactor.look
        return tuple((name, look(shown, name)) for (name, _), shown in zip(pairs, looks))


class Frames:
    """Reads tracebacks for one snapshot."""

    def __init__(
        self, project: Project, eye: Eye, fixtures: set[tuple[str, str]], options: ShotOptions
    ) -> None:
        self.project = project
        self.eye = eye
        self.fixtures = fixtures
        self.options = options
        self.left = 3 * options.detail.frames  # for all exceptions of the chain together
        self._places: dict[CodeType, tuple[str, str]] = {}
        self._failing: dict[tuple[CodeType, int], Failing] = {}

    def read(self, traceback: TracebackType | None) -> tuple[list[Frame], int, int]:
        """Return the frames, how many of the project's are left out, and how many were others'.

        Project frames first, innermost first; a deep recursion keeps both of its ends.
        """
        found = [(tb, self._kind(tb.tb_frame.f_code)) for tb in _entries(traceback)]
        found = [(tb, kind) for tb, kind in found if kind != "machinery"]
        numbered = list(enumerate(reversed(found)))
        mine = [(n, tb, k) for n, (tb, k) in numbered if _is_shown(tb, k, self.project)]
        if not any(k != "library" for _, _, k in mine):
            mine = [(n, tb, k) for n, (tb, k) in numbered[:MAX_LOOSE]]
        shown_numbers = {n for n, _, _ in mine}
        others = [(n, tb, k) for n, (tb, k) in numbered if n not in shown_numbers]
        kept = _both_ends(mine, min(self.options.detail.frames, self.left))
        self.left -= len(kept)
        frames = [self._frame(tb, kind, n) for n, tb, kind in kept]
        frames += [self._folded(tb, n) for n, tb, _ in others[:MAX_LIBRARY]]
        return frames, len(mine) - len(kept), len(others)

    def _kind(self, code: CodeType) -> str:
        if is_machinery(code):
            return "machinery"
        path, shown = self._place(code)
        if is_generated(code) or is_helper(code) or not self.project.owns(path):
            return "library"
        if (shown, _name(path, code)) in self.fixtures:
            return "fixture"
        return "test" if self.project.is_test(shown) else "code"

    def _place(self, code: CodeType) -> tuple[str, str]:
        """The file's real path, and as it is shown."""
        known = self._places.get(code)
        if known is None:
            path = file_of(code)
            shown = self.project.shown(path) if os.path.isabs(path) else path
            known = self._places[code] = (path, shown)
        return known

    def _failed(self, traceback: TracebackType, source: Source) -> Failing:
        """What was being evaluated; a recursion asks for the same again and again."""
        code, offset = traceback.tb_frame.f_code, traceback.tb_lasti
        found = self._failing.get((code, offset))
        if found is None:
            found = failing(code, offset, traceback.tb_lineno, source)
            self._failing[code, offset] = found
        return found

    def _folded(self, traceback: TracebackType, depth: int) -> Frame:
        code, line = traceback.tb_frame.f_code, traceback.tb_lineno
        path, shown = self._place(code)
        source, _ = source_for(code, path)
        text = self.eye.redactor.text(source.line(line).strip())
        return Frame(
            shown, line, _name(path, code), "library", code.co_firstlineno, text,
            depth=depth, folded=True,
        )  # fmt: skip

    def _frame(self, traceback: TracebackType, kind: Any, depth: int) -> Frame:
        frame, line = traceback.tb_frame, traceback.tb_lineno
        code = frame.f_code
        path, shown = self._place(code)
        source, why = source_for(code, path)
        redact = self.eye.redactor.text
        failed = self._failed(traceback, source if why != CHANGED else Source("", ()))
        start, snippet = self._snippet(source, line)
        held = local_names(frame)
        chosen, left_out = self._locals(frame, held, source.line(line), snippet)
        known = dict(chosen)
        return Frame(
            file=shown,
            line=line,
            function=_name(path, code),
            kind=kind,
            first_line=code.co_firstlineno,
            code=redact(source.line(line).strip()),
            source_start=start,
            source=snippet,
            locals=chosen,
            locals_left_out=left_out,
            site=failed.site,
            expression=redact(failed.text),
            why=why,
            operands=self._operands(failed.node, frame, known),
            depth=depth,
        )

    def _operands(
        self, node: Any, frame: FrameType, known: Mapping[str, Look]
    ) -> tuple[tuple[str, Look], ...]:
        found = list(operands(node, frame))
        fresh = [(text, value) for text, value in found if text not in known]
        looks = self.eye.looks((_last_word(text), value) for text, value in fresh)
        seen = {**known, **{text: shown for (text, _), (_, shown) in zip(fresh, looks)}}
        redact = self.eye.redactor.text
        return tuple((redact(text), seen[text]) for text, _ in found if text in seen)

    def _snippet(self, source: Source, line: int) -> tuple[int, tuple[str, ...]]:
        context = self.options.detail.source_context
        start = max(line - context, 1)
        end = min(line + context, len(source.lines))
        return start, self.eye.redactor.lines(source.lines, start - 1, end)

    def _locals(
        self, frame: FrameType, held: Mapping[str, Any], line: str, snippet: tuple[str, ...]
    ) -> tuple[tuple[tuple[str, Look], ...], int]:
        """Variables of the failing line first, then of the shown lines; pytest's own are left out."""
        if plain_name(frame.f_code.co_name) == "<module>":
            return (), len(frame.f_globals)
        names = [name for name in list(held) if type(name) is str and not name.startswith("@")]
        here = set(_WORD.findall(line))
        near = set(_WORD.findall("\n".join(snippet)))
        names.sort(key=lambda name: (name not in here, name not in near))
        chosen = self.eye.looks((name, held.get(name)) for name in names[:MAX_LOCALS])
        return chosen, len(names) - len(chosen)


Kept = tuple[int, TracebackType, str]


def _entries(traceback: TracebackType | None) -> list[TracebackType]:
    found: list[TracebackType] = []
    while traceback is not None and len(found) < MAX_DEPTH:
        found.append(traceback)
        traceback = traceback.tb_next
    return found


def _is_shown(traceback: TracebackType, kind: str, project: Project) -> bool:
    """Project frames, and code that was generated for a module of the project."""
    if kind != "library" or not is_generated(traceback.tb_frame.f_code):
        return kind != "library"
    space = traceback.tb_frame.f_globals
    file = space.get("__file__") if type(space) is dict else None
    if type(file) is not str:
        return type(space) is dict and space.get("__name__") == "__main__"
    return project.owns(os.path.realpath(file))


def _both_ends(found: list[Kept], most: int) -> list[Kept]:
    if len(found) <= most:
        return found
    half = most // 2
    return found[: most - half] + (found[-half:] if half else [])


def is_machinery(code: CodeType) -> bool:
    """Whether it is of pytest and pluggy, which call every test, or ours."""
    parts = code.co_filename.replace("\\", "/").split("/")
    return not {"_pytest", "pluggy", "pytest_autopsy"}.isdisjoint(parts[:-1])


def _name(path: str, code: CodeType) -> str:
    name = getattr(code, "co_qualname", None)
    if name is not None:
        return str(name)
    span = source_of(path).starting_at(code.co_name, code.co_firstlineno)
    return span.name if span else code.co_name


def _last_word(text: str) -> str:
    """The name that says what an operand is: of `user.password` and `d['password']` the last."""
    words: list[str] = list(islice(_WORD.findall(text), 50))
    return words[-1] if words else ""


FrameKind = Literal["code", "test", "fixture", "library"]
