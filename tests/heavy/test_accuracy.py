"""The accuracy harness from end to end, on a project small enough to write down here.

Three omissions, each noticed by a test: their evidence is stored as `collect` does, joined with that
of the tests they do not touch, and ranked as `ranks` does.
"""

from __future__ import annotations

import sys

import pytest

from tests.accuracy import faults, inject, libraries, ranks
from tests.accuracy.collect import collect
from tests.accuracy.intervals import share_interval, sign_test
from tests.accuracy.kept import covering
from tests.accuracy.omissions import omissions
from tests.accuracy.positions import position, summary

SHOP = '''
def parse(text):
    """A line such as "pear 3 250"."""
    name, count, price = text.split()
    return {"name": name.lower(), "count": int(count), "price": int(price)}


def discount(count):
    if count >= 10:
        return 20
    if count >= 5:
        return 10
    return 0


def line_total(line):
    total = line["count"] * line["price"]
    return total - total * discount(line["count"]) // 100


def receipt(texts, voucher=None):
    lines = [parse(text) for text in texts]
    total = sum(line_total(line) for line in lines)
    if voucher is not None and voucher <= total:
        total -= voucher
    return {"total": total, "names": sorted({line["name"] for line in lines})}
'''
TESTS = """
import pytest
from shop import discount, line_total, parse, receipt

@pytest.mark.parametrize("count, expected", [(0, 0), (4, 0), (5, 10), (9, 10), (10, 20)])
def test_discount(count, expected):
    assert discount(count) == expected

def test_parse():
    assert parse("pear 3 250") == {"name": "pear", "count": 3, "price": 250}

def test_parse_lowers():
    assert parse("Pear 3 250")["name"] == "pear"

def test_line_total():
    assert line_total(parse("pear 2 100")) == 200

def test_names():
    assert receipt(["pear 1 1", "Pear 2 1", "fig 1 1"])["names"] == ["fig", "pear"]

def test_total():
    assert receipt(["pear 1 100", "fig 10 10"])["total"] == 180

def test_voucher():
    assert receipt(["pear 1 100"], voucher=30)["total"] == 70

def test_voucher_too_large():
    assert receipt(["pear 1 100"], voucher=300)["total"] == 100
"""
LEFT_OUT = {
    "call": ("parse", "name.lower()"),
    "early return": ("discount", "if count >= 5:"),
    "clause": ("receipt", " and voucher <= total"),
}


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOPSY_ACCURACY_DIR", str(tmp_path))
    # Where this project is installed, its entry point would register it a second time.
    library = libraries.Library("shop", "1", "shop", arguments=("tests", "-p", "no:autopsy"))
    (library.checkout / "shop").mkdir(parents=True)
    (library.checkout / "tests").mkdir()
    (library.checkout / "shop" / "__init__.py").write_text(SHOP)
    (library.checkout / "tests" / "test_shop.py").write_text(TESTS)
    (library.root / "venv").symlink_to(sys.prefix)
    return library


def fault_of(library, operator):
    """The omission of this kind that the table names."""
    name, gone = LEFT_OUT[operator]
    for number, change in enumerate(omissions(SHOP)):
        after = change.text(SHOP)
        if change.operator == operator and after and gone not in after:
            edit = faults.edit_of(SHOP, after)
            source = inject.Source("shop", tuple(SHOP.split("\n")))
            place = faults.place_of(source, edit)
            assert place is not None and place.name == name
            return faults.Fault(
                f"shop-{number}", "shop", "1", "omission", operator, "shop/__init__.py",
                (place,), (edit,),
            )  # fmt: skip
    raise AssertionError(f"nothing to leave out for {operator}")


def test_faults_are_found_stored_and_ranked(shop):
    plain = inject.plain_run(shop)
    assert len(plain.passed) == 12 and not plain.failures
    for operator in LEFT_OUT:
        fault = fault_of(shop, operator)
        tests = covering(plain, fault)
        assert 0 < len(tests) < 12
        assert 1 <= (inject.count_failing(shop, fault, tests) or 0) <= 4
        collect(shop, fault)
        run = ranks.run_of(shop, fault)
        assert len(run.passed) + len(run.failures) == 12
        told = ranks.tell(shop, fault, run, ["ochiai"])
        assert told.place == 1, told
        assert told.others["ochiai"] is not None
        assert ranks.tell_once(shop, fault, []) == ranks.tell_once(shop, fault, [])


