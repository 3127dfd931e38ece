"""Doctests from end to end: what an example raised or printed is what the diagnosis is about."""

from __future__ import annotations

import pytest

SHOP = {
    "shop.py": '''\
        """A shop.

        >>> from shop import total
        >>> total([1, 2])
        3
        """

        def price(item):
            return item * 2 if item > 1 else item

        def total(items):
            """Sum.

            >>> total([1, 1])
            2
            """
            return sum(price(item) for item in items)

        def first(items):
            """First.

            >>> first([])
            """
            return pick(items)

        def pick(items):
            return items[0]
    ''',
}


@pytest.mark.parametrize("more", [(), ("--doctest-continue-on-failure",)])
def test_what_an_example_printed_and_what_another_raised(project, more) -> None:
    run = project.write(SHOP).autopsy("--doctest-modules", *more)
    causes = {one["title"]: one for one in run.digest["root_causes"]}
    printed = causes["total returns 5 for [1, 2]"]
    failed = [fact for fact in printed["evidence"] if fact["role"] == "failed"]
    assert [(fact["file"], fact["line"], fact["fact"]) for fact in failed] == [
        ("shop.py", 4, "5 == 3 is false for total([1, 2])")
    ]
    raised = causes["pick is behind IndexError: list index out of range"]
    assert raised["suspects"][0]["function"] == "pick"
    messages = {
        one["exception"]["type"]: one["exception"]["message"] for one in run.digest["failures"]
    }
    assert messages == {
        "DocTestFailure": "expected '3', got '5'",
        "IndexError": "list index out of range",
    }
