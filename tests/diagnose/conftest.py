from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .helpers import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[[str], Bench]]:
    made: list[Bench] = []

    def make(source: str) -> Bench:
        made.append(Bench(tmp_path, source))
        return made[-1]

    yield make
    for one in made:
        one.close()
