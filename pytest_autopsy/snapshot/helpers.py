"""Functions that compare where no `assert` stands: one table says where each keeps its operands.

Paths are names of the helper's locals, or of their stored attributes; of several, split by blanks,
the first that is there counts; `args+kwargs` is a pair, `=1` stands for itself. A name with a dot
is a method of a class.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple

from ..observe.classes import class_name, mro, plain_name
from ..observe.exceptions import traceback_of
from .reading import MISSING, local_names, path_of


class Helper(NamedTuple):
    """How some functions of a module compare.

    `details` are paths of tolerances and so on, also as `name=path`; `shown` is what users call it.
    """

    module: str
    names: str
    operator: str
    left: str
    right: str
    details: str = ""
    shown: str = ""


_MOCK_CALLS = "self._mock_call_count"
HELPERS = (
    Helper("unittest.case", "assertEqual assertMultiLineEqual", "==", "first", "second"),
    Helper("unittest.case", "assertListEqual", "==", "list1", "list2"),
    Helper("unittest.case", "assertTupleEqual", "==", "tuple1", "tuple2"),
    Helper("unittest.case", "assertSetEqual", "==", "set1", "set2"),
    Helper("unittest.case", "assertDictEqual", "==", "d1", "d2"),
    Helper("unittest.case", "assertSequenceEqual", "==", "seq1", "seq2"),
    Helper("unittest.case", "assertNotEqual", "!=", "first", "second"),
    Helper("unittest.case", "assertCountEqual", "has the items of", "first", "second"),
    Helper("unittest.case", "assertAlmostEqual", "~=", "first", "second", "places delta"),
    Helper("unittest.case", "assertNotAlmostEqual", "!~=", "first", "second", "places delta"),
    Helper("unittest.case", "assertIs", "is", "expr1", "expr2"),
    Helper("unittest.case", "assertIsNot", "is not", "expr1", "expr2"),
    Helper("unittest.case", "assertIn", "in", "member", "container"),
    Helper("unittest.case", "assertNotIn", "not in", "member", "container"),
    Helper("unittest.case", "assertLess", "<", "a", "b"),
    Helper("unittest.case", "assertLessEqual", "<=", "a", "b"),
    Helper("unittest.case", "assertGreater", ">", "a", "b"),
    Helper("unittest.case", "assertGreaterEqual", ">=", "a", "b"),
    Helper("unittest.case", "assertTrue", "is", "expr", "=True"),
    Helper("unittest.case", "assertFalse", "is", "expr", "=False"),
    Helper("unittest.case", "assertIsNone", "is", "obj", "=None"),
    Helper("unittest.case", "assertIsNotNone", "is not", "obj", "=None"),
    Helper("unittest.case", "assertIsInstance", "is a", "obj", "cls"),
    Helper("unittest.case", "assertNotIsInstance", "is no", "obj", "cls"),
    Helper("unittest.case", "assertRegex", "matches", "text", "expected_regex"),
    Helper("unittest.case", "assertNotRegex", "does not match", "text", "unexpected_regex"),
    Helper(
        "unittest.case", "_AssertRaisesContext.__exit__", "raises", "exc_value", "self.expected",
        "self.expected_regex", "assertRaises",
    ),
    Helper("unittest.case", "_AssertWarnsContext.__exit__", "warns", "self.warnings", "self.expected", "", "assertWarns"),
    Helper(
        "unittest.mock", "assert_called_with assert_called_once_with", "was called with",
        "self._mock_call_args", "args+kwargs", _MOCK_CALLS,
    ),
    Helper(
        "unittest.mock", "assert_any_call", "has a call with", "self._mock_call_args_list",
        "args+kwargs", _MOCK_CALLS,
    ),
    Helper("unittest.mock", "assert_has_calls", "has the calls", "self._mock_mock_calls", "calls"),
    Helper("unittest.mock", "assert_called", ">=", _MOCK_CALLS, "=1", "self._mock_name"),
    Helper("unittest.mock", "assert_called_once", "==", _MOCK_CALLS, "=1", "self._mock_name"),
    Helper("unittest.mock", "assert_not_called", "==", _MOCK_CALLS, "=0", "self._mock_name"),
    Helper(
        "unittest.mock", "assert_awaited_with assert_awaited_once_with assert_any_await",
        "was awaited with", "self._mock_await_args self.await_args", "args+kwargs",
        "self._mock_await_count self.await_count",
    ),
    Helper(
        "unittest.mock", "assert_awaited assert_awaited_once", ">=",
        "self._mock_await_count self.await_count", "=1",
    ),
    Helper(
        "unittest.mock", "assert_not_awaited", "==",
        "self._mock_await_count self.await_count", "=0",
    ),
    Helper(
        "_pytest", "RaisesExc.__exit__ RaisesGroup.__exit__ RaisesContext.__exit__", "raises",
        "exc_val", "self.expected_exceptions self.expected_exception",
        "match=self.match match=self.match_expr", "pytest.raises",
    ),
    Helper(
        "_pytest", "WarningsChecker.__exit__", "warns", "self._list", "self.expected_warning",
        "match=self.match_expr", "pytest.warns",
    ),
    Helper("_pytest", "ExceptionInfo.match", "matches", "value", "regexp"),
    Helper(
        "numpy.testing", "assert_equal assert_array_equal assert_string_equal", "==",
        "actual x", "desired y",
    ),
    Helper("numpy.testing", "assert_allclose", "~=", "actual", "desired", "rtol atol equal_nan"),
    Helper(
        "numpy.testing", "assert_almost_equal assert_array_almost_equal", "~=",
        "actual x", "desired y", "decimal",
    ),
    Helper("numpy.testing", "assert_approx_equal", "~=", "actual", "desired", "significant"),
    Helper("numpy.testing", "assert_array_less", "<", "x", "y"),
    Helper("numpy.testing", "assert_array_almost_equal_nulp", "~=", "x", "y", "nulp"),
    Helper("numpy.testing", "assert_array_max_ulp", "~=", "a", "b", "maxulp"),
    Helper(
        "pandas._testing",
        "assert_frame_equal assert_series_equal assert_index_equal assert_extension_array_equal"
        " assert_numpy_array_equal assert_categorical_equal assert_interval_array_equal"
        " assert_almost_equal assert_dict_equal assert_equal assert_class_equal",
        "==", "left", "right", "rtol atol check_exact check_dtype",
    ),
    Helper(
        "polars.testing", "assert_frame_equal assert_series_equal assert_schema_equal", "==",
        "left actual", "right expected", "rel_tol abs_tol rtol atol check_exact check_dtypes",
    ),
    Helper(
        "polars.testing", "assert_frame_not_equal assert_series_not_equal", "!=",
        "left", "right", "rel_tol abs_tol rtol atol",
    ),
    Helper(
        "torch.testing", "assert_close assert_allclose", "~=", "actual", "expected",
        "rtol atol equal_nan check_dtype",
    ),
)  # fmt: skip

TOLD: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (label, re.compile(pattern))
    for label, pattern in (
        ("differences", r"Mismatched elements: (\d+ / \d+)"),
        (
            "first",
            r"(?:Mismatch at index|[Mm]ismatch(?:es)?(?: are)? at indices):\s+(\[[^\]\n]*\])",
        ),
        ("values", r"(?:index|indices):\s+\[[^\]\n]*\]: ([^\n]{1,120})"),
        ("first", r"At positional index (\d+), first diff"),
        ("values", r"first diff: ([^\n]{1,120})"),
        ("part", r"mismatch for (column \"?'?[^\"'\n)]+[\"']?)"),
        ("part", r"^([^\n]{1,200}) (?:values )?are different"),
        ("share", r"values are different \(([\d.]+ %)\)"),
        ("largest", r"(?:Max|Greatest) absolute difference(?: among violations)?: (\S+)"),
        ("largest at", r"Greatest absolute difference: \S+ at index (\([^)\n]*\))"),
    )
)
"""What the helpers' messages say of count and place: facts that no local of theirs keeps."""

