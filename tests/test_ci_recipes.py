"""The recipes in docs/ci.md: they parse, they name options that there are, and agree on files."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TEXT = (Path(__file__).parent.parent / "docs" / "ci.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.S)


GITHUB, GITLAB = (yaml.safe_load(text) for text in blocks("yaml"))
(JENKINS,) = blocks("groovy")


def github() -> list[str]:
    return [step["run"] for step in GITHUB["jobs"]["tests"]["steps"] if "run" in step]


def jenkins() -> list[str]:
    return re.findall(r"\bsh '([^']*)'", JENKINS)


COMMANDS = {"github": github(), "gitlab": GITLAB["tests"]["script"], "jenkins": jenkins()}


def pytest_command(name: str) -> list[str]:
    (found,) = [c for c in map(shlex.split, COMMANDS[name]) if c[:3] == ["python", "-m", "pytest"]]
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_the_command_leaves_what_is_uploaded(name, tmp_path):
    """Run as it stands: an unknown option would be exit code 4, and leave nothing."""
    (tmp_path / "test_it.py").write_text("def test_it():\n    assert {}[1]\n")
    command = [sys.executable, *pytest_command(name)[1:], "-p", "no:cacheprovider"]
    done = subprocess.run(
        command, cwd=tmp_path, env=plain_environment(), capture_output=True, text=True
    )
    assert done.returncode == 1, done.stdout + done.stderr
    exported = tmp_path / option("--autopsy-export", name)
    assert json.loads((exported / "digest.json").read_bytes())["failures"]
    assert (tmp_path / option("--junitxml", name)).is_file()


def plain_environment() -> dict[str, str]:
    services = ("GITHUB_", "PYTEST_", "CI", "WORKSPACE", "BUILD_")
    return {k: v for k, v in os.environ.items() if not k.startswith(services)}


def option(name: str, of: str) -> str:
    return next(w.partition("=")[2] for w in pytest_command(of) if w.startswith(f"{name}="))


def test_every_option_and_key_in_the_text_exists():
    command = [sys.executable, "-m", "pytest", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True).stdout
    options = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", shown))
    assert set(re.findall(r"`(--[a-z-]+)", TEXT)) <= options
    keys = re.findall(r"`(autopsy_\w+)", TEXT)
    assert keys
    assert all(f"  {key} " in shown for key in keys)


def test_github_uploads_what_was_exported():
    steps = GITHUB["jobs"]["tests"]["steps"]
    upload = next(
        step for step in steps if step.get("uses", "").startswith("actions/upload-artifact@")
    )
    assert upload["if"] == "always()"  # tests that fail end the job
    paths = upload["with"]["path"].split()
    assert paths == [option("--autopsy-export", "github"), option("--junitxml", "github")]
    assert upload["with"].keys() <= {"name", "path", "if-no-files-found", "retention-days"}
    assert True in GITHUB or "on" in GITHUB  # YAML 1.1 reads `on` as true


def test_gitlab_keeps_what_was_exported():
    kept = GITLAB["tests"]["artifacts"]
    assert kept["when"] == "always"
    assert kept["reports"]["junit"] == option("--junitxml", "gitlab")
    assert f"{option('--autopsy-export', 'gitlab')}/" in kept["paths"]
    assert kept.keys() <= {"when", "expire_in", "paths", "reports", "name", "exclude"}


def test_jenkins_is_a_declarative_pipeline():
    plain = re.sub(r"'[^'\n]*'", "''", JENKINS)
    depth = 0
    for character in plain:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert "'" not in plain.replace("''", "")
    (pipeline,) = re.findall(r"^(\w+) \{$", JENKINS, re.M)
    assert pipeline == "pipeline"
    sections = re.findall(r"^ {4}(\w+)", JENKINS, re.M)
    assert sections == ["agent", "stages", "post"]
    steps = set(re.findall(r"^ {12,}(?!steps\b)(\w+)(?= |\()", JENKINS, re.M))
    assert steps == {"sh", "junit", "archiveArtifacts"}


def test_jenkins_keeps_what_was_exported():
    assert f"testResults: '{option('--junitxml', 'jenkins')}'" in JENKINS
    assert f"artifacts: '{option('--autopsy-export', 'jenkins')}/**'" in JENKINS
    assert "testDataPublishers: [attachments()]" in JENKINS


@pytest.mark.parametrize("name", COMMANDS)
def test_no_path_is_hidden(name):
    assert not option("--autopsy-export", name).startswith(".")
    assert not option("--junitxml", name).startswith(".")
