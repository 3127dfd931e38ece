"""Which expression failed, exactly, and the values of its operands; without running anybody's code."""

from __future__ import annotations

import pytest

from pytest_autopsy.observe.text import to_json

CASES = {
    "a + b": ("def crash(a=1, b='x'):\n    return 0, (a + b)", {"a": 1, "b": "x"}),
    "order.lines[1].price * qty": (
        """
        class Line:
            def __init__(self, price): self.price = price
        class Order:
            lines = [Line(1), Line(None)]
        def crash(qty=2):
            order = Order()
            return order.lines[0].price * qty + order.lines[1].price * qty
        """,
        {"order.lines[1].price": None, "qty": 2},
    ),
    "row['price']": ("def crash():\n    row = {'name': 1}\n    return row['price']", {"row": {"name": 1}}),
    "items[n]": ("def crash(n=3):\n    items = [1]\n    return items[n]", {"items": [1], "n": 3}),
    "cart.total": ("def crash(cart=None):\n    return cart.total", {"cart": None}),
    "-x": ("def crash(x='a'):\n    return -x", {"x": "a"}),
    "a < b": ("def crash(a=1, b=None):\n    return a < b", {"a": 1, "b": None}),
    "int(text)": ("def crash():\n    text = 'x'\n    return int(text)", {"int": "class", "text": "x"}),
    "first, second": (
        "def crash():\n    pair = [1]\n    first, second = pair\n    return first", {"pair": [1]},
    ),
    "total += price": (
        "def crash(price=None):\n    total = 1\n    total += price", {"total": 1, "price": None},
    ),
}  # fmt: skip


@pytest.mark.parametrize("expression", CASES)
def test_the_failing_expression_and_its_operands(studio, expression):
    text, operands = CASES[expression]
    frame = studio.crash(text).exceptions[0].frames[0]
    assert frame.expression.startswith(expression)  # of an unpacking 3.10 tells the statement
    shown = {name: to_json(value) for name, value in frame.operands if name != "int"}
    assert shown == {name: value for name, value in operands.items() if name != "int"}
    assert frame.site is not None and frame.site.column is not None


def test_the_right_one_of_two_alike_on_a_line(studio):
    frame = (
        studio.crash("def crash(a=1, b=None):\n    return (a + 1, a + b, a + 2)")
        .exceptions[0]
        .frames[0]
    )
    assert frame.expression == "a + b"
    assert dict(frame.operands) == {"a": 1, "b": None}


def test_operands_of_every_frame_of_the_way(studio):
    frames = (
        studio.crash("""
        def price(item, table):
            return table[item]

        def crash():
            table = {'jam': 3}
            wanted = 'ham'
            return price(wanted, table)
    """)
        .exceptions[0]
        .frames
    )
    assert dict(frames[0].operands).keys() == {"table", "item"}
    assert frames[1].expression == "price(wanted, table)"
    assert dict(frames[1].operands)["wanted"] == "ham"


def test_operands_run_no_code_of_the_users(studio):
    module = studio.module("""
        RAN = []

        class Field:
            def __get__(self, owner, kind): RAN.append('get'); return 1

        class Hostile:
            field = Field()
            def __init__(self): self.plain = 7
            @property
            def price(self): RAN.append('property')
            def __getattr__(self, name): RAN.append(name)
            def __getitem__(self, key): RAN.append('item')
            def __hash__(self): RAN.append('hash'); return 1
            def __eq__(self, other): RAN.append('eq'); return True
            def __repr__(self): RAN.append('repr'); return ''

        class Watchful(Hostile):
            def __getattribute__(self, name):
                RAN.append('getattribute')
                return object.__getattribute__(self, name)

        def use(*args):
            raise ValueError('no')

        def crash():
            h, w, table = Hostile(), Watchful(), {}
            table[h] = 1
            return use(h.price, h.other, h[1], h.field, h.plain, w.plain, table[h], w.field)
    """)
    try:
        module.crash()
    except ValueError as error:
        before = list(module.RAN)
        assert {"property", "other", "item", "get", "getattribute", "hash"} <= set(before)
        shot = studio.camera.take("name", error)
    assert before == module.RAN
    shown = dict(shot.exceptions[0].frames[1].operands)
    assert shown["h.plain"] == 7
    assert {"h.price", "h.field", "h.other", "w.plain", "h[1]", "table[h]"}.isdisjoint(shown)
    assert {"h", "w", "table"} <= shown.keys()


def test_secrets_among_operands_are_hidden(studio):
    shot = studio.crash("""
        class User:
            password = 'correct-horse-9-battery'

        def crash():
            user, keys = User(), {'api_key': 'k-81231-abcdef-99x'}
            return user.password + keys['api_key'] + None
    """)
    assert "correct-horse" not in repr(shot)
    assert "k-81231" not in repr(shot)


@pytest.mark.parametrize(
    "text",
    [
        "def crash():\n    return [x for x in None]",
        "def crash():\n    return (lambda y: y / 0)(1)",
        "def crash():\n    raise ValueError",
        "def crash():\n    with open('/nowhere/at/all') as f:\n        pass",
        "def crash():\n    for a, b in [(1,)]:\n        pass",
        "def crash():\n    return nothing_of_this_name",
        "def crash():\n    x = [0]\n    x[4] = 1",
        "def crash():\n    return f'{1 / 0}'",
        "def crash():\n    assert [\n        1\n    ] == [2], (\n        'x')",
        "def crash():\n    def inner(k):\n        return {}[k]\n    return [inner(i) for i in range(2)]",
        "class A:\n    def __init__(self, n): self.n = n / 0\ndef crash():\n    return A(1)",
        "def crash():\n    match [1]:\n        case [int(real=x)]:\n            return x / 0",
    ],
)
def test_other_ways_to_fail_are_shown_too(studio, text):
    frames = studio.crash(text).exceptions[0].frames
    assert frames[0].code
    assert frames[0].line
