"""`pytest-autopsy triage`: what it prints, its JSON, its exit codes.

`python -m tests.triage.test_command` writes the golden files.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest

import pytest_autopsy
from pytest_autopsy import progress
from pytest_autopsy.cli import main

from .helpers import JUNIT, lines, ran, trace_of

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads(
    (Path(pytest_autopsy.__file__).parent / "schemas" / "triage.json").read_text("utf-8")
)
BINDER = 'BinderException: Binder Error: Referenced column "ts_code" not found in FROM clause!\nCandidate bindings: "code", "ts_cod", "trade_date"'
_IDS = re.compile(r"\bc\d+-[0-9a-f]{8}\b")
HOSTILE = "x\x1b[31m\u202e</b><script>`*_ ::error::"
LOG = lines(
    ran("store.load(offset=5)", trace_of("TypeError: load() got an unexpected keyword argument 'offset'"), session_id="a"),
    ran("store.load(offset=5)", trace_of("TypeError: load() got an unexpected keyword argument 'offset'"), session_id="a"),
    ran("con.sql('select ts_code from q')", trace_of(BINDER), session_id="b"),
    ran("df = load()\nx = df['ts_code']", trace_of("KeyError: 'ts_code'", 2), session_id="b"),
    ran("df[df.trade_date > 20240101]", trace_of("TypeError: '>' not supported between instances of 'str' and 'int'"), session_id="c"),
    ran("np.corrcoef(a, b)", trace_of("ValueError: operands could not be broadcast together with shapes (3,) (4,)"), session_id="c"),
    ran("import scipy", trace_of("ModuleNotFoundError: No module named 'scipy'"), session_id="d"),
    ran("max(rows)", trace_of("ValueError: max() arg is an empty sequence"), session_id="d"),
    ran(HOSTILE, f"ValueError: {HOSTILE}", session_id="e", tool=HOSTILE),
    {"session_id": "e", "tool": "write", "success": True, "arguments": {"path": "x"}},
)  # fmt: skip


PRINTED = (("terminal.txt", ()), ("report.md", ("--markdown",)), ("three.txt", ("--buckets", "3")))


def prepare(folder: Path) -> None:
    """Write an agent's log, a report, and files that are none."""
    (folder / "traces").mkdir()
    (folder / "traces" / "a.jsonl").write_text(LOG + "not json\n", "utf-8")
    (folder / "traces" / "junit.xml.gz").write_bytes(gzip.compress(JUNIT.encode()))
    (folder / "traces" / "package.json").write_text('{"name": "x"}')
    (folder / "traces" / "notes.txt").write_text("KeyError")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "90")
    prepare(tmp_path)
    return tmp_path


def printed(capsys, *args: str) -> tuple[int, str, str]:
    code = main(["triage", *args])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(("name", "options"), PRINTED)
def test_golden(here, capsys, name: str, options) -> None:
    code, out, _ = printed(capsys, "traces", *options)
    assert code == 3
    assert _IDS.sub("<id>", out) == _IDS.sub("<id>", (GOLDEN / name).read_text("utf-8"))
    assert "\x1b" not in out
    assert "\u202e" not in out


@pytest.mark.parametrize("buckets", [(), ("--buckets", "3"), ("--buckets", "1")])
def test_json_is_of_its_schema(here, capsys, buckets) -> None:
    _, out, _ = printed(capsys, "traces", "--json", *buckets)
    report = json.loads(out)
    jsonschema.validate(report, SCHEMA)
    assert report["inputs"]["failures"] == 11
    assert sum(cause["failures"] for cause in report["root_causes"]) == 11
    assert len(report["root_causes"]) <= int(buckets[1] if buckets else 99)


def test_exit_codes(here, capsys) -> None:
    (here / "good.xml").write_text(JUNIT)
    (here / "none.xml").write_text('<testsuite><testcase name="a"/></testsuite>')
    (here / "nothing").mkdir()
    assert printed(capsys, "good.xml")[0] == 0
    assert printed(capsys, "none.xml")[0] == 0
    assert printed(capsys, "good.xml", "gone.xml")[0] == 3
    code, out, err = printed(capsys, "gone.xml")
    assert (code, out) == (1, "")
    assert err == "pytest-autopsy: gone.xml: no such file\n"
    code, _, err = printed(capsys, "nothing")
    assert code == 1
    assert "nothing: nothing in it to read: no file ends with .json" in err
    code, _, err = printed(capsys, "*.gone")
    assert (code, err) == (1, "pytest-autopsy: *.gone: the pattern matches no file\n")
    for wrong in (["--buckets", "0"], ["--buckets", "x"], []):
        with pytest.raises(SystemExit) as stopped:
            main(["triage", *(["good.xml", *wrong] if wrong else [])])
        assert stopped.value.code == 2


def test_standard_input_and_patterns(here, capsys, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(LOG.encode())))
    code, out, _ = printed(capsys, "-", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["inputs"]["failures"] == 9
    assert report["seen"][0]["failures"][0]["file"] == "<stdin>"
    assert json.loads(printed(capsys, "tra*/*.jsonl", "--json")[1])["inputs"]["failures"] == 9


def test_export_writes_files_that_others_may_read(here, capsys) -> None:
    (here / "out").mkdir()
    (here / "out" / "mine.txt").write_text("x")
    (here / "out" / "mine.txt").chmod(0o600)
    assert printed(capsys, "traces/a.jsonl", "--export", "out")[0] == 3
    assert json.loads((here / "out" / "triage.json").read_bytes())["inputs"]["failures"] == 9
    assert (here / "out" / "triage.md").read_text("utf-8").startswith("# 9 failures in 1 file")
    modes = {file.name: file.stat().st_mode & 0o777 for file in (here / "out").iterdir()}
    assert modes == {"mine.txt": 0o600, "triage.json": 0o644, "triage.md": 0o644}


def test_export_where_nothing_can_be_written_is_said(here, capsys) -> None:
    (here / "taken").write_text("")
    code, _, err = printed(capsys, "traces/a.jsonl", "--export", "taken")
    assert code == 1
    assert err.startswith("pytest-autopsy: --export taken: ")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_told_to_a_terminal_past_two_seconds(here, capsys, monkeypatch) -> None:
    clock = iter(range(0, 10_000, 3))
    monkeypatch.setattr(progress, "monotonic", lambda: float(next(clock)))
    for stream, told in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        main(["triage", "traces"])
        assert (" failures (6 s)" in stream.getvalue()) is told
        assert not told or stream.getvalue().endswith("\r")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        os.environ["COLUMNS"] = "90"
        prepare(Path(folder))
        for name, options in PRINTED:
            with contextlib.redirect_stdout(io.StringIO()) as out:
                main(["triage", "traces", *options])
            (GOLDEN / name).write_text(out.getvalue(), "utf-8")
