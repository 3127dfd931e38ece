"""The run directory, as DESIGN section 5 promises it to programs that read it."""

from __future__ import annotations

import json
import os
import re

DIGEST = {"schema", "run", "totals", "root_causes", "earlier_causes", "failures", "cost"}
RUN = {
    "id", "started_utc", "python", "pytest", "argv", "mode", "engine", "engine_reason", "workers",
    "complete", "stopped_by", "baseline", "commit", "dirty", "ci",
}  # fmt: skip
TOTALS = {"tests", "passed", "failed", "errors", "skipped", "xfailed", "xpassed", "retried"}
CAUSE = {
    "id", "also_ids", "title", "kind", "confidence", "signature", "status", "first_seen", "runs_seen",
    "culprit_changed", "exemplar", "failures", "suspects", "evidence", "hint", "rerun", "downstream_of",
}  # fmt: skip
FAILURE = {
    "id", "nodeid", "phase", "attempt", "worker", "outcome", "file", "line", "duration_s", "came_back",
    "exception", "root_cause", "why_no_cause", "suspects", "suspects_total", "diagnosis", "snapshot",
    "trace", "rerun",
}  # fmt: skip
SUSPECT = {"file", "function", "line", "kind", "score", "why", "lines"}
EVIDENCE = {"kind", "fact", "role", "file", "line", "function", "test", "call", "value"}
COST = {"slowdown_s", "snapshot_s", "diagnose_s", "calls_seen", "calls_kept", "dropped"}
NAME = "test_shop.py::test_unknown"


def cause(run) -> dict:
    return run.digest["root_causes"][0]


def files(run, pattern: str) -> list:
    return sorted(run.directory.glob(pattern))


def read(file) -> dict:
    return json.loads(file.read_bytes())


# -- the folder ------------------------------------------------------------------------------


def test_tree(shop_run):
    below = {file.name for file in shop_run.directory.iterdir()}
    assert below == {"digest.json", "digest.md", "report.html", "diagnoses", "snapshots", "traces"}
    assert {file.suffix for file in files(shop_run, "traces/*")} == {".jsonl", ".txt"}
    assert [file.suffixes[-1] for file in files(shop_run, "diagnoses/*")] == [".json"]
    assert len(files(shop_run, "snapshots/*.traceback.txt")) == 1


def test_store(shop_run):
    names = {file.name for file in shop_run.store.iterdir()}
    assert names == {".gitignore", "baseline", "history.jsonl", "latest", "latest.json", "runs"}
    assert (shop_run.store / ".gitignore").read_text() == "*\n"


def test_run_id(shop_run):
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", shop_run.directory.name)
    assert shop_run.digest["run"]["id"] == shop_run.directory.name


def test_links_are_relative(shop_run):
    for name in ("latest", "latest.json"):
        link = shop_run.store / name
        assert link.is_symlink()
        assert not os.path.isabs(os.readlink(link))


def test_latest_json_is_the_snapshot_of_the_first_causes_exemplar(shop_run):
    exemplar = cause(shop_run)["exemplar"]
    assert read(shop_run.store / "latest.json")["failure"] == exemplar
    assert (shop_run.store / "latest.json").resolve() == (
        shop_run.path / shop_run.failure(NAME)["snapshot"]
    ).resolve()


def test_no_temporary_file_stays(shop_run):
    assert not [
        file for file in shop_run.store.rglob("*") if file.name.startswith((".tmp", ".live"))
    ]


# -- digest.json -----------------------------------------------------------------------------


def test_digest_keys(shop_run):
    digest = shop_run.digest
    assert digest["schema"] == "pytest-autopsy/digest@1"
    assert digest.keys() >= DIGEST
    assert digest["run"].keys() >= RUN
    assert digest["totals"].keys() >= TOTALS
    assert digest["cost"].keys() >= COST
    assert all(cause.keys() >= CAUSE for cause in digest["root_causes"])
    assert all(failure.keys() >= FAILURE for failure in digest["failures"])


def test_suspect_and_evidence_keys(shop_run):
    for holder in (cause(shop_run), *shop_run.digest["failures"]):
        assert holder["suspects"]
        for suspect in holder["suspects"]:
            assert suspect.keys() >= SUSPECT
            assert suspect["kind"] in ("code", "test", "fixture")
            assert all(line.keys() >= {"line", "score"} for line in suspect["lines"])
    for fact in cause(shop_run)["evidence"]:
        assert fact.keys() >= EVIDENCE
        assert fact["role"] in ("called", "culprit", "failed", "context")


