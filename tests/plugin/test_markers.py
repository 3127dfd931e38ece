"""@pytest.mark.trace, no_trace and no_snapshot, with and without --autopsy."""

from __future__ import annotations

import pytest

from .checks import needs
from .helpers import PLUGINS

CART = {"Cart.__init__", "Cart.add", "Cart.total", "line_total"}
ALL = CART | {"load_price", "parse", "total", "test_marked"}


def traced(run) -> set[str]:
    return run.traced() - {"<module>"}


# -- trace, without any option ---------------------------------------------------------------


def test_trace_records_without_autopsy(marked):
    ours = marked("@pytest.mark.trace").run()
    assert ours.code == 1
    assert ours.counts == {"failed": 2}
    assert traced(ours) == ALL
    assert len(list(ours.directory.glob("traces/*.jsonl"))) == 1


def test_trace_of_the_marked_test_only(marked):
    ours = marked("@pytest.mark.trace").run()
    assert ours.failure("::test_marked")["trace"]
    assert ours.failure("::test_unmarked")["trace"] is None
    assert ours.failure("::test_unmarked")["why_no_cause"]


def test_marker_alone_keeps_outcomes(marked):
    project = marked("@pytest.mark.trace", "markers = trace: of old")
    plain = project.plain()
    ours = marked("@pytest.mark.trace").run()
    assert (plain.outcomes, plain.code, plain.counts) == (ours.outcomes, ours.code, ours.counts)


@pytest.mark.parametrize(
    ("mark", "names"),
    [
        ("@pytest.mark.trace('shop.cart')", CART),
        ("@pytest.mark.trace('shop/cart.py')", CART),
        ("@pytest.mark.trace('shop.cart:Cart.add')", {"Cart.add"}),
        ("@pytest.mark.trace('*:parse', 'shop.cart:Cart.add')", {"Cart.add", "parse"}),
        ("@pytest.mark.trace('load_price')", {"load_price"}),
        ("@pytest.mark.trace('shop.cart')\n    @pytest.mark.trace('*:parse')", CART | {"parse"}),
    ],
)
def test_targets_of_the_marker(marked, mark, names):
    assert traced(marked(mark).run()) == names


def test_depth(marked):
    """The test is at depth 0, so depth=2 shows what it calls and what that calls."""
    ours = marked("@pytest.mark.trace(depth=2)").run()
    depths = {line["depth"] for line in ours.trace("::test_marked") if line["event"] == "call"}
    assert depths == {0, 1, 2}


def test_what_failed_unmarked_is_told_as_pytest_renders_it(marked):
    """Nothing of it was recorded but its report: type and message are pytest's own."""
    project = marked("@pytest.mark.trace")
    with open(project.path / "test_shop.py", "a") as file:
        file.write("\n\ndef test_compares():\n    assert [1] == [2]\n")
        file.write("\n\ndef test_speaks():\n    raise LookupError('shelf: empty')\n")
    ours = project.run()
    found = {name: ours.failure(f"::test_{name}")["exception"] for name in ("compares", "speaks")}
    assert found["compares"]["type"] == "AssertionError"
    assert found["compares"]["message"].startswith("assert [1] == [2]")
    assert found["speaks"] == {"type": "LookupError", "message": "shelf: empty"}


def test_values_false(marked):
    ours = marked("@pytest.mark.trace(values=False)").run()
    calls = [line for line in ours.trace("::test_marked") if line["event"] == "call"]
    assert {call["qualname"] for call in calls} >= {"Cart.add", "line_total"}
    text = "\n".join(map(str, ours.trace("::test_marked")))
    assert "'tea'" not in text
    assert "'jam'" not in "\n".join(map(str, calls))


@pytest.mark.parametrize(
    "mark",
    [
        "@pytest.mark.trace('nowhere/at/all.py')",
        "@pytest.mark.trace('test_shop.py::test_marked')",
        "@pytest.mark.trace('')",
    ],
)
def test_wrong_target_names_the_test(marked, mark):
    ours = marked(mark).run()
    assert ours.code == 4
    assert ours.has_line(r"^ERROR: test_shop\.py::test_marked: marker trace: ")
    assert "Traceback" not in ours.text
    assert "INTERNALERROR" not in ours.text


