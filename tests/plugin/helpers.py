"""Inner runs: a folder with a small project, pytest run in it in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

REPORT_LOG = (Path(__file__).parent / "aside" / "report_log.py").read_text("utf-8")
PLUGINS = ("autopsy",)
_OURS = ("PYTEST_", "COV_", "GITHUB_", "JENKINS", "REPORT_LOG")
_NOISE = (
    "CI",
    "CI_PROJECT_DIR",
    "WORKSPACE",
    "BUILD_NUMBER",
    "NO_COLOR",
    "FORCE_COLOR",
    "PY_COLORS",
    "TERM",
    "PYTHONPATH",
)


@dataclass
class Run:
    """What an inner run left."""

    path: Path
    code: int
    out: str
    err: str
    log: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def reports(self) -> list[dict[str, Any]]:
        """Every report of a test or a collector, in an order that does not depend on timing."""
        found = [one for one in self.log if one["kind"] in ("report", "collect")]
        return sorted(found, key=lambda one: json.dumps(one))

    @property
    def outcomes(self) -> list[tuple[str, str, str]]:
        return sorted((one["nodeid"], one["when"], one["outcome"]) for one in self.reports)

    @property
    def failing(self) -> Counter[tuple[str, str]]:
        """Node id and phase of every report that failed."""
        return Counter(
            (nodeid, when if when != "?" and when != "???" else "call")
            for nodeid, when, outcome in self.outcomes
            if outcome == "failed"
        )

    @property
    def warnings(self) -> list[tuple[str, str]]:
        return sorted((w["category"], w["text"]) for w in self.log if w["kind"] == "warning")

    @property
    def counts(self) -> dict[str, int]:
        """The counts of pytest's closing line; errors and error are one word."""
        for line in reversed(self.lines):
            found = re.findall(r"(\d+) ([a-z]+)", line.split(" in ")[0])
            if " in " in line and found:
                return {word.rstrip("s") if "error" in word else word: int(n) for n, word in found}
        return {}

    @property
    def failure_count(self) -> int:
        return self.counts.get("failed", 0) + self.counts.get("error", 0)

    @property
    def headline(self) -> str:
        return next((line for line in self.lines if re.match(r"=+ autopsy: ", line)), "")

    @property
    def header(self) -> str:
        """Our line of pytest's header."""
        return next((line for line in self.lines if line.startswith("autopsy: ")), "")

    @property
    def store(self) -> Path:
        return self.path / ".autopsy"

    @property
    def directory(self) -> Path:
        """The newest run's directory."""
        return (self.store / "latest").resolve()

    @cached_property
    def digest(self) -> dict[str, Any]:
        return json.loads((self.directory / "digest.json").read_bytes())

    @property
    def failures(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {(one["nodeid"], one["phase"]): one for one in self.digest["failures"]}

    def failure(self, name: str) -> dict[str, Any]:
        """The only failure whose node id ends in `name`."""
        found = [one for one in self.digest["failures"] if one["nodeid"].endswith(name)]
        assert len(found) == 1, [one["nodeid"] for one in self.digest["failures"]]
        return found[0]

    def trace(self, name: str) -> list[dict[str, Any]]:
        """The lines of the trace of the failure whose node id ends in `name`."""
        file = self.path / self.failure(name)["trace"]
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()]

    def traced(self) -> set[str]:
        """The qualified names of every function in every trace."""
        found = set()
        for file in self.directory.glob("traces/*.jsonl"):
            lines = map(json.loads, file.read_text("utf-8").splitlines())
            found |= {line["qualname"] for line in lines if line["event"] == "call"}
        return found

    def has_line(self, pattern: str) -> bool:
        return any(re.search(pattern, line) for line in self.text.splitlines())


class Project:
    """A folder that pytest is run in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._runs = 0
        self._aside = path.parent / f"{path.name}-aside"  # outside of the project: never traced
        self._aside.mkdir(parents=True, exist_ok=True)
        (self._aside / "report_log.py").write_text(REPORT_LOG, "utf-8")
        path.mkdir(exist_ok=True)
        if not (path / "pytest.ini").exists():
            self.write({"pytest.ini": "[pytest]\n"})

    def write(self, files: dict[str, str]) -> Project:
        for name, text in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")
        return self

    def ini(self, *lines: str) -> Project:
        return self.write({"pytest.ini": "\n".join(["[pytest]", *lines]) + "\n"})

    def run(
        self,
        *args: str,
        plugins: tuple[str, ...] = PLUGINS,
        autoload: bool = False,
        cache: bool = False,
        below: str = "",
        env: dict[str, str] | None = None,
    ) -> Run:
        """Run pytest here. Without `autoload` only `plugins` are there beside pytest's own.

        `env` is added to an environment without traces of CI services.
        """
        self._runs += 1
        log = self._aside / f"reports-{self._runs}.jsonl"
        command = [sys.executable, "-m", "pytest", "-p", "report_log"]
        if not cache:
            command += ["-p", "no:cacheprovider"]
        if not autoload:
            command += [part for name in plugins for part in ("-p", name)]
        done = subprocess.run(
            [*command, *args],
            cwd=self.path / below,
            env={**self._environment(log, autoload), **(env or {})},
            capture_output=True,
            timeout=120,
            check=False,
        )
        entries = log.read_text("utf-8").splitlines() if log.exists() else []
        out, err = (part.decode("utf-8", "replace") for part in (done.stdout, done.stderr))
        return Run(self.path, done.returncode, out, err, [json.loads(line) for line in entries])

    def plain(self, *args: str, plugins: tuple[str, ...] = (), **options: Any) -> Run:
        """The same without pytest-autopsy."""
        return self.run(*args, plugins=plugins, **options)

    def autopsy(self, *args: str, **options: Any) -> Run:
        return self.run("--autopsy", *args, **options)

    def _environment(self, log: Path, autoload: bool) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_OURS) and name not in _NOISE
        }
        kept |= {
            "PYTHONPATH": str(self._aside),
            "REPORT_LOG": str(log),
            "COLUMNS": "80",
            "LC_ALL": "C.UTF-8",
        }
        kept |= {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
        if not autoload:
            kept["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        return kept
