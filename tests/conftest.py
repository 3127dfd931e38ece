"""What is known not to hold yet: each test with what it meets instead."""

from __future__ import annotations

import pytest

KNOWN = {
    "observe/test_redaction": ("test_many_secrets", "num_passwords", "max_cookies"),
}
REASON = "open in observe: many secrets, counts"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for place, parts in KNOWN.items():
            if place in item.nodeid and any(part in item.nodeid for part in parts):
                item.add_marker(pytest.mark.xfail(reason=REASON, strict=True))