@pytest.mark.parametrize(
    "arguments", ["depth='deep'", "depth=-1", "depth=True", "values='no'", "deep=1", "5"]
)
def test_wrong_argument_names_the_test(marked, arguments):
    ours = marked(f"@pytest.mark.trace({arguments})").run()
    assert ours.code == 4
    assert ours.has_line(r"^ERROR: test_shop\.py::test_marked: marker trace: ")
    assert "INTERNALERROR" not in ours.text


def test_class_and_module_marks(shop):
    shop.write(
        {
            "test_shop.py": """
        import pytest
        from shop.cart import line_total

        pytestmark = pytest.mark.trace("*:parse")


        @pytest.mark.trace("*:line_total")
        class TestIt:
            def test_one(self):
                line_total("jam", 1)


        def test_two():
            line_total("jam", 1)
        """
        }
    )
    ours = shop.run()
    assert {c["qualname"] for c in ours.trace("::test_one") if c["event"] == "call"} >= {
        "parse",
        "line_total",
    }
    assert ours.failure("::test_two")["trace"]


def test_marker_without_failures_leaves_plain_output(marked):
    project = marked("@pytest.mark.trace")
    project.write({"test_shop.py": "import pytest\n@pytest.mark.trace\ndef test_it():\n    pass\n"})
    assert project.run().code == 0


@needs("xdist")
def test_marker_in_workers(marked):
    ours = marked("@pytest.mark.trace").run("-n2", plugins=(*PLUGINS, "xdist"))
    assert ours.counts == {"failed": 2}
    assert traced(ours) == ALL
    assert ours.failure("::test_marked")["trace"]


def test_collect_only_records_nothing(marked):
    ours = marked("@pytest.mark.trace").run("--collect-only")
    assert ours.code == 0
    assert not ours.store.exists()


# -- what silences the marker ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "ini"),
    [(("--no-autopsy",), ()), ((), ("autopsy_markers = false",))],
    ids=["option", "ini"],
)
def test_silenced(marked, args, ini):
    ours = marked("@pytest.mark.trace", *ini).run(*args)
    assert ours.code == 1
    assert not ours.store.exists()
    assert "autopsy" not in ours.out.replace("plugins: autopsy", "")


def test_autopsy_markers_false_leaves_autopsy_on(marked):
    ours = marked("@pytest.mark.trace", "autopsy_markers = false").autopsy()
    assert traced(ours) == ALL | {"test_unmarked"}


# -- with --autopsy --------------------------------------------------------------------------


def test_no_trace(marked):
    ours = marked("@pytest.mark.no_trace").autopsy()
    assert ours.failure("::test_marked")["trace"] is None
    assert ours.failure("::test_unmarked")["trace"]
    diagnosed = ours.failure("::test_marked")
    assert diagnosed["root_cause"] or diagnosed["why_no_cause"]


def test_no_trace_beats_trace(marked):
    ours = marked("@pytest.mark.no_trace\n    @pytest.mark.trace").run()
    assert not ours.store.exists() or ours.failure("::test_marked")["trace"] is None


def test_no_trace_says_why(marked):
    ours = marked("@pytest.mark.no_trace").autopsy()
    failure = ours.failure("::test_marked")
    assert failure["why_no_trace"] == "marked no_trace"
    assert failure["exception"]["type"] == "TypeError"
    assert failure["snapshot"], "what crashed is no part of the trace"


def test_no_snapshot(marked):
    ours = marked("@pytest.mark.no_snapshot").autopsy()
    assert ours.failure("::test_marked")["snapshot"] is None
    assert ours.failure("::test_marked")["why_no_snapshot"] == "marked no_snapshot"
    assert ours.failure("::test_unmarked")["snapshot"]
    assert ours.failure("::test_unmarked")["why_no_snapshot"] is None
    assert ours.failure("::test_marked")["trace"]


def test_depth_with_autopsy(marked):
    ours = marked("@pytest.mark.trace(depth=1)").autopsy()
    assert {c["qualname"] for c in ours.trace("::test_marked") if c["event"] == "call"} == {
        "test_marked",
        "total",
    }
    assert len([c for c in ours.trace("::test_unmarked") if c["event"] == "call"]) > 5


def test_marker_target_adds_to_the_projects_code(marked):
    ours = marked("@pytest.mark.trace('colorsys')").autopsy()
    assert traced(ours) == ALL | {"test_unmarked"}


def test_what_pytest_calls_between_phases_is_not_the_tests(marked):
    """pytest dedents sources when it makes its report: no call of the test."""
    ours = marked("@pytest.mark.trace('textwrap')").autopsy()
    assert "dedent" not in traced(ours)
