"""How much is recorded of a test: by the number of tests, and by nothing else."""

import pytest

from pytest_autopsy.observe.text import to_text
from pytest_autopsy.record.effort import LEAST, MANY, effort_of
from pytest_autopsy.record.finish import footprint
from pytest_autopsy.record.records import END, VALUE


def test_a_large_run_is_recorded_with_the_least_effort():
    assert effort_of(MANY) == effort_of(100 * MANY) == LEAST


@pytest.mark.parametrize("tests", [0, 1])
def test_one_test_is_recorded_with_the_most(tests):
    assert effort_of(tests) == effort_of(1)
    assert effort_of(1).nodes == 40 * LEAST.nodes
    assert effort_of(1).most == 5 * LEAST.calls


def test_the_fewer_the_more():
    efforts = [effort_of(tests) for tests in (1, 30, 100, 300, 799, 2_000)]
    assert efforts == sorted(efforts, reverse=True)
    assert len(set(efforts)) == 5 + 1


def test_there_is_an_end_to_what_functions_are_spared(lab):
    """The first ones get up to `most` calls, the others what they get in a large run."""
    prog = lab.load("".join(f"def f{n}(x):\n    y = x\n    return y\n" for n in range(40)))

    def work():
        for n in range(40):
            for _ in range(300):
                getattr(prog, f"f{n}")(1)

    with lab.started():
        lab.recorder.effort = effort_of(1)._replace(spare=500)
        seen = lab.again(work)
    kept = [len(seen.all(f"f{n}")) for n in range(40)]
    assert kept == [effort_of(1).most] * 5 + [LEAST.calls] * 35


def test_values_are_looked_at_as_far_as_the_effort_goes(lab):
    prog = lab.load(
        """
        def take(items):
            found = items
            return found

        def work(times):
            for _ in range(times):
                take([1, 2, 3])
        """
    )
    least = LEAST._replace(nodes=20, all_nodes=30)
    for effort, kept, last in ((least, 10 + 10, ()), (effort_of(1), 100, (1, 2, 3))):
        with lab.started():
            lab.recorder.effort = effort
            calls = lab.again(prog.work, 150).all("take")
        assert calls[0].value.items == (1, 2, 3)
        assert (len(calls), calls[-1].value.items) == (kept, last)


def test_passing_tests_are_remembered_for_as_many_calls_as_the_effort_says(lab):
    prog = lab.load(
        """
        def half(n):
            return n / 2

        def work(times):
            return [half(n) for n in range(times)]
        """
    )
    recorded = lab.run(prog.work, 8)
    (index,) = [i for i, f in enumerate(lab.recorder.functions) if f.name == "half"]
    for calls in (0, 3, 8):
        features = footprint(recorded.recording, [], behaviours=calls).features
        assert sum(one.startswith("given") for one in features.get(index, ())) == calls
        shown = {one for one in features.get(index, ()) if one.startswith("arg")}
        assert shown == {0: set(), 3: {"arg n int0"}, 8: {"arg n int0", "arg n int+"}}[calls]


NESTED = """
    def early(items):
        found = items
        return found

    def late(items):
        found = items
        return found

    def work(times):
        for _ in range(times):
            early([[1], [2], [3]])
        late([[4], [5], [6]])
"""


def test_what_is_called_first_late_in_a_test_is_looked_at_all_the_same(lab):
    """A function that is called again and again does not take what others need."""
    prog = lab.load(NESTED)
    with lab.started():
        lab.recorder.effort = LEAST._replace(nodes=20, step_nodes=20, all_nodes=40)
        recorded = lab.again(prog.work, 15)
    shown = recorded.all("early")
    assert to_text(shown[0].value) == "[[1], [2], [3]]"
    assert {to_text(call.value) for call in shown[5:]} == {"<list, budget>"}
    assert to_text(recorded.one("late").value) == "[[4], [5], [6]]"


def test_there_is_an_end_to_first_calls(lab):
    prog = lab.load(NESTED)
    with lab.started():
        lab.recorder.effort = LEAST._replace(nodes=20, step_nodes=20, all_nodes=20)
        recorded = lab.again(prog.work, 15)
    assert to_text(recorded.one("late").value) == "<list, budget>"


def test_the_next_call_of_the_test_itself_is_looked_at_again(lab):
    prog = lab.load(NESTED)
    test = lab.load("def test(work, times):\n    work(times)\n    work(times)\n", "test_prog").test
    with lab.started():
        lab.recorder.effort = LEAST._replace(nodes=20, step_nodes=80, all_nodes=80)
        calls = lab.again(test, prog.work, 8).all("early")
    looked = [to_text(call.value) != "<list, budget>" for call in calls]
    assert len(looked) == 16 and looked[0] and looked[8]
    assert not any(looked[5:8]) and not any(looked[9:])


def test_set_up_takes_nothing_from_the_test(lab):
    prog = lab.load(NESTED)
    with lab.started():
        lab.recorder.effort = LEAST._replace(nodes=20, step_nodes=20, all_nodes=20)
        lab.recorder.begin("test")
        prog.work(15)
        lab.recorder.pause()
        lab.recorder.go_on("call")
        prog.early([[7]])
        recording = lab.recorder.end()
    *_, last = [entry[END][VALUE] for entry in recording.entries() if entry[END] is not None]
    assert to_text(last) == "[[7]]"


def test_an_argument_that_is_handed_down_is_looked_at_shortly_and_alike(lab):
    prog = lab.load(
        """
        def grow(items):
            items.append([0])

        def keep(items):
            items.extend(())

        def work(items):
            grow(items)
            keep(items)
            return items
        """
    )
    with lab.started():
        lab.recorder.effort = LEAST._replace(again=2)
        recorded = lab.again(prog.work, [[1], [2], [3], [4]])
    work, grow = recorded.one("work"), recorded.one("grow")
    assert to_text(work.arguments[0][1]) == "[[1], [2], [3], [4]]"
    assert to_text(grow.arguments[0][1]) == "[[1]" + ", <list, budget>" * 3 + "]"
    assert [len(recorded.one(name).changes) for name in ("work", "grow", "keep")] == [0, 1, 0]
    assert to_text(work.value) == "[[1], [2], [3], [4], [0]]"


BOXES = """
    class Box:
        def __init__(self, n):
            self.a, self.b, self.c = [n], [n], [n]

    def take(box):
        return box.a

    def one_after_another():
        for n in range(4):
            box = Box(n)
            take(box)
            del box

    def given_up(box):
        box = None
        for n in range(4):
            take(Box(n))
"""


@pytest.mark.parametrize("given_up", [False, True])
def test_another_object_in_the_place_of_one_that_is_gone_is_looked_at_whole(lab, given_up):
    """And one that was shown empty, in its constructor: only what an open call holds is known."""
    prog = lab.load(BOXES)
    work = (lambda: prog.given_up(prog.Box(9))) if given_up else prog.one_after_another
    with lab.started():
        calls = lab.again(work).all("take")
    shown = [to_text(call.arguments[0][1]) for call in calls]
    assert shown == [f"Box(a=[{n}], b=[{n}], c=[{n}])" for n in range(4)]


def test_one_object_given_twice_is_looked_at_alike_whatever_ran_before(lab):
    prog = lab.load("def both(a, b):\n    return 1\n\ndef idle():\n    yield 1\n")
    box = [[1], [2], [3]]
    with lab.started():
        left_open = prog.idle()
        lab.again(next, left_open)
        shown = [
            [to_text(value) for _, value in lab.again(prog.both, box, box).one("both").arguments]
            for _ in range(2)
        ]
    assert shown[0] == shown[1]
