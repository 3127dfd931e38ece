"""The parts of a divided run, joined: the causes are those of the whole run."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from pytest_autopsy import kept
from pytest_autopsy.cli import main
from pytest_autopsy.merging import divided, merged
from pytest_autopsy.shards import Shard, shard_of

from ..plugin.helpers import Project

FILES = {
    "shop/__init__.py": "",
    "shop/pricing.py": """
        PRICES = {"a": 2, "b": 3}

        def load_price(sku):
            try:
                return PRICES[sku]
            except KeyError:
                return None

        def total(skus):
            result = 0
            for sku in skus:
                result += load_price(sku)
            return result
        """,
    "tests/test_one.py": """
        from shop.pricing import total

        def test_sum():
            assert total(["a", "b"]) == 5

        def test_gone():
            assert total(["a", "x"]) == 2
        """,
    "tests/test_two.py": """
        from shop.pricing import load_price, total

        def test_nothing():
            assert total([]) == 0

        def test_price():
            assert load_price("b") == 3

        def test_gone_too():
            assert total(["y"]) == 2
        """,
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """One run of all tests, and the same as two shards of one CI run."""
    path = tmp_path_factory.mktemp("shards") / "work"
    project = Project(path).write(FILES)
    whole = project.autopsy("--autopsy-dir=whole", "tests")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CI_PIPELINE_ID", "77")
        for number, name in ((1, "one"), (2, "two")):
            patch.setenv("AUTOPSY_SHARD", f"{number}/2")
            project.autopsy(f"--autopsy-dir=part{number}", f"tests/test_{name}.py")
    return SimpleNamespace(path=path, whole=whole, folders=[folder(path, n) for n in (1, 2)])


def folder(path: Path, number: int) -> Path:
    return (path / f"part{number}" / "latest").resolve()


def plain(found: dict) -> str:
    return json.dumps(
        [
            {
                key: cause[key]
                for key in (
                    "id",
                    "title",
                    "confidence",
                    "signature",
                    "failures",
                    "suspects",
                    "hint",
                )
            }
            for cause in found["root_causes"]
        ],
        indent=1,
    )


def test_a_run_that_is_not_divided_keeps_nothing(runs) -> None:
    assert not list((runs.path / "whole").rglob(kept.NAME))


def test_the_parts_together_say_what_the_whole_run_says(
    runs, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(runs.path)
    assert main(["triage", "part2", "part1", "--export", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert "load_price" in out
    whole = json.loads(next((runs.path / "whole").glob("runs/*/digest.json")).read_bytes())
    told = json.loads((tmp_path / "out" / "digest.json").read_bytes())
    assert plain(told) == plain(whole)
    assert told["totals"] == whole["totals"]
    assert [one["nodeid"] for one in told["failures"]] == [
        one["nodeid"] for one in whole["failures"]
    ]
    assert told["run"]["complete"]
    for failure in told["failures"]:
        for name in ("trace", "snapshot", "diagnosis"):
            assert (tmp_path / "out" / failure[name]).is_file()
    report = json.loads((tmp_path / "out" / "triage.json").read_bytes())
    assert report["inputs"]["failures"] == 2
    assert [cause["id"] for cause in report["root_causes"]] == [
        c["id"] for c in whole["root_causes"]
    ]


def test_the_order_of_shards_does_not_matter(runs, monkeypatch, capsys) -> None:
    monkeypatch.chdir(runs.path)
    texts = []
    for paths in (["part1", "part2"], ["part2", "part1"], ["."]):
        assert main(["triage", *paths, "--json"]) == 0 or paths == ["."]
        texts.append(json.loads(capsys.readouterr().out)["root_causes"])
    assert texts[0] == texts[1]
    assert [cause["id"] for cause in texts[2]] == [cause["id"] for cause in texts[0]]


def test_a_missing_shard_is_named(runs, monkeypatch, capsys) -> None:
    monkeypatch.chdir(runs.path)
    assert main(["triage", "part1"]) == 3
    assert "missing: shard 2 of 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda raw: raw[:-60], "its evidence breaks off"),
        (lambda raw: gzip.compress(b"\n".join(gzip.decompress(raw).splitlines()[:2]) + b"\n"), "its evidence breaks off"),
        (lambda raw: gzip.compress(gzip.decompress(raw).replace(b'"Footprint"', b'"Print"')), "its evidence is broken"),
        (lambda raw: gzip.compress(gzip.decompress(raw).replace(b'"complete":true', b'"complete":false')), "it was stopped"),
    ],
)  # fmt: skip
def test_an_incomplete_shard_is_named(runs, tmp_path, monkeypatch, capsys, spoil, why) -> None:
    monkeypatch.chdir(runs.path)
    for number, source in enumerate(runs.folders, 1):
        shutil.copytree(source, tmp_path / f"run{number}")
    file = tmp_path / "run2" / kept.NAME
    file.write_bytes(spoil(file.read_bytes()))
    assert main(["triage", str(tmp_path)]) == 3
    out = " ".join(capsys.readouterr().out.split())
    assert "shard 2 (" in out
    assert why in out


def test_a_shard_that_was_run_again_counts_once(runs, tmp_path) -> None:
    again = tmp_path / "again"
    shutil.copytree(runs.folders[0], again)
    (run,) = divided([*runs.folders, again])
    assert [part.index for part in run.parts] == [1, 2]
    assert len(merged(run, runs.path).failures) == 2


def test_what_is_kept_is_bounded_and_failures_go_first(runs, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(kept, "MAX_PASSED", 1)
    into = kept.Kept()
    for part in runs.folders:
        assert into.join(part / kept.NAME) == ""
    assert len(into.run.failures) == 2
    assert len(into.run.passed) == 3
    session = SimpleNamespace(
        settings=SimpleNamespace(triage=True), run=into.run,
        redactor=SimpleNamespace(identifier=lambda text: text),
        directory=SimpleNamespace(write=lambda name, raw: (tmp_path / name).write_bytes(raw)),
    )  # fmt: skip
    outcome = SimpleNamespace(run={"complete": True}, totals={}, cost={})
    kept.keep(session, outcome, Shard(1, 2, "x"))
    again = kept.Kept()
    assert again.join(tmp_path / kept.NAME) == ""
    assert len(again.run.failures) == 2
    assert len(again.run.passed) == 1
    monkeypatch.setattr(kept, "MAX_BYTES", 0)
    kept.keep(session, outcome, Shard(1, 2, "x"))
    assert kept.Kept().join(tmp_path / kept.NAME) == "2 failures had no room in its evidence"


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        ({}, {}, None),
        ({}, {"CI": "true", "GITHUB_RUN_ID": "5"}, None),
        ({}, {"AUTOPSY_SHARD": "2/5"}, Shard(2, 5, "")),
        ({}, {"AUTOPSY_SHARD": "2/5", "GITHUB_RUN_ID": "5", "GITHUB_RUN_ATTEMPT": "1"}, Shard(2, 5, "5-1")),
        ({"splits": 3, "group": 3}, {}, Shard(3, 3, "")),
        ({"num_shards": 3, "shard_id": 0}, {}, Shard(1, 3, "")),
        ({}, {"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "2", "CI_PIPELINE_ID": "9"}, Shard(1, 2, "9")),
        ({}, {"CIRCLE_NODE_INDEX": "1", "CIRCLE_NODE_TOTAL": "2"}, Shard(2, 2, "")),
        ({}, {"BUILDKITE_PARALLEL_JOB": "0", "BUILDKITE_PARALLEL_JOB_COUNT": "4"}, Shard(1, 4, "")),
        ({}, {"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "1"}, None),
        ({}, {"AUTOPSY_SHARD": "6/5"}, None),
        ({}, {"AUTOPSY_SHARD": "x/y"}, None),
        ({"splits": None, "group": None}, {}, None),
    ],
)  # fmt: skip
def test_which_part_of_a_run_this_is(options, environment, expected) -> None:
    assert shard_of(SimpleNamespace(**options), environment) == expected


def test_a_run_that_ended_before_its_digest_is_named_and_its_snapshots_read(
    runs, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    run = tmp_path / "runs" / "20260101T000000Z-0123abcd"
    shutil.copytree(runs.folders[0], run)
    (run / "digest.json").unlink()
    assert main(["triage", "runs"]) == 3
    out = " ".join(capsys.readouterr().out.split())
    assert "1 failure in 1 file" in out
    assert "a run that ended before its digest was written" in out
