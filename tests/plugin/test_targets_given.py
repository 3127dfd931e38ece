"""--trace-target and --trace-exclude as users write them, and what is wrong with them."""

from __future__ import annotations

import pytest

from pytest_autopsy.activation import make_session
from pytest_autopsy.options import read_settings

CART = {"Cart.__init__", "Cart.add", "Cart.total", "line_total"}
PRICING = {"parse", "load_price"}


@pytest.mark.parametrize(
    ("target", "kind", "traced"),
    [
        ("shop", "path", CART | PRICING),
        ("./shop/", "path", CART | PRICING),
        ("shop/cart.py", "path", CART),
        ("shop/*.py", "path", CART | PRICING),
        ("shop/c*.py", "path", CART),
        ("**/pricing.py", "path", PRICING),
        ("shop.cart", "module", CART),
        ("shop.*", "module", CART | PRICING),
        ("shop.cart:Cart.add", "module", {"Cart.add"}),
        ("shop.cart:Cart.*", "module", {"Cart.__init__", "Cart.add", "Cart.total"}),
        ("shop.cart:add", "module", {"Cart.add"}),
        ("shop/cart.py:line_total", "path", {"line_total"}),
        ("shop/cart.py:Cart.total", "path", {"Cart.total"}),
        ("*:load_price", "function", {"load_price"}),
        ("*:*total", "function", {"Cart.total", "line_total", "total"}),
        ("load_price", "function", {"load_price"}),
        ("test_shop", "module", {"total", "test_unknown"}),
        ("test_shop.py", "path", {"total", "test_unknown"}),
    ],
)
def test_reading(shop, target, kind, traced):
    ours = shop.run(f"--trace-target={target}", "--triage")
    assert ours.traced() - {"<module>"} == traced
    assert f"{target} ({kind}" in ours.header
    assert ours.code == 1


def test_absolute_path(shop):
    ours = shop.run(f"--trace-target={shop.path / 'shop'}", "--triage")
    assert ours.traced() == CART | PRICING


def test_several_targets_add_up(shop):
    ours = shop.run("--trace-target=shop.pricing", "--trace-target=*:line_total", "--triage")
    assert ours.traced() == PRICING | {"line_total"}


@pytest.mark.parametrize(
    "args",
    [
        ("--trace-target=shop", "--trace-exclude=shop/cart.py"),
        ("--trace-target=shop", "--trace-target=!shop/cart.py"),
        ("--trace-target=shop", "--trace-exclude=shop.cart"),
        ("--trace-target=!shop.cart", "--trace-target=shop"),
    ],
)
def test_exclusion(shop, args):
    assert shop.run(*args, "--triage").traced() == PRICING


def test_exclusion_alone_takes_from_the_projects_code(shop):
    ours = shop.autopsy("--trace-exclude=shop.cart")
    assert ours.traced() - {"<module>"} == PRICING | {"total", "test_unknown"}


def test_exclusion_of_a_function(shop):
    ours = shop.autopsy("--trace-exclude=*:load_price")
    assert "load_price" not in ours.traced()
    assert "parse" in ours.traced()


def test_target_outside_the_project(shop):
    ours = shop.run("--trace-target=textwrap:dedent", "--triage")
    assert ours.code == 1
    shop.write(
        {
            "test_shop.py": "import textwrap\ndef test_it():\n    assert textwrap.dedent(' a') == 'b'\n"
        }
    )
    assert shop.run("--trace-target=textwrap:dedent", "--triage").traced() == {"dedent"}


def test_ini_targets_with_autopsy(shop):
    shop.ini("autopsy_trace_targets = shop/pricing.py")
    assert shop.autopsy().traced() == PRICING


def test_targets_are_relative_to_where_pytest_is_called(shop):
    ours = shop.run(
        "--trace-target=cart.py", "--triage", "../test_shop.py", "--rootdir=..", below="shop"
    )
    assert ours.traced() == CART


@pytest.mark.parametrize(
    "target", ["shop.nothing", "*:nothing_like_it", "nothing_like_it", "shop.cart:nope"]
)
def test_target_that_matches_nothing_runs_and_says_so(shop, target):
    plain = shop.plain()
    ours = shop.autopsy(f"--trace-target={target}")
    assert ours.outcomes == plain.outcomes
    assert ours.code == plain.code == 1
    assert any(
        "--trace-target" in line and target in line and "matched no" in line
        for line in ours.lines[ours.lines.index(ours.headline) :]
    )


def test_target_that_matches_nothing_says_so_in_a_green_run(shop):
    ours = shop.autopsy("--trace-target=nothing_like_it", "-k", "known and not unknown")
    assert ours.code == 0
    assert ours.has_line(r"--trace-target.*nothing_like_it.*matched no")


def test_one_of_two_targets_that_matches_nothing_is_named(shop):
    ours = shop.autopsy("--trace-target=shop", "--trace-target=nothing_like_it")
    assert ours.has_line(r"nothing_like_it.*matched no")


@pytest.mark.parametrize(
    ("target", "right"),
    [
        ("", "path"),
        ("  ", "path"),
        ("src/nowhere", "src/nowhere"),
        ("nowhere.py", "nowhere.py"),
        ("/no/such/place.py", "/no/such/place.py"),
        ("test_shop.py::test_known", "node id"),
        ("test_shop.py::TestX::test_y[1]", "node id"),
        ("shop.cart:", "function"),
        ("shop/cart.py:", "function"),
        ("what is this?", "path"),
        ("!", "--trace-"),
        ("!nowhere/at/all.py", "nowhere/at/all.py"),
    ],
)
@pytest.mark.parametrize("option", ["--trace-target", "--trace-exclude"])
def test_wrong_target(pytester, option, target, right):
    if target.startswith("!") and option == "--trace-exclude":
        pytest.skip("the mark is --trace-target's")
    config = pytester.parseconfig("--autopsy", f"{option}={target}")
    with pytest.raises(pytest.UsageError) as caught:
        make_session(config, read_settings(config))
    error = str(caught.value)
    assert error.startswith("--trace-")
    assert target.strip("! ") in error
    assert right in error


@pytest.mark.parametrize(
    "args",
    [("--trace-target=nowhere/at/all.py",), ("--trace-exclude=a.py::b",), ("--trace-target=",)],
    ids=" ".join,
)
def test_wrong_target_ends_with_a_usage_error(shop, args):
    ours = shop.run(*args)
    assert ours.code == 4 or args[0].startswith("--trace-exclude")  # which alone asks for nothing
    ours = shop.autopsy(*args)
    assert ours.code == 4
    assert ours.has_line("^ERROR: --trace-")
    assert "Traceback" not in ours.text


def test_wrong_target_from_ini_names_the_key(shop):
    ours = shop.ini("autopsy_trace_targets = nowhere/at/all.py").autopsy()
    assert ours.code == 4
    assert ours.has_line("autopsy_trace_targets.*nowhere/at/all.py")


def test_wrong_ini_value_ends_with_a_usage_error(shop):
    ours = shop.ini("autopsy_keep_runs = many").run()
    assert ours.code == 4
    assert ours.has_line("^ERROR: .*autopsy_keep_runs.*many")
    assert "Traceback" not in ours.text


@pytest.mark.parametrize("option", ["--autopsy-modes=all", "--autopsies", "--trace-targets=x"])
def test_unknown_option_is_not_guessed(shop, option):
    assert shop.run(option).code == 4
