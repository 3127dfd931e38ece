"""Instances of attrs and pydantic read like what they are."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_autopsy.observe.text import to_text
from pytest_autopsy.observe.values import look

attrs: Any = pytest.importorskip("attrs", reason="attrs is not installed (extra `heavy`)")
pydantic: Any = pytest.importorskip("pydantic", reason="pydantic is not installed (extra `heavy`)")


def loud(*_: Any) -> Any:
    raise SystemError("asked")


@attrs.define
class Slotted:
    x: int
    items: list[int]
    __repr__ = __eq__ = loud


@attrs.frozen(slots=False)
class Frozen:
    x: int


class Model(pydantic.BaseModel):  # type: ignore[misc, name-defined]
    model_config = pydantic.ConfigDict(extra="allow")
    name: str
    parts: dict[str, int] = {}  # noqa: RUF012  # pydantic copies it
    _secret: int = pydantic.PrivateAttr(7)
    __repr__ = __str__ = __eq__ = __iter__ = __getattr__ = loud

    @property
    def loud(self) -> Any:
        raise SystemError

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def area(self) -> int:
        raise SystemError


class Outer(pydantic.BaseModel):  # type: ignore[misc, name-defined]
    inner: Model


@pydantic.dataclasses.dataclass
class Data:
    x: int


def test_attrs() -> None:
    assert to_text(look(Slotted(1, [2]))) == "Slotted(x=1, items=[2])"
    assert to_text(look(Frozen(3))) == "Frozen(x=3)"


def test_pydantic() -> None:
    assert to_text(look(Data(1))) == "Data(x=1)"
    shown = to_text(look(Outer(inner=Model(name="n", parts={"a": 1}, more=2))))
    assert (
        "name='n', parts={'a': 1}" in shown and "{'more': 2}" in shown and "{'_secret': 7}" in shown
    )
    assert "model_config" not in shown


def test_a_model_that_was_not_validated() -> None:
    assert "Model(" in to_text(look(Model.model_construct(name=5)))
    assert to_text(look(Model.__new__(Model))) == "<Model>"
