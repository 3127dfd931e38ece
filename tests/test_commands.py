"""`pytest-autopsy show`, `diff`, `clean`, `skill`: what they print, and what they say of bad input."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_autopsy.cli import main
from pytest_autopsy.commands import skill
from pytest_autopsy.commands.runs import later_runs
from pytest_autopsy.report.budget import tokens
from pytest_autopsy.report.digest import diagnosis_json, diagnosis_path, digest
from pytest_autopsy.store import RunDirectory, latest_run

from .test_report import outcome

RUNS = ("20261120T101502Z-00000001", "20261120T101502Z-00000000", "20261121T101502Z-00000002")
"""The second ended after the first, in the same second."""
EVENTS = [
    {"event": "call", "call_id": 1, "parent_id": None, "qualname": "line_total", "file": "cart.py",
     "line": 40, "args": {"name": "'jam'", "quantity": "2"}},
    {"event": "call", "call_id": 2, "parent_id": 1, "qualname": "load", "file": "pricing.py",
     "line": 17, "args": {"name": "'jam'"}},
    {"event": "handled", "call_id": 2, "exc_type": "KeyError", "exc_value": "'jam'"},
    {"event": "return", "call_id": 2, "return_value": "None", "changed": {}},
    {"event": "exception", "call_id": 1, "exc_type": "TypeError", "exc_value": "bad operand"},
]  # fmt: skip
FRAME = {"function": "line_total", "file": "cart.py", "line": 42, "code": "  price * quantity",
         "locals": {"price": None, "quantity": {"value": 2}}}  # fmt: skip


def write(store: Path, name: str, count: int) -> RunDirectory:
    """Write a run as pytest does: a digest with so many failures, their traces and snapshots."""
    directory = RunDirectory(store, name)
    made = outcome(count)
    found = digest(made)
    found["run"]["id"] = name
    for failure, shown in zip(made.failures, found["failures"]):
        diagnosis = made.causes[made.failures.index(failure)].diagnosis
        directory.write_json(diagnosis_path(failure), diagnosis_json(failure, diagnosis))
        shown["diagnosis"] = diagnosis_path(failure)
        shown["trace"] = f"traces/{failure.id}.jsonl"
        shown["snapshot"] = f"snapshots/{failure.id}.json"
        text = "\n".join(map(json.dumps, EVENTS)) + "\n"
        directory.write(f"traces/{failure.id}.jsonl", text.encode() + b"half a li")
        directory.write_json(f"snapshots/{failure.id}.json", {"frames": [FRAME]})
        directory.write(f"snapshots/{failure.id}.traceback.txt", b"E   TypeError: bad operand\n")
    directory.write_json("digest.json", found)
    directory.finish(None)
    return directory


@pytest.fixture
def store(tmp_path, monkeypatch) -> Path:
    """A store with three runs, of 1, 3 and 2 failures."""
    monkeypatch.chdir(tmp_path)
    for number, (name, count) in enumerate(zip(RUNS, (1, 3, 2))):
        directory = write(tmp_path / ".autopsy", name, count)
        os.utime(directory.path / "digest.json", ns=(number * 10**9,) * 2)
    return tmp_path / ".autopsy"


@pytest.fixture
def latest(store) -> Path:
    return store / "runs" / RUNS[-1]


@pytest.fixture
def said(capsys):
    """Run the command and return (exit code, standard output, standard error)."""

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(arguments)
        except SystemExit as error:
            code = error.code
        return code, *capsys.readouterr()

    return run


def process(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest_autopsy", *arguments],
        capture_output=True, text=True, timeout=60, check=False, **options,
    )  # fmt: skip


# -- show ------------------------------------------------------------------------------------


def test_show(store, said):
    code, out, err = said("show")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"run {RUNS[-1]}: 2 failures, 2 causes"
    assert lines[1] == "1 shown: load swallows KeyError and returns None (1 test)"
    assert lines[2] == "  culprit load at shop/pricing.py:20"
    assert lines[3] == "  rerun   pytest --autopsy --autopsy-cause c1-00000000"
    assert "  | E   TypeError: bad operand" in lines


def test_show_within_a_budget(store, said):
    shutil.rmtree(store)
    write(store, RUNS[0], 40)
    _, out, _ = said("show", "--budget", "400")
    assert tokens(out) <= 400
    assert out.splitlines()[1].startswith("1 shown")
    left = out.splitlines()[-1]
    assert left.startswith("left out: ")
    assert left.endswith("more: pytest-autopsy show --budget 1600")
    more = said(*left.partition("pytest-autopsy ")[2].split())[1]
    assert len(out) < len(more) < 1600 * 4


def test_show_json_is_what_is_stored(store, latest, said):
    assert json.loads(said("show", "--json")[1]) == json.loads((latest / "digest.json").read_text())


def test_show_a_test(store, said):
    code, out, _ = said("show", "tests/test_shop.py::test_1")
    assert code == 0
    for part in (
        "tests/test_shop.py::test_1 (call): failed",
        "  TypeError: bad operand",
        "  shown: load swallows KeyError",
        "caught KeyError('sku-9'), returned None (call 3)\n",
        "  1. load  shop/pricing.py:20  score 2.50",
        "  in line_total  cart.py:42  price * quantity",
        "       price = None",
    ):
        assert part in out
    assert said("show", "f-0000000001")[1] == said("show", "test_1")[1] == out


def test_show_a_call(store, said):
    code, out, _ = said("show", "test_1", "--call", "2")
    assert code == 0
    assert out.splitlines() == [
        "call 2  load  pricing.py:17",
        "  called by  1  line_total  cart.py",
        "  name = 'jam'",
        "  caught KeyError: 'jam'",
        "  -> returned None",
    ]
    out = said("show", "test_1", "--call", "1")[1]
    assert "  -> raised TypeError: bad operand" in out
    assert "    2  load(name='jam') -> returned None" in out
    found = json.loads(said("show", "test_1", "--call", "2", "--json")[1])
    assert [one["call_id"] for one in found["callers"]] == [1]


def test_the_name_of_one_test_is_enough_although_others_begin_so(store, latest, said):
    found = json.loads((latest / "digest.json").read_bytes())
    for failure, name in zip(found["failures"], ("TestIt::test_m", "test_m_more")):
        failure["nodeid"] = f"tests/test_misc.py::{name}"
    (latest / "digest.json").write_text(json.dumps(found), "utf-8")
    assert said("show", "test_m")[0] == 0
    code, _, err = said("show", "test_")
    assert code == 1
    assert "2 tests that failed hold 'test_'" in err


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        ("tests/test_shop.py::test_l", "did you mean tests/test_shop.py::test_"),
        ("tests/test_shoop.py::test_0", "did you mean tests/test_shop.py::test_0"),
        ("test_", "2 tests that failed hold 'test_': say which, tests/test_shop.py::test_0 or "),
        ("nothing_like_it", "no failure 'nothing_like_it' in run"),
    ],
)
def test_a_test_that_does_not_exist(store, said, wanted, word):
    code, out, err = said("show", wanted)
    assert (code, out) == (1, "")
    assert word in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("show", "--call", "1"), 1, "show TEST --call N"),
        (("show", "test_1", "--call", "9"), 1, "no call 9 in the trace of tests/test_shop.py::test_1: they go from 1 to 2"),
        (("show", "test_1", "--call", "x"), 2, "invalid int value"),
        (("show", "--budget", "50"), 2, "at least 400, not '50'"),
        (("show", "--dir", "nowhere"), 1, "no run in nowhere: run `pytest --autopsy` first"),
        (("diff", "zzz", "latest"), 1, "no run 'zzz'"),
        (("diff", "2026", "latest"), 1, "3 runs '2026'"),
        (("clean", "--keep", "-1"), 2, "at least 0, not '-1'"),
        (("clean", "--dir", "nowhere"), 1, "nowhere is no store"),
        (("shwo",), 2, "invalid choice: 'shwo'"),
    ],
)  # fmt: skip
def test_wrong_arguments(store, said, arguments, code, word):
    found, out, err = said(*arguments)
    assert (found, out) == (code, "")
    assert word in err


# -- runs that are not as they should be -----------------------------------------------------


def without(key: str):
    def change(text: str) -> str:
        data = json.loads(text)
        del data[key]
        return json.dumps(data)

    return change


def deeper(text: str) -> str:
    data = json.loads(text)
    data["root_causes"][0]["suspects"] = [None]
    return json.dumps(data)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text[: len(text) // 2], "is damaged: "),
        (lambda text: "", "is damaged: "),
        (lambda text: "[1]", "is not a digest"),
        (lambda text: text.replace("digest@1", "digest@2"), "of another version: pytest-autopsy/digest@2"),
        (without("failures"), "is damaged or of another version (KeyError: 'failures')"),
        (deeper, "is damaged or of another version"),
    ],
)  # fmt: skip
def test_damaged_digest(store, latest, said, change, word):
    file = latest / "digest.json"
    file.write_text(change(file.read_text()))
    code, out, err = said("show")
    assert (code, out) == (1, "")
    assert word in err
    assert ".autopsy" in err
    if change is not deeper:
        assert said("diff")[0] == 1


def test_huge_digest(store, latest, said):
    with open(latest / "digest.json", "r+b") as file:
        file.truncate(300_000_000)  # with a hole: it takes no room
    code, _, err = said("show")
    assert code == 1
    assert "300000000 bytes" in err


def test_what_is_missing_beside_a_digest(store, latest, said):
    for folder in ("traces", "snapshots", "diagnoses"):
        shutil.rmtree(latest / folder)
    assert said("show")[0] == 0
    code, out, _ = said("show", "test_1")
    assert code == 0
    assert "TypeError: bad operand" in out
    assert out.count("(not there any more)") == 3
    code, _, err = said("show", "test_1", "--call", "1")
    assert code == 1
    assert "traces" in err
    assert err.endswith("cannot be read: No such file or directory\n")


def test_half_written_run(store, latest, said):
    (latest / "digest.json").unlink()
    code, _, err = said("show")
    assert code == 1
    assert err.startswith("pytest-autopsy: ")
    assert "digest.json cannot be read: No such file" in err


def test_damaged_trace(store, latest, said):
    file = latest / "traces" / "f-0000000001.jsonl"
    file.write_text('{"event": "call", "call_id": 1}\nnot json\n')
    code, _, err = said("show", "test_1", "--call", "1")
    assert code == 1
    assert "damaged" in err


def test_newest_run_is_gone(store, latest, said):
    shutil.rmtree(latest)
    code, _, err = said("show")
    assert code == 1
    assert "no run in .autopsy" in err


# -- diff ------------------------------------------------------------------------------------


def test_diff(store, said):
    code, out, _ = said("diff")
    assert code == 0
    assert out.splitlines()[0] == f"{RUNS[1]} -> {RUNS[2]}"  # the one that ended later
    assert "  no longer  c1-00000002  load swallows KeyError and returns None  (1 test)" in out
    assert "  1 failure no longer:\n    tests/test_shop.py::test_2\n" in out
    assert "  2 failures as before" in out


def test_diff_tells_what_is_gone_from_what_was_not_run(store, latest, said):
    found = json.loads((latest / "digest.json").read_bytes())
    found["earlier_causes"] = [{"id": "c1-00000002", "status": "not run"}]
    (latest / "digest.json").write_text(json.dumps(found), "utf-8")
    out = said("diff")[1]
    assert "  not run    c1-00000002" in out
    assert "  1 failure not run:\n    tests/test_shop.py::test_2\n" in out
    assert "no longer" not in out
    found["earlier_causes"][0]["status"] = "gone"
    (latest / "digest.json").write_text(json.dumps(found), "utf-8")
    assert "  gone       c1-00000002" in said("diff")[1]


def test_diff_as_json(store, said):
    found = json.loads(said("diff", "00000001", "latest", "--json")[1])
    assert found["schema"] == "pytest-autopsy/diff@1"
    assert [cause["id"] for cause in found["causes"]["new"]] == ["c1-00000001"]
    assert found["failures"]["new"] == ["tests/test_shop.py::test_1"]


def test_diff_without_a_run_before(store, said):
    for name in RUNS[:2]:
        shutil.rmtree(store / "runs" / name)
    code, _, err = said("diff")
    assert code == 1
    assert "fewer than two runs" in err


# -- clean -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "left"),
    [((), 1), (("--keep", "2"), 2), (("--keep", "4"), 3), (("--keep", "0"), 0), (("--all",), 0),
     (("--all", "--dry-run"), 3)],
)  # fmt: skip
def test_clean(store, said, arguments, left):
    (store / "baseline").mkdir()
    (store / "runs" / "mine").mkdir()
    code, out, _ = said("clean", *arguments)
    assert code == 0
    runs = [run.name for run in (store / "runs").iterdir() if run.name != "mine"]
    assert len(runs) == left
    assert (RUNS[-1] in runs) == (left > 0)
    assert (store / "baseline").is_dir()
    assert (store / "runs" / "mine").is_dir()
    assert f"{left if 'would' not in out else 0} stay" in out


def test_clean_leaves_no_link_to_a_run_that_is_gone(store, said):
    assert (store / "latest").is_symlink()
    assert said("clean", "--all", "--dry-run")[0] == 0
    assert (store / "latest").is_symlink()
    assert said("clean", "--all")[0] == 0
    assert not (store / "latest").is_symlink()


def test_clean_leaves_a_run_that_goes_on(store, said):
    (store / "runs" / RUNS[0] / ".live").write_text(str(os.getpid()))
    said("clean", "--all")
    assert [run.name for run in (store / "runs").iterdir()] == [RUNS[0]]


def test_clean_that_cannot(store, said, monkeypatch):
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    code, out, err = said("clean", "--all")
    assert (code, out) == (1, "")
    assert "3 runs could not be removed" in err


# -- skill -----------------------------------------------------------------------------------


def test_skill_prints_the_guide_and_writes_nothing(store, said):
    before = sorted(Path().rglob("*"))
    code, out, _ = said("skill")
    assert (code, out) == (0, skill.text())
    assert sorted(Path().rglob("*")) == before


def test_skill_is_as_agents_load_it():
    head, _, body = skill.text().removeprefix("---\n").partition("\n---\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    assert fields["name"] == "pytest-autopsy"
    assert 50 < len(fields["description"]) <= 1024
    assert tokens(body) < 2000
    for command in ("--autopsy-only -q", "--autopsy-cause 1", "show TEST --call"):
        assert command in body


def test_skill_installs_and_overwrites_nothing(store, said):
    code, out, _ = said("skill", "--install", "skills")
    target = Path("skills/pytest-autopsy/SKILL.md")
    assert (code, out) == (0, f"wrote {target}\n")
    assert target.read_text("utf-8") == skill.text()
    assert said("skill", "--install", "skills")[0] == 0  # the same is no harm
    target.write_text("mine")
    code, _, err = said("skill", "--install", "skills")
    assert code == 1
    assert "differs" in err
    assert target.read_text() == "mine"


def test_skill_where_nothing_can_be_written(store, said):
    Path("file").write_text("")
    code, _, err = said("skill", "--install", "file")
    assert code == 1
    assert "--install file: " in err


# -- where it is written to ------------------------------------------------------------------


@pytest.mark.parametrize("options", [["--json"], ["--budget", "200000"]])
def test_pipe_that_closes_early(store, options):
    shutil.rmtree(store)
    write(store, RUNS[0], 300)
    child = subprocess.Popen(
        [sys.executable, "-m", "pytest_autopsy", "show", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    child.stdout.read(10)
    child.stdout.close()
    err = child.stderr.read()
    assert (child.wait(60), err) == (0, b"")


def test_pipe_that_is_closed_already(store):
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(
        [sys.executable, "-m", "pytest_autopsy", "show"], stdout=theirs, stderr=subprocess.PIPE
    )
    os.close(theirs)
    assert (done.returncode, done.stderr) == (0, b"")


def test_without_a_terminal_or_a_home(store):
    bare = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = process("show", env={**bare, "HOME": "/proc/none", "TERM": "dumb"}, stdin=subprocess.DEVNULL)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout


def test_a_terminal_without_the_letters(store, latest):
    file = latest / "digest.json"
    file.write_text(file.read_text().replace("swallows", "swallöws"), "utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = process("show", env=environment)
    assert done.returncode == 0
    assert "load swall\\xf6ws" in done.stdout
    found = json.loads(process("show", "--json", env=environment, encoding="utf-8").stdout)
    assert "swallöws" in found["root_causes"][0]["title"]


@pytest.mark.parametrize("command", ["show", "diff", "clean", "skill", "run", "triage", "mcp"])
def test_help_has_an_example(said, command):
    code, out, _ = said(command, "--help")
    assert code == 0
    assert f"pytest-autopsy {command}" in out.partition("options:")[2]


def test_a_run_of_the_same_second_did_not_begin_later(store):
    """What follows the second in its name is random: it says nothing of what came first."""
    ended = store / "runs" / RUNS[2]
    for run in (f"{RUNS[2][:-1]}9", f"{RUNS[2][:-1]}1", "20261121T101503Z-00000000"):
        (store / "runs" / run).mkdir()
    assert latest_run(store) == ended
    assert [run.name for run in later_runs(str(store))] == ["20261121T101503Z-00000000"]
