"""Buckets do not depend on order or parts; too many signatures are made coarser, not dropped."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_autopsy.report.foreign import Inputs, triage_json
from pytest_autopsy.triage import gather as gathering
from pytest_autopsy.triage.few import grouped
from pytest_autopsy.triage.gather import Gathered
from pytest_autopsy.triage.incident import Incident, Known, incident, loose, signature_of

from .helpers import gathered, lines, ran, trace_of

KNOWN = Known(
    "c1-0000000a",
    "load swallows",
    "call | KeyError | 'a' | shop/a.py:Shop.load",
    also_ids=("c1-0000000b",),
)
words = st.sampled_from(["a", "b", "sku 7", "sku 8", "0x7f01", "x" * 50])
frames = st.lists(
    st.tuples(st.sampled_from(["shop/a.py", "shop/b.py", "tests/test_a.py"]), st.sampled_from(["load", "Shop.load", ""])),
    max_size=2,
).map(tuple)  # fmt: skip
incidents = st.builds(
    incident,
    file=st.sampled_from(["one.xml", "two.jsonl", "three.json"]),
    line=st.integers(1, 9),
    reader=st.sampled_from(["JUnit XML", "agent's log"]),
    name=words,
    kind=st.sampled_from(["KeyError", "ValueError", "TypeError", "ModuleNotFoundError"]),
    message=st.one_of(words, words.map("No module named '{}'".format)),
    frames=frames,
    code=st.sampled_from(["", "df['a']", "assert f(x) == 3"]),
    step=st.integers(0, 2),
    repeats=st.integers(0, 1),
    first=st.booleans(),
    known=st.sampled_from([None, None, KNOWN]),
)


def report(found: list[Incident], most: int | None = None) -> str:
    into = Gathered()
    into.take(found)
    return json.dumps(triage_json(into, Inputs(), most))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(incidents, max_size=60),
    st.randoms(use_true_random=False),
    st.sampled_from([None, 2, 4]),
)
def test_any_order_gives_the_same_report(found, random, most) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    assert report(found, most) == report(shuffled, most)


@settings(max_examples=60, deadline=None)
@given(st.lists(incidents, min_size=10, max_size=60), st.randoms(use_true_random=False))
def test_any_order_gives_the_same_report_where_there_is_too_much_to_tell_apart(
    found, random
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gathering, "MAX_BUCKETS", 4)
        patch.setattr(gathering, "EXAMPLES", 2)
        first, second = report(found), report(shuffled)
        assert first == second
        causes = json.loads(first)["root_causes"]
        assert len(causes) <= 4
        assert sum(cause["failures"] for cause in causes) == len(found)


@settings(max_examples=100, deadline=None)
@given(st.lists(incidents, max_size=40), st.lists(st.integers(0, 3), min_size=40, max_size=40))
def test_any_number_of_files_gives_the_same_causes(found, parts) -> None:
    moved = [one._replace(file=f"shard-{part}.xml") for one, part in zip(found, parts)]
    whole, divided = json.loads(report(found)), json.loads(report(moved))
    assert whole["root_causes"] == divided["root_causes"]


def test_files_in_any_order_and_any_division_give_the_same_causes(tmp_path) -> None:
    found = [
        ran(f"f({n % 7})", trace_of(f"ValueError: no row {n}"), session_id=n) for n in range(60)
    ]
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "a.jsonl").write_text(lines(*found))
    (tmp_path / "parts").mkdir()
    for part in range(4):
        (tmp_path / "parts" / f"{part}.jsonl").write_text(lines(*found[part::4]))
    whole = triage_json(gathered(tmp_path / "whole"), Inputs())
    parts = triage_json(gathered(tmp_path / "parts"), Inputs())
    back = triage_json(gathered(*sorted(tmp_path.glob("parts/*"), reverse=True)), Inputs())
    assert whole["root_causes"] == parts["root_causes"]
    assert parts == back


def one_of(message: str = "'a'", **more) -> Incident:
    given = {"file": "x", "line": 1, "reader": "r", "name": "t", "kind": "KeyError"} | more
    return incident(message=message, **given)


def test_a_failure_that_a_run_of_ours_explained_takes_the_same_ones_with_it() -> None:
    plain = one_of(frames=(("shop/a.py", "load"),))
    assert loose(signature_of(plain)) == loose(KNOWN.signature)
    found = json.loads(report([plain, one_of(known=KNOWN, message="else")]))
    assert [(c["id"], c["failures"], c["title"]) for c in found["root_causes"]] == [
        ("c1-0000000a", 2, "load swallows")
    ]


def test_what_is_about_one_module_is_one_cause_whatever_imported_it() -> None:
    found = [
        one_of("No module named 'scipy'", kind="ModuleNotFoundError", frames=(("shop/a.py", "f"),)),
        one_of("No module named 'scipy.stats'", kind="ImportError", frames=(("shop/b.py", "g"),)),
        one_of("No module named 'numpy'", kind="ModuleNotFoundError"),
    ]
    assert [c["failures"] for c in json.loads(report(found))["root_causes"]] == [2, 1]


def test_the_same_message_from_two_places_is_two_causes() -> None:
    found = [one_of("bad", kind="ValueError", frames=((f"shop/{name}.py", "f"),)) for name in "ab"]
    assert len(json.loads(report(found))["root_causes"]) == 2


def test_at_most_so_many_buckets_with_a_rest_that_says_what_is_in_it() -> None:
    found = [one_of(f"No module named 'm{n}'", kind="ImportError") for n in range(3)]
    found += [one_of("bad", kind=f"Error{n}") for n in "abcdef" for _ in range(2)]
    told = json.loads(report(found, 3))
    assert len(told["root_causes"]) == 3
    modules, _, rest = told["root_causes"]
    assert (modules["kind"], modules["failures"]) == ("missing dependency", 3)
    assert modules["title"] == "missing dependency: m0, m1, m2"
    assert rest["rest"]
    assert rest["failures"] == 10
    assert sum(part["failures"] for part in rest["parts"]) == 10
    assert len(rest["parts"]) == 5


@pytest.mark.parametrize("most", [1, 2, 3, 50])
def test_buckets_lose_no_failure(most: int) -> None:
    into = Gathered()
    into.take([one_of("bad", kind=f"E{n % 11}") for n in range(100)])
    groups = grouped(into.ordered(), most)
    assert len(groups) <= most
    assert sum(group.pile.count for group in groups) == 100


def test_secrets_of_files_do_not_reach_the_report() -> None:
    key = "ghp_" + "x7Kq2mZp9RtLw4Vb8NcYd3Hs6Jf1Ga5Ue0Qi"
    found = [
        one_of(f"token {key} refused", kind="ValueError"),
        one_of("no", code=f"use('{key}')", kind="E"),
    ]
    assert key not in report(found)
