"""Reports: what a reader sees, made from one small outcome; golden where it is rendered."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_autopsy.model import Change, Diagnosis, Evidence, Failure, Function, RootCause, Suspect
from pytest_autopsy.observe.text import to_text
from pytest_autopsy.observe.values import look
from pytest_autopsy.report.budget import brief
from pytest_autopsy.report.digest import Outcome, digest
from pytest_autopsy.report.markdown import digest_md
from pytest_autopsy.report.plain import cut_end, cut_front, cut_path, safe, split, width
from pytest_autopsy.report.properties import box, properties_of
from pytest_autopsy.report.terminal import MAX_LINES, headline, lines
from pytest_autopsy.report.trace import changed_part

HOSTILE = "x\x1b[31m\u202e\u200b::error::<b>`*\n2"


def outcome(count: int = 1, title: str = "load swallows KeyError and returns None") -> Outcome:
    failures, causes = [], []
    for number in range(count):
        failure = Failure(
            id=f"f-{number:010x}", nodeid=f"tests/test_shop.py::test_{number}", phase="call",
            outcome="failed", file="tests/test_shop.py", line=3, duration_s=0.1,
            exception=("TypeError", "bad operand"),
        )  # fmt: skip
        suspect = Suspect(Function("shop/pricing.py", "load", 17), 20, 2.5, ("run by 1 of 1",))
        facts = (
            Evidence("caller", "line_total(price=None, qty=2) called it", "called",
                     "shop/cart.py", 40, "line_total", failure.nodeid, 2),
            Evidence("swallowed", "load('sku-9') caught KeyError('sku-9'), returned None",
                     "culprit", "shop/pricing.py", 20, "load", failure.nodeid, 3, "None"),
        )  # fmt: skip
        found = Diagnosis(
            (failure.id,), (suspect,), facts, "shown", "swallowed exception", title,
            "look at the except at shop/pricing.py:19",
        )  # fmt: skip
        causes.append(
            RootCause(f"c1-{number:08x}", (), "call | TypeError", failure.id, (failure.id,), found)
        )
        failures.append(failure)
    return Outcome(
        run={"id": "20261120T101502Z-3f2a9c1e", "engine": "sys.monitoring", "engine_reason": "-"},
        totals={"tests": count, "failed": count}, failures=failures, causes=causes, diagnoses={},
        cost={"slowdown_s": 1.25, "calls_seen": 7, "dropped": 0},
        path=".autopsy/runs/20261120T101502Z-3f2a9c1e",
    )  # fmt: skip


GOLDEN = """\
1 shown   load swallows KeyError and returns None                         1 test
  called  shop/cart.py:40  line_total(price=None, qty=2) called it
  culprit shop/pricing.py:20  load('sku-9') caught KeyError('sku-9'), returned
          None
  hint    look at the except at shop/pricing.py:19
  rerun   pytest --autopsy --autopsy-cause c1-00000000
evidence  .autopsy/runs/20261120T101502Z-3f2a9c1e/digest.md
cost      about +1.2 s, 1 test run, 7 calls recorded, 0 dropped"""


def test_digest_at_80_columns() -> None:
    assert "\n".join(line.text for line in lines(outcome(), 80)) == GOLDEN
    assert headline(outcome()) == "autopsy: 1 failure, 1 cause"


@pytest.mark.parametrize("cells", [60, 80, 120, 200])
@pytest.mark.parametrize("count", [1, 5, 14, 300])
def test_digest_keeps_to_its_size(cells: int, count: int) -> None:
    shown = lines(outcome(count, "a very long title " * 20), cells)
    assert len(shown) < MAX_LINES
    rerun = [line.text for line in shown if " rerun " in line.text]
    assert rerun
    assert all(text.split()[-1].startswith("c1-") for text in rerun)
    assert all(width(line.text) <= cells for line in shown if "evidence" not in line.text)


def test_what_a_test_prints_is_hostile() -> None:
    for line in lines(outcome(title=HOSTILE), 80):
        assert line.text.isprintable()
        assert "\u202e" not in line.text
    text = digest_md(outcome(title=HOSTILE))
    assert "\x1b" not in text
    assert "<b>" not in text
    assert all(part.isprintable() for part in box(outcome(title=safe(HOSTILE)), "f-0000000000"))


def test_what_is_another_tests_is_said_to_be() -> None:
    """A box stands in the text of each failure of a cause, its facts are of one."""
    made = outcome(2)
    (both, _), (one, other) = made.causes, made.failures
    made.causes[:] = [dataclasses.replace(both, failures=(one.id, other.id))]
    facts = [line for line in box(made, one.id) if line.startswith("  culprit")]
    assert facts == [
        "  culprit shop/pricing.py:20 load('sku-9') caught KeyError('sku-9'), returned None"
    ]
    facts = [line for line in box(made, other.id) if line.startswith("  culprit")]
    name = one.nodeid.rpartition("::")[2]
    assert facts[0].startswith(f"  culprit in {name}: shop/pricing.py:20 load('sku-9')")


@pytest.mark.parametrize(
    ("test", "words"),
    [("tests/test_a.py::TestA::test_b[x::y z]", " in TestA::test_b[x::y z]:"), ("", "")],
)
def test_another_test_is_named_with_its_parameters(test: str, words: str) -> None:
    made = outcome()
    (cause,), (one,) = made.causes, made.failures
    evidence = (dataclasses.replace(cause.diagnosis.evidence[0], test=test),)
    found = dataclasses.replace(cause.diagnosis, evidence=evidence)
    made.causes[:] = [dataclasses.replace(cause, diagnosis=found)]
    assert box(made, one.id)[1].startswith(f"  called{words} shop/cart.py:40")


def test_what_stands_beside_is_of_the_failure_that_is_told() -> None:
    made = outcome(2)
    (cause, _), (one, other) = made.causes, made.failures
    told = dataclasses.replace(cause, exemplar=other.id, failures=(one.id, other.id))
    made.divergences = {one.id: "of one", other.id: "of the other"}
    assert cause.diagnosis.evidence[-1].test == one.nodeid
    assert made.parted(told) == "of one"
    unknown = dataclasses.replace(cause.diagnosis, evidence=())
    assert made.parted(dataclasses.replace(told, diagnosis=unknown)) == "of the other"


def test_a_run_that_was_stopped_says_so() -> None:
    made = outcome()
    made.run |= {"complete": False, "stopped_by": "keyboard interrupt"}
    said = "run is not complete: keyboard interrupt"
    assert f"note    the {said}" in "\n".join(line.text.strip() for line in lines(made, 80))
    assert f"\nThe {said}.\n" in digest_md(made)
    assert brief(digest(made), 2000)[0].endswith(f"1 cause; the {said}")


def test_why_a_run_was_stopped_is_no_markup() -> None:
    """`pytest.exit` says it in a test's words."""
    made = outcome()
    made.run |= {"complete": False, "stopped_by": HOSTILE}
    text = digest_md(made)
    assert "<b>" not in text
    assert "\x1b" not in text
    assert "\n2" not in text
    assert all(line.text.isprintable() for line in lines(made, 80))


