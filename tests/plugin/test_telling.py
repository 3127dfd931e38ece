"""The hooks that add evidence before the diagnosis and read the digest after it."""

from __future__ import annotations

import json

import pytest

TOLD = """
    import json
    import pathlib

    import pytest


    @pytest.hookimpl(optionalhook=True)
    def pytest_autopsy_diagnose(failure, run):
        assert run["tests"] >= 2 and failure["functions"]
        {told}


    @pytest.hookimpl(optionalhook=True)
    def pytest_autopsy_report(run):
        pathlib.Path("seen.json").write_text(json.dumps(run))
    """
FACT = (
    'return [{"file": "shop/cart.py", "function": "Cart.add", "fact": "changed this morning",'
    ' "strength": 1}]'
)


def told(shop, text: str):
    shop.write({"conftest.py": TOLD.replace("{told}", text)})
    return shop.autopsy()


def test_what_a_plugin_tells_is_evidence(shop):
    ours = told(shop, FACT)
    path = ours.path / ours.failure("::test_unknown")["diagnosis"]
    diagnosis = json.loads(path.read_text("utf-8"))
    (add,) = [one for one in diagnosis["suspects"] if one["function"] == "Cart.add"]
    assert "changed this morning" in add["why"]


def test_the_digest_is_handed_on_as_it_is_written(shop):
    ours = told(shop, "return None")
    assert json.loads((shop.path / "seen.json").read_text()) == ours.digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('mine')", "pytest_autopsy_diagnose: .*mine"),
        ("return [{'file': 'x.py'}]", "takes a list of dicts with file, function, fact"),
        ("return ['x']", "takes a list of dicts with file, function, fact"),
        ("return [dict(file='x.py', function='f', fact='')]", "no test ran f of x.py"),
    ],
)
def test_what_cannot_be_used_is_said_and_costs_nothing_else(shop, text, said):
    plain, ours = shop.plain(), told(shop, text)
    assert (plain.outcomes, plain.code) == (ours.outcomes, ours.code)
    assert ours.headline
    assert ours.has_line(said)
