"""Exceptions: where they were raised, who passed them on, who kept them quiet."""

import sys

import pytest

from pytest_autopsy.record.records import MAX_RAISES

PROGRAM = """
    import json

    def check(n):
        if n < 0:
            raise ValueError(f"bad {n}")
        return n

    def passes(n):
        return check(n) + 1

    def swallows(n):
        try:
            return passes(n)
        except ValueError:
            return None

    def converts(n):
        try:
            return passes(n)
        except ValueError as error:
            raise KeyError("converted") from error

    def replaces(n):
        try:
            return passes(n)
        except ValueError:
            raise KeyError("replaced")

    def reraises(n):
        try:
            return passes(n)
        except ValueError:
            raise

    def cleans_up(n):
        try:
            return passes(n)
        finally:
            str(n)

    def parses(text):
        return json.loads(text)

    def reads(text):
        return int(text)
    """


def raised(call):
    assert call.outcome == "raise"
    return call.raised.type, call.raised.here, call.raised.line


def test_raised_here_and_passed_on(line_lab):
    prog = line_lab.load(PROGRAM)
    seen = line_lab.run(prog.passes, -1)
    assert type(seen.error) is ValueError
    check, passes = seen.one("check"), seen.one("passes")
    assert raised(check) == ("ValueError", True, line_lab.line_of('raise ValueError(f"bad'))
    assert check.raised.message == "bad -1"
    assert raised(passes) == ("ValueError", False, line_lab.line_of("return check(n)"))
    assert check.line == check.raised.line
    assert not check.handled and not passes.handled
    assert check.value is None


def test_raised_in_a_library(line_lab):
    prog = line_lab.load(PROGRAM)
    seen = line_lab.run(prog.parses, "{")
    assert raised(seen.one("parses")) == (
        "JSONDecodeError",
        False,
        line_lab.line_of("json.loads(text)"),
    )
    assert seen.names() == ["parses"]


def test_raised_by_a_builtin_is_raised_here(line_lab):
    prog = line_lab.load(PROGRAM)
    call = line_lab.run(prog.reads, "no").one("reads")
    assert raised(call) == ("ValueError", True, line_lab.line_of("return int(text)"))
    assert "'no'" in call.raised.message


def test_swallowed(line_lab):
    prog = line_lab.load(PROGRAM)
    seen = line_lab.run(prog.swallows, -1)
    call = seen.one("swallows")
    assert (call.outcome, call.value, call.raised) == ("return", None, None)
    (error,) = call.handled
    assert (error.type, error.message, error.here) == ("ValueError", "bad -1", False)
    assert not error.converted
    assert error.line == line_lab.line_of("def swallows") + 2
    assert "handled ValueError" in seen.features("swallows")


def test_converted_with_from(line_lab):
    prog = line_lab.load(PROGRAM)
    seen = line_lab.run(prog.converts, -1)
    call = seen.one("converts")
    assert raised(call) == ("KeyError", True, line_lab.line_of('raise KeyError("converted")'))
    (error,) = call.handled
    assert (error.type, error.converted) == ("ValueError", True)


def test_converted_by_raising_while_handling(line_lab):
    prog = line_lab.load(PROGRAM)
    call = line_lab.run(prog.replaces, -1).one("replaces")
    assert raised(call) == ("KeyError", True, line_lab.line_of('raise KeyError("replaced")'))
    (error,) = call.handled
    assert (error.type, error.converted) == ("ValueError", True)


def test_raised_again_is_one_exception(line_lab):
    prog = line_lab.load(PROGRAM)
    for name in ("reraises", "cleans_up"):
        call = line_lab.run(getattr(prog, name), -1).one(name)
        assert call.outcome == "raise"
        assert (call.raised.type, call.raised.here) == ("ValueError", False), name
        assert not call.handled, name


