"""What earlier runs knew of a cause: new, known, back, gone or not run."""

from __future__ import annotations

import dataclasses
import multiprocessing
from pathlib import Path

import pytest

from pytest_autopsy import history
from pytest_autopsy.history import History, Ran, remember, source_hash
from pytest_autopsy.model import Diagnosis, Function, RootCause, Suspect
from pytest_autopsy.store import prune
from pytest_autopsy.writing import is_there

FUNCTION = Function("shop.py", "total", 1)


def cause(name: str = "c1-aaaaaaaa", also: tuple[str, ...] = (), function=FUNCTION) -> RootCause:
    diagnosis = Diagnosis(
        ("f-1",), (Suspect(function, 1, 1.0),), (), "likely", "unclear", "a title"
    )
    return RootCause(name, also, "signature", "f-1", ("f-1",), diagnosis)


def ran(number: int, causes=(), passed=(), failed=("test_a",)) -> Ran:
    return Ran(
        f"2026010{number}T000000Z-0000000{number}", f"2026-01-0{number}T00:00:00Z", list(causes),
        {one.id: "test_a" for one in causes}, passed, failed,
    )  # fmt: skip


def no_source(cause: RootCause) -> str:
    return ""


def seen(store: Path, run: Ran, source=no_source):
    """What is known of the run's only cause, and remember the run."""
    found = History.read(store).seen(run, source)
    remember(store, run, source)
    return found.get(run.causes[0].id)


def test_nothing_is_new_without_an_earlier_run(tmp_path):
    assert seen(tmp_path, ran(1, [cause()])) is None


def test_a_green_run_before_makes_it_new(tmp_path):
    remember(tmp_path, ran(1, passed=("test_a",), failed=()), no_source)
    assert seen(tmp_path, ran(2, [cause()]))[:3] == ("new", "2026-01-02T00:00:00Z", 1)


def test_it_is_known_from_the_second_run_on(tmp_path):
    seen(tmp_path, ran(1, [cause()]))
    assert seen(tmp_path, ran(2, [cause()]))[:3] == ("known", "2026-01-01T00:00:00Z", 2)
    assert seen(tmp_path, ran(3, [cause()]))[:3] == ("known", "2026-01-01T00:00:00Z", 3)


def test_it_is_known_by_a_former_id(tmp_path):
    seen(tmp_path, ran(1, [cause("c1-aaaaaaaa", ("c1-bbbbbbbb",))]))
    assert seen(tmp_path, ran(2, [cause("c1-bbbbbbbb")])).status == "known"
    assert seen(tmp_path, ran(3, [cause("c1-cccccccc", ("c1-bbbbbbbb",))])).runs_seen == 3


def test_it_is_gone_where_its_exemplar_passed_and_back_when_it_fails_again(tmp_path):
    seen(tmp_path, ran(1, [cause()]))
    run = ran(2, passed=("test_a",), failed=())
    assert [one.status for one in History.read(tmp_path).earlier(run)] == ["gone"]
    remember(tmp_path, run, no_source)
    assert History.read(tmp_path).earlier(ran(3, passed=("test_a",), failed=())) == []
    assert seen(tmp_path, ran(3, [cause()]))[:3] == ("back", "2026-01-01T00:00:00Z", 2)


def test_it_is_not_run_where_its_exemplar_was_left_out_and_still_known_then(tmp_path):
    seen(tmp_path, ran(1, [cause()]))
    other = ran(2, [cause("c1-bbbbbbbb")], failed=("test_b",))
    assert [one.status for one in History.read(tmp_path).earlier(other)] == ["not run"]
    remember(tmp_path, other, no_source)
    assert seen(tmp_path, ran(3, [cause()])).status == "known"


def test_it_is_in_no_list_where_its_exemplar_fails_for_another_cause(tmp_path):
    seen(tmp_path, ran(1, [cause()]))
    assert History.read(tmp_path).earlier(ran(2, [cause("c1-bbbbbbbb")])) == []


