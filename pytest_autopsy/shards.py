"""Which part of a divided run this process is, as its options or the CI that started it say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

VARIABLE = "AUTOPSY_SHARD"
"""`2/5`: the second of five, where neither an option nor the CI's own variables tell."""
_OPTIONS = (("group", "splits", 1), ("shard_id", "num_shards", 0))  # pytest-split, pytest-shard
_VARIABLES = (
    ("CI_NODE_INDEX", "CI_NODE_TOTAL", 1),  # GitLab
    ("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
    ("BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0),
    ("SEMAPHORE_JOB_INDEX", "SEMAPHORE_JOB_COUNT", 1),
)
"""Index, count, and what the first index is."""
_RUNS = (
    ("GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"), ("CI_PIPELINE_ID",), ("CIRCLE_WORKFLOW_ID",),
    ("BUILDKITE_BUILD_ID",), ("SEMAPHORE_WORKFLOW_ID",), ("BUILD_TAG",), ("BUILD_BUILDID",),
)  # fmt: skip
"""What all jobs of one CI run have in common: GitHub, GitLab, ..., Jenkins, Azure."""


class Shard(NamedTuple):
    """Number `number` (from 1) of `total` parts of the CI run `run` ("" where that is not known)."""

    number: int
    total: int
    run: str


def shard_of(option: Any, environment: Mapping[str, str]) -> Shard | None:
    """Return which part of a divided run this is; None where it is no part of any.

    `option` is pytest's namespace of options.
    """
    place = _given(environment.get(VARIABLE, ""))
    place = place or _numbers(_OPTIONS, lambda name: getattr(option, name, None))
    place = place or _numbers(_VARIABLES, environment.get)
    if place is None:
        return None
    for names in _RUNS:
        if environment.get(names[0]):
            return Shard(*place, "-".join(environment.get(name, "") for name in names))
    return Shard(*place, "")


def _given(text: str) -> tuple[int, int] | None:
    index, _, total = text.partition("/")
    return _checked(index, total, 1)


def _numbers(
    pairs: tuple[tuple[str, str, int], ...], get: Callable[[str], Any]
) -> tuple[int, int] | None:
    for index, total, first in pairs:
        found = _checked(get(index), get(total), first)
        if found is not None:
            return found
    return None


def _checked(index: Any, total: Any, first: int) -> tuple[int, int] | None:
    """Both as numbers, the index from 1; None where they are none, or only one part there is."""
    try:
        number, count = int(index) - first + 1, int(total)
    except (TypeError, ValueError):
        return None
    return (number, count) if count > 1 and 1 <= number <= count else None
