"""A cause over several runs of one project: what digest.json, digest.md and the terminal say of it."""

from __future__ import annotations

from .shop_project import SHOP

FIXED = SHOP["shop/pricing.py"].replace("return None", "return 0")
OTHER = SHOP["shop/pricing.py"].replace("KeyError:", "(KeyError, ValueError):")


def status(run) -> tuple:
    (cause,) = run.digest["root_causes"]
    return cause["status"], cause["runs_seen"], cause["culprit_changed"]


def earlier(run) -> list[str]:
    return [one["status"] for one in run.digest["earlier_causes"]]


def test_a_cause_from_run_to_run(shop):
    first = shop.autopsy()
    assert status(first) == (None, None, None)
    assert not first.has_line("known, ")
    second = shop.autopsy()
    assert status(second) == ("known", 2, False)
    assert second.digest["root_causes"][0]["first_seen"] == first.digest["run"]["started_utc"]
    assert second.has_line(r"rerun .*--autopsy-cause c1-\w{8} +known, 2nd run$")
    assert "known, 2nd run" in (second.directory / "digest.md").read_text()
    shop.write({"shop/pricing.py": OTHER})
    third = shop.autopsy()
    assert status(third) == ("known", 3, True)
    assert third.has_line("^  seen    known, 3rd run, code changed$")
    left_out = shop.autopsy("-k", "known and not unknown")
    assert earlier(left_out) == ["not run"]
    shop.write({"shop/pricing.py": FIXED})
    assert earlier(shop.autopsy()) == ["gone"]
    assert earlier(shop.autopsy()) == []
    shop.write(SHOP)
    assert status(shop.autopsy()) == ("back", 4, True)


def test_a_cause_after_a_green_run_is_new(shop):
    shop.write({"shop/pricing.py": FIXED}).autopsy()
    shop.write(SHOP)
    run = shop.autopsy()
    assert status(run) == ("new", 1, None)
    assert run.has_line(r"rerun .* new$")


def test_a_history_that_cannot_be_read_costs_nothing_but_itself(shop):
    (shop.path / ".autopsy" / "history.jsonl").mkdir(parents=True)
    run = shop.autopsy()
    assert run.code == 1
    assert status(run) == (None, None, None)
    assert run.has_line("history.jsonl")
