"""What pytest runs to explain a failing assertion is no part of the test that failed."""

from __future__ import annotations

import json

import pytest

SPANS = {
    "spans.py": """\
        class Span:
            def __init__(self, first, last):
                self.first, self.last = first, last

            def key(self):
                return self.first, self.last

            def __repr__(self):
                return described(self)

            def __eq__(self, other):
                return self.key() == other.key()

            def __hash__(self):
                return hash(self.key())

            def __lt__(self, other):
                return self.key() < other.key()

        def described(span):
            return f"{span.first}-{span.last}"

        def spans(text):
            return [Span(*part.split("-")) for part in text.split()]
    """,
    "test_spans.py": """\
        import unittest

        from spans import Span, spans

        def test_two():
            assert len(spans("1-2 3-4")) == 2

        def test_compared():
            found = {span: 1 for span in spans("1-2 3-4")}
            assert found == {Span("1", "2"): 1, Span("3", "5"): 1}

        class TestSpans(unittest.TestCase):
            def test_case(self):
                found = {span: 1 for span in spans("1-2 3-4")}
                self.assertEqual(found, {Span("1", "2"): 1, Span("3", "5"): 1})

        def test_own():
            assert str(spans("1-2")[0]) == "1-3"
    """,
}


@pytest.mark.parametrize("test", ["::test_compared", "::test_case"])
@pytest.mark.parametrize("options", [(), ("--autopsy-mode=light",)])
def test_what_explains_is_no_suspect(project, options, test):
    run = project.write(SPANS).autopsy("-vv", *options)
    failure = run.failure(test)
    diagnosis = json.loads((run.path / failure["diagnosis"]).read_bytes())
    named = {suspect["function"] for suspect in diagnosis["suspects"]}
    assert "spans" in named
    assert named.isdisjoint({"described", "Span.__repr__"})


def test_what_the_test_itself_calls_stays(project):
    run = project.write(SPANS).autopsy("-vv")
    calls = (run.path / run.failure("::test_own")["trace"]).read_text()
    assert '"described"' in calls
    calls = (run.path / run.failure("::test_compared")["trace"]).read_text()
    assert '"__hash__"' in calls
    assert '"described"' not in calls
