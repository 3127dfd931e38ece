"""The examples: each culprit is suspect 1, on evidence that cites the right line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .examples_truth import TRUTHS, Truth
from .walkthrough import EXAMPLES, digest_of, names, shown_in

ROOT = EXAMPLES.parent


def run(where: Path, store: Path, *arguments: str) -> dict[str, Any]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    subprocess.run(
        [sys.executable, "-m", "pytest", "--autopsy", "-q", "-p", "no:cacheprovider",
         f"--autopsy-dir={store}", *arguments],
        cwd=where, capture_output=True, check=False, env=environment,
    )  # fmt: skip
    return json.loads((store / "latest" / "digest.json").read_bytes())


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run(ROOT, tmp_path_factory.mktemp("store"), "examples")


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.example)
def test_culprit_is_suspect_1_alone(truth: Truth, tmp_path: Path) -> None:
    digest = run(EXAMPLES / truth.example, tmp_path)
    assert digest["totals"]["failed"] == truth.failing
    assert digest["totals"]["passed"] == truth.passing
    (cause,) = digest["root_causes"]
    assert_names(cause, truth)
    assert len(cause["failures"]) == truth.failing


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.example)
def test_culprit_is_suspect_1_among_the_others(truth: Truth, together: dict[str, Any]) -> None:
    of_example = {
        f["root_cause"] for f in together["failures"] if f["nodeid"].split("/")[1] == truth.example
    }
    (cause,) = [cause for cause in together["root_causes"] if cause["id"] in of_example]
    assert_names(cause, truth)


def assert_names(cause: dict[str, Any], truth: Truth) -> None:
    first = cause["suspects"][0]
    assert (first["file"], first["function"]) == (truth.file, truth.function)
    assert first["kind"] == truth.kind
    culprit = [fact for fact in cause["evidence"] if fact["role"] == "culprit"]
    near = range(min(truth.lines) - 1, max(truth.lines) + 4)
    assert any(fact["line"] in near and fact["file"] == truth.file for fact in culprit)
    assert all(fact["function"] == truth.function for fact in culprit)
    assert cause["confidence"] in ("shown", "likely", "open")


def test_causes_are_as_many_as_bugs(together: dict[str, Any]) -> None:
    assert len(together["root_causes"]) == len(TRUTHS)


@pytest.mark.skipif(sys.version_info[:2] != (3, 12), reason="the walkthroughs show 3.12's digest")
@pytest.mark.parametrize("example", names())
def test_walkthrough_shows_what_is_printed(example: str) -> None:
    assert shown_in(EXAMPLES / example / "WALKTHROUGH.md") == digest_of(example)


def test_every_example_has_a_walkthrough() -> None:
    assert names() == sorted(truth.example for truth in TRUTHS)
