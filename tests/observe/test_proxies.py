"""Proxies of compiled libraries: looking at one does not make, or ask, what it stands for."""

from __future__ import annotations

import lazy_object_proxy
import pytest
import wrapt

from pytest_autopsy.model import Value
from pytest_autopsy.observe.values import look


class Spied:
    """Says that its dict was asked for."""

    def __init__(self) -> None:
        self.asked: list[str]
        object.__setattr__(self, "_asked", [])

    @property
    def __dict__(self) -> dict[str, object]:  # type: ignore[override]
        raise AssertionError("asked for its dict")


@pytest.mark.parametrize("proxy", [wrapt.LazyObjectProxy, lazy_object_proxy.Proxy])
def test_a_lazy_proxy_is_not_made(proxy) -> None:
    made: list[int] = []
    lazy = proxy(lambda: made.append(1))
    found = [look(lazy), look([lazy]), look({"a": lazy})]
    assert made == []
    assert isinstance(found[0], Value)
    assert found[0].type.endswith("Proxy")


def test_what_a_proxy_stands_for_is_not_asked() -> None:
    assert isinstance(look(wrapt.ObjectProxy(Spied())), Value)
