"""The general rule for arrays of other libraries, and torch."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_autopsy.observe.compare import same_content
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import SNAPSHOT, TRACE, look


def library(name: str) -> Any:
    return pytest.importorskip(name, reason=f"{name} is not installed (extra `heavy`)")


def test_a_sparse_array_shows_what_it_stores() -> None:
    sparse, np = library("scipy.sparse"), library("numpy")
    for make in (sparse.csr_matrix, sparse.coo_array):
        shown = look(make(np.eye(7) * 2))
        assert to_text(shown).endswith("(7, 7) float64 [2.0, 2.0, 2.0, 2.0, 2.0, ...] 7 stored")
        assert same_content(shown, shown) is None


def test_a_labelled_array_shows_its_data() -> None:
    xarray = library("xarray")
    shown = look(xarray.DataArray([[1.0, 2.0]], dims=("x", "y")))
    assert to_text(shown) == "DataArray(1, 2) float64 [1.0, 2.0]"
    assert same_content(shown, shown) is None, "its labels were not looked at"


torch: Any = pytest.importorskip("torch", reason="torch is not installed")

SHOWN = [
    (lambda: torch.arange(12.0).reshape(3, 4), "Tensor(3, 4) float32 [0.0, 1.0, 2.0, 3.0, 4.0, ...]"),
    (lambda: torch.zeros(4, 2).t(), "Tensor(2, 4) float32 [0.0, 0.0, 0.0, 0.0, 0.0, ...]"),
    (lambda: torch.tensor([1, float("nan"), float("inf")]), "Tensor(3,) float32 [1.0, nan, inf] 1 NaN 1 inf"),
    (lambda: torch.nn.Parameter(torch.ones(1)), "Parameter(1,) float32 [1.0]"),
    (lambda: torch.tensor(5), "Tensor() int64 [5]"),
    (lambda: torch.zeros(2, dtype=torch.bfloat16), "Tensor(2,) bfloat16 [0.0, 0.0]"),
    (lambda: torch.zeros(2, device="meta"), "Tensor(2,) float32 meta <not in host memory>"),
    (lambda: torch.eye(2).to_sparse(), "Tensor(2, 2) float32 <not plain>"),
    (lambda: torch.float16, "dtype(float16)"),
    (lambda: torch.device("cpu"), "device(cpu)"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "text"), SHOWN, ids=[text for _, text in SHOWN])
def test_what_a_tensor_shows(make: Any, text: str) -> None:
    assert to_text(look(make())) == text


def test_a_tensor_in_json() -> None:
    assert to_json(look(torch.zeros(2, 1))) == {
        "__array__": "torch.Tensor", "shape": [2, 1], "dtype": "float32", "device": "cpu",
        "head": [0.0, 0.0],
    }  # fmt: skip


ASKED: list[Any] = []


class Mine(torch.Tensor):  # type: ignore[misc, name-defined]
    @classmethod
    def __torch_function__(cls, function: Any, *_: Any, **__: Any) -> Any:
        ASKED.append(function)


@pytest.mark.parametrize("limits", [TRACE, SNAPSHOT], ids=["trace", "snapshot"])
def test_a_subclass_is_not_asked(limits: Any) -> None:
    made = torch.zeros(2).as_subclass(Mine)
    ASKED.clear()
    assert "Mine" in to_text(look(made, limits))
    assert ASKED == []


def test_a_mode_of_the_users_sees_nothing() -> None:
    from torch.overrides import TorchFunctionMode
    from torch.utils._python_dispatch import TorchDispatchMode

    class Functions(TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            ASKED.append(function)
            return function(*args, **(kwargs or {}))

    class Operations(TorchDispatchMode):  # type: ignore[misc]
        def __torch_dispatch__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            ASKED.append(function)
            return function(*args, **(kwargs or {}))

    tensor = torch.zeros(3)
    for mode in (Functions(), Operations()):
        with mode:
            ASKED.clear()
            shown = to_text(look(tensor))
            seen, ASKED[:] = list(ASKED), []
        assert seen == [] and shown.startswith("Tensor(3,) float32")


@pytest.mark.filterwarnings("ignore:.*torch.jit.trace:DeprecationWarning")
def test_a_graph_that_is_being_traced_has_no_node_of_ours() -> None:
    def traced(x: Any) -> Any:
        look(x)
        return x + 1

    graph = str(torch.jit.trace(traced, torch.zeros(3)).graph)
    assert graph.count("aten::") == 1
