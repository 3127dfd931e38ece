"""Tests that are wrong themselves, calls that never began, and texts that the source spells."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from importlib import resources
from typing import get_args

import pytest

from pytest_autopsy.diagnose.patches import Patch, patches_of
from pytest_autopsy.model import CauseKind, Diagnosis, Function

from .helpers import Bench

Make = Callable[[str], Bench]

SHOP = """
def fetch(sku):
    return {"sku": sku, "price": 100}

def price(sku, *, vat=0):
    row = fetch(sku)
    return row["price"] * (100 + vat) // 100

def label(sku):
    return "no. " + sku + "; price " + str(price(sku))

def test_fine(): assert price("a") == 100 and label("a")
def test_same(): assert price("b") == 100
def test_slip(): assert fetch("a")["prize"] == 100
def test_name(): assert price("a") == wanted
def test_wish(): assert price("b") == 120
def test_refused(): assert price("a", tax=7) == 107
def test_label(): assert label("c") == "no. c, price 100"
"""


def first_of(found: Diagnosis) -> tuple[str, str]:
    return found.suspects[0].function.name, found.kind


def failing(made: Bench, name: str, *compared: object) -> Diagnosis:
    made.test("test_fine")
    made.test("test_same")
    made.test(name, compared or None)  # type: ignore[arg-type]
    assert made.run.failures
    return made.diagnosis()


def test_a_name_that_only_the_test_asks_for(bench: Make) -> None:
    found = failing(bench(SHOP), "test_name")
    assert first_of(found) == ("test_name", "undefined name in the test")
    assert "wanted" in found.title


def test_a_name_that_the_program_asks_for_is_the_programs(bench: Make) -> None:
    found = failing(
        bench(SHOP.replace("fetch(sku)\n    return row", "fetsch(sku)\n    return row")),
        "test_wish",
    )
    assert found.suspects[0].function.name == "price"
    assert found.kind != "undefined name in the test"


def test_a_key_misspelt_by_the_test(bench: Make) -> None:
    found = failing(bench(SHOP), "test_slip")
    assert first_of(found) == ("test_slip", "misspelt key in the test")
    assert "'prize'" in found.title
    assert "'price'" in found.title


def test_a_key_that_the_program_spells_as_well(bench: Make) -> None:
    found = failing(bench(SHOP.replace('"sku": sku', '"sku": sku or "prize"')), "test_slip")
    assert found.kind != "misspelt key in the test"


def test_a_result_with_which_others_are_content(bench: Make) -> None:
    found = failing(bench(SHOP), "test_wish", "==", 100, 120)
    facts = [fact for one in found.suspects if one.function.kind == "test" for fact in one.why]
    assert any("which 1 passing tests saw as well" in fact for fact in facts)


def test_a_result_that_nobody_else_saw(bench: Make) -> None:
    found = failing(
        bench(SHOP.replace('price("b") == 120', 'price("c") == 120')), "test_wish", "==", 100, 120
    )
    assert not any("saw as well" in fact for one in found.suspects for fact in one.why)


def test_a_call_that_was_refused(bench: Make) -> None:
    found = failing(bench(SHOP), "test_refused")
    assert first_of(found) == ("price", "call refused")
    assert "'tax'" in found.title


def test_who_spells_the_difference(bench: Make) -> None:
    made = bench(SHOP)
    found = failing(made, "test_label", "==", "no. c; price 100", "no. c, price 100")
    facts = {one.function.name: one.why for one in found.suspects}
    assert any("spells '; price ', which only one" in fact for fact in facts["label"])
    assert not any("spells" in fact for fact in facts["price"])


@pytest.mark.parametrize(
    ("source", "target", "lines"),
    [
        ("def test():\n    with mock.patch('shop.fetch'):\n        use()\n    use()", "shop.fetch", range(2, 4)),
        ("@patch('shop.fetch')\ndef test(fetch):\n    use()", "shop.fetch", range(2, 4)),
        ("def test(mocker):\n    mocker.patch('shop.fetch', return_value=1)\n    use()", "shop.fetch", range(2, 4)),
        ("def test(monkeypatch):\n    monkeypatch.setattr(shop, 'fetch', fake)\n    use()", "shop.fetch", range(2, 4)),
        ("def test():\n    with patch.object(shop, 'fetch'):\n        use()", "shop.fetch", range(2, 4)),
    ],
)  # fmt: skip
def test_what_a_test_replaces(source: str, target: str, lines: range) -> None:
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef)
    assert [(patch.target, patch.lines) for patch in patches_of(node)] == [(target, lines)]


@pytest.mark.parametrize(
    "source",
    [
        "def test():\n    with mock.patch('shop.fetch', wraps=fetch):\n        use()",
        "def test():\n    with mock.patch('shop.fetch', side_effect=fetch):\n        use()",
        "def test():\n    with open('shop.fetch'):\n        use()",
        "def test(client):\n    client.patch('/shop/fetch')",
        "def test(name):\n    with mock.patch(name):\n        use()",
    ],
)
def test_what_a_test_does_not_replace(source: str) -> None:
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef)
    assert patches_of(node) == ()


def test_a_patch_names_a_function_where_it_is_defined() -> None:
    patch = Patch("pkg.shop.Cart.add", 1, range(1, 2))
    assert patch.names(Function("src/pkg/shop.py", "Cart.add", 3))
    assert not patch.names(Function("src/pkg/cart.py", "Cart.add", 3))
    assert not patch.names(Function("src/pkg/shop.py", "add", 3))
    assert Patch("pkg.run", 1, range(1, 2)).names(Function("pkg/__init__.py", "run", 3))


@pytest.mark.parametrize("schema", ["digest", "diagnosis"])
def test_the_schemas_know_every_kind(schema: str) -> None:
    text = (resources.files("pytest_autopsy") / "schemas" / f"{schema}.json").read_text("utf-8")

    def enums(node: object) -> list[list[str]]:
        if isinstance(node, dict):
            own = [sorted(map(str, node["enum"]))] if "enum" in node else []
            return own + [e for v in node.values() for e in enums(v)]
        return [e for v in node for e in enums(v)] if isinstance(node, list) else []

    assert sorted(get_args(CauseKind)) in enums(json.loads(text))
