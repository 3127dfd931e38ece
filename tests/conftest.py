"""What is known not to hold yet: each test with what it meets instead."""

from __future__ import annotations

import pytest

KNOWN = {
    "observe/test_compare.py": ("zone", "tagged", "test_contains"),
}
REASON = "open in observe: zones, attributes of texts, attribute names"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for place, parts in KNOWN.items():
            if place in item.nodeid and any(part in item.nodeid for part in parts):
                item.add_marker(pytest.mark.xfail(reason=REASON, strict=True))
