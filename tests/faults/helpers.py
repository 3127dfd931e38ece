"""Run the project with a fault of ours and compare it with the plain run."""

from __future__ import annotations

import json
import re
from pathlib import Path

from .project import BROKEN_MODULE, CONFTEST, SHOP, TESTS

WARNING = "pytest-autopsy met"
_plain: dict[tuple[str, ...], Run] = {}


class Run:
    """What one run of pytest over the project left."""

    def __init__(self, result, outcomes, hits: str) -> None:
        self.ret = int(result.ret)
        self.exit_status, self.outcomes = outcomes
        self.counts = _counts(result)
        self.lines = result.outlines
        self.out = result.stdout.str()
        self.err = result.stderr.str()
        self.hits = hits

    @property
    def has_digest(self) -> bool:
        return any(re.match(r"=+ autopsy: \d+ failures", line) for line in self.lines)

    @property
    def log(self) -> str | None:
        """The text of the log that the warning names, None where it names none."""
        named = re.search(r"log: (\S+autopsy\.log)", self.out)
        return Path(named.group(1)).read_text("utf-8") if named else None


def _counts(result) -> dict[str, int]:
    try:
        return result.parseoutcomes()
    except ValueError:  # pytest did not come to its closing line
        return {}


class Suite:
    """The project in a directory of its own."""

    def __init__(self, pytester, monkeypatch) -> None:
        self.pytester = pytester
        self.monkeypatch = monkeypatch
        self.path = pytester.path
        pytester.makepyfile(shop=SHOP, test_shop=TESTS)
        pytester.makeconftest(CONFTEST)
        monkeypatch.setenv("FAULT_HITS", str(self.path / "hits.txt"))
        monkeypatch.setenv("FAULT_OUTCOMES", str(self.path / "outcomes.json"))
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # half the time of each run
        for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
            monkeypatch.delenv(name, raising=False)

    def add_broken_module(self) -> None:
        self.pytester.makepyfile(test_broken=BROKEN_MODULE)

    def run(self, *faults: str, kind: str = "RuntimeError", args=("--autopsy",)) -> Run:
        """Run pytest with these parts of the plugin broken, each as `module:name`."""
        self.monkeypatch.setenv("FAULTS", json.dumps([[where, kind] for where in faults]))
        plugins = ["-pno:cacheprovider", "-pautopsy", *(["-pxdist"] if "-n" in args else [])]
        result = self.pytester.runpytest_subprocess(*plugins, *args, timeout=60)
        outcomes = self.path / "outcomes.json"
        hits = self.path / "hits.txt"
        return Run(
            result,
            json.loads(outcomes.read_text()) if outcomes.exists() else (None, None),
            hits.read_text() if hits.exists() else "",
        )

    def plain(self, args=("--autopsy",)) -> Run:
        """The same run without us; one for all tests."""
        wanted = tuple(arg for arg in args if not arg.startswith("--autopsy"))
        key = (*wanted, str((self.path / "test_broken.py").exists()))
        if key not in _plain:
            _plain[key] = self.run(args=("--no-autopsy", *wanted))
            (self.path / "outcomes.json").unlink()
        return _plain[key]

    def check(
        self, *faults: str, kind: str = "RuntimeError", args=("--autopsy",), log: bool = True
    ) -> Run:
        """Run with the faults; everything that is promised of any fault holds."""
        plain = self.plain(args)
        run = self.run(*faults, kind=kind, args=args)
        for where in faults:
            assert where in run.hits, f"{where} was never called"
        assert_untouched(run, plain)
        assert_said_once(run, plain)
        if log:
            assert run.log is not None, "the warning names no log"
            assert "injected" in run.log
        else:
            assert run.log is None
        return run


def assert_untouched(run: Run, plain: Run) -> None:
    """Outcomes and exit code are those of the plain run, and nothing of ours is to be seen."""
    assert "INTERNALERROR" not in run.out + run.err
    assert "Traceback (most recent call last)" not in run.out + run.err
    assert "Exception ignored" not in run.out + run.err
    assert run.ret == plain.ret
    assert run.exit_status == plain.exit_status
    assert run.outcomes == plain.outcomes
    assert run.err == plain.err
    without_warnings = {k: n for k, n in run.counts.items() if not k.startswith("warning")}
    assert without_warnings == {
        k: n for k, n in plain.counts.items() if not k.startswith("warning")
    }


def assert_said_once(run: Run, plain: Run) -> None:
    """One warning of ours, in the summary of warnings."""
    assert run.out.count(WARNING) == 1
    summary = next(n for n, line in enumerate(run.lines) if "warnings summary" in line)
    assert any(WARNING in line for line in run.lines[summary:])
    assert run.counts.get("warnings", 0) == plain.counts.get("warnings", 0) + 1
