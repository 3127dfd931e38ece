"""The lines of a footprint, and whose they are."""

import sys

LINES = """
    def branch(n):
        if n > 0:
            a = "pos"
        else:
            a = "neg"
        return a

    def nested(rows):
        total = sum(
            row
            for row in rows
        )
        big = [
            row
            for row in rows
        ]
        key = (
            lambda row:
            -row
        )
        return sorted(big, key=key), total

    def loops():
        for n in (1, -1):
            branch(n)
    """


def test_only_the_lines_that_ran(line_lab):
    prog = line_lab.load(LINES)
    assert line_lab.run(prog.branch, 1).lines("branch") == {1, 2, 3, 6}
    assert line_lab.run(prog.branch, -1).lines("branch") == {1, 2, 5, 6}
    assert line_lab.run(prog.loops).lines("branch") == {1, 2, 3, 5, 6}


def test_the_next_test_has_its_own_lines(line_lab):
    prog = line_lab.load(LINES)
    with line_lab.started():
        seen = [line_lab.again(prog.branch, n).lines("branch") for n in (1, -1, 1, -1)]
    assert seen == [{1, 2, 3, 6}, {1, 2, 5, 6}] * 2


def test_a_function_that_did_not_run_has_no_row(line_lab):
    prog = line_lab.load(LINES)
    with line_lab.started():
        assert line_lab.again(prog.branch, 1).lines("branch") is not None
        seen = line_lab.again(prog.nested, [])
    assert seen.lines("branch") is None
    assert seen.lines("nested") is not None


def test_comprehensions_and_lambdas_are_lines_of_their_function(line_lab):
    prog = line_lab.load(LINES)
    seen = line_lab.run(prog.nested, [1, 2])
    first = line_lab.line_of("def nested")
    lines = seen.lines("nested")
    assert {function.name for function in seen.recorder.functions} == {"nested"}
    for offset in (2, 6, 11):  # the element of each, and the lambda's body
        assert first + offset in lines, offset
    assert lines <= set(range(first, first + 14))


def test_a_lambda_that_did_not_run_has_no_line(line_lab):
    prog = line_lab.load(LINES)
    seen = line_lab.run(prog.nested, [])
    assert line_lab.line_of("-row") not in seen.lines("nested")


def test_calls_without_lines(lab):
    """What every engine knows: that a function was called."""
    prog = lab.load(LINES)
    with lab.started():
        first = lab.again(prog.branch, 1)
        second = lab.again(prog.loops)
        third = lab.again(prog.nested, [])
    assert 1 in first.lines("branch") and 1 in second.lines("branch")
    assert third.lines("branch") is None
    assert first.lines("loops") is None


def test_a_generator_that_outlives_its_test_is_a_row_of_both(line_lab):
    prog = line_lab.load("def gen():\n    yield 1\n    yield 2\n    yield 3\n")
    with line_lab.started():
        found = prog.gen()
        first = line_lab.again(lambda: next(found))
        second = line_lab.again(lambda: next(found))
    assert {1, 2} <= first.lines("gen") and 3 not in first.lines("gen")
    assert 3 in second.lines("gen") and 2 not in second.lines("gen")


def test_a_decorated_function_begins_at_its_decorator(line_lab):
    prog = line_lab.load("import functools\n\n@functools.cache\ndef f():\n    return 1\n")
    assert 5 in line_lab.run(prog.f).lines("f")


def test_a_long_function_has_a_row_without_lines(lab):
    body = "\n".join(f"    x = {n}" for n in range(600))
    prog = lab.load("def long():\n" + body + "\n")
    assert lab.run(prog.long).lines("long") == {1}


def test_what_a_fixture_ran_is_the_fixtures(line_lab):
    prog = line_lab.load(LINES)
    rows = {}

    def with_fixture():
        line_lab.recorder.push_owner(rows)
        prog.branch(1)
        line_lab.recorder.pop_owner()
        prog.branch(-1)

    with line_lab.started():
        alone = line_lab.again(with_fixture)
        joined = line_lab.again(prog.loops, shared=[rows])
    assert alone.lines("branch") == {1, 2, 5, 6}
    (index,) = rows
    assert {1 + bit for bit in range(9) if rows[index] >> bit & 1} == {1, 2, 3, 6}
    assert joined.lines("branch") == {1, 2, 3, 5, 6}


def test_an_import_in_a_test_is_the_modules_and_what_follows_is_the_tests(lab, monkeypatch):
    lab.write(
        "def at_import():\n    return 1\n\nVALUE = at_import()\n\ndef used():\n    return 2\n",
        "lazy_mod",
    )
    prog = lab.load(
        "def work():\n    import lazy_mod\n    return lazy_mod.used() + after()\n\ndef after():\n    return 3\n"
    )
    monkeypatch.syspath_prepend(str(lab.folder))
    monkeypatch.delitem(sys.modules, "lazy_mod", raising=False)
    seen = lab.run(prog.work)
    monkeypatch.delitem(sys.modules, "lazy_mod", raising=False)
    assert seen.value == 5
    assert seen.lines("used") and seen.lines("after") and seen.lines("work")
    assert seen.lines("at_import") is None
    functions = seen.recorder.functions
    owned = {functions[index].name for index in seen.recorder.import_rows["lazy_mod.py"]}
    assert "at_import" in owned
    assert not owned & {"used", "after", "work"}


def test_an_import_that_fails(lab, monkeypatch):
    lab.write("def at_import():\n    raise RuntimeError('no')\n\nat_import()\n", "broken_mod")
    prog = lab.load(
        """
        def work():
            try:
                import broken_mod
            except RuntimeError:
                return after()

        def after():
            return 3
        """
    )
    monkeypatch.syspath_prepend(str(lab.folder))
    seen = lab.run(prog.work)
    assert seen.value == 3
    assert seen.lines("after")
    assert seen.lines("at_import") is None
