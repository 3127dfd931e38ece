"""Every exception that leads to a failure, each with its own frames and locals."""

from __future__ import annotations

import sys

import pytest

from pytest_autopsy.report.snapshot import snapshot_json
from pytest_autopsy.report.traceback import traceback_text
from pytest_autopsy.snapshot import capture

groups = pytest.mark.skipif(sys.version_info < (3, 11), reason="groups are builtin since 3.11")

CHAIN = """
def parse(text):
    digits = text.strip()
    return int(digits)

def load(row):
    key = 'qty'
    try:
        return parse(row[key])
    except ValueError as error:
        raise LookupError('no quantity') from error

def crash():
    try:
        load({'qty': ' x '})
    except LookupError:
        raise RuntimeError('report failed')
"""


def test_each_exception_has_its_frames_and_locals(studio):
    shot = studio.crash(CHAIN)
    assert [(e.type, e.relation, e.of) for e in shot.exceptions] == [
        ("RuntimeError", "raised", 0),
        ("LookupError", "context", 0),
        ("ValueError", "cause", 1),
    ]
    inner = shot.exceptions[2].frames
    assert [frame.function for frame in inner] == ["parse", "load"]
    assert dict(inner[0].locals) == {"text": " x ", "digits": "x"}
    assert dict(inner[1].locals)["key"] == "qty"


def test_from_none_is_told_and_not_followed(studio):
    shot = studio.crash("""
        def crash():
            try:
                {}['k']
            except KeyError:
                raise ValueError('bad') from None
    """)
    assert [error.type for error in shot.exceptions] == ["ValueError"]
    assert any("from None" in why and "KeyError: 'k'" in why for why in shot.exceptions[0].why)


def test_a_cycle_is_walked_once(studio):
    shot = studio.crash("""
        def crash():
            first, second = ValueError('a'), KeyError('b')
            first.__cause__, second.__cause__ = second, first
            raise first
    """)
    assert [error.type for error in shot.exceptions] == ["ValueError", "KeyError"]
    assert "its cause is exception 0 again" in shot.exceptions[1].why


@groups
def test_every_leaf_of_a_group(studio):
    shot = studio.crash("""
        def one(n):
            doubled = n * 2
            raise ValueError(doubled)

        def failing(n):
            try:
                one(n)
            except ValueError as error:
                return error

        def crash():
            inner = ExceptionGroup('inner', [failing(3), KeyError('never raised')])
            raise ExceptionGroup('outer', [failing(1), inner])
    """)
    shown = [(e.type, e.relation, e.of) for e in shot.exceptions]
    assert shown == [
        ("ExceptionGroup", "raised", 0),
        ("ValueError", "member", 0),
        ("ExceptionGroup", "member", 0),
        ("ValueError", "member", 2),
        ("KeyError", "member", 2),
    ]
    assert dict(shot.exceptions[3].frames[0].locals) == {"n": 3, "doubled": 6}
    assert shot.exceptions[4].frames == ()
    text = traceback_text(shot)
    assert text.count("ValueError: 2") == 1 and text.count("ValueError: 6") == 1


@groups
def test_what_is_past_the_limit_is_counted(studio):
    shot = studio.crash(
        "def crash():\n    raise ExceptionGroup('g', [KeyError(n) for n in range(90)])"
    )
    assert len(shot.exceptions) == capture.MAX_CHAIN
    assert shot.exceptions_left_out == 91 - capture.MAX_CHAIN


def test_notes(studio):
    shot = studio.crash("""
        def crash():
            error = ValueError('bad')
            error.__notes__ = ['in row 3', 7, 'password=correct-horse-9-battery']
            raise error
    """)
    assert shot.exceptions[0].notes[0] == "in row 3"
    assert "correct-horse" not in repr(shot.exceptions[0].notes)


def test_an_exception_that_lies_is_shown_as_it_is(studio):
    shot = studio.crash("""
        CALLED = []

        class Liar(Exception):
            def __str__(self): CALLED.append('str'); return 'all is well'
            @property
            def __cause__(self): CALLED.append('cause'); return None
            @property
            def __traceback__(self): CALLED.append('traceback'); return None

        def crash():
            error = Liar('code 7')
            BaseException.__cause__.__set__(error, KeyError('real'))
            raise error
    """)
    assert sys.modules[f"snapped_{_last()}"].CALLED == []
    first = shot.exceptions[0]
    assert first.message == "code 7"
    assert first.frames[0].function == "crash"
    assert shot.exceptions[1].message == "'real'"
    for name in ("__str__", "__cause__", "__traceback__"):
        assert any(name in why and "not asked" in why for why in first.why), first.why


def _last() -> int:
    return max(int(name.split("_")[1]) for name in sys.modules if name.startswith("snapped_"))


def test_a_deep_recursion_keeps_both_of_its_ends(studio):
    shot = studio.crash("""
        def down(n):
            return down(n - 1) if n else 1 / 0

        def crash():
            return down(300)
    """, frames=10)  # fmt: skip
    frames = [frame for frame in shot.exceptions[0].frames if not frame.folded]
    assert len(frames) == 10
    assert dict(frames[0].locals) == {"n": 0} and frames[-1].function == "crash"
    assert shot.exceptions[0].frames_left_out == 302 - 10
    assert frames[0].depth == 0 and frames[-1].depth == 301


def test_project_frames_come_first_and_libraries_are_folded(studio):
    shot = studio.crash("""
        import json

        def encode(value):
            raise TypeError(value)

        def crash():
            wanted = {1, 2}
            return json.dumps({'a': wanted}, default=encode, indent=1)
    """)
    record = shot.exceptions[0]
    mine = [frame for frame in record.frames if not frame.folded]
    assert [frame.function for frame in mine] == ["encode", "crash"]
    folded = record.frames[len(mine) :]
    assert folded and all(frame.folded and not frame.locals for frame in folded)
    assert record.library_frames >= len(folded)
    assert all("json/" in frame.file or "tests/" in frame.file for frame in folded)
    assert [frame.depth for frame in mine] == [0, mine[1].depth]
    assert 0 < folded[0].depth < mine[1].depth


def test_where_no_frame_is_the_projects_the_innermost_are_shown(studio):
    import json

    shot = studio.take(lambda: json.loads("{]"))
    frame = shot.exceptions[0].frames[0]
    assert frame.kind == "library" and not frame.folded
    assert dict(frame.locals)["s"] == "{]"


def test_values_are_left_out_where_none_are_wanted(studio):
    shot = studio.crash(CHAIN, locals_mode="none")
    for error in shot.exceptions:
        assert all(frame.locals == () and frame.operands == () for frame in error.frames)
    assert shot.exceptions[2].frames[0].code == "return int(digits)"


def test_json_names_who_leads_to_whom(studio):
    shown = snapshot_json(studio.crash(CHAIN))
    assert [(one["number"], one["of"]) for one in shown["chain"]] == [(1, 0), (2, 1)]
    assert shown["chain"][1]["frames"][0]["locals"] == {"digits": "x", "text": " x "}
