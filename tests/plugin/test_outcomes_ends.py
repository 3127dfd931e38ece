"""Runs that end early, try again or split tests: interrupts, exits, retries, subtests."""

from __future__ import annotations

import pytest

from .checks import both, explained, needs, same_outcomes
from .outcome_project import MATRIX, stopping


@pytest.mark.parametrize(
    "stop",
    [
        "raise KeyboardInterrupt",
        "import pytest; pytest.exit('enough')",
        "import pytest; pytest.exit('enough', returncode=3)",
        "import sys; sys.exit(5)",
        "raise SystemExit",
        "raise GeneratorExit",
        "class E(BaseException): pass\n        raise E",
    ],
)
def test_stop_in_a_test(project, stop):
    plain, ours = both(stopping(project, stop))
    same_outcomes(plain, ours)
    explained(ours)
    assert ours.failure("::test_before")["root_cause"]


@pytest.mark.parametrize(
    "stop", ["raise KeyboardInterrupt", "import pytest; pytest.exit('enough', returncode=3)"]
)
def test_stopped_run_says_so(project, stop):
    facts = stopping(project, stop).autopsy().digest["run"]
    assert facts["complete"] is False
    assert facts["stopped_by"]


def test_a_strict_xpass_says_why_it_failed(project):
    project.write({"test_x.py": """
        import pytest

        @pytest.mark.xfail(strict=True, reason="known bug 17")
        def test_xs():
            pass
        """})  # fmt: skip
    ours = project.autopsy()
    (cause,) = ours.digest["root_causes"]
    assert cause["title"].endswith("failed without an exception: [XPASS(strict)] known bug 17")
    assert ours.failure("::test_xs")["why_no_snapshot"] == "nothing was raised"


def test_stopped_by_maxfail(project):
    project.write(MATRIX)
    facts = project.autopsy("-x").digest["run"]
    assert facts["complete"] is False
    assert "stopping after 1 failures" in facts["stopped_by"]


@pytest.mark.parametrize("hook", ["pytest_runtest_setup", "pytest_runtest_teardown"])
def test_interrupt_outside_the_call(project, hook):
    stopping(project, "pass").write(
        {
            "conftest.py": f"""
        def {hook}(item):
            if item.name == "test_stops":
                raise KeyboardInterrupt
        """
        }
    )
    plain, ours = both(project)
    same_outcomes(plain, ours)
    explained(ours)


def test_internal_error_of_another_plugin(project):
    stopping(project, "pass").write(
        {
            "conftest.py": """
        def pytest_runtest_logreport(report):
            if "stops" in report.nodeid:
                raise RuntimeError("somebody else's fault")
        """
        }
    )
    plain, ours = both(project)
    assert plain.code == ours.code == 3
    assert plain.outcomes == ours.outcomes


SUBTESTS = """
    import unittest

    from stock.shop import wrong_sum


    class TestSub(unittest.TestCase):
        def test_some(self):
            for number in range(3):
                with self.subTest(number=number):
                    self.assertEqual(wrong_sum([number]), 2)
            self.assertEqual(wrong_sum([]), 0)

        def test_last_is_fine(self):
            with self.subTest("only"):
                self.assertEqual(wrong_sum([1]), 1)
    """
FIXTURE = """
    from stock.shop import wrong_sum


    def test_fixture(subtests):
        for number in range(3):
            with subtests.test(number=number):
                assert wrong_sum([number]) == 2


    def test_fixture_and_own(subtests):
        with subtests.test("first"):
            assert wrong_sum([1]) == 1
        assert wrong_sum([5]) == 5
    """
SUBTESTS_FIXTURE = pytest.mark.skipif(
    not hasattr(pytest, "Subtests"), reason="this pytest has no subtests fixture"
)


@pytest.mark.parametrize(
    "text", [SUBTESTS, pytest.param(FIXTURE, marks=SUBTESTS_FIXTURE)], ids=["unittest", "fixture"]
)
def test_subtests(project, text):
    project.write({**MATRIX, "test_matrix.py": text})
    plain, ours = both(project)
    same_outcomes(plain, ours)
    assert len(ours.digest["failures"]) == plain.failure_count
    assert len({one["id"] for one in ours.digest["failures"]}) == plain.failure_count
    for one in ours.digest["failures"]:
        assert one["root_cause"] or one["why_no_cause"]
    assert f" {plain.failure_count} failures, " in ours.headline
    assert any(
        one["suspects"] and one["suspects"][0]["function"] == "wrong_sum"
        for one in ours.digest["failures"]
    )


# -- retries ---------------------------------------------------------------------------------

FLAKY = """
    from stock.shop import total, wrong_sum

    tries = []


    def test_flaky():
        tries.append(1)
        assert wrong_sum([]) == 1 if len(tries) > 1 else total("jam", 1)


    def test_always():
        assert total("jam", 2) == 6


    def test_fine():
        assert total("tea", 2) == 6
    """


@pytest.fixture
def retried(project):
    project.write({**MATRIX, "test_matrix.py": FLAKY})
    return both(project, "--reruns=2", plugins=("rerunfailures",))


@needs("pytest_rerunfailures")
def test_retries_keep_their_outcomes(retried):
    plain, ours = retried
    same_outcomes(plain, ours)
    assert plain.counts["rerun"] == ours.digest["totals"]["retried"] == 3


@needs("pytest_rerunfailures")
def test_only_the_last_attempt_is_a_failure(retried):
    ours = retried[1]
    explained(ours)
    assert [one["nodeid"] for one in ours.digest["failures"]] == ["test_matrix.py::test_always"]
    assert ours.digest["failures"][0]["attempt"] == 3
    assert " 1 failure, 1 cause" in ours.headline


@needs("pytest_rerunfailures")
def test_retry_has_its_own_trace(retried):
    calls = [line["func"] for line in retried[1].trace("::test_always") if line["event"] == "call"]
    assert calls.count("total") == 1


INTERRUPTED = """
    from pytest_autopsy import {module}

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    def pytest_collection_finish():
        {module}.{name} = interrupted
"""


@pytest.mark.parametrize(
    ("module", "name", "word"),
    [
        ("pipeline", "explain", "not all was done"),
        ("closing", "write_run", "the digest was ended by"),
    ],
)
def test_who_interrupts_the_digest_has_pytests_summary(project, module, name, word):
    """It may take seconds, and plain pytest has nothing there that could be interrupted."""
    project.write(MATRIX)
    plain = project.plain("--junitxml=plain.xml")
    project.write({"interrupting.py": INTERRUPTED.format(module=module, name=name)})
    ours = project.autopsy("--junitxml=ours.xml", "-p", "interrupting")
    assert (ours.outcomes, ours.code) == (plain.outcomes, plain.code)
    assert word in ours.text
    assert "KeyboardInterrupt" not in ours.text
    assert "short test summary info" in ours.text
    assert (project.path / "ours.xml").is_file()
