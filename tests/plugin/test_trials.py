"""--autopsy-trials: what mends the failing tests is found, and nothing else is touched."""

from __future__ import annotations

import json
import os
import re

import pytest

from pytest_autopsy.integrations.trials import summary

from .checks import same_outcomes
from .helpers import PLUGINS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="trials need forks")

CART = {
    "cart.py": """
        from pathlib import Path


        def total(prices, reduced_from=10):
            result = sum(prices)
            if len(prices) > reduced_from:
                result *= 0.5
            return result


        def shipping(weight):
            if weight < 5:
                return 3
            return 3 + (weight - 5) * 2


        def order(prices, weight):
            return total(prices) + shipping(weight)


        def note(text):
            Path("notes.txt").write_text(text)
            return len(text) + 1
        """,
    "test_cart.py": """
        from cart import order, shipping, total


        def test_few():
            assert total([1, 2]) == 3


        def test_many():
            assert total([1] * 20) == 10


        def test_ten():
            assert total([1] * 10) == 5


        def test_order():
            assert order([1] * 10, 2) == 8


        def test_small_order():
            assert order([1] * 3, 2) == 6


        def test_heavy():
            assert shipping(6) == 5
        """,
}
NOTE = """
    from cart import note


    def test_note():
        assert note("abc") == 3


    def test_empty():
        assert note("") == 1
    """


@pytest.fixture
def cart(project):
    return project.write(CART)


def test_the_change_that_mends_is_told_everywhere(cart):
    run = cart.autopsy("--autopsy-trials")
    (cause,) = run.digest["root_causes"]
    assert (cause["confidence"], cause["suspects"][0]["function"]) == ("shown", "total")
    assert len(cause["failures"]) == 2  # one cause, for one change mends both
    first = cause["trials"][0]
    assert (first["file"], first["line"], first["function"]) == ("cart.py", 6, "total")
    assert (first["before"], first["after"]) == (
        "len(prices) > reduced_from", "len(prices) >= reduced_from",
    )  # fmt: skip
    assert sorted(first["passed"]) == ["test_cart.py::test_order", "test_cart.py::test_ten"]
    assert first["kept"] == 3
    assert "`len(prices) >= reduced_from`" in run.text
    assert "in place of" in (run.directory / "digest.md").read_text("utf-8")
    assert (
        run.digest["cost"]["diagnose_s"] < run.digest["cost"]["slowdown_s"] / 2
    )  # once, not twice
    assert re.search(r"trials: \d+ changes of suspects tried for 2 causes", run.text)


def test_a_change_tells_failures_of_one_cause_from_those_of_another(project):
    files = {
        "shop.py": """
            def rate(count):
                return 0.5 if count > 10 else 1.0

            def tax(net):
                return net * 0.1 + 1

            def bill(count):
                net = count * rate(count)
                return {"net": net, "tax": tax(net), "text": f"{count} for {net:g}"}
            """,
        "test_shop.py": """
            import pytest
            from shop import bill

            @pytest.mark.parametrize("count", [1, 5, 20])
            def test_net(count):
                assert bill(count)["net"] == (10 if count == 20 else count)

            def test_net_of_ten():
                assert bill(10)["net"] == 5

            def test_text_of_ten():
                assert bill(10)["text"] == "10 for 5"

            def test_tax():
                assert bill(20)["tax"] == 1

            def test_tax_of_few():
                assert bill(5)["tax"] == 0.5
            """,
    }
    run = project.write(files).autopsy("--autopsy-trials")
    names = {one["id"]: one["nodeid"].partition("::")[2] for one in run.digest["failures"]}
    found = {
        cause["suspects"][0]["function"]: {names[one] for one in cause["failures"]}
        for cause in run.digest["root_causes"]
    }
    assert found == {
        "rate": {"test_net_of_ten", "test_text_of_ten"},
        "tax": {"test_tax", "test_tax_of_few"},
    }


def test_outcomes_files_and_reports_are_as_without(cart):
    before = {path: path.read_bytes() for path in cart.path.glob("*.py")}
    plain = cart.plain("--junitxml=report.xml", "-p", "no:cacheprovider")
    report = (cart.path / "report.xml").read_text("utf-8")
    ours = cart.autopsy("--autopsy-trials", "--junitxml=report.xml")
    same_outcomes(plain, ours)
    assert {path: path.read_bytes() for path in cart.path.glob("*.py")} == before
    assert not list(ours.directory.glob("trials*"))
    assert (cart.path / "report.xml").read_text("utf-8").count("<testcase") == report.count(
        "<testcase"
    )


