"""Generators: suspended is not over, and what runs between belongs to who runs it."""

import sys

import pytest

from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.observe.text import to_text
from pytest_autopsy.record import finish
from pytest_autopsy.record.finish import value_class
from pytest_autopsy.record.recorder import Recorder
from pytest_autopsy.record.records import MAX_YIELDS

GENERATORS = """
    def numbers(stop):
        for n in range(stop):
            yield n

    def middle(stop):
        yield from numbers(stop)
        return "end"

    def drain(stop):
        return list(numbers(stop))

    def leaf(n):
        return n

    def calls_between(stop):
        for n in numbers(stop):
            leaf(n)

    def helper():
        return leaf(0)

    def calls_inside():
        leaf(1)
        yield 1
        leaf(2)

    def uses_inside():
        found = calls_inside()
        next(found)
        helper()
        return list(found)

    def stops_early():
        found = numbers(9)
        next(found)
        found.close()
        return leaf(1)

    def abandons():
        found = numbers(9)
        next(found)
        return found

    def patient():
        while True:
            try:
                yield 1
            except ValueError:
                yield 2

    def throws():
        found = patient()
        next(found)
        found.throw(ValueError("thrown"))
        return leaf(3)

    def throws_through():
        found = numbers(3)
        next(found)
        try:
            found.throw(KeyError("out"))
        except KeyError:
            return leaf(4)

    def echo():
        got = yield
        while got is not None:
            got = yield got

    def sends():
        found = echo()
        next(found)
        found.send("a")
        found.send("b")
        try:
            found.send(None)
        except StopIteration:
            return "stopped"

    def delegates():
        return list(middle(2))
    """


def test_a_generator_is_one_call(lab):
    prog = lab.load(GENERATORS)
    seen = lab.run(prog.drain, 3)
    call = seen.one("numbers")
    assert (call.outcome, call.yields) == ("return", 3)
    assert call.arguments == (("stop", 3),)
    assert seen.parent("numbers") == "drain"


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "generator([])"), (3, "generator([0, 1, 2])"), (99, "generator([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...])")],
)  # fmt: skip
def test_what_a_generator_gave_is_what_it_yielded(lab, count, shown):
    prog = lab.load(GENERATORS)
    call = lab.run(prog.drain, count).one("numbers")
    assert (to_text(call.value), call.yields) == (shown, count)


def test_an_empty_generator_is_another_class_than_one_that_yields(lab):
    prog = lab.load(GENERATORS)
    classes = {value_class(lab.run(prog.drain, n).one("numbers").value) for n in (0, 1, 2, 99)}
    assert classes == {"generator0", "generator1", "generatormany"}


def test_values_that_are_not_wanted_are_not_looked_at(lab):
    prog = lab.load(GENERATORS)
    call = lab.run(prog.drain, 3, values=False).one("numbers")
    assert (call.value, call.yields) == (None, 3)


def test_calls_of_the_loop_belong_to_the_loop(lab):
    prog = lab.load(GENERATORS)
    seen = lab.run(prog.calls_between, 2)
    assert [seen.parent_of(call) for call in seen.all("leaf")] == ["calls_between"] * 2


def test_calls_of_the_generator_belong_to_the_generator(lab):
    prog = lab.load(GENERATORS)
    seen = lab.run(prog.uses_inside)
    parents = [(call.arguments[0][1], seen.parent_of(call)) for call in seen.all("leaf")]
    assert parents == [(1, "calls_inside"), (0, "helper"), (2, "calls_inside")]
    assert seen.parent("helper") == "uses_inside"


def test_yield_from(lab):
    prog = lab.load(GENERATORS)
    seen = lab.run(prog.delegates)
    middle = seen.one("middle")
    assert (middle.outcome, middle.value) == ("return", "end")
    assert seen.one("numbers").outcome == "return"
    assert to_text(seen.one("numbers").value) == "generator([0, 1])"
    assert seen.parent("numbers") == "middle"
    assert seen.one("delegates").outcome == "return"