_BY_NAME: dict[str, list[tuple[str, Helper]]] = {}
for _helper in HELPERS:
    for _name in _helper.names.split():
        _owner, _, _function = _name.rpartition(".")
        _BY_NAME.setdefault(_function, []).append((_owner, _helper))


class Compared(NamedTuple):
    """What a helper compared: live operands, and the details as (name, live value)."""

    helper: Helper
    name: str
    left: Any
    right: Any
    details: tuple[tuple[str, Any], ...]


def is_helper(code: CodeType) -> bool:
    """Whether the code is of a function in the table, as far as name and file tell."""
    path = code.co_filename.replace("\\", "/")
    return any(
        f"/{helper.module.replace('.', '/')}" in path
        for _, helper in _BY_NAME.get(plain_name(code.co_name), ())
    )


def compared_by_helper(
    error: BaseException, is_project: Callable[[CodeType], bool]
) -> Compared | None:
    """Return what the outermost helper below the project's innermost frame compared."""
    found: Compared | None = None
    traceback = traceback_of(error)
    while traceback is not None:
        frame = traceback.tb_frame
        if is_project(frame.f_code):
            found = None  # the helper called back into the project, and that failed
        elif found is None:
            found = next(_read(frame), None)
        traceback = traceback.tb_next
    return found


def _read(frame: FrameType) -> Iterator[Compared]:
    name = plain_name(frame.f_code.co_name)
    for owner, helper in _BY_NAME.get(name, ()):
        if not _is_in(frame, helper.module) or not _is_of(frame, owner):
            continue
        left, right = _first(frame, helper.left), _first(frame, helper.right)
        if left is not MISSING and right is not MISSING:
            yield Compared(
                helper, helper.shown or name, left, right, tuple(_details(frame, helper.details))
            )


def _is_in(frame: FrameType, module: str) -> bool:
    space = frame.f_globals
    name = space.get("__name__") if type(space) is dict else None
    return type(name) is str and f"{name}.".startswith(f"{module}.")


def _is_of(frame: FrameType, owner: str) -> bool:
    """Whether the method's `self` is of this class."""
    if not owner:
        return True
    held = local_names(frame).get("self", MISSING)
    return any(class_name(cls) == owner for cls in mro(type(held)))


def _first(frame: FrameType, paths: str) -> Any:
    for path in paths.split():
        if path.startswith("="):
            return {"=True": True, "=False": False, "=None": None, "=0": 0, "=1": 1}[path]
        found: Any = tuple(path_of(frame, one) for one in path.split("+"))
        found = (
            found[0]
            if len(found) == 1
            else MISSING
            if any(one is MISSING for one in found)
            else found
        )
        if found is not MISSING:
            return found
    return MISSING


def _details(frame: FrameType, paths: str) -> Iterator[tuple[str, Any]]:
    for path in paths.split():
        name, _, path = path.rpartition("=")  # of a name and a path
        value = path_of(frame, path)
        if value is not MISSING and value is not None:
            yield name or path.rpartition(".")[2].replace("_mock_", ""), value