def test_a_change_of_the_culprits_source_is_told(tmp_path):
    file = tmp_path / "shop.py"
    file.write_text("def total(prices):\n    return 0\n\n\ndef other():\n    pass\n")
    before = source_hash(cause(), lambda name: str(tmp_path / name))
    assert before
    seen(tmp_path, ran(1, [cause()]), lambda _: before)
    assert seen(tmp_path, ran(2, [cause()]), lambda _: before).changed is False
    assert seen(tmp_path, ran(3, [cause()]), lambda _: "another").changed is True
    elsewhere = cause(function=Function("shop.py", "other", 5))
    assert seen(tmp_path, ran(4, [elsewhere]), lambda _: before).changed is None


@pytest.mark.parametrize(
    "damage", [b"\xff\xfe{", b'{"schema": "pytest-autopsy/history@1"}', b"[]", b"7", b'{"a":' * 999]
)
def test_what_cannot_be_read_costs_that_line_alone(tmp_path, damage):
    seen(tmp_path, ran(1, [cause()]))
    path = tmp_path / history.NAME
    path.write_bytes(damage + b"\n" + path.read_bytes() + damage)
    assert seen(tmp_path, ran(2, [cause()])).runs_seen == 2
    assert damage not in path.read_bytes().splitlines()


def _add(store: Path, number: int) -> None:
    remember(store, ran(number, [cause(f"c1-0000000{number}")]), no_source)


def test_two_runs_at_once_lose_nothing(tmp_path):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_add, args=(tmp_path, number)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(History.read(tmp_path).newest) == 4


def test_a_lock_that_is_held_for_long_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(history, "LOCK_PAUSE_S", 0)
    with history._locked(tmp_path) as alone:
        assert alone
        remember(tmp_path, ran(1, [cause()]), no_source)
        remember(tmp_path, ran(2, [cause()]), no_source)
    assert seen(tmp_path, ran(3, [cause()])).runs_seen == 3


def test_it_is_bounded_and_keeps_what_is_open(tmp_path, monkeypatch):
    monkeypatch.setattr(history, "MAX_LINES", 3)
    seen(tmp_path, ran(1, [cause("c1-bbbbbbbb")]))
    for number in range(2, 9):
        remember(tmp_path, ran(number, [cause()], failed=("test_b",)), no_source)
    assert len(History.read(tmp_path).lines) == 4
    assert seen(tmp_path, ran(9, [cause("c1-bbbbbbbb")])).runs_seen == 2


def test_pruning_spares_the_newest_run_of_an_open_cause(tmp_path):
    for number in range(1, 5):
        run = ran(number, [cause()] if number < 3 else [], failed=("test_a",) if number < 3 else ())
        (tmp_path / "runs" / run.run_id).mkdir(parents=True)
        known = remember(tmp_path, run, no_source)
    gone = prune(tmp_path, 1, 1 << 30, ran(4).run_id, known.open_runs())
    assert gone == [ran(1).run_id, ran(3).run_id]


def test_one_whose_test_is_no_longer_there_is_in_no_list(tmp_path):
    seen(tmp_path, ran(1, [cause()]))
    later = dataclasses.replace(ran(2, failed=()), there=lambda nodeid: nodeid != "test_a")
    assert History.read(tmp_path).earlier(later) == []


@pytest.mark.parametrize(
    ("nodeid", "there"),
    [
        ("test_a.py::test_one", True),
        ("test_a.py::test_one[gone]", True),
        ("test_a.py::test_gone", False),
        ("test_a.py::TestIt::test_inherited", True),
        ("test_a.py::TestGone::test_one", False),
        ("test_a.py::test_a.add", True),  # a doctest
        ("test_b.py::test_one", False),
        ("a.txt::a.txt", True),
    ],
)
def test_whether_a_test_is_still_there(tmp_path, nodeid, there):
    (tmp_path / "test_a.py").write_text("def test_one(): ...\nclass TestIt(Base): ...\n", "utf-8")
    (tmp_path / "a.txt").write_text(">>> 1\n", "utf-8")
    assert is_there(tmp_path, nodeid) is there
