"""Source files: lines as Python counts them, functions by the names that Python gives them."""

from __future__ import annotations

import types
import warnings
from pathlib import Path

import pytest

from pytest_autopsy import source as sources
from pytest_autopsy.source import Source, source_of

TEXT = """\
import functools

@functools.lru_cache
@functools.wraps(print)
def decorated(a, key=lambda pair: pair[1]):
    def inner():
        return lambda: a
    class Local:
        async def method(self): return [x for x in ()]
    return inner, Local

class Cart:
    limit = 3
    def add(self, item,
            count=1):
        return sorted(item, key=lambda i: i.name)

    class Line:
        @property
        def total(self): return 1
        @total.setter
        def total(self, value): pass

if functools:
    def conditional(): pass
else:
    def conditional(): yield 1

one, two = lambda: 1, lambda: 2
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return made(tmp_path, TEXT.encode())


def made(folder: Path, raw: bytes) -> Source:
    path = folder / "module.py"
    path.write_bytes(raw)
    return Source(str(path))


def code_objects(code: types.CodeType) -> list[types.CodeType]:
    inner = [one for one in code.co_consts if isinstance(one, types.CodeType)]
    return [code, *(found for one in inner for found in code_objects(one))]


def test_lines(source: Source) -> None:
    assert source.why == ""
    assert source.line(1) == "import functools"
    assert source.line(12) == "class Cart:"
    assert [source.line(number) for number in (0, -1, 999)] == ["", "", ""]


def test_functions_with_their_names_and_lines(source: Source) -> None:
    spans = [(span.name, span.first, span.line, span.last) for span in source.spans]
    assert ("decorated", 3, 5, 10) in spans
    assert ("decorated.<locals>.inner", 6, 6, 7) in spans
    assert ("decorated.<locals>.inner.<locals>.<lambda>", 7, 7, 7) in spans
    assert ("decorated.<locals>.Local.method", 9, 9, 9) in spans
    assert ("Cart.add", 14, 14, 16) in spans
    assert ("Cart.add.<locals>.<lambda>", 16, 16, 16) in spans
    assert ("Cart.Line.total", 19, 20, 20) in spans
    assert ("Cart.Line.total", 21, 22, 22) in spans
    assert [span for span in spans if span[0] == "conditional"] == [
        ("conditional", 25, 25, 25),
        ("conditional", 27, 27, 27),
    ]


def test_a_lambda_in_a_default_belongs_to_the_scope_around(source: Source) -> None:
    assert [span.name for span in source.spans if span.line == 5] == ["decorated", "<lambda>"]


def test_every_code_object_is_found_by_its_name_and_first_line(source: Source) -> None:
    codes = code_objects(compile(TEXT, "x", "exec"))
    functions = [code for code in codes if code.co_name.isidentifier() and code.co_flags & 2]
    assert len(functions) == 8
    for code in functions:
        span = source.starting_at(code.co_name, code.co_firstlineno)
        assert span is not None, code
        assert span.name == getattr(code, "co_qualname", span.name)
        assert source.function(span.name, code.co_firstlineno) == span


def test_lookups_that_find_nothing(source: Source) -> None:
    assert source.function("Cart.add", 13) is None
    assert source.function("Cart.nope", 14) is None
    assert source.starting_at("add", 15) is None
    assert source.enclosing(1) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (3, "decorated"), (5, "decorated"), (7, "decorated.<locals>.inner"), (10, "decorated"),
        (9, "decorated.<locals>.Local.method"), (13, None), (15, "Cart.add"), (16, "Cart.add"),
        (29, None),
    ],
)  # fmt: skip
def test_enclosing_is_the_innermost_with_a_name(source: Source, line: int, name: str) -> None:
    span = source.enclosing(line)
    assert (span.name if span else None) == name


def test_segments_count_bytes_of_utf_8(tmp_path: Path) -> None:
    text = 'x = "é" + f(\n    "ü", 1\n)\n'
    source = made(tmp_path, text.encode())
    assert source.segment(1, 0, 1, 1) == "x"
    assert source.segment(1, 4, 1, 8) == '"é"'
    assert source.segment(1, 11, 3, 1) == 'f(\n    "ü", 1\n)'
    assert source.segment(9, 0, 9, 4) == ""
    assert isinstance(source.segment(1, 6, 1, 7), str)  # inside a character


@pytest.mark.parametrize(
    ("raw", "second"),
    [
        ("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"), "x = 'é'"),
        (b"\xef\xbb\xbf# bom\nx = 1\n", "x = 1"),
        (b"# dos\r\nx = 1\r\n", "x = 1"),
        (b"# mac\rx = 1\r", "x = 1"),
    ],
    ids=["latin-1", "bom", "dos", "mac"],
)
def test_encodings_and_line_ends(tmp_path: Path, raw: bytes, second: str) -> None:
    source = made(tmp_path, raw)
    assert (source.line(2), source.why) == (second, "")
    assert source.tree is not None


@pytest.mark.parametrize("odd", ["\x0c", "\x0b", "\x1c", "\x85", "\u2028"], ids=ascii)
def test_lines_end_where_python_ends_them(tmp_path: Path, odd: str) -> None:
    text = f"# a{odd}b\nx = 'c{odd}d'\n{odd if odd == chr(12) else ''}\ndef f():\n    pass\n"
    source = made(tmp_path, text.encode())
    (code,) = code_objects(compile(text, "x", "exec"))[1:]
    assert code.co_firstlineno == 4
    assert source.line(4) == "def f():"
    assert source.starting_at("f", 4) is not None


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"# coding: nope\n", "SyntaxError"),
        (b"x = '\xff'\n", "Error"),
        (b"# coding: ascii\nx = '\xc3\xa9'\n", "UnicodeDecodeError"),
    ],
    ids=["unknown", "invalid", "wrong"],
)
def test_what_cannot_be_decoded_says_why(tmp_path: Path, raw: bytes, why: str) -> None:
    source = made(tmp_path, raw)
    assert why in source.why
    assert (source.lines, source.tree, source.spans, source.line(1)) == ((), None, (), "")


@pytest.mark.parametrize("path", ["missing.py", ".", "nul\0byte.py", "<stdin>", ""])
def test_what_is_no_file_says_why(tmp_path: Path, path: str) -> None:
    source = Source(str(tmp_path / path) if path else "")
    assert source.why.startswith("source not readable")
    assert source.tree is None and source.spans == () and source.enclosing(1) is None


@pytest.mark.parametrize("text", ["def f(:\n", "x = (\n", "x = 1\0\n", "(" * 500 + "\n"])
def test_what_does_not_parse_still_has_lines(tmp_path: Path, text: str) -> None:
    source = made(tmp_path, text.encode())
    assert source.tree is None and source.spans == ()
    assert source.why == "source does not parse"
    assert source.line(1) == text.rstrip("\n")


def test_a_file_that_is_too_large_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_BYTES", 10)
    source = made(tmp_path, b"x = 'more than ten'\n")
    assert source.why == "source is 20 bytes"
    assert source.line(1) == "" and source.tree is None
    assert source.spans == () and source.enclosing(1) is None


def test_an_empty_file(tmp_path: Path) -> None:
    source = made(tmp_path, b"")
    assert (source.why, source.lines, source.spans) == ("", (), ())


@pytest.mark.parametrize(
    "text", ["x = 'a\\d'\n", "x = 1 is 1\n", "assert (1, 2)\n", "x = 1if 1else 2\n"]
)
def test_reading_warns_nobody(tmp_path: Path, text: str) -> None:
    source = made(tmp_path, f"def f():\n    pass\n{text}".encode())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert len(source.spans) == 1
    assert [str(warning.message) for warning in caught] == []


def test_a_warning_that_is_an_error_does_not_hide_the_functions(tmp_path: Path) -> None:
    source = made(tmp_path, b"def f():\n    return 'a\\d'\n")
    assert len(source.spans) == 1  # the project's own filter makes every warning an error


def test_long_expressions_do_not_end_the_recursion(tmp_path: Path) -> None:
    source = made(tmp_path, b"def f():\n    return " + b" + ".join([b"1"] * 1200) + b"\n")
    names = [span.name for span in source.spans]
    assert names == ["f"] or source.why


def test_a_file_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "once.py"
    path.write_text("x = 1\n")
    first = source_of(str(path))
    path.write_text("x = 2\n")
    assert source_of(str(path)) is first
