"""What a worker knows as bytes and back: equal to what went in, counted as the controller counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_autopsy import evidence, model, plainjson
from pytest_autopsy.agreement import Agreement
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.observe.values import SNAPSHOT, TRACE, look
from pytest_autopsy.progress import Progress

CART = model.Function("shop/cart.py", "Cart.add", 10)
TOTAL = model.Function("shop/cart.py", "Cart.total", 20)
TEST = model.Function("tests/test_cart.py", "test_add", 5, "test")
SITE = model.Site(3, 4, 8, 12)
RAISED = model.Raised("KeyError", "'sku-9'", 12, here=True, converted=True)
CHANGE = model.Change("items", "argument", look([1]), look([1, 2]))
CALL = model.Call(
    id=1, parent=None, depth=0, function=CART, module="shop.cart", phase="call", start=1, end=9,
    t_ns=5, duration_ns=1 << 60, arguments=(("self", look({1: (2.5, None)})), ("n", 1 << 63)),
    outcome="raise", value=look({"a": [float("inf"), -0.0]}), line=12, site=SITE, raised=RAISED,
    handled=(RAISED, RAISED), changes=(CHANGE,), rebound=("n",), defaults=("items",), yields=2,
    task="Task-1",
)  # fmt: skip
MARK = model.Mark("m", "shop/cart.py", 3, "Cart.add", (("n", look([1])),), 5, 1, "main", 2)
TRACE_OF_TEST = model.Trace(
    "tests/test_cart.py::test_add", (CALL,), {"Cart.add": 3}, ("f",), 12, (MARK,), 4
)
FOOTPRINT = model.Footprint(
    {0: 1, 1: (1 << 80) | 5}, {0: frozenset({"n:int>0", "raises KeyError"}), 1: frozenset()}
)
FRAME = model.Frame(
    file="shop/cart.py", line=12, function="Cart.add", kind="code", first_line=10, code="x[k]",
    source_start=9, source=("a", "", "é"), locals=(("x", look({})),), locals_left_out=2, site=SITE,
    expression="x[k]", operands=(("x", look({})), ("k", 1)), depth=3, folded=True, why="no source",
)  # fmt: skip
ERROR = model.ExceptionRecord(
    "KeyError", "'k'", "raised", (FRAME,), 3, "KeyError", 1, ("note",), ("why",), 5
)
ASSERTION = model.Assertion(
    look([1]), "==", look([2]), "a", "b", "[0]: 1 != 2", 7, "assertEqual", (("delta", 0.5),)
)
SHOT = model.Snapshot(
    "name", "2026-01-01T00:00:00Z", (ERROR,), ASSERTION, "Traceback", {"python": "3.12", "n": [1]}
)


def failure(number: int = 1, **more: Any) -> model.Failure:
    return model.Failure(
        id=f"f{number}", nodeid=f"tests/test_cart.py::test_add[{number}]", phase="call",
        outcome="failed", file="tests/test_cart.py", line=5, duration_s=0.125,
        exception=("KeyError", "'k'"), **more,
    )  # fmt: skip


WHOLE = failure(worker="gw0", attempt=2, footprint=FOOTPRINT, trace=TRACE_OF_TEST, snapshot=SHOT)


def there_and_back(value: Any) -> Any:
    return evidence.revived(plainjson.loads(plainjson.dumps(evidence.plain(value))))


@pytest.mark.parametrize(
    "value",
    [CART, SITE, RAISED, CHANGE, CALL, MARK, TRACE_OF_TEST, FOOTPRINT, FRAME, ERROR, ASSERTION, SHOT,
     WHOLE, model.Passed("t", FOOTPRINT), model.Site(1), model.Footprint({})],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_every_type_comes_back_equal(value: Any) -> None:
    assert there_and_back(value) == value
    assert type(there_and_back(value)) is type(value)


def test_every_type_that_a_failure_can_hold_is_known() -> None:
    held = {
        "Evidence",
        "Told",
        "Suspect",
        "Diagnosis",
        "RootCause",
        "Run",
        "Step",
        "Trial",
    }  # made by the controller
    made = {
        name for name, found in vars(model).items()
        if isinstance(found, type) and found.__module__ == model.__name__
    }  # fmt: skip
    assert set(evidence._TYPES) == made - held


@pytest.mark.parametrize(
    "value",
    [None, True, False, 0, -1, 1 << 53, -(1 << 63), (1 << 64) - 1, 0.1, -0.0, 1e300, "", "int",
     (), ("tuple", "list"), ["int", "5"], [], {}, {1: {"a": (1,)}}, {"set": ["float", "1"]},
     frozenset({"a"}), (None, [True, (1.0,)]), 5e-324],
    ids=repr,
)  # fmt: skip
def test_plain_data_comes_back_equal_and_of_its_type(value: Any) -> None:
    back = there_and_back(value)
    assert back == value and type(back) is type(value) and repr(back) == repr(value)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_floats_that_json_does_not_have(number: float) -> None:
    assert repr(there_and_back([number])) == repr([number])


@pytest.mark.parametrize(
    "value",
    ["a\ud800", ("\udfff", {"\ud800": 1}), look(["\ud800"], TRACE), look({"\udc00": 1}, SNAPSHOT),
     frozenset({"\ud800"}), failure(trace_path="\udcff.jsonl")],
    ids=["text", "containers", "look", "key", "set", "failure"],
)  # fmt: skip
def test_lone_surrogates_travel_written_out(value: Any) -> None:
    assert "\\ud" in str(there_and_back(value))


def test_nothing_but_the_models_types_is_made() -> None:
    for data in (["Popen", "rm"], ["object"], ["__class__"], ["Run"], ["system", "x"]):
        with pytest.raises((KeyError, TypeError)):
            evidence.revived(data)


def session(*functions: model.Function, **more: Any) -> Any:
    """What encode and decode use of a session."""
    counters = dict.fromkeys(evidence._COUNTERS, 0)
    return SimpleNamespace(
        run=model.Run(functions=list(functions)),
        retried=[], faults=[], notes=[], engine_name="", engine_reason="",
        recorder=SimpleNamespace(codes=[], targets=SimpleNamespace(fixtures=set(), matched=set())),
        redactor=Redactor(), key="ab" * 16, hashes={}, progress=Progress(), agreement=Agreement(),
        **{**counters, **more},
    )  # fmt: skip


def hand_over(worker: Any, controller: Any) -> None:
    evidence.Reader(controller).read(evidence.Writer(worker).line())


def test_two_workers_join_into_the_controllers_numbering() -> None:
    first, second = session(CART, TEST, calls_seen=3), session(TEST, TOTAL, CART, calls_seen=4)
    first.run.failures = [failure(1, footprint=model.Footprint({0: 1, 1: 2}))]
    first.run.passed = [model.Passed("p", model.Footprint({1: 4}, {1: frozenset({"x"})}))]
    second.run.failures = [failure(2, footprint=model.Footprint({0: 8, 1: 16, 2: 32}))]
    second.retried = [failure(3), failure(4, footprint=model.Footprint({2: 64}))]
    second.faults, second.engine_name, second.engine_reason = ["fault"], "monitoring", "3.12"
    first.recorder.targets.fixtures = {("conftest.py", "db")}
    second.recorder.targets.fixtures = {("conftest.py", "db"), ("conftest.py", "cart")}
    joined = session(TOTAL)
    for worker in (first, second):
        hand_over(worker, joined)
    assert joined.run.functions == [TOTAL, CART, TEST]
    assert [one.footprint.lines for one in joined.run.failures] == [
        {1: 1, 2: 2},
        {2: 8, 0: 16, 1: 32},
    ]
    assert joined.run.passed[0].footprint == model.Footprint({2: 4}, {2: frozenset({"x"})})
    assert [one.footprint and one.footprint.lines for one in joined.retried] == [None, {1: 64}]
    assert joined.faults == ["fault"] and joined.calls_seen == 7
    assert (joined.engine_name, joined.engine_reason) == ("monitoring", "3.12")
    assert joined.recorder.targets.fixtures == second.recorder.targets.fixtures


def test_a_whole_failure_arrives_as_it_was() -> None:
    worker, controller = session(CART, TOTAL), session(CART, TOTAL)
    worker.run.failures = [WHOLE]
    hand_over(worker, controller)
    assert controller.run.failures == [WHOLE]


def test_the_bytes_do_not_depend_on_the_order_of_sets() -> None:
    names = {(f"conftest{number}.py", "db") for number in range(50)}
    one, other = session(), session()
    one.recorder.targets.fixtures = names
    other.recorder.targets.fixtures = set(sorted(names)[20:] + list(names))
    assert evidence.Writer(one).line() == evidence.Writer(other).line()


def test_a_path_that_is_no_utf_8_does_not_lose_the_worker() -> None:
    worker, controller = session(model.Function("t\udcff.py", "f", 1)), session()
    worker.recorder.targets.fixtures = {("conf\udcff.py", "db")}
    worker.run.failures = [failure(footprint=model.Footprint({0: 1}))]
    hand_over(worker, controller)
    assert len(controller.run.failures) == 1


@pytest.mark.parametrize("raw", [b"", b"{", b"nope\n", b"{}\n", b'{"functions": []}\n'])
def test_what_is_no_evidence_is_an_error_that_decode_names(raw: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        evidence.Reader(session()).read(raw)


def test_what_comes_later_builds_on_what_came_before() -> None:
    worker, joined = session(CART, calls_seen=3), session(TOTAL)
    writer = evidence.Writer(worker)
    worker.run.passed = [model.Passed("a", model.Footprint({0: 1}))]
    raw = writer.line()
    worker.run.functions.append(TOTAL)
    worker.run.passed.append(model.Passed("b", model.Footprint({0: 1, 1: 2})))
    worker.calls_seen = 5
    raw += writer.line()
    evidence.Reader(joined).read(raw + b'{"half": ')  # a kill cut the third line
    assert joined.run.functions == [TOTAL, CART]
    assert [(one.nodeid, one.footprint.lines) for one in joined.run.passed] == [
        ("a", {1: 1}),
        ("b", {1: 1, 0: 2}),
    ]
    assert joined.calls_seen == 5


def test_hashes_of_sources_come_in_the_controllers_numbering(monkeypatch) -> None:
    monkeypatch.setattr(evidence, "function_hash", lambda infos: f"hash of {infos[0]}")
    worker, joined = session(CART, TEST), session(TEST, TOTAL)
    worker.recorder.codes = [["CART"], ["TEST"]]
    writer, reader = evidence.Writer(worker), evidence.Reader(joined)
    reader.read(writer.line())
    worker.run.functions.append(TOTAL)
    worker.recorder.codes.append(["TOTAL"])
    reader.read(writer.line())
    assert joined.hashes == {0: "hash of TEST", 1: "hash of TOTAL", 2: "hash of CART"}
