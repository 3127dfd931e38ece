"""Files with failures, as the tools that write them do, and what is read of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pytest_autopsy.triage.gather import Gathered
from pytest_autopsy.triage.incident import Incident, Trouble
from pytest_autopsy.triage.readers import read
from pytest_autopsy.triage.reading import gather


def trace_of(error: str, line: int = 1) -> str:
    """What Python prints where code in a text fails at a line."""
    return (
        f'Traceback (most recent call last):\n  File "<string>", line {line}, in <module>\n{error}'
    )


def ran(code: str, error: str, **more: Any) -> dict[str, Any]:
    """A line of an agent's log: code that failed."""
    return {
        "type": "tool_result", "tool": "tool_execute_python", "success": False,
        "arguments": {"code": code}, "error": error, **more,
    }  # fmt: skip


def lines(*objects: Any) -> str:
    return "".join(json.dumps(one) + "\n" for one in objects)


def all_in(path: Path) -> tuple[list[Incident], list[Trouble]]:
    """The failures and the troubles in one file."""
    found = list(read(str(path), path.name))
    incidents = [one for one in found if isinstance(one, Incident)]
    return incidents, [one for one in found if isinstance(one, Trouble)]


def gathered(*paths: Path) -> Gathered:
    """Everything below some paths."""
    into = Gathered()
    gather(map(str, paths), into)
    return into


LONG = """\
    def test_total():
        cart = Cart()
>       assert cart.total() == 3

tests/test_cart.py:8:
_ _ _ _ _

self = <shop.cart.Cart object at 0x7f>

    def total(self):
>       return sum(line.price for line in self.lines)
E       AttributeError: 'Cart' object has no attribute 'lines'

shop/cart.py:12: AttributeError"""

SHORT = """\
tests/test_cart.py:8: in test_total
    assert cart.total() == 3
E   assert 4 == 3
E    +  where 4 = total()"""

JUNIT = """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites>
<testsuite name="pytest">
<testcase classname="tests.test_cart.TestCart" name="test_total" file="tests/test_cart.py" time="0.1">
<failure message="AttributeError: no lines">{long}</failure>
</testcase>
<testcase classname="tests.test_cart" name="test_good"/>
<testcase classname="tests.test_db" name="test_read">
<error message="failed on setup with &quot;ConnectionError: refused&quot;">E   ConnectionError: refused</error>
</testcase>
</testsuite>
</testsuites>
""".replace("{long}", LONG.replace("<", "&lt;").replace(">", "&gt;"))
