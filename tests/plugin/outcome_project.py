"""A project in which a test ends in every way that a test can end."""

SHOP = """
    def price(name):
        return {"tea": 3}.get(name)


    def total(name, quantity):
        return price(name) * quantity


    def wrong_sum(numbers):
        return sum(numbers) + 1


    def documented(number):
        \"\"\"Return the double.

        >>> documented(2)
        5
        >>> documented(0)
        0
        \"\"\"
        return number * 2


    def fine(number):
        \"\"\"Return it.

        >>> fine(2)
        2
        \"\"\"
        return number
    """

CONFTEST = """
    import pytest

    from stock.shop import total


    @pytest.fixture
    def broken():
        return total("jam", 2)


    @pytest.fixture
    def breaks_later():
        yield 1
        total("jam", 3)


    @pytest.fixture(scope="module")
    def broken_module():
        raise ConnectionError("no database")
    """

TESTS = """
    import asyncio
    import sys
    import unittest
    import warnings

    import pytest

    from stock.shop import total, wrong_sum


    def test_pass():
        assert total("tea", 2) == 6


    def test_fail():
        assert total("jam", 2) == 6


    def test_wrong_value():
        assert wrong_sum([1, 2]) == 3


    def test_explicit_fail():
        pytest.fail("on purpose")


    def test_setup_error(broken):
        pass


    def test_teardown_error(breaks_later):
        pass


    def test_call_and_teardown(breaks_later):
        assert wrong_sum([]) == 0


    def test_module_fixture_one(broken_module):
        pass


    def test_module_fixture_two(broken_module):
        pass


    @pytest.mark.xfail
    def test_xfail():
        assert total("jam", 2) == 6


    @pytest.mark.xfail
    def test_xpass():
        assert total("tea", 2) == 6


    @pytest.mark.xfail(strict=True)
    def test_strict_xpass():
        assert total("tea", 2) == 6


    @pytest.mark.xfail(raises=KeyError)
    def test_xfail_other_error():
        total("jam", 2)


    @pytest.mark.skip(reason="not now")
    def test_skip_marked():
        pass


    def test_skip_inside():
        pytest.skip("not here")


    def test_exit():
        sys.exit(3)


    def test_warns():
        warnings.warn("old")


    @pytest.mark.parametrize("quantity", [1, 2, 3])
    def test_parametrised(quantity):
        assert wrong_sum(range(quantity)) == [0, 2, 99][quantity - 1]


    @pytest.mark.parametrize("text", ["a/b", "\\n", "[x]", "\\u20ac", "::"])
    def test_hostile_id(text):
        assert wrong_sum([len(text)]) == 0


    async def work():
        await asyncio.sleep(0)
        return total("jam", 1)


    def test_asyncio_run():
        assert asyncio.run(work()) == 1


    def test_chained():
        try:
            total("jam", 1)
        except TypeError as error:
            raise ValueError("no total") from error


    class Inner:
        def __eq__(self, other):
            raise RuntimeError("compared")

        def __repr__(self):
            raise RuntimeError("shown")


    def test_hostile_value():
        value = Inner()
        assert value is None


    class TestCase(unittest.TestCase):
        def test_ok(self):
            self.assertEqual(total("tea", 1), 3)

        def test_bad(self):
            self.assertEqual(wrong_sum([1]), 1)

        @unittest.expectedFailure
        def test_expected(self):
            total("jam", 1)

        @unittest.expectedFailure
        def test_unexpected(self):
            pass


    class TestSetUp(unittest.TestCase):
        def setUp(self):
            total("jam", 1)

        def test_never(self):
            pass


    class TestTearDownClass(unittest.TestCase):
        @classmethod
        def tearDownClass(cls):
            total("jam", 1)

        def test_before(self):
            pass


    class TestAsync(unittest.IsolatedAsyncioTestCase):
        async def test_ok(self):
            self.assertEqual(await asyncio.sleep(0, total("tea", 1)), 3)

        async def test_bad(self):
            self.assertEqual(await work(), 3)
    """

MATRIX = {
    "stock/__init__.py": "",
    "stock/shop.py": SHOP,
    "conftest.py": CONFTEST,
    "test_matrix.py": TESTS,
}

WORK = """
    from stock.shop import total


    def test_before():
        assert total("jam", 2) == 6


    def test_stops():
        {stop}


    def test_after():
        assert total("tea", 2) == 6
    """


def stopping(project, stop: str):
    return project.write({**MATRIX, "test_matrix.py": WORK.format(stop=stop)})
