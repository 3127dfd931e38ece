"""How closely the values of a call are looked at, and what a call has changed when it ends.

The arguments themselves are looked at in `Recorder.enter`, where one more call would be dear.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType
from typing import Any

from ..model import Change, Look, Value
from ..observe.detail import Detail
from ..observe.values import TYPES, Limits
from .codes import CodeInfo
from .effort import LEAST, Effort
from .records import ARGUMENTS, EXTRA, LIMITS, Entry, Extra
from .sharing import copied_parts, kept_parts, shared_parts

MAX_INT = 1 << 64
COPIED = ("dict", "list")
"""Types of containers of which an object may keep a copy of one level."""


class Sight:
    """Looks at the values of one recorder's calls, within the budget that a test has for it."""

    def __init__(self, detail: Detail) -> None:
        self.detail = detail
        self.full = self.again = detail.trace
        self.unasked = Limits(*self.full)  # of a call that had nothing to look at when it began
        self.looker = detail.looker(self.full)
        # Atoms up to this are their own looks; 0: their content may not be shown.
        self.max_text = self.full.string if detail.content else 0
        self.clears_locals = False  # an engine's choice: under settrace it would unset variables
        self.given: dict[int, Entry] = {}  # id of an argument -> the call that was given it last
        self.step = 0  # calls that tests made themselves
        self._begun = 0  # how many before this test
        self._effort = LEAST

    def afresh(self, effort: Effort) -> None:
        """From here on nothing has been looked at: a test, or a phase of it, begins."""
        self._effort = effort
        self.looker = self.detail.looker(self.full)
        self.again = self.full._replace(nodes=min(effort.again, self.full.nodes))
        self.given.clear()
        self.step += 1
        self._begun = self.step

    def affordable(self, info: CodeInfo) -> Limits:
        """Return how closely a call's values may be looked at after what was taken so far."""
        effort, spent = self._effort, self.looker.spent
        looked, info.looked = info.looked, self.step
        if (
            spent <= effort.nodes
            or (spent <= effort.step_nodes and looked < self.step)
            or (spent <= effort.all_nodes and looked < self._begun)
        ):
            return self.full
        return TYPES

    def result(
        self, entry: Entry, info: CodeInfo, value: Any, frame: FrameType | None = None
    ) -> Look:
        """Look at what a call returns where its arguments were looked at, also if it was given it.

        `frame` is that of a call that ends: what it gives and was given are compared.
        """
        looker, limits = self.looker, entry[LIMITS]
        if limits is self.unasked:
            limits = self.affordable(info)
        if limits is TYPES or looker.spent > self._effort.all_nodes:
            return looker.glance(value)
        looker.limits = limits
        shown = looker.look(value)
        if frame is not None and type(shown) is Value:
            self._share(entry, info, frame, value, shown)
        return shown

    def _share(
        self, entry: Entry, info: CodeInfo, frame: FrameType, value: Any, shown: Value
    ) -> None:
        """Note what a result has in common with an argument that looks to be of its type, or with
        what lies in a container that it may have been made of.
        """
        parts: tuple[str, ...] = ()
        local = None
        for name, look in zip(info.arguments, entry[ARGUMENTS]):
            if type(look) is not Value or name in info.rebinds:
                continue
            is_alike = look.type == shown.type
            if not is_alike and not (shown.kind == "object" and look.type in COPIED):
                continue
            local = frame.f_locals if local is None else local
            given = local.get(name)
            if is_alike and (type(value) is not dict or self.detail.content):  # keys are content
                parts += shared_parts(value, given, shown.type)
            elif not is_alike and self.detail.content:
                parts += copied_parts(value, [given], shown.type)
        if parts:
            entry[EXTRA] = extra = entry[EXTRA] or Extra()
            extra.shares += parts
        if local is not None and self.clears_locals and info.may_clear:
            local.clear()

    def before(self, info: CodeInfo, frame: FrameType, local: Any) -> Extra:
        """Return what is needed to tell at exit what the call has changed."""
        extra = Extra()
        extra.argument_ids = [id(local.get(name)) for name in info.arguments]
        if info.watched:
            extra.watched = tuple(self._watched(info, frame, local))
        return extra

    def after(self, entry: Entry, extra: Extra, info: CodeInfo, frame: FrameType) -> None:
        """Compare what the call was given with what it leaves behind."""
        looker = self.looker
        local = frame.f_locals
        changes = []
        rebound = []
        seen: list[tuple[Any, Value]] = []
        changed: list[tuple[Any, Value]] = []
        looked_at = zip(info.arguments, entry[ARGUMENTS], extra.argument_ids or ())
        for place, (name, before, was) in enumerate(looked_at):
            if type(before) is not Value:
                continue
            value = local.get(name)
            if name == info.fills:
                changed.append((value, before))
                continue
            seen.append((value, before))
            # What is compared has to be looked at in the same way.
            looker.limits = self.again if extra.again >> place & 1 else entry[LIMITS]
            if id(value) != was:
                rebound.append(name)
            elif name not in info.rebinds and (after := looker.look(value)) != before:
                scope = "default" if name in extra.defaults else "argument"
                changes.append(Change(name, scope, before, after))
                changed.append((value, before))
        if changed and self.detail.content:
            extra.shares += tuple(_shares(changed, seen, info.fills is not None))
        if extra.watched:
            looker.limits = entry[LIMITS]
            changes.extend(self._watched_changes(extra, info, frame, local))
        extra.changes, extra.rebound = tuple(changes), tuple(rebound)
        if self.clears_locals and info.may_clear:
            local.clear()

    def _watched(self, info: CodeInfo, frame: FrameType, local: Any) -> Iterator[tuple[Look, int]]:
        for name, scope in info.watched or ():
            space = frame.f_globals if scope == "global" else local
            value = space.get(name)
            yield self.looker.look(value), id(value)

    def _watched_changes(
        self, extra: Extra, info: CodeInfo, frame: FrameType, local: Any
    ) -> Iterator[Change]:
        now = self._watched(info, frame, local)
        for (name, scope), (before, was), (after, is_now) in zip(
            info.watched or (), extra.watched, now
        ):
            if was == is_now and before != after:
                yield Change(name, scope, before, after)


def _shares(
    changed: list[tuple[Any, Value]], seen: list[tuple[Any, Value]], is_maker: bool
) -> Iterator[str]:
    """What objects that a call has filled or changed have in common with others that it was given."""
    for value, look in changed:
        if is_maker:
            given = [one for one, _ in seen]
            yield from kept_parts(value, given, look.type)
            yield from copied_parts(value, given, look.type)
        for other, shown in seen:
            if shown.type == look.type:
                yield from shared_parts(value, other, look.type)
