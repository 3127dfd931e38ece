"""At most so many buckets: first those of one kind are put together, then the small ones in a rest."""

from __future__ import annotations

from dataclasses import dataclass, field

from .gather import Pile


@dataclass(slots=True)
class Group:
    """One bucket of the report: a cause, the causes of one kind, or the rest."""

    pile: Pile
    parts: list[Pile] = field(default_factory=list)  # what it is made of, the largest first
    is_rest: bool = False


def grouped(piles: list[Pile], most: int | None) -> list[Group]:
    """Return the piles as at most `most` groups, the largest first and a rest last."""
    groups = [Group(pile, [pile]) for pile in piles]
    if most is None or len(groups) <= most:
        return groups
    kinds: dict[str, list[Pile]] = {}
    for pile in piles:
        kinds.setdefault(pile.shape.kind if pile.shape.subject else pile.key, []).append(pile)
    groups = [_joined(parts, kind) for kind, parts in kinds.items()]
    groups.sort(key=lambda group: (-group.pile.count, group.pile.key))
    if len(groups) <= most:
        return groups
    left = [part for group in groups[most - 1 :] for part in group.parts]
    left.sort(key=lambda pile: (-pile.count, pile.key))
    rest = _joined(left, "the rest")
    rest.is_rest = True
    return [*groups[: most - 1], rest]


def _joined(parts: list[Pile], key: str) -> Group:
    if len(parts) == 1:
        return Group(parts[0], parts)
    pile = Pile(f"{key} | {len(parts)} causes", (), parts[0].shape)
    for part in parts:
        pile.join(part)
    pile.known, pile.fullest = None, pile.key
    return Group(pile, parts)
