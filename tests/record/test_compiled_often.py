"""Code that a program compiles again and again under the name of one of its files."""

from pytest_autopsy.record.recorder import MAX_CODES, Recorder

from ..ours import as_ours

PROGRAM = """
    def evaluate(times):
        for n in range(times):
            eval(compile(f"{n} + 1", __file__, "eval"))
            space = {}
            exec(compile("def made(): return 1", __file__, "exec"), space)
            space["made"]()
        return times
"""


def test_only_so_many_of_one_name_are_kept(lab):
    prog = lab.load(PROGRAM)
    recorded = lab.run(prog.evaluate, 3 * MAX_CODES)
    assert recorded.one("evaluate").value == 3 * MAX_CODES
    assert max(map(len, lab.recorder.codes)) == MAX_CODES
    assert len(lab.recorder.infos) <= 2 * MAX_CODES + 10


def test_the_first_of_them_are_recorded(lab):
    prog = lab.load(PROGRAM)
    assert len(lab.run(prog.evaluate, 3).all("made")) == 3


def test_a_fault_says_where_it_happened(lab):
    @as_ours
    def inner():
        raise KeyError("x")

    recorder = Recorder(lab.targets())
    try:
        inner()
    except KeyError as error:
        recorder.fault(error.with_traceback(error.__traceback__.tb_next))
    (said,) = recorder.faults
    line = inner.__code__.co_firstlineno + 2
    assert said == f"KeyError: 'x' (__init__.py, line {line})"
