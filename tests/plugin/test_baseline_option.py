"""--autopsy-baseline: a run of one test is helped by what passed in earlier runs."""

from __future__ import annotations

import json

import pytest


def whys(run) -> str:
    file = run.path / run.failure("::test_unknown")["diagnosis"]
    suspects = json.loads(file.read_bytes())["suspects"]
    return " ".join(why for suspect in suspects for why in suspect["why"])


def test_a_single_test_is_compared_with_what_passed_before(shop):
    first = shop.autopsy().digest["run"]  # read now: `latest` moves on
    alone = shop.autopsy("test_shop.py::test_unknown")
    facts = alone.digest["run"]["baseline"]
    assert (facts["id"], facts["tests"], facts["left_out"]) == (first["id"], 1, 0)
    assert "1 of 1 failing and 1 of 1 passing" in whys(alone)
    assert first["baseline"] is None

    shop.write({"shop/pricing.py": "def load_price(name):\n    return {'tea': 3}.get(name)\n"})
    changed = shop.autopsy("test_shop.py::test_unknown")
    assert changed.digest["run"]["baseline"]["left_out"] > 0


def test_none_neither_reads_nor_writes_and_a_path_is_read(shop):
    shop.autopsy("--autopsy-baseline=none")
    assert not (shop.path / ".autopsy" / "baseline").exists()
    shop.autopsy("--autopsy-dir=elsewhere")
    run = shop.autopsy("--autopsy-baseline=elsewhere", "test_shop.py::test_unknown")
    assert run.digest["run"]["baseline"]["tests"] == 1


def test_a_path_without_a_baseline_is_a_usage_error(settings):
    with pytest.raises(
        pytest.UsageError, match=r"--autopsy-baseline nowhere.*auto, none or the path"
    ):
        settings("--autopsy-baseline=nowhere")