def test_send(lab):
    prog = lab.load(GENERATORS)
    seen = lab.run(prog.sends)
    call = seen.one("echo")
    assert (call.outcome, call.yields) == ("return", 3)
    assert (seen.one("sends").value, seen.one("sends").handled) == ("stopped", ())


def test_close(lab):
    prog = lab.load(GENERATORS)
    seen = lab.run(prog.stops_early)
    assert seen.one("numbers").outcome in ("raise", "suspended")  # 3.13.0 tells no end
    assert seen.one("numbers").raised is None
    assert seen.parent("leaf") == "stops_early"
    assert seen.one("stops_early").value == 1


def test_abandoned(lab):
    prog = lab.load(GENERATORS)
    seen = lab.run(prog.abandons)
    call = seen.one("numbers")
    assert (call.outcome, call.yields, call.end) == ("suspended", 1, None)
    assert to_text(call.value) == "generator([0])"
    seen.value.close()


def test_abandoned_and_collected(lab):
    prog = lab.load(GENERATORS + "\n    def drops():\n        abandons()\n        return leaf(8)\n")
    seen = lab.run(prog.drops)
    assert seen.one("numbers").raised is None
    assert seen.one("numbers").outcome in ("raise", "suspended")
    assert seen.parent("leaf") == "drops"


def test_throw_that_is_handled_inside(lab):
    prog = lab.load(GENERATORS)
    seen = lab.run(prog.throws)
    if lab.sees_errors:  # setprofile cannot tell a throw at a yield from a yield
        assert seen.one("patient").yields == 2
        assert seen.one("throws").handled == ()
    assert seen.parent("leaf") == "throws"


def test_throw_that_goes_through(lab):
    prog = lab.load(GENERATORS)
    seen = lab.run(prog.throws_through)
    call = seen.one("numbers")
    assert seen.parent("leaf") == "throws_through"
    if lab.sees_errors:
        assert call.outcome == "raise"
        assert (call.raised.type, call.raised.message) == ("KeyError", "'out'")
        assert [error.type for error in seen.one("throws_through").handled] == ["KeyError"]


def test_a_generator_that_goes_on_in_the_next_test_is_not_of_that_test(lab):
    prog = lab.load(GENERATORS)
    with lab.started():
        first = lab.again(prog.abandons)
        second = lab.again(lambda: list(first.value))
    assert second.value == list(range(1, 9))
    assert second.all("numbers") == []


HOT = """
    def numbers(stop):
        for n in range(stop):
            yield n

    def leaf(n):
        return n

    def drain(stop):
        found = numbers(stop)
        total = sum(n for n in found)
        return leaf(total)
    """


def test_a_hot_generator_is_left_alone_and_seen_again_in_the_next_test(lab):
    prog = lab.load(HOT)
    with lab.started():
        for _ in range(2):
            seen = lab.again(prog.drain, 3 * MAX_YIELDS)
            call = seen.one("numbers")
            assert call.outcome == "return"
            assert MAX_YIELDS <= call.yields <= 3 * MAX_YIELDS
            assert to_text(call.value).startswith("generator([0, 1, 2,")
            assert (seen.parent("numbers"), seen.parent("leaf")) == ("drain", "drain")


def test_a_yield_of_a_frame_that_has_anothers_id_is_not_that_calls(lab):
    """Of a call whose end was not seen the frame is gone, and its id may be a generator's now."""
    prog = lab.load(GENERATORS)
    recorder = Recorder(lab.targets())
    recorder.begin("test")
    leaf, numbers = (recorder.info_for(one.__code__, "prog") for one in (prog.leaf, prog.numbers))
    frame = sys._getframe()
    recorder.enter(leaf, frame)
    assert recorder.suspend(numbers, frame, 1) is recorder.resume(numbers, frame) is False
    recorder.leave(leaf, frame, 3, 0)
    (call,) = finish.trace(recorder, recorder.end(), Redactor()).calls
    assert (call.value, call.yields) == (3, 0)
