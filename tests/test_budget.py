"""The digest within a budget: never over it, the first cause always told, nothing lost unsaid."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_autopsy.report.budget import bounded, brief, tokens, unchanged, within
from pytest_autopsy.settings import LEAST_BUDGET

TEXT = st.one_of(
    st.text(max_size=220),
    st.text("\u0301漢😀\u202e\n\x1b", max_size=220),
    st.integers(0, 400).map(lambda n: "x" * n),
)
LINE = st.integers(1, 10**6)


def fact(role: str, place: str, line: int, text: str) -> dict[str, Any]:
    return {"role": role, "file": place, "line": line, "fact": text, "call": line, "test": text}


@st.composite
def digests(draw: st.DrawFn) -> dict[str, Any]:
    causes, failures = [], []
    for number in range(draw(st.integers(1, 12))):
        ids = [f"f-{number}-{n}" for n in range(draw(st.integers(1, 6)))]
        failures += [
            {"id": one, "nodeid": draw(TEXT), "root_cause": f"c1-{number:08x}",
             "exception": {"type": "E", "message": draw(TEXT)}, "why_no_cause": None}
            for one in ids
        ]  # fmt: skip
        where = st.builds(lambda f, n, i: {"function": f, "file": n, "line": i}, TEXT, TEXT, LINE)
        facts = st.builds(fact, st.sampled_from(("called", "culprit", "failed")), TEXT, LINE, TEXT)
        causes.append({
            "id": f"c1-{number:08x}", "title": draw(TEXT), "confidence": "likely", "status": "back", "downstream_of": None,
            "failures": ids, "exemplar": ids[0], "hint": draw(TEXT),
            "suspects": draw(st.lists(where, min_size=1, max_size=4)),
            "evidence": draw(st.lists(facts, max_size=4)),
            "rerun": ["pytest", "--autopsy", "--autopsy-cause", f"c1-{number:08x}"],
        })  # fmt: skip
    loose = draw(st.integers(0, 30))
    failures += [
        {"id": f"l-{n}", "nodeid": draw(TEXT), "root_cause": None, "why_no_cause": None}
        for n in range(loose)
    ]
    gone = [{"id": "c1-0", "title": draw(TEXT), "status": "gone"}] * draw(st.integers(0, 9))
    return {"run": {"id": "r"}, "root_causes": causes, "failures": failures, "earlier_causes": gone}


@settings(max_examples=60, deadline=None)
@given(digests(), st.integers(LEAST_BUDGET, 4000), st.sampled_from((1, 5, None)), TEXT)
def test_within_the_budget_and_nothing_lost_unsaid(digest, budget, full, traceback) -> None:
    shown = brief(digest, budget, lambda _: f"{traceback}\n" * 20, full)
    text = "\n".join(shown) + "\n"
    assert tokens(text) <= budget
    assert all(line.isprintable() for line in shown)
    assert shown[1].startswith("1 likely: ")
    assert shown[2].startswith("  culprit ")
    assert "--autopsy-cause c1-00000000" in shown[3]
    titles = {int(found[1]) for line in shown if (found := re.match(r"(\d+) likely: ", line))}
    missing = len(digest["root_causes"]) - len(titles)
    last = shown[-1]
    if missing:
        assert last.startswith(f"left out: {missing} cause")
    whole = brief(digest, 10**6, lambda _: f"{traceback}\n" * 20)
    assert (len(shown) == len(whole)) or last.startswith("left out: ")
    assert not whole[-1].startswith("left out")


@settings(max_examples=60, deadline=None)
@given(TEXT, st.integers(20, 300))
def test_bounded(text, cells) -> None:
    shown = bounded(text, cells)
    assert len(shown.encode()) <= cells + cells // 2
    assert shown.isprintable()


@given(st.lists(TEXT, max_size=40), st.integers(LEAST_BUDGET, 3000))
def test_within(lines, budget) -> None:
    shown = list(within(lines, budget))
    assert tokens("\n".join(shown) + "\n") <= budget
    if len(shown) != len(lines) or shown[-1:] != [bounded(one, 300) for one in lines][-1:]:
        kept = shown[:-1]
        assert shown[-1].startswith(f"left out: {len(lines) - len(kept)} line")


def test_the_rest_of_a_cause_is_not_told_without_its_title() -> None:
    causes = [
        {"id": f"c1-{n:08x}", "title": "t" * (150 if n else 10), "confidence": "shown",
         "status": None, "downstream_of": None, "failures": [f"f{n}"], "exemplar": f"f{n}", "hint": "",
         "suspects": [], "evidence": [], "rerun": ["pytest", str(n)]}
        for n in range(20)
    ]  # fmt: skip
    failures = [{"id": f"f{n}", "nodeid": f"test_{n}", "root_cause": "c"} for n in range(20)]
    shown = brief({"run": {"id": "r"}, "root_causes": causes, "failures": failures}, 800)
    titles = {int(line.split()[0]) - 1 for line in shown if " shown: " in line}
    told = {int(line.split()[-1]) for line in shown if line.startswith("  rerun ")}
    assert told <= titles
    assert len(titles) < 20


def test_unchanged_is_by_tests_and_what_they_raise() -> None:
    def run(message: str, *tests: str) -> dict[str, Any]:
        failures = [{"id": t, "exception": {"type": "E", "message": message}} for t in tests]
        return {"root_causes": [{"id": "c", "failures": list(tests)}], "failures": failures}

    before = run("at 0x7f00aa11bb22", "a", "b")
    assert unchanged(before, run("at 0x7f99cc33dd44", "a", "b")) == {"c"}
    assert unchanged(before, run("elsewhere", "a", "b")) == set()
    assert unchanged(before, run("at 0x7f00aa11bb22", "a")) == set()
    assert unchanged({"root_causes": [], "failures": []}, before) == set()
