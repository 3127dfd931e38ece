"""The assertion of numpy's, pandas', polars' and torch's own helpers, with the real libraries."""

from __future__ import annotations

import pytest

from pytest_autopsy.observe.text import to_json

from ..snapshot.conftest import studio  # noqa: F401  # a fixture

NUMPY = {
    "assert_array_equal([1, 2, 3], [1, 2, 4])": ("==", "[2]: 3 (ACTUAL), 4 (DESIRED)"),
    "assert_equal([1, {'a': 2}], [1, {'a': 3}])": ("==", "[1]['a']: 2 != 3"),
    "assert_allclose([1.0, 2.0], [1.0, 2.5], rtol=1e-3, atol=0.1)": ("~=", "[1]: 2.0 (ACTUAL), 2.5 (DESIRED)"),
    "assert_almost_equal(1.0, 1.1, decimal=3)": ("~=", ""),
    "assert_array_almost_equal([1.0], [1.1])": ("~=", "[0]: 1.0 (ACTUAL), 1.1 (DESIRED)"),
    "assert_array_less([1, 5], [2, 3])": ("<", "[1]: 5 (x), 3 (y)"),
    "assert_string_equal('abc', 'abd')": ("==", ""),
    "assert_approx_equal(1.0, 1.5, significant=2)": ("~=", ""),
}  # fmt: skip


def crash(studio, setting, call):  # noqa: F811
    shot = studio.crash(f"{setting}\n\ndef crash():\n    {call}\n")
    first = shot.exceptions[0].frames[0]
    assert (first.function, first.kind) == ("crash", "code"), "the helper is no suspect"
    assert shot.assertion is not None
    assert shot.assertion.helper in call
    return shot.assertion


@pytest.mark.parametrize("call", NUMPY)
def test_numpy(studio, call):  # noqa: F811
    pytest.importorskip("numpy", reason="numpy is not installed: pip install -e .[heavy]")
    found = crash(studio, "from numpy.testing import *", call)
    operator, difference = NUMPY[call]
    assert found.operator == operator
    assert found.difference.startswith(difference) if difference else True


def test_numpy_tolerance_count_and_sources(studio):  # noqa: F811
    pytest.importorskip("numpy", reason="numpy is not installed: pip install -e .[heavy]")
    setting = "import numpy as np\ngot = np.linspace(0, 1, 5)\nwant = got + [0, 0, 0, .5, .5]"
    found = crash(studio, setting, "np.testing.assert_allclose(got, want, rtol=1e-3)")
    assert (found.left_source, found.right_source) == ("got", "want")
    details = {name: to_json(value) for name, value in found.details}
    assert details["rtol"] == 1e-3
    assert details["differences"] == "2 / 5"
    assert details["first"] == "[3]" and details["largest"] == "0.5"


PANDAS = {
    "assert_frame_equal(pd.DataFrame({'a': [1], 'b': [1.0]}), pd.DataFrame({'a': [1], 'b': [2.5]}))": 'column name="b"',
    "assert_series_equal(pd.Series([1.0, 2.0]), pd.Series([1.0, 2.5]))": "Series[1]: 2.0 != 2.5",
    "assert_index_equal(pd.Index([1, 2]), pd.Index([1, 3]))": "Index",
    "assert_frame_equal(pd.DataFrame({'a': [1]}), pd.DataFrame({'b': [1]}))": "DataFrame.columns",
    "assert_frame_equal(pd.DataFrame({'a': [1]}), pd.DataFrame({'a': [1, 2]}))": "DataFrame",
}  # fmt: skip


@pytest.mark.parametrize("call", PANDAS)
def test_pandas(studio, call):  # noqa: F811
    pytest.importorskip("pandas", reason="pandas is not installed: pip install -e .[heavy]")
    found = crash(studio, "import pandas as pd\nfrom pandas.testing import *", call)
    assert found.operator == "=="
    assert PANDAS[call] in found.difference
    assert isinstance(dict(found.details).get("rtol", 0.0), float)


POLARS = {
    "assert_frame_equal(pl.DataFrame({'a': [1]}), pl.DataFrame({'a': [2]}))": ("==", "a"),
    "assert_series_equal(pl.Series('x', [1.0]), pl.Series('x', [2.0]), abs_tol=0.1)": ("==", "Series"),
    "assert_frame_not_equal(pl.DataFrame({'a': [1]}), pl.DataFrame({'a': [1]}))": ("!=", ""),
}  # fmt: skip


@pytest.mark.parametrize("call", POLARS)
def test_polars(studio, call):  # noqa: F811
    pytest.importorskip("polars", reason="polars is not installed: pip install -e .[heavy]")
    found = crash(studio, "import polars as pl\nfrom polars.testing import *", call)
    operator, difference = POLARS[call]
    assert found.operator == operator and difference in found.difference
    assert {"rel_tol", "abs_tol"} & dict(found.details).keys()


def test_torch(studio):  # noqa: F811
    pytest.importorskip("torch", reason="torch is not installed: pip install -e .[heavy]")
    setting = "import torch\nfrom torch.testing import assert_close"
    call = "assert_close(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]), rtol=0.0, atol=0.1)"
    found = crash(studio, setting, call)
    details = dict(found.details)
    assert found.operator == "~="
    assert (details["atol"], details["differences"]) == (0.1, "1 / 2")
    assert details["largest at"] == "(1,)"


def test_cythons_frames_are_no_project_files(studio, monkeypatch):  # noqa: F811
    """Pandas' compiled modules name their files relative to where they were built."""
    pytest.importorskip("pandas", reason="pandas is not installed: pip install -e .[heavy]")
    monkeypatch.chdir(studio.root)
    call = "assert_series_equal(pd.Series([1.0]), pd.Series([2.5]))"
    shot = studio.crash(
        f"import pandas as pd\nfrom pandas.testing import *\n\ndef crash():\n    {call}\n"
    )
    assert all(frame.folded for frame in shot.exceptions[0].frames[1:])