def test_digest_alone_tells_the_story(shop_run):
    first = cause(shop_run)["suspects"][0]
    assert (first["file"], first["function"], first["kind"]) == (
        "shop/pricing.py",
        "load_price",
        "code",
    )
    assert cause(shop_run)["confidence"] == "shown"
    assert "load_price" in cause(shop_run)["title"]
    culprit = [fact for fact in cause(shop_run)["evidence"] if fact["role"] == "culprit"]
    assert culprit[0]["file"] == "shop/pricing.py"
    assert culprit[0]["line"] in (8, 10, 11, 12)
    assert "jam" in culprit[0]["fact"]


def test_failure_facts(shop_run):
    failure = shop_run.failure(NAME)
    assert failure["nodeid"] == NAME
    assert (failure["file"], failure["phase"], failure["outcome"]) == (
        "test_shop.py",
        "call",
        "failed",
    )
    text = (shop_run.path / "test_shop.py").read_text().splitlines()
    assert text[failure["line"] - 1].startswith("def test_unknown")
    assert failure["root_cause"] == cause(shop_run)["id"]
    assert failure["exception"]["type"] == "TypeError"
    assert failure["suspects_total"] >= len(failure["suspects"]) > 0
    assert len(failure["suspects"]) <= 3


def test_ids(shop_run):
    assert re.fullmatch(r"c1-[0-9a-f]{8}", cause(shop_run)["id"])
    assert cause(shop_run)["exemplar"] in cause(shop_run)["failures"]
    again = json.dumps(shop_run.digest)
    assert "0x" not in again


def test_suspects_are_best_first(shop_run):
    for holder in (cause(shop_run), *shop_run.digest["failures"]):
        scores = [suspect["score"] for suspect in holder["suspects"]]
        assert scores == sorted(scores, reverse=True)


def test_paths_are_relative_to_the_root(shop_run):
    text = (shop_run.directory / "digest.json").read_text("utf-8")
    assert str(shop_run.path) not in text
    for key in ("diagnosis", "snapshot", "trace"):
        assert (shop_run.path / shop_run.failure(NAME)[key]).is_file()


def test_sizes(shop_run):
    for failure in shop_run.digest["failures"]:
        assert len(json.dumps(failure)) < 2_500
    assert len(json.dumps(cause(shop_run))) < 8_200


def test_evidence_points_into_the_trace(shop_run):
    calls = {line["call_id"]: line for line in shop_run.trace(NAME) if line["event"] == "call"}
    cited = [fact for fact in cause(shop_run)["evidence"] if fact["call"] is not None]
    assert cited
    for fact in cited:
        assert calls[fact["call"]]["qualname"] == fact["function"]


def test_same_run_twice_has_the_same_ids(shop):
    first, second = shop.autopsy().digest, shop.autopsy().digest
    for key in ("root_causes", "failures"):
        kept = [
            {k: v for k, v in one.items() if k in ("id", "title", "failures", "nodeid", "suspects")}
            for one in first[key]
        ]
        again = [
            {k: v for k, v in one.items() if k in ("id", "title", "failures", "nodeid", "suspects")}
            for one in second[key]
        ]
        assert kept == again


# -- digest.md, diagnoses --------------------------------------------------------------------


def test_markdown(shop_run):
    text = (shop_run.directory / "digest.md").read_text("utf-8")
    assert text.startswith("# ")
    for part in (NAME, "shop/pricing.py:", cause(shop_run)["id"], "traces/", "snapshots/"):
        assert part in text
    assert str(shop_run.path) not in text


def test_links_of_the_markdown_are_there(shop_run):
    text = (shop_run.directory / "digest.md").read_text("utf-8")
    for name in re.findall(r"`((?:traces|snapshots|diagnoses)/[^`]+)`", text):
        assert (shop_run.directory / name).is_file(), name


def test_diagnosis(shop_run):
    found = read(shop_run.path / shop_run.failure(NAME)["diagnosis"])
    assert found["schema"] == "pytest-autopsy/diagnosis@1"
    assert found["nodeid"] == NAME
    assert len(found["suspects"]) == shop_run.failure(NAME)["suspects_total"]
    assert all(suspect.keys() >= SUSPECT for suspect in found["suspects"])
    assert all(fact.keys() >= EVIDENCE for fact in found["evidence"])