def test_a_run_of_all_tests_says_the_same(shop):
    fault = fault_of(shop, "call")
    collect(shop, fault)
    some = ranks.tell(shop, fault, ranks.run_of(shop, fault))
    collect(shop, fault, full=True)
    every = ranks.tell(shop, fault, ranks.run_of(shop, fault))
    assert some.suspects == every.suspects and some.title == every.title


@pytest.mark.parametrize(
    "scores, expected",
    [
        ({"a": 2.0, "b": 1.0}, 1),
        ({"a": 1.0, "b": 2.0, "c": 3.0}, 3),
        ({"a": 1.0, "b": 1.0}, 1.5),  # a tie with an innocent one is a miss @1
        ({"a": 1.0, "b": 1.0, "c": 1.0, "d": 2.0}, 3),
        ({"a": 1.0, "A": 1.0, "c": 1.0}, 4 / 3),  # two of three are at fault
        ({"b": 1.0}, None),
    ],
)
def test_expected_position(scores, expected):
    named = {("f.py", name): score for name, score in scores.items()}
    found = position(named, {("f.py", "a"), ("f.py", "A")})
    assert found == (None if expected is None else pytest.approx(expected))


def test_a_summary_counts_what_is_not_named_as_a_miss():
    found = summary([1, 1.5, 4, None])
    assert found.at == {1: 0.25, 3: 0.5, 5: 0.75, 10: 0.75}
    assert found.mrr == pytest.approx((1 + 1 / 1.5 + 1 / 4) / 4) and found.missed == 1


def test_the_sign_test_is_mcnemars():
    ours, theirs = [True] * 6 + [False], [False] * 5 + [True, True]
    assert sign_test(ours, theirs) == (5, 1, pytest.approx(14 / 64))
    low, high = share_interval([1.0, 0.0] * 50)
    assert 0.35 < low < 0.5 < high < 0.65


def test_a_fault_is_put_in_and_lines_below_it_move():
    fault = faults.Fault(
        "x", "lib", "1", "omission", "branch", "f.py", (faults.Place("f", 1),),
        (faults.Edit(2, ("b", "c"), ()), faults.Edit(5, ("e",), ("E", "EE"))),
    )  # fmt: skip
    assert fault.apply("a\nb\nc\nd\ne\nf") == "a\nd\nE\nEE\nf"
    assert [fault.moved(line) for line in (1, 4, 6)] == [1, 2, 5]
    assert fault.faulty_lines() == {1, 2, 3, 4}
    with pytest.raises(ValueError, match=r"line 5 of f\.py is not what it was"):
        fault.apply("a\nb\nc\nd\nx")


@pytest.mark.parametrize(
    "operator, before, after",
    [
        ("elif", "if a:\n    b\nelif c:\n    d\nelse:\n    e\n", "if a:\n    b\nelse:\n    e\n"),
        ("branch", "if a:\n    b\nelif c:\n    d\n", "if c:\n    d\n"),
        ("else", "if a:\n    b\n# why\nelse:\n    c\n", "if a:\n    b\n# why\n"),
        (
            "guard",
            "for a in b:\n    if a:\n        continue\n    c\n",
            "for a in b:\n    pass\n    c\n",
        ),
        ("handler", "try:\n    a\nexcept E:\n    b\n", "a\n"),
        ("handler", "try:\n    a\nexcept (E, F):\n    b\n", "try:\n    a\nexcept (F):\n    b\n"),
        ("clause", "x = a and b(c) or d\n", "x = a and b(c)\n"),
        ("clause", "x = [a for a in b if c]\n", "x = [a for a in b]\n"),
        ("argument", "f(a, key=b, other=c)\n", "f(a, other=c)\n"),
        ("call", "x = a.strip().lower()\n", "x = a.strip()\n"),
        ("call", "x = '\u00e4', int(a)\n", "x = '\u00e4', a\n"),
        ("assignment", "self.a += 1\n", "pass\n"),
    ],
)
def test_omissions(operator, before, after):
    assert after in {one.text(before) for one in omissions(before) if one.operator == operator}
