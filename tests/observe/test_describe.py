"""A project's own description of its types, and what its faults cost."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_autopsy.observe import describe
from pytest_autopsy.observe.compare import same_content
from pytest_autopsy.observe.describe import MAX_FAILURES, Describer
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.observe.text import to_json, to_text
from pytest_autopsy.observe.values import SNAPSHOT, Limits, Looker


class Money:
    def __init__(self, cents: Any) -> None:
        self.cents = cents


class Text(str):
    pass


def shown(value: Any, ask: Any, limits: Limits = SNAPSHOT) -> Any:
    looker = Looker(limits)
    looker.describe = describer = Describer([])
    describer.ask = ask
    return looker.look(value)


def test_a_text() -> None:
    look = shown([Money(250), 1], lambda value: f"EUR {value.cents / 100:.2f}")
    assert to_text(look) == "[Money(EUR 2.50), 1]"
    assert to_json(look) == [{"__type__": "Money", "text": "EUR 2.50"}, 1]


def test_a_dict_is_looked_at_in_turn() -> None:
    look = shown(Money([1, Money(2)]), lambda value: {"cents": value.cents, "of": "EUR"})
    assert to_text(look) == "Money(cents=[1, Money(cents=2, of='EUR')], of='EUR')"


def test_none_leaves_the_usual_form() -> None:
    assert to_text(shown(Money(1), lambda value: None)) == "Money(cents=1)"


def test_only_classes_that_are_not_known_are_asked_about() -> None:
    asked: list[Any] = []
    values = [1, "a", [1], {"a": 1}, (1,), None, len, Money, 1.5, ValueError, range(3)]
    shown(values, asked.append)
    assert asked == []
    shown([Money(1), Text("a")], asked.append)
    assert [type(value) for value in asked] == [Money, Text]


def test_a_description_is_bounded() -> None:
    tiny = Limits(depth=2, items=3, string=5, nodes=20)
    assert to_text(shown(Money(1), lambda value: "x" * 10**6, tiny)) == "Money(xxxxx...)"
    assert to_text(shown(Money(1), lambda value: dict.fromkeys("abcdef", 1), tiny)) == (
        "Money(a=1, b=1, c=1, ...)"
    )


def test_one_that_returns_its_value_again_ends() -> None:
    told = to_text(shown(Money(1), lambda value: {"self": value}))
    assert told == "Money(self=<Money, cycle>)"


def _raises(error: BaseException) -> Any:
    def ask(value: Any) -> Any:
        raise error

    return ask


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (_raises(ValueError("secret")), "raised ValueError"),
        (_raises(RecursionError()), "raised RecursionError"),
        (lambda value: pytest.fail("no"), "raised Failed"),
        (lambda value: 5, "returned int; it takes str, dict or None"),
        (lambda value: Text("a"), "returned Text; it takes str, dict or None"),
    ],
)
def test_a_fault_costs_its_own_value(ask: Any, why: str) -> None:
    look = shown([Money(1), {"a": 2}], ask)
    assert look.items[0].attrs == (("cents", 1),)
    assert look.items[0].why == f"pytest_autopsy_describe {why}"
    assert to_text(look.items[1]) == "{'a': 2}"
    assert "secret" not in repr(look)


def test_after_some_faults_it_is_asked_no_more() -> None:
    faults: list[str] = []
    asked: list[Any] = []
    describer = Describer(faults)

    def ask(value: Any) -> Any:
        asked.append(value)
        raise ValueError

    describer.ask = ask
    looker = Looker(SNAPSHOT)
    looker.describe = describer
    looker.look([Money(n) for n in range(9)])
    assert len(asked) == MAX_FAILURES and len(faults) == 1 and "ValueError" in faults[0]
    assert not describer.active


def test_one_that_is_slow_is_asked_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 2))
    monkeypatch.setattr(describe, "perf_counter", lambda: next(clock))
    describer = Describer([])
    describer.ask = lambda value: "told"
    told = [describer(1) for _ in range(MAX_FAILURES + 1)]
    assert told[0][0] == "told" and told[-1] == (None, "") and describer.faults


def test_what_the_user_interrupts_stays_interrupted() -> None:
    with pytest.raises(KeyboardInterrupt):
        shown(Money(1), _raises(KeyboardInterrupt()))


def test_two_values_with_one_description_are_not_called_equal() -> None:
    one, other = shown(Money(1), lambda v: "m"), shown(Money(2), lambda v: "m")
    assert same_content(one, other) is None


def test_descriptions_are_redacted() -> None:
    for ask in (
        lambda v: "Bearer abcdef1234567890abcdef",
        lambda v: {"password": "hunter2-hunter2"},
    ):
        hidden = Redactor().look(shown(Money(1), ask), "money")
        assert "hunter2" not in to_text(hidden) and "abcdef1234" not in to_text(hidden)