def test_modules_alone_are_no_other_suspects() -> None:
    made = outcome()
    (cause,) = made.causes
    module = Suspect(Function("shop/cart.py", "<module>", 1), 1, 0.5)
    found = dataclasses.replace(cause.diagnosis, suspects=(*cause.diagnosis.suspects, module))
    made.causes[:] = [dataclasses.replace(cause, diagnosis=found)]
    assert not any(line.text.strip().startswith("also") for line in lines(made, 80))


def test_tests_that_did_not_run_are_not_counted() -> None:
    made = outcome()
    made.totals.update(tests=20, passed=9, failed=1)
    assert ", 10 tests run," in lines(made, 80)[-1].text


def test_properties_hold_nothing_that_changes() -> None:
    made = properties_of(outcome(), "f-0000000000")
    names = [name for name, _ in made]
    assert names == [
        "autopsy.failure", "autopsy.root_cause", "autopsy.title", "autopsy.suspect",
        "autopsy.confidence", "autopsy.evidence",
    ]  # fmt: skip
    assert not any("20261120" in value or value.startswith("/") for _, value in made)
    assert len(box(outcome(), "f-0000000000")) <= 12


def test_widths_are_cells() -> None:
    assert width("日本") == 4
    assert cut_end("日本語日本語", 7) == "日本..."
    assert cut_front("abcdefghij", 6) == "...hij"
    assert cut_path("one/two/three/file.py:10", 20).endswith("file.py:10")
    assert split("one two three", 8) == ("one two", "three")
    assert split("oneword", 3) == ("one", "word")


def test_readme_names_every_option() -> None:
    root = Path(__file__).resolve().parent.parent
    readme = (root / "README.md").read_text("utf-8")
    options = (root / "pytest_autopsy" / "options.py").read_text("utf-8")
    for line in options.splitlines():
        if line.strip().startswith('("autopsy'):
            assert f"`{line.split(chr(34))[1]}`" in readme


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, "['b']: 2 -> 3"),
        ({"a": {"x": [1]}}, {"a": {"x": [1, 2]}}, "['a']['x']: [1] -> [1, 2]"),
        ({"a": 1}, {"a": 1, "b": 2}, ": {'a': 1} -> {'a': 1, 'b': 2}"),
        ({"a": 1, "b": 2}, {"a": 2, "b": 3}, ": {'a': 1, 'b': 2} -> {'a': 2, 'b': 3}"),
        ([1, 2], [1], ": [1, 2] -> [1]"),
        (SimpleNamespace(n={}, m=1), SimpleNamespace(n={1: 2}, m=1), ".n: {} -> {1: 2}"),
    ],
)
def test_a_change_is_shown_by_the_part_that_changed(before: Any, after: Any, shown: str) -> None:
    """Of a large object both texts would begin alike, and be cut before they differ."""
    part, was, now = changed_part(Change("held", "argument", look(before), look(after)))
    assert f"{part}: {to_text(was)} -> {to_text(now)}" == shown
