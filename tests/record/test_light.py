"""The light engines: which functions each test ran, and nothing else."""

from __future__ import annotations

import sys

import pytest

from pytest_autopsy.record.engines import self_check, start_engine
from pytest_autopsy.record.light import LightProfile, LightSettrace

from .helpers import SINCE_312, Lab, holds, without_tools

PROGRAM = """
    def helper(n):
        return n

    def one():
        return helper(1) + helper(2)

    def two():
        return 2

    class Noisy:
        def __repr__(self):
            return str(helper(3))

    def shows():
        return repr(Noisy())
    """

if SINCE_312:
    from pytest_autopsy.record.light import LightMonitoring

    ENGINES = (LightMonitoring,)
else:
    ENGINES = (LightSettrace, LightProfile)


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.__name__)
def light(request, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.record.helpers.engine_class", lambda name: request.param)
    lab = Lab(tmp_path, "light")
    lab.module = lab.load(PROGRAM)
    return lab


def ran(lab, function, **options):
    """The names of the functions in the row of one more test."""
    footprint = lab.again(function, **options).footprint
    assert set(footprint.lines.values()) <= {1}
    return {lab.recorder.functions[index].name for index in footprint.lines}


def test_each_test_has_the_functions_that_it_ran(light):
    prog = light.module
    with light.started():
        assert ran(light, prog.one) == {"one", "helper"}
        assert ran(light, prog.two) == {"two"}
        assert ran(light, prog.one) == {"one", "helper"}
        assert ran(light, prog.one) == {"one", "helper"}


def test_a_function_that_was_switched_off_tells_the_next_owner_of_rows(light):
    prog = light.module
    own = {}

    def hot():
        for n in range(50):
            prog.helper(n)

    def test():
        hot()
        light.recorder.push_owner(own)
        hot()
        light.recorder.pop_owner()
        light.recorder.pause()
        hot()
        light.recorder.go_on()
        prog.two()

    with light.started():
        assert ran(light, test) == {"helper", "two"}
        assert {light.recorder.functions[index].name for index in own} == {"helper"}
        assert ran(light, prog.two) == {"two"}
        assert ran(light, hot) == {"helper"}
        assert ran(light, hot) == {"helper"}


def test_no_call_is_kept(light):
    with light.started():
        done = light.again(light.module.one)
    assert done.trace.calls == ()
    assert done.footprint.features == {}


def test_what_a_repr_runs_is_the_tests_where_the_test_asks(light):
    with light.started():
        assert ran(light, light.module.shows) == {"shows", "Noisy.__repr__", "helper"}
        assert ran(light, light.module.shows) == {"shows", "Noisy.__repr__", "helper"}


def test_rows_of_a_fixture_are_its_own(light):
    prog = light.module
    own = {}

    def test():
        prog.two()
        light.recorder.push_owner(own)
        prog.one()
        light.recorder.pop_owner()
        prog.helper(5)

    with light.started():
        assert ran(light, test) == {"two", "helper"}
        names = {light.recorder.functions[index].name for index in own}
    assert names == {"one", "helper"}


def test_between_phases_nothing_is_the_tests(light):
    prog = light.module

    def test():
        light.recorder.pause()
        prog.one()
        light.recorder.go_on()
        prog.helper(1)

    with light.started():
        assert ran(light, test) == {"helper"}


def test_an_import_is_its_modules(light, monkeypatch):
    light.write("from prog import two\ntwo()\n", "late")
    light.write("raise ValueError\n", "broken")
    monkeypatch.syspath_prepend(str(light.folder))
    for name in ("late", "broken", "prog"):  # of another engine's turn
        monkeypatch.delitem(sys.modules, name, raising=False)

    def test():
        import late  # noqa: F401

        with pytest.raises(ValueError):
            import broken  # noqa: F401
        light.module.helper(1)

    with light.started():
        assert ran(light, test) == {"helper"}
        imported = {file: set(rows.values()) for file, rows in light.recorder.import_rows.items()}
    assert imported == {"late.py": {1}, "prog.py": {1}, "broken.py": {1}}


def test_nothing_is_left_behind(light):
    with without_tools():
        before = holds()
        with light.started():
            light.again(light.module.one)
        assert holds() == before


def test_start_engine_starts_a_light_one_that_passes_its_check(light):
    from pytest_autopsy.record.recorder import Recorder

    recorder = Recorder(light.targets())
    with without_tools():
        engine, _ = start_engine(recorder, light=True)
        assert not engine.keeps_calls
        try:
            assert self_check(recorder, calls=False) == ""
        finally:
            engine.stop()
    assert self_check(recorder, calls=False) == "functions"
