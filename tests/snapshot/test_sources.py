"""Source that is gone, changed, not decodable or never was: said, and the rest is whole."""

from __future__ import annotations

import linecache
import os
import time

import pytest

from pytest_autopsy.snapshot import sources

TEXT = """
def crash():
    half = 3 // 2
    return half / 0
"""


def whole(shot, why):
    """The frame of `crash`, where all but its source is as ever."""
    frame = next(f for f in shot.exceptions[0].frames if f.function == "crash")
    assert dict(frame.locals) == {"half": 1}
    assert frame.line == 4
    assert shot.exceptions[0].type == "ZeroDivisionError"
    assert why in frame.why
    return frame


def test_a_source_that_is_gone(studio):
    module = studio.module(TEXT)
    os.unlink(module.__file__)
    frame = whole(studio.take(module.crash), "FileNotFoundError")
    assert frame.code == "" and frame.source == ()


def test_a_source_that_cannot_be_decoded(studio):
    module = studio.module(TEXT)
    with open(module.__file__, "wb") as stream:
        stream.write(b"# coding: utf-8\n\xff\xfe\n")
    whole(studio.take(module.crash), "UnicodeDecodeError")


def test_a_source_that_was_changed(studio):
    module = studio.module(TEXT)
    with open(module.__file__, "w") as stream:
        stream.write("# a line more\n" + TEXT)
    later(module.__file__)
    frame = whole(studio.take(module.crash), sources.CHANGED)
    assert frame.expression == "" and frame.operands == ()


@pytest.mark.parametrize("now", ["/ 5", "* 0", "/ half"])
def test_a_source_in_which_little_was_changed(studio, now):
    module = studio.module(TEXT)
    with open(module.__file__, "w") as stream:
        stream.write(TEXT.replace("/ 0", now))
    later(module.__file__)
    whole(studio.take(module.crash), sources.CHANGED)


def test_a_source_that_was_written_anew_but_is_the_same(studio):
    module = studio.module(TEXT)
    later(module.__file__)
    frame = whole(studio.take(module.crash), "")
    assert frame.why == "" and frame.expression == "half / 0"


def later(path):
    os.utime(path, (time.time() + 60,) * 2)


def test_a_source_that_no_longer_parses(studio):
    module = studio.module(TEXT)
    with open(module.__file__, "w") as stream:
        stream.write("def (:\n" + TEXT)
    later(module.__file__)
    whole(studio.take(module.crash), sources.CHANGED)


def test_generated_code(studio):
    module = studio.module("""
        SPACE = {'__file__': __file__}
        exec(compile('\\n\\ndef crash(half=1):\\n    return half / 0', '<made>', 'exec'), SPACE)
        crash = SPACE['crash']
    """)
    frame = whole(studio.take(module.crash), sources.GENERATED)
    assert frame.file == "<made>" and frame.kind == "library" and not frame.folded


def test_generated_code_whose_text_was_left_for_tracebacks(studio, monkeypatch):
    text = "def crash():\n    half = 1\n\n    return half / 0\n"
    lines = text.splitlines(keepends=True)
    monkeypatch.setitem(linecache.cache, "<attrs generated>", (len(text), None, lines, ""))
    space = {"__file__": studio.module(TEXT).__file__}
    exec(compile(text, "<attrs generated>", "exec"), space)
    frame = whole(studio.take(space["crash"]), "")
    assert frame.code == "return half / 0"
    assert dict(frame.operands) == {"half": 1}


def test_a_relative_name_that_leads_nowhere_is_no_project_file(studio, monkeypatch):
    monkeypatch.chdir(studio.root)
    space = {"__name__": "compiled"}
    exec(compile("def inner(x):\n    return x / 0", "compiled/inner.pyx", "exec"), space)
    module = studio.module("def crash(inner):\n    return inner(4)")
    shot = studio.take(lambda: module.crash(space["inner"]))
    frames = shot.exceptions[0].frames
    assert frames[0].function == "crash"
    assert [(f.file, f.kind, f.folded) for f in frames if f.function == "inner"] == [
        ("compiled/inner.pyx", "library", True)
    ]


@pytest.mark.parametrize("kind", ["dict", "mapping"])
def test_the_namespace_of_a_class_body_is_not_asked(studio, kind):
    shot = studio.crash(f"""
        RAN = []

        class Space({"dict" if kind == "dict" else ""}):
            def __init__(self): self.held = {{}}
            def __getitem__(self, key): RAN.append('get'); return {{}}[key]
            def __setitem__(self, key, value): pass
            def get(self, *a): RAN.append('get')
            def keys(self): RAN.append('keys'); return []
            def __iter__(self): RAN.append('iter'); return iter(())
            def __contains__(self, key): RAN.append('in'); return True
            def __len__(self): RAN.append('len'); return 1
            def __bool__(self): RAN.append('bool'); return True

        class Meta(type):
            @classmethod
            def __prepare__(cls, *args): return Space()

        def crash():
            class Made(metaclass=Meta):
                RAN.clear()
                1 / 0
    """)
    import sys

    module = next(
        m for n, m in sys.modules.items() if getattr(m, "Space", None) and n.startswith("snapped")
    )
    assert set(module.RAN) <= {"get"}, module.RAN
    assert shot.exceptions[0].frames[0].function.endswith("Made")
