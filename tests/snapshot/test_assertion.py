"""The comparison that failed as data: of asserts, unittest, mock and pytest's own helpers."""

from __future__ import annotations

import pytest

from pytest_autopsy.observe.compare import Near, first_difference
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import look
from pytest_autopsy.snapshot.assertion import from_compare, redacted

HELPERS = {
    "assertEqual": ("case.assertEqual([1, {'k': 'abc'}], wanted)", "==", "[1]['k']: 'abc' != 'abd'"),
    "assertIn": ("case.assertIn(3, [1, 2])", "in", ""),
    "assertAlmostEqual": ("case.assertAlmostEqual(1.0, 1.01, places=3)", "~=", ""),
    "assertCountEqual": ("case.assertCountEqual([1], [2])", "has the items of", ""),
    "assertDictEqual": ("case.assertDictEqual({'a': 1}, {'a': 2})", "==", "['a']: 1 != 2"),
    "assertIsNone": ("case.assertIsNone(3)", "is", ""),
    "assertTrue": ("case.assertTrue([])", "is", ""),
    "assertIsInstance": ("case.assertIsInstance(3, str)", "is a", ""),
    "assertRegex": ("case.assertRegex('abc', 'x+')", "matches", ""),
    "assertRaises": ("with case.assertRaises(KeyError):\n        pass", "raises", ""),
    "assert_called_once_with": ("sent.assert_called_once_with(2, b=1)", "was called with", "[0][0]: 1 != 2"),
    "assert_called_with": ("sent.assert_called_with(1, b=2)", "was called with", "[1]['b']: 1 != 2"),
    "assert_any_call": ("sent.assert_any_call(3)", "has a call with", ""),
    "assert_not_called": ("sent.assert_not_called()", "==", ""),
    "assert_called_once": ("sent(9) or sent.assert_called_once()", "==", ""),
    "pytest.raises": ("with pytest.raises(KeyError):\n        pass", "raises", ""),
    "pytest.warns": ("with pytest.warns(UserWarning):\n        pass", "warns", ""),
}  # fmt: skip

SETTING = """
import unittest
from unittest import mock

import pytest

case = unittest.TestCase()

def crash():
    wanted = [1, {'k': 'abd'}]
    sent = mock.Mock(name='sent', return_value=None)
    sent(1, b=1)
    {statement}
"""


@pytest.mark.parametrize("helper", HELPERS)
def test_helpers(studio, helper):
    statement, operator, difference = HELPERS[helper]
    shot = studio.crash(SETTING.replace("{statement}", statement))
    found = shot.assertion
    assert (found.helper, found.operator, found.difference) == (helper, operator, difference)
    frame = shot.exceptions[0].frames[0]
    assert frame.function == "crash", "the helper is no frame of the project"


def test_operands_of_helpers(studio):
    def of(statement):
        return studio.crash(SETTING.replace("{statement}", statement)).assertion

    found = of("case.assertEqual(wanted, [2])")
    assert (to_json(found.left), to_json(found.right)) == ([1, {"k": "abd"}], [2])
    assert (found.left_source, found.right_source) == ("wanted", "[2]")
    found = of("with pytest.raises(ValueError, match='abc'):\n        raise ValueError('xyz')")
    assert found.left.type == "ValueError" and "abc" in to_text(dict(found.details)["match"])
    found = of("sent.assert_not_called()")
    assert (found.left, found.right) == (1, 0)
    assert dict(of("case.assertAlmostEqual(1.0, 1.01, delta=.001)").details) == {"delta": 0.001}
    found = of("sent.assert_called_once_with('secret', password='correct-horse-9-battery')")
    assert "correct-horse" not in repr(found)


def test_an_exception_of_the_programs_own_is_no_assertion(studio):
    assert studio.crash("def crash():\n    raise ValueError('no')").assertion is None


def test_a_helper_that_called_back_into_the_project_is_not_what_failed(studio):
    found = studio.crash("""
        import unittest

        class Odd:
            def __eq__(self, other):
                assert False, 'in the project'

        def crash():
            unittest.TestCase().assertEqual(Odd(), 1)
    """).assertion  # fmt: skip
    assert found is None


def test_a_function_of_the_project_with_a_helpers_name_is_none(studio):
    shot = studio.crash("""
        def assert_frame_equal(left, right):
            assert left == right

        def crash():
            assert_frame_equal(1, 2)
    """)
    assert shot.assertion is None
    assert shot.exceptions[0].frames[0].function == "assert_frame_equal"


class Redactor:
    """Hides nothing."""

    def look(self, value, name=""):
        return value

    def text(self, text):
        return text


@pytest.mark.parametrize(
    ("left", "right", "difference"),
    [
        ([1.0, 2.0], pytest.approx([1.0 + 1e-9, 2.5]), "[1]: 2.0 != 2.5"),
        ({"a": 1.0, "b": 1.05}, pytest.approx({"a": 1.2, "b": 1.0}, rel=0.1), "['a']: 1.0 != 1.2"),
        ([1.0, 2.0], pytest.approx([1.0, 2.5], abs=0.7), ""),
        (1.0, pytest.approx(2.0), ""),
    ],
)
def test_approx_is_what_it_wraps_and_its_tolerance(left, right, difference):
    found = redacted(from_compare("==", left, right), Redactor())
    assert found.operator == "~="
    assert to_json(found.right) == to_json(look(right.expected))
    assert dict(found.details).keys() == {"rel", "abs"}
    assert found.difference == difference


def test_approx_on_the_left():
    found = from_compare("==", pytest.approx(1.0, rel=0.5), 3.0)
    assert (found.left, found.operator, found.right) == (1.0, "~=", 3.0)
    assert dict(found.details) == {"rel": 0.5, "abs": 1e-12}


@pytest.mark.parametrize(
    ("near", "inside", "outside"),
    [
        (Near(0.0, 0.1), (1.0, 1.1000000001 - 0.0001), (1.0, 1.2)),
        (Near(0.1, 0.0), (1.0, 1.1), (1.0, 1.2)),
        (Near(0.1, 0.05, joined=True), (1.0, 1.15), (1.0, 1.2)),
        (Near(1.0, 1.0), (1, 2), (True, 0)),
        (Near(1.0, 1.0), (1, 2), ("a", 1)),
    ],
)
def test_what_is_near(near, inside, outside):
    assert near.allows(*inside)
    assert not near.allows(*outside)


@pytest.mark.parametrize(
    ("left", "right", "text"),
    [
        ("x" * 30 + "a", "x" * 30 + "b", "the whole, character 30: 'xxxxxxxxxxa' != 'xxxxxxxxxxb'"),
        ("a\n" * 12, "a\n" * 11 + "b\n", "the whole, character 22, line 12: "),
        ({"k": "x" * 25}, {"k": "x" * 26}, "['k'], character 25: 'xxxxxxxxxx' != 'xxxxxxxxxxx'"),
        ("x" * 600, "x" * 600, ""),
        ("x" * 600, "x" * 601, "the whole: length 600 != 601"),
        ("x" * 599 + "a", "x" * 599 + "b", ""),  # past what is shown
        ("x" * 600, "x" * 3, "the whole, character 3: "),
    ],
)
def test_texts_differ_at_a_character(left, right, text):
    found = first_difference(look(left), look(right))
    assert found.startswith(text) if text else found == ""
