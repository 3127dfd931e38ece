"""The whole zoo of tests/observe in a failing frame: as locals, operands, arguments and operands
of an assertion. Nothing of it runs and the snapshot is whole.
"""

from __future__ import annotations

import pytest

from pytest_autopsy.atonce import uncollected
from pytest_autopsy.plainjson import dumps, loads
from pytest_autopsy.report.snapshot import snapshot_json
from pytest_autopsy.snapshot.assertion import from_compare

from ..observe.hostile import CALLED
from ..observe.hostile_shapes import CASES, LyingError
from ..observe.test_hostile import watched

MODULE = """
def use(value, *others):
    held = [value]
    raise ValueError('no')

def crash(value):
    table = {'k': value}
    return use(value, table['k'])
"""


@pytest.fixture
def module(studio):
    return studio.module(MODULE)


@pytest.mark.parametrize("name", CASES)
def test_in_a_frame(studio, module, name):
    made = CASES[name]()
    try:
        module.crash(made)
    except ValueError as error:
        with watched() as entered:
            shot = studio.camera.take("name", error)
            shown = dumps(snapshot_json(shot))
            called = list(CALLED)
    assert called == [] and entered == []
    frames = loads(shown)["frames"]
    assert [frame["function"] for frame in frames if "locals" in frame] == ["use", "crash"]
    assert frames[0]["locals"].keys() == {"value", "others", "held"}
    assert {one["text"] for one in frames[1]["operands"]} >= {"value", "table['k']"}


@pytest.mark.parametrize("name", CASES)
def test_in_an_assertion(name):
    made, other = CASES[name](), CASES[name]()
    with watched() as entered:
        from_compare("==", made, other)
        called = list(CALLED)
    assert called == [] and entered == []


def test_the_name_of_an_attribute_that_is_a_trap(studio, module):
    made = {name: CASES[name]() for name in CASES}
    texts = "\n".join(f"    '{n}', held[{name!r}].secret," for n, name in enumerate(made))
    text = (
        f"def stop():\n    raise ValueError('no')\n\ndef crash(held):\n    stop(\n{texts}\n    )\n"
    )
    module = studio.module(text.replace("stop(\n", "stop() or (\n"))
    try:
        module.crash(made)
    except ValueError as error:
        with watched() as entered:
            studio.camera.take("name", error)
            assert CALLED == [] and entered == []


def test_an_exception_that_lies_in_a_section(studio):
    from pytest_autopsy import snapshot_section

    error = LyingError("text")
    with uncollected():  # the garbage of an earlier test has a __del__, too
        CALLED.clear()
        try:
            with snapshot_section("lying", out_dir=studio.root / "out"):
                raise error
        except LyingError as caught:
            assert caught is error
        assert CALLED == []
    shown = loads((studio.root / "out" / "latest.json").read_bytes())
    assert shown["exception"]["message"] == "text"