def test_it_is_off_unless_asked_for_and_ini_asks_too(cart, settings):
    assert not settings().trials
    assert settings("--autopsy-trials").trials
    assert settings(ini="autopsy_trials = true").trials
    assert not settings("--no-autopsy-trials", ini="autopsy_trials = true").trials
    assert settings("--autopsy-trials").triage
    assert not settings("--autopsy-trials", "--no-autopsy").active
    with pytest.raises(pytest.UsageError, match="--autopsy-trials looks for root causes"):
        settings("--autopsy-trials", "--no-triage")
    run = cart.autopsy()
    assert "trials" not in run.digest["root_causes"][0]
    assert "trials:" not in run.text


def test_what_a_test_writes_is_refused_and_that_is_said(cart):
    cart.write({"test_note.py": NOTE})
    run = cart.autopsy("--autopsy-trials", "test_note.py")
    assert "a trial may not write files, and their tests do" in " ".join(run.text.split())
    assert (cart.path / "notes.txt").read_text("utf-8") == ""  # by the run's own last test


def test_a_change_that_writes_elsewhere_is_no_evidence(project):
    files = {
        "guard.py": """
            from pathlib import Path

            def save(text, dry=True):
                if dry:
                    return len(text) + 1
                Path("saved.txt").write_text(text)
                return len(text)
            """,
        "test_guard.py": """
            from guard import save

            def test_save():
                assert save("abc") == 3
            """,
    }
    run = project.write(files).autopsy("--autopsy-trials")
    assert not (project.path / "saved.txt").exists()
    for one in run.digest["root_causes"][0].get("trials", ()):
        assert "dry" not in one["before"]


def test_changes_that_hang_or_die_do_not_hold_the_run_up(project):
    files = {
        "loop.py": """
            import os

            def count(n):
                i = 0
                while i < n:
                    i += 1
                if i < 0:
                    os._exit(1)
                return i - 1
            """,
        "test_loop.py": """
            from loop import count

            def test_three():
                assert count(3) == 3

            def test_none():
                assert count(0) == -1 + 1
            """,
    }
    run = project.write(files).autopsy("--autopsy-trials")
    (cause,) = run.digest["root_causes"]
    assert cause["suspects"][0]["function"] == "count"
    assert {one["after"] for one in cause["trials"]} & {"i", "i - 0", "return i"}


def test_a_test_that_fails_only_after_another_is_said_to(project):
    files = {
        "state.py": "seen = []\n\ndef note(name):\n    seen.append(name)\n    return len(seen)\n",
        "test_state.py": """
            from state import note

            def test_first():
                assert note("a") == 1

            def test_second():
                assert note("b") == 1
            """,
    }
    run = project.write(files).autopsy("--autopsy-trials")
    told = " ".join(run.text.split())
    assert "the failing tests of 1 did not fail in a process of their own" in told


def test_what_was_not_tried_to_the_end_is_said():
    whole = {"failing": ["test_a"], "refused": [], "made": 20, "late": False}
    late, gone = {**whole, "late": True}, {**whole, "failing": [], "made": 0}
    assert summary([whole]) == "trials: 20 changes of suspects tried for 1 cause"
    assert summary([whole, late]) == (
        "trials: 40 changes of suspects tried for 2 causes; time ran out for 1 of them"
    )
    assert summary([gone, {**gone, "refused": ["write files", "fork"]}]) == (
        "trials: 0 changes of suspects tried for 2 causes; the failing tests of 1 did not fail in a "
        "process of their own; a trial may not fork or write files, and their tests do"
    )


@pytest.mark.parametrize("mode", ["light", "second-run"])
def test_beside_other_modes(cart, mode):
    run = cart.autopsy("--autopsy-trials", f"--autopsy-mode={mode}")
    causes = run.digest["root_causes"]
    assert causes[0]["trials"][0]["after"] == "len(prices) >= reduced_from"


def test_with_workers(cart):
    pytest.importorskip("xdist")
    run = cart.autopsy("--autopsy-trials", "-n2", plugins=(*PLUGINS, "xdist"))
    assert run.digest["root_causes"][0]["trials"][0]["after"] == "len(prices) >= reduced_from"


def test_beside_a_debugger_there_are_none(cart):
    run = cart.autopsy("--autopsy-trials", "--debug=there.log")
    assert run.has_line(r"note +no trials beside --debug")


def test_secrets_in_what_was_tried_stay_in(project):
    secret = "hunter2-" + "x" * 12
    files = {
        "login.py": f"""
            def login(name, password="{secret}"):
                if name == "root" and password == "{secret}":
                    return 0
                return 1
            """,
        "test_login.py": """
            from login import login

            def test_root():
                assert login("root") == 1

            def test_other():
                assert login("ana") == 1
            """,
    }
    run = project.write(files).autopsy("--autopsy-trials")
    assert secret not in json.dumps(run.digest)
    assert run.digest["root_causes"][0]["trials"]
