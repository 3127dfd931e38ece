"""Kinds of tests: unittest, subtests, doctests, bdd, hypothesis."""

from __future__ import annotations

import pytest

from ..plugin.checks import needs
from .conftest import blamed, calls

UNITTEST = """
    import unittest

    from stock.shop import total, wrong_sum


    def setUpModule():
        assert total("tea", 1) == 3


    class TestIt(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            cls.name = "tea"

        def setUp(self):
            self.addCleanup(lambda: None)

        def test_bad(self):
            self.assertEqual(wrong_sum([1]), 1)

        def test_raises(self):
            with self.assertRaises(KeyError):
                total("jam", 2)

        @unittest.skip("not now")
        def test_skipped(self):
            pass


    class TestBroken(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            total("jam", 1)

        def test_never(self):
            pass


    class TestCleanup(unittest.TestCase):
        def test_cleans(self):
            self.addCleanup(total, "jam", 1)
    """


def test_unittest(project, lives):
    project.write({"test_it.py": UNITTEST})
    run = lives()
    assert run.counts["failed"] == 3
    assert blamed(run, "::test_bad") == "wrong_sum"
    assert blamed(run, "::test_raises") in ("price", "total")
    assert run.failure("::test_never")["phase"] == "setup"


SUBTEST = """
    import unittest

    from stock.shop import wrong_sum


    class TestSub(unittest.TestCase):
        def test_some(self):
            for number in range(3):
                with self.subTest(number=number):
                    self.assertEqual(wrong_sum([number]), 2)

        def test_fine(self):
            with self.subTest("only"):
                self.assertEqual(wrong_sum([1]), 2)
    """
FIXTURE = """
    from stock.shop import wrong_sum


    def test_some(subtests):
        for number in range(3):
            with subtests.test(number=number):
                assert wrong_sum([number]) == 2


    def test_fine(subtests):
        with subtests.test("only"):
            assert wrong_sum([1]) == 2
    """
OWN = hasattr(pytest, "Subtests")  # part of pytest since 9.0
PLUGIN = () if OWN else ("subtests",)


def check_subtests(run):
    """pytest counts a test with failing subtests as one more failure, by its report's status."""
    told = [one for one in run.digest["failures"] if one["nodeid"].endswith("::test_some")]
    assert len({one["id"] for one in told}) == len(told) == run.failure_count
    blame = [one["suspects"][0]["function"] for one in told if one["suspects"]]
    assert blame.count("wrong_sum") >= 2


@pytest.mark.skipif(not OWN, reason="without a plugin, subTest ends at the first failure")
def test_unittest_subtests(project, lives):
    project.write({"test_it.py": SUBTEST})
    check_subtests(lives(told=False))


@needs(*([] if OWN else ["pytest_subtests"]))
def test_subtests_fixture(project, lives):
    """pytest's own since 9.0; before it the plugin pytest-subtests."""
    project.write({"test_it.py": FIXTURE})
    check_subtests(lives(plugins=PLUGIN, told=False))


DOCTEST = '''
    def double(n):
        """Return the double.

        >>> double(2)
        5
        >>> double("x")
        'xx'
        """
        return n + n


    def broken():
        """Raise.

        >>> broken()
        1
        """
        return {}["x"]
    '''


def test_doctest(project, lives):
    project.write({"stock/maths.py": DOCTEST, "text.txt": ">>> 1 + 1\n3\n"})
    run = lives("--doctest-modules", "--doctest-glob=*.txt")
    assert run.counts["failed"] == 3
    assert run.failure("::stock.maths.double")["suspects"][0]["function"] == "double"
    assert blamed(run, "::stock.maths.broken") == "broken"


FEATURE = """
    Feature: Prices
        Scenario: Jam
            Given a basket with "jam"
            When I pay
            Then it costs 6

        Scenario: Tea
            Given a basket with "tea"
            When I pay
            Then it costs 6
    """
STEPS = """
    from pytest_bdd import given, parsers, scenarios, then, when

    from stock.shop import total

    scenarios("prices.feature")


    @given(parsers.parse('a basket with "{name}"'), target_fixture="basket")
    def basket(name):
        return [name]


    @when("I pay", target_fixture="paid")
    def pay(basket):
        return total(basket[0], 2)


    @then(parsers.parse("it costs {price:d}"))
    def costs(paid, price):
        assert paid == price
    """


@needs("pytest_bdd")
def test_bdd(project, lives):
    project.write({"prices.feature": FEATURE, "test_it.py": STEPS})
    run = lives(plugins=("pytest-bdd",))
    assert (run.counts["failed"], run.counts["passed"]) == (1, 1)
    assert blamed(run, "::test_jam") in ("price", "total")
    assert calls(run, "::test_jam", "basket")


HYPOTHESIS = """
    from hypothesis import given, settings, strategies as st

    from stock.shop import wrong_sum

    settings.register_profile("t", database=None, derandomize=True, deadline=None)
    settings.load_profile("t")


    def capped(numbers):
        return wrong_sum(numbers) - 1 if sum(numbers) < 37 else wrong_sum(numbers)


    @given(st.lists(st.integers(0, 50), max_size=5), st.booleans())
    def test_bad(numbers, flag):
        assert capped(numbers) == sum(numbers)


    @given(st.integers())
    def test_good(n):
        assert n == n


    class TestIt:
        @given(st.integers(0, 50))
        @settings(max_examples=300)
        def test_method(self, n):
            assert capped([n]) == n
    """
STATEFUL = """
    from hypothesis import settings
    from hypothesis.stateful import RuleBasedStateMachine, rule

    from stock.shop import wrong_sum


    class Machine(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.numbers = []

        @rule()
        def add(self):
            self.numbers.append(1)

        @rule()
        def check(self):
            assert wrong_sum(self.numbers) == len(self.numbers) + (len(self.numbers) < 3)


    TestMachine = Machine.TestCase
    TestMachine.settings = settings(database=None, derandomize=True, deadline=None)
    """


@needs("hypothesis")
def test_hypothesis(project, lives):
    """The attempt that is kept is that of the falsifying example, with its arguments."""
    project.write({"test_it.py": HYPOTHESIS})
    run = lives("-W", "error", plugins=("hypothesispytest",))
    assert run.counts["failed"] == 2
    (body,) = calls(run, "::test_bad", "test_bad")
    assert "[37]" in str(body["args"])
    (method,) = calls(run, "::test_method", "TestIt.test_method")
    assert "37" in str(method["args"])
    assert len(calls(run, "::test_method", "capped")) == 1


@needs("hypothesis")
def test_hypothesis_stateful(project, lives):
    project.write({"test_it.py": STATEFUL})
    run = lives(plugins=("hypothesispytest",))
    added = calls(run, "::runTest", "Machine.add")
    assert len(added) == 3, "of the attempt that failed, and of no other"
    assert len(calls(run, "::runTest", "Machine.__init__")) == 1
