"""Nothing outlives its look: weak references, __del__, namespaces and ids are as without us."""

import gc
import sys
import weakref

import pytest

from .helpers import SINCE_312

since_312 = pytest.mark.skipif(
    not SINCE_312, reason="before 3.12 a traced frame keeps its arguments until it ends"
)

PROGRAM = """
    import weakref

    class Thing:
        log = None

        def __init__(self, name="x"):
            self.name = name

        def __del__(self):
            if Thing.log is not None:
                Thing.log.append("del " + self.name)

    def local():
        x = Thing()
        ref = weakref.ref(x)
        del x
        return ref() is None

    def takes(box):
        thing = box.pop()
        return uses(thing, box)

    def uses(thing, box):
        ref = weakref.ref(thing)
        del thing
        return ref

    def make_and_pass():
        return passes(Thing())

    def passes(thing):
        thing.name = "y"
        ref = weakref.ref(thing)
        del thing
        return ref() is None

    def makes():
        return Thing("made")

    def drops_result():
        ref = weakref.ref(makes())
        return ref() is None

    def in_order(log):
        Thing.log = log
        a = Thing("a")
        log.append("before")
        del a
        log.append("after")
        helper(Thing("b"), log)
        log.append("returned")
        Thing.log = None

    def helper(thing, log):
        log.append("in helper")

    class Refused(ValueError):
        pass

    def raises(thing):
        raise Refused("x")

    def drops_argument_of_failed():
        thing = Thing()
        ref = weakref.ref(thing)
        try:
            raises(thing)
        except ValueError:
            pass
        del thing
        return ref() is None

    def drops_error():
        try:
            raises(None)
        except ValueError as error:
            ref = weakref.ref(error)
        return ref() is None

    def gen(thing):
        thing.name = "y"
        ref = weakref.ref(thing)
        del thing
        yield ref() is None

    def drives():
        return next(gen(Thing()))
    """


@since_312
@pytest.mark.parametrize("values", [True, False])
@pytest.mark.parametrize(
    "name",
    ["local", "make_and_pass", "drops_result", "drops_argument_of_failed", "drops_error", "drives"],
)
def test_what_the_program_drops_is_gone(lab, name, values):
    prog = lab.load(PROGRAM)
    function = getattr(prog, name)
    assert function() is True, "untraced"
    with lab.started():
        assert [lab.again(function, values=values).value for _ in range(3)] == [True] * 3


def test_what_the_program_drops_is_gone_when_the_call_is_over(lab):
    prog = lab.load(PROGRAM)
    seen = lab.run(prog.takes, [prog.Thing()])
    assert seen.value() is None


def test_finalizers_run_when_they_would(lab):
    prog = lab.load(PROGRAM)
    plain, traced = [], []
    prog.in_order(plain)
    lab.run(prog.in_order, traced)
    assert traced == plain
    assert plain == ["before", "del a", "after", "in helper", "del b", "returned"]


def test_the_recording_holds_no_object_of_the_program(lab):
    prog = lab.load(PROGRAM)
    thing = prog.Thing()
    ref = weakref.ref(thing)
    seen = lab.run(prog.raises, thing)
    seen.error.__traceback__ = None
    assert len(seen.all("raises")) == 1
    del thing
    assert ref() is None


def test_reference_counts_are_as_before(lab):
    prog = lab.load("def f(a, *rest, **named):\n    return a\n")
    thing = object()
    before = sys.getrefcount(thing)
    seen = lab.run(prog.f, thing, thing, key=thing)
    seen.value = None
    assert sys.getrefcount(thing) == before


def test_no_cycles_are_left(lab):
    prog = lab.load(PROGRAM)
    gc.collect()
    gc.disable()
    try:
        prog.make_and_pass()
        lab.run(prog.local)
        things = [one for one in gc.get_objects() if type(one).__name__ == "Thing"]
    finally:
        gc.enable()
    assert things == []


def test_locals_that_the_program_returns_are_whole(lab):
    """Before 3.13 locals() is the very dict that we look at: it is the program's to keep."""
    prog = lab.load(
        """
        def f(items, n=1):
            return locals()

        def g(items, n=1):
            items.append(n)
            return locals()
        """
    )
    assert lab.run(prog.f, [1]).value == {"items": [1], "n": 1}
    assert lab.run(prog.g, [1]).value == {"items": [1, 1], "n": 1}


def test_locals_that_the_program_keeps_while_it_calls(lab):
    prog = lab.load(
        """
        def helper(items):
            return items

        def f(items):
            here = locals()
            helper(items)
            return sorted(here)

        def g(items):
            here = locals()
            helper(items)
            items.sort()
            return here
        """
    )
    called, returned = lab.run(prog.f, [1]).value, lab.run(prog.g, [1]).value
    assert returned["items"] == [1] and "items" in called
    if SINCE_312:  # before, the interpreter itself brings it up to date for any trace function
        assert called == list(returned) == ["items"]


def test_a_module_and_a_class_keep_their_namespace(lab, monkeypatch):
    lab.write(
        "items = [1]\n\nclass Thing:\n    names = ['a']\n    size = len(names)\n\nafter = items + [2]\n",
        "spaced",
    )
    prog = lab.load("def work():\n    import spaced\n    return spaced\n")
    monkeypatch.syspath_prepend(str(lab.folder))
    module = lab.run(prog.work).value
    del sys.modules["spaced"]
    assert module.after == [1, 2] and module.items == [1]
    assert module.Thing.names == ["a"] and module.Thing.size == 1
