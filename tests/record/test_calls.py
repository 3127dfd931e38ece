"""Calls with their arguments, results, parents, depth and sites."""

from .helpers import SINCE_312


def test_arguments_and_result(lab):
    prog = lab.load(
        """
        def price(sku, qty=2, *, tax=0.5):
            return qty * (1 + tax)

        def total(sku):
            return price(sku, tax=1) + 1
        """
    )
    seen = lab.run(prog.total, "a-1")
    assert seen.value == 5
    call = seen.one("price")
    assert call.arguments == (("sku", "a-1"), ("qty", 2), ("tax", 1))
    assert (call.outcome, call.value) == ("return", 4)
    assert call.line == 2
    assert (call.function.file, call.function.line, call.function.kind) == ("prog.py", 1, "code")
    assert call.module == "prog"
    assert seen.parent("price") == "total"
    assert (seen.one("total").depth, call.depth) == (0, 1)
    assert call.direct
    assert call.site.line == lab.line_of("price(sku, tax=1)")


def test_every_kind_of_parameter(lab):
    prog = lab.load(
        """
        def take(a, /, b, *rest, c=3, **named):
            return None
        """
    )
    seen = lab.run(prog.take, 1, 2, "x", "y", d=4)
    shown = dict(seen.one("take").arguments)
    assert list(shown) == ["a", "b", "c", "rest", "named"]
    assert (shown["a"], shown["b"], shown["c"]) == (1, 2, 3)
    assert shown["rest"].type == "tuple" and shown["rest"].items == ("x", "y")
    assert shown["named"].type == "dict" and shown["named"].items == (("d", 4),)


def test_methods_of_every_kind(lab):
    prog = lab.load(
        """
        class Cart:
            def __init__(self, owner):
                self.owner = owner

            def add(self, item):
                return self.check(item)

            @staticmethod
            def check(item):
                return bool(item)

            @classmethod
            def make(cls, owner):
                return cls(owner)

            @property
            def size(self):
                return 7

        def work():
            cart = Cart.make("ann")
            return cart.add("x"), cart.size
        """
    )
    seen = lab.run(prog.work)
    assert seen.value == (True, 7)
    assert seen.names() == [
        "work",
        "Cart.make",
        "Cart.__init__",
        "Cart.add",
        "Cart.check",
        "Cart.size",
    ]
    owner = dict(seen.one("Cart.add").arguments)["self"].attrs
    assert owner == (("owner", "ann"),)


def test_an_argument_that_a_closure_uses(lab):
    prog = lab.load(
        """
        def outer(base, step):
            def inner(x):
                return base + x
            step = 5
            return inner(step)
        """
    )
    seen = lab.run(prog.outer, 10, 1)
    assert seen.one("outer").arguments == (("base", 10), ("step", 1))
    assert seen.one("outer.<locals>.inner").arguments == (("x", 5),)


def test_a_rebound_argument_shows_what_was_passed(lab):
    prog = lab.load(
        """
        def clean(text):
            text = text.strip()
            return text
        """
    )
    call = lab.run(prog.clean, " a ").one("clean")
    assert call.arguments == (("text", " a "),)
    assert call.value == "a"


def test_the_line_and_value_of_each_return(lab):
    prog = lab.load(
        """
        def sign(n):
            if n < 0:
                return "neg"
            if n:
                return "pos"

        def all_of():
            return [sign(-1), sign(1), sign(0)]
        """
    )
    calls = lab.run(prog.all_of).all("sign")
    assert [call.value for call in calls] == ["neg", "pos", None]
    assert [call.line for call in calls][:2] == [3, 5]
    assert [call.outcome for call in calls] == ["return"] * 3


def test_a_call_by_way_of_a_library_is_not_direct(lab):
    prog = lab.load(
        """
        import functools

        def add(a, b):
            return a + b

        def work():
            return functools.reduce(add, [1, 2, 3]), sorted([2, 1], key=lambda n: -n)

        @functools.singledispatch
        def show(value):
            return "any"

        def through():
            return show(1)
        """
    )
    seen = lab.run(prog.work)
    assert [seen.parent_of(call) for call in seen.all("add")] == ["work", "work"]
    shown = lab.run(prog.through).one("show")
    assert not shown.direct and shown.site is None


def test_a_call_in_a_comprehension_has_its_site_in_the_function(lab):
    prog = lab.load(
        """
        def double(n):
            return n * 2

        def work():
            return [double(n) for n in range(2)], sum(double(n) for n in range(2))
        """
    )
    seen = lab.run(prog.work)
    calls = seen.all("double")
    assert len(calls) == 4
    assert all(call.direct and call.site.line == 5 for call in calls)
    assert {seen.parent_of(call) for call in calls} == {"work"}


def test_sites_tell_two_calls_of_one_line_apart(lab):
    prog = lab.load(
        """
        def f(n):
            return n

        def work():
            return f(1) - f(2)
        """
    )
    first, second = lab.run(prog.work).all("f")
    assert first.site.line == second.site.line == 5
    if first.site.column is not None:
        assert first.site.column < second.site.column
    elif SINCE_312:
        raise AssertionError("columns are known since 3.11")


def test_no_values_when_values_are_off(lab):
    prog = lab.load("def f(a):\n    a.append(1)\n    return a\n")
    call = lab.run(prog.f, [], values=False).one("f")
    assert (call.arguments, call.value, call.changes) == ((), None, ())
    assert call.outcome == "return"


def test_depth_keeps_the_calls_near_the_test(lab):
    prog = lab.load(
        """
        def a():
            return b()

        def b():
            return c()

        def c():
            return d()

        def d():
            return 1
        """
    )
    seen = lab.run(prog.a, depth=1)
    assert seen.value == 1
    assert max(call.depth for call in seen.trace.calls) == 1
    assert seen.names() == ["a", "b"]
    assert all(call.outcome == "return" for call in seen.trace.calls)


def test_order_and_counts(lab):
    prog = lab.load("def f(n):\n    return n\n\ndef work():\n    return [f(n) for n in range(3)]\n")
    seen = lab.run(prog.work)
    assert seen.trace.seen == 4
    assert [call.id for call in seen.trace.calls] == [1, 2, 3, 4]
    assert all(call.start < call.end for call in seen.trace.calls)
    assert all(call.duration_ns >= 0 and call.t_ns >= 0 for call in seen.trace.calls)
    assert seen.trace.dropped == {} and seen.trace.at_least == ()


def test_a_lambda_is_a_call_of_its_own_and_a_row_of_its_function(lab):
    prog = lab.load(
        """
        def work():
            key = (
                lambda n: -n
            )
            return sorted([1, 2], key=key)
        """
    )
    seen = lab.run(prog.work)
    assert [call.arguments for call in seen.all("work.<locals>.<lambda>")] == [
        (("n", 1),),
        (("n", 2),),
    ]
    assert {function.name for function in seen.recorder.functions} == {"work"}
