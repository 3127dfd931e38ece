"""What a killed run had learned to be secret leaves its files when somebody reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from pytest_autopsy import cli, sweep
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.settings import new_key
from pytest_autopsy.store import LIVE, RunDirectory, load_run

SECRET = "mapleharbour91"
RUN = "20260101T000001Z-00000001"
DEAD = 2**22 + 1  # no system gives so high a number to a process


@pytest.fixture
def killed(tmp_path):
    """A run that wrote a text before it learned that a part of it is secret, and was killed."""
    run = RunDirectory(tmp_path / ".autopsy", RUN)
    run.write_json("snapshots/a.json", {"text": f"token {SECRET} end"}, indent=True)
    run.write("traces/a.jsonl", json.dumps({"args": SECRET}).encode() + b"\n")
    run.write("traces/a.txt", f"f({SECRET})".encode())
    whole = json.dumps({"failures": ["x", SECRET]})
    run.append("workers/gw0.jsonl", f"{whole}\n{whole[:-6]}".encode())
    (run.path / "traces" / ".tmp-half").write_text(SECRET)
    redactor, key = Redactor(()), new_key()
    redactor.learn(SECRET, "password")
    sweep.save(run.path, None, key, redactor.taint.hashed(bytes.fromhex(key), 0))
    (run.path / LIVE).write_text(str(DEAD))
    return run


def texts(run):
    return {p.name: p.read_text() for p in run.path.rglob("*") if p.is_file()}


def holding(run):
    """The files of a run that hold the secret; a black box is redacted as it is shown."""
    files = [file for file in run.rglob("*") if file.is_file() and file.suffix != ".box"]
    return [file for file in files if SECRET.encode() in file.read_bytes()]


def assert_clean(run):
    left = texts(run)
    assert not [name for name, text in left.items() if SECRET in text]
    assert {"a.json", "a.jsonl", "a.txt", "gw0.jsonl"} <= left.keys()
    assert not [name for name in left if name.startswith((".tmp-", sweep.TAINT))]
    assert json.loads(left["a.json"])["text"].startswith("token ")


def test_the_run_is_full_of_it_before(killed):
    assert len([text for text in texts(killed).values() if SECRET in text]) == 5


@pytest.mark.parametrize("place", ["store", "run"])
def test_load_run_finishes_the_redaction(killed, place):
    with pytest.raises(FileNotFoundError) as told:
        load_run(killed.store if place == "store" else killed.path)
    assert_clean(killed)
    if place == "run":
        assert "killed" in str(told.value) and "traces" in str(told.value)


def test_a_digest_below_it_too(killed):
    digest = killed.write_json("digest.json", {"schema": "pytest-autopsy/digest@1", "x": SECRET})
    assert SECRET not in json.dumps(load_run(digest))
    assert_clean(killed)


def test_the_command_does_it(killed, capsys):
    assert cli.main(["show", "--dir", str(killed.path)]) != 0
    assert SECRET not in capsys.readouterr().err
    assert_clean(killed)


def test_a_live_run_is_left_alone(killed):
    (killed.path / LIVE).write_text(str(os.getpid()))
    before = texts(killed)
    with pytest.raises(FileNotFoundError):
        load_run(killed.store)
    assert texts(killed) == before


def test_what_cannot_be_rewritten_is_cut(killed, monkeypatch):
    def full(target, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sweep, "write_atomically", full)
    assert sweep.recover(killed.path)
    assert not [text for text in texts(killed).values() if SECRET in text]


def test_where_it_cannot_be_cut_either_the_hashes_stay(killed, monkeypatch):
    def full(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(sweep, "write_atomically", full)
    monkeypatch.setattr(sweep.Path, "unlink", full)
    with pytest.raises(OSError):
        sweep.recover(killed.path)
    monkeypatch.undo()
    assert sweep.recover(killed.path)
    assert_clean(killed)


def test_a_run_killed_in_a_test_is_redacted_when_it_is_read(tmp_path):
    """The second test learns what the first one's evidence shows; then the process dies."""
    made = f"'{SECRET[:8]}' + '{SECRET[8:]}'"  # no line of source has it whole
    (tmp_path / "test_late.py").write_text(
        "import os\n\n"
        "def check(x):\n    assert x == 1\n\n"
        f"def test_first():\n    check({made})\n\n"
        f"def test_second():\n    password = {made}\n    check(password and 2)\n\n"
        "def test_third():\n    os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-m", "pytest", "--autopsy", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, str(tmp_path)], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == -9
    (run,) = (tmp_path / ".autopsy" / "runs").iterdir()
    assert holding(run), "nothing was learned too late: this shows nothing"
    with pytest.raises(FileNotFoundError):
        load_run(tmp_path / ".autopsy")
    assert holding(run) == []
    assert len(list(run.glob("traces/*.jsonl"))) == 2


def test_beside_a_black_box_the_hashes_stay(killed):
    """Whoever shows it redacts with them."""
    killed.write("blackbox/main.box", SECRET.encode())
    assert sweep.recover(killed.path)
    assert list(killed.path.glob(f"{sweep.TAINT}*"))
    assert sweep.hides(killed.path)(SECRET) != SECRET
    assert [file.name for file in holding(killed.path)] == []
