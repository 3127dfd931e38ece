"""Not one planted secret in a file or on the terminal; at most two look-alikes lost. The open half."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from . import innocent, secrets
from .harness import VARIANTS, Outcome, examine, forms, judge, leaks_of, pieces, unseen
from .heldout import half
from .item import PLACES, Item
from .shapes import card, fill

ALL = (*secrets.ITEMS, *innocent.ITEMS)


@pytest.fixture(scope="module", params=VARIANTS)
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("planted") / "project"
    return examine(folder, half(heldout=False), *VARIANTS[request.param])


def test_no_secret_of_the_open_half_leaks(outcome: Outcome) -> None:
    assert outcome.leaks == {}


def test_at_most_two_look_alikes_of_the_open_half_are_lost(outcome: Outcome) -> None:
    assert len(outcome.lost) <= 2, outcome.lost


@pytest.mark.parametrize("heldout", [False, True], ids=["open", "held out"])
def test_without_the_plugin_all_of_them_are_there(heldout: bool, tmp_path: Path) -> None:
    """The control: what no tool showed would be no proof of anything."""
    items = half(heldout=heldout)
    assert [key for key in unseen(tmp_path / "control", items) if key not in NOT_SHOWN] == []


NOT_SHOWN = ("innocent-locals-30", "shape-pem-locals")
"""pytest cuts these."""


def test_there_are_enough_of_them_in_every_place() -> None:
    assert len(secrets.ITEMS) >= 140 and len(innocent.ITEMS) >= 80
    assert all(item.secrets for item in secrets.ITEMS)
    assert all(item.why and not item.secrets for item in innocent.ITEMS)
    planted = Counter((item.place, item.heldout) for item in secrets.ITEMS)
    assert set(planted) == {(place, side) for place in PLACES for side in (False, True)}
    assert min(planted.values()) >= 4
    kept = [
        sum(1 for item in items if item.heldout) / len(items)
        for items in (secrets.ITEMS, innocent.ITEMS)
    ]
    assert all(0.4 < share < 0.6 for share in kept)


def test_names_of_items_are_unique() -> None:
    assert len({item.id for item in ALL}) == len({item.slug for item in ALL}) == len(ALL)


def test_values_are_the_same_every_time() -> None:
    assert fill("ghp_{n36}", "github-classic") == fill("ghp_{n36}", "github-classic")
    assert fill("{x8}", "one") != fill("{x8}", "two")


def test_no_secret_stands_whole_in_the_repository() -> None:
    sources = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("*.py"))
    assert [
        item.id for item in secrets.ITEMS if item.id != "odd-word" and item.secrets[0] in sources
    ] == []


@pytest.mark.parametrize("valid", [True, False])
def test_check_digits(valid: bool) -> None:
    digits = [int(digit) for digit in reversed(card("4", 16, "any", valid=valid))]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    assert ((sum(digits[::2]) + doubled) % 10 == 0) is valid


_SECRET = "kQ7 '\"\\\u00e9&/zT9w"
_PLANTED = Item("made-up", "stdout", "name", "password=", _SECRET, (_SECRET,))


@pytest.mark.parametrize("form", forms(_SECRET))
@pytest.mark.parametrize(
    "file", [".autopsy/runs/one/digest.json", "out.xml", "out.json", "terminal"]
)
def test_the_search_finds_every_form_in_every_file(form: str, file: str, tmp_path: Path) -> None:
    text = f"before {forms(_SECRET)[form]} after"
    found = Outcome(
        tmp_path, f"==== autopsy: 1 failure ====\n{text}\n" if file == "terminal" else ""
    )
    if file != "terminal":
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, "utf-8")
    (leak,) = leaks_of(_PLANTED, found)
    assert leak.startswith("whole, ") and leak.endswith(file.rpartition("one/")[2])


def test_the_search_finds_base64_of_more_than_the_secret(tmp_path: Path) -> None:
    for pair in (
        "YW5uOmtRNyAnIlzDqSYvelQ5dw==",
        "eDprUTcgJyJcw6kmL3pUOXc6eA==",
    ):  # ann:..., x:...:x
        (tmp_path / "out.xml").write_text(pair, "utf-8")
        assert "base64" in leaks_of(_PLANTED, Outcome(tmp_path, ""))[0]


def test_half_a_secret_is_a_leak_and_what_is_left_of_it_else_is_not(tmp_path: Path) -> None:
    token = fill("ghp_{n36}", "any")
    item = Item("token", "stdout", "shape", "", token, (token,))
    (tmp_path / "out.xml").write_text(f"cut: {token[:25]}...", "utf-8")
    assert leaks_of(item, Outcome(tmp_path, ""))[0].startswith("its start, raw")
    (tmp_path / "out.xml").write_text(f"cut: {token[:8]}... {token[-4:]}", "utf-8")
    assert leaks_of(item, Outcome(tmp_path, "")) == []


def test_every_line_of_a_key_counts() -> None:
    block = next(item for item in ALL if item.id == "shape-pem-locals").secrets[0]
    assert [piece for piece, _ in pieces(block)] == ["whole", *["a line"] * 6]


def test_pytests_own_part_of_the_terminal_is_not_ours(tmp_path: Path) -> None:
    found = Outcome(
        tmp_path, f"autopsy: on\n=== FAILURES ===\n{_SECRET}\n=== autopsy: 1 ===\nend\n"
    )
    assert judge([_PLANTED], found).leaks == {}
