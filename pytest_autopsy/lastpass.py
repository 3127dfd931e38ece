"""What a test that fails now ran when it last passed: read from the baseline, for comparison."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from .baseline import DAMAGED, Shard, shard_path
from .model import Step


def last_passes(
    folder: Path, nodeids: Iterable[str], python: str, hashes: Mapping[tuple[str, str], str]
) -> dict[str, tuple[Step, ...]]:
    """Return what each of these tests ran when it last passed, as far as it is known.

    `hashes` are those of the functions that have run now, by file and name: where one differs the
    function has changed.
    """
    wanted: dict[Path, list[str]] = defaultdict(list)
    for nodeid in nodeids:
        wanted[shard_path(folder, nodeid.partition("::")[0])].append(nodeid)
    found = {}
    for path, tests in wanted.items():
        with contextlib.suppress(*DAMAGED):
            shard = Shard.from_json(path.read_bytes())
            for nodeid in tests if shard.python == python else ():
                if nodeid in shard.tests:
                    found[nodeid] = _steps(shard, nodeid, hashes)
    return found


def _steps(shard: Shard, nodeid: str, hashes: Mapping[tuple[str, str], str]) -> tuple[Step, ...]:
    known = (shard.functions[number] for number, _ in shard.tests[nodeid])
    masks = (mask for _, mask in shard.tests[nodeid])
    return tuple(
        Step(function, mask, hashes.get(function[:2], hash_) != hash_)
        for (function, hash_, _), mask in zip(known, masks)
    )