def test_stop_iteration_of_a_protocol_is_kept_quiet(line_lab):
    prog = line_lab.load(
        """
        class Count:
            def __iter__(self):
                return self

            def __next__(self):
                raise StopIteration

        def loops():
            return list(Count()), [n for n in Count()]

        def asks():
            try:
                next(iter([]))
            except StopIteration:
                return "none"
        """
    )
    seen = line_lab.run(prog.loops)
    assert [call.raised for call in seen.all("Count.__next__")] == [None, None]
    assert seen.one("loops").handled == ()
    assert line_lab.run(prog.asks).one("asks").handled == ()


def test_each_error_of_a_loop_is_told(line_lab):
    """Exceptions that are over give their ids to the next: an id alone does not tell them apart."""
    prog = line_lab.load(
        """
        def load(key):
            raise ValueError(key)

        def loop(keys):
            for key in keys:
                try:
                    load(key)
                except ValueError:
                    pass
        """
    )
    call = line_lab.run(prog.loop, ["a", "b", "c"]).one("loop")
    assert [error.message for error in call.handled] == ["a", "b", "c"]


def test_the_error_that_ends_a_call_is_not_one_that_it_handled_before(line_lab):
    prog = line_lab.load(
        """
        def first():
            raise ValueError("handled")

        def second():
            raise RuntimeError("ends it")

        def work():
            for step in (first, first, first):
                try:
                    step()
                except ValueError:
                    pass
            second()
        """
    )
    call = line_lab.run(prog.work).one("work")
    assert (call.raised.type, call.raised.message) == ("RuntimeError", "ends it")
    assert [error.type for error in call.handled] == ["ValueError"] * 3
    assert call.raised.line == line_lab.line_of("    second()")


def test_an_exception_leaves_from_a_return_in_finally(line_lab):
    prog = line_lab.load(
        """
        def work():
            try:
                raise ValueError("lost")
            finally:
                return 3
        """
    )
    call = line_lab.run(prog.work).one("work")
    assert (call.outcome, call.value) == ("return", 3)
    assert [error.type for error in call.handled] == ["ValueError"]


def test_base_exceptions_end_calls_too(line_lab):
    prog = line_lab.load("def work():\n    raise SystemExit(3)\n")
    seen = line_lab.run(prog.work)
    assert type(seen.error) is SystemExit
    assert raised(seen.one("work")) == ("SystemExit", True, 2)


def test_calls_go_on_after_an_exception(lab):
    """On every engine the stack is right again after an exception has left some calls."""
    prog = lab.load(PROGRAM + "\n    def work():\n        swallows(-1)\n        return check(4)\n")
    seen = lab.run(prog.work)
    assert [seen.parent_of(call) for call in seen.all("check")] == ["passes", "work"]
    assert [call.outcome for call in seen.all("check")] == ["raise", "return"]
    assert seen.one("passes").outcome == "raise"
    assert seen.one("passes").value is None
    assert seen.one("swallows").outcome == "return"


def test_an_exception_in_a_generator_expression_counts_as_of_a_callee(line_lab):
    prog = line_lab.load("def work(rows):\n    return sum(1 / n for n in rows)\n")
    call = line_lab.run(prog.work, [1, 0]).one("work")
    assert raised(call)[0] == "ZeroDivisionError"
    assert call.outcome == "raise"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups came with 3.11")
def test_an_exception_group(line_lab):
    prog = line_lab.load(
        """
        def work():
            raise ExceptionGroup("two", [ValueError("a"), KeyError("b")])
        """
    )
    call = line_lab.run(prog.work).one("work")
    assert call.raised.type == "ExceptionGroup" and "two" in call.raised.message


def test_of_very_many_exceptions_the_one_that_ends_the_call_is_told(line_lab):
    prog = line_lab.load(
        """
        def work(times):
            for n in range(times):
                try:
                    raise ValueError(n)
                except ValueError:
                    pass
            raise KeyError("last")
        """
    )
    call = line_lab.run(raises_key_error(prog.work), 2 * MAX_RAISES).one("work")
    assert (call.outcome, raised(call)[0], call.raised.message) == ("raise", "KeyError", "'last'")
    assert call.handled[0].message == "0"


def raises_key_error(function):
    def caught(*arguments):
        with pytest.raises(KeyError):
            function(*arguments)

    return caught
