"""`pytest-autopsy run`: any program is traced, nothing of it modified, nothing left behind."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from .programs import Program, lines_of

SHOP = """
    import sys

    def price(sku, rates={"a": 2}):
        return rates[sku]

    def total(skus, api_token="tok-9f8a7b6c5d4e3f2a1b0c"):
        return sum(price(sku) for sku in skus)

    def guarded(sku):
        try:
            return price(sku)
        except KeyError:
            return None

    def main(arguments):
        print("total", total(["a", "a"]))
        guarded("b")
        return arguments

    if __name__ == "__main__":
        main(sys.argv[1:])
"""


@pytest.fixture
def program(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    return Program(folder)


def schema(name):
    return json.loads((resources.files("pytest_autopsy") / "schemas" / f"{name}.json").read_bytes())


def test_a_program_that_ends_well(program):
    program.write(shop=SHOP, end="import shop, sys\nshop.main([])\nsys.exit(7)\n")
    ran = program.run("--", "python", "end.py")
    assert (ran.code, ran.out) == (7, "total 4\n")
    assert ran.names() == ["main", "total", "price", "price", "guarded", "price"]
    main, total, first, *_ = ran.calls()
    assert (main["parent_id"], total["parent_id"], first["parent_id"]) == (None, 1, 2)
    assert (total["args"]["skus"], total["func"], total["file"]) == (
        "['a', 'a']",
        "total",
        "shop.py",
    )
    assert [line["exc_type"] for line in ran.lines if line["event"] == "exception"] == ["KeyError"]
    for line in ran.lines:
        jsonschema.validate(line, schema("trace"))
    digest = ran.digest
    jsonschema.validate(digest, schema("digest"))
    assert digest["failures"] == digest["root_causes"] == []
    assert digest["run"]["argv"] == ["python", "end.py"] and digest["run"]["complete"]
    assert "tok-9f8a" not in ran.tree + ran.err
    assert list(program.temporary.iterdir()) == []
    assert sorted(p.name for p in program.folder.iterdir() if p.name != "__pycache__") == [
        ".autopsy", "end.py", "shop.py",
    ]  # fmt: skip
    assert "6 calls" in ran.err and "traces/" in ran.err


def test_an_exception_that_ends_it(program):
    program.write(shop=SHOP, crash="import shop\nshop.price('zz')\n")
    plain = program.done([sys.executable, "crash.py"])
    ran = program.run("-q", "--", "crash.py")
    assert (ran.code, ran.out, ran.err) == (1, plain.out, plain.err)
    (failure,) = ran.digest["failures"]
    assert failure["exception"] == {"type": "KeyError", "message": "'zz'"}
    assert (failure["file"], failure["line"]) == ("shop.py", 4)
    assert failure["rerun"][:3] == ["pytest-autopsy", "run", "--"]
    snapshot = json.loads((program.folder / failure["snapshot"]).read_bytes())
    jsonschema.validate(snapshot, schema("snapshot"))
    assert '"zz"' in json.dumps(snapshot["frames"][0])
    shown = program.done([sys.executable, "-m", "pytest_autopsy", "show"])
    assert "crash.py" in shown.out


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("os._exit(5)", 5),
        ("os.kill(os.getpid(), 9)", 128 + 9),
        ("os.kill(os.getpid(), 11)", 128 + 11),
    ],
)
def test_ends_that_run_no_handlers(program, end, code):
    program.write(
        shop=SHOP, end=f"import os, shop\ndef last(n):\n    {end}\nshop.main([])\nlast(3)\n"
    )
    ran = program.run("--", sys.executable, "end.py")
    assert ran.code == code
    last = ran.calls()[-1]
    assert (last["func"], last["args"], last["outcome"]) == ("last", {"n": "3"}, "open")
    assert len(ran.calls()) == 7
    assert "did not come to its end; open when it was last heard of: last" in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_who_interrupts_a_program_sees_that_it_was(program):
    """A loop of a shell stops where its program died of the signal, and not where it exits with 1."""
    program.write(end="raise KeyboardInterrupt\n")
    assert program.run("--", sys.executable, "end.py").code == 128 + signal.SIGINT


def test_modules_arguments_and_a_missing_program(program):
    program.write(shop=SHOP)
    ran = program.run("--trace-target", "*:main", "--", "-m", "shop", "--autopsy", "x")
    assert (ran.code, ran.names()) == (0, ["main"])
    assert ran.calls()[0]["args"]["arguments"] == "['--autopsy', 'x']"
    missing = program.run("--", "no-such-program-here")
    assert (missing.code, "no-such-program-here" in missing.err) == (127, True)
    assert program.run("--").code == 2
    wrong = program.run("--trace-target", "src/none.py", "--", "-m", "shop")
    assert wrong.code == 2 and "there is no file or folder src/none.py" in wrong.err


def test_what_was_there_stays(program):
    """An existing sitecustomize runs; the program's path and environment are as without us."""
    own = program.folder / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("import builtins\nbuiltins.custom = __file__\n")
    program.write(
        look="""
        import os, sys
        print(custom)
        print(sys.path)
        print(sorted(n for n in os.environ if "AUTOPSY" in n.upper()))
        print(sys.modules["sitecustomize"].__file__)
        print(sys.excepthook is sys.__excepthook__, sys.gettrace() if sys.version_info >= (3, 12) else None)
        """
    )
    plain = program.done([sys.executable, "look.py"], PYTHONPATH=str(own))
    ran = program.run("--", sys.executable, "look.py", PYTHONPATH=str(own))
    assert ran.out == plain.out
    assert str(own / "sitecustomize.py") in ran.out


def test_a_pytest_that_is_run_warns_of_nothing(program):
    program.write(
        shop=SHOP, test_shop="import shop\n\ndef test_it():\n    assert shop.price('a') == 2\n"
    )
    ran = program.run(
        "--", sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"
    )
    assert ran.code == 0 and "1 passed" in ran.out and "warning" not in ran.out
    assert ran.names() == ["test_it", "price"]


def test_a_configuration_of_seed_1(program):
    config = {
        "version": 1,
        "trace_targets": {"paths": ["."], "functions": ["price", "guarded"]},
        "output": {"log_file": "out/log.jsonl", "max_entries": 10000, "max_repr_length": 30},
        "options": {
            "max_depth": 20, "trace_args": True, "trace_return_values": False,
            "trace_exceptions": False, "include_stdlib": False, "trace_threads": False,
        },
    }  # fmt: skip
    (program.folder / "out").mkdir()
    (program.folder / "trace_config.json").write_text(json.dumps(config))
    program.write(shop=SHOP)
    ran = program.run("--", sys.executable, "shop.py")
    log = lines_of(program.folder / "out" / "log.jsonl")
    assert [line["func"] for line in log if line["event"] == "call"] == [
        "price", "price", "guarded", "price",
    ]  # fmt: skip
    assert {line["event"] for line in log} == {"call", "return"}
    assert all(line["return_value"] == "None" for line in log if line["event"] == "return")
    inner = log[-2]
    assert (inner["call_id"], inner["parent_id"], inner["depth"]) == (4, 3, 1)
    assert ran.names() == ["price", "price", "guarded", "price"]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('{"version": 2}', "version takes 1, not 2"),
        ('{"trace_targets": {"path": []}}', "trace_targets.path is not known here"),
        ('{"output": {"max_entries": 0}}', "output.max_entries takes a whole number of at least 1"),
        ('{"options": {"trace_args": "yes"}}', 'options.trace_args takes true or false, not "yes"'),
        ("{", "is no JSON"),
    ],
)
def test_a_wrong_configuration(tmp_path, config, said):
    from pytest_autopsy.traceconfig import ConfigError, read_config

    file = tmp_path / "trace_config.json"
    file.write_text(config)
    with pytest.raises(ConfigError, match=said.replace("(", r"\(")):
        read_config(file)


def test_seed_1_by_hand(program):
    """A folder with the two files on PYTHONPATH is all that it takes."""
    folder = program.folder.parent / "by-hand"
    folder.mkdir()
    asset = resources.files("pytest_autopsy") / "assets" / "sitecustomize.py"
    (folder / "sitecustomize.py").write_bytes(asset.read_bytes())
    (folder / "trace_config.json").write_text('{"version": 1}')
    program.write(shop=SHOP)
    ran = program.done([sys.executable, "shop.py"], PYTHONPATH=str(folder))
    assert ran.out == "total 4\n"
    log = lines_of(folder / "trace_output.jsonl")
    assert [line["func"] for line in log if line["event"] == "call"][:2] == ["main", "total"]
    assert not (program.folder / ".autopsy").exists()


def test_processes_that_it_starts(program):
    program.write(
        shop=SHOP,
        parent="""
        import subprocess, sys
        def starts():
            subprocess.run([sys.executable, "-c", "import shop; shop.total(['a'])"], check=True)
        starts()
        """,
    )
    ran = program.run("--", sys.executable, "parent.py")
    assert ran.names() == ["starts", "total", "price"]
    starts, total, price = ran.calls()
    assert (total["parent_id"], price["parent_id"]) == (1, 2)
    assert starts["pid"] != total["pid"] == price["pid"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_signal_is_handed_on(program):
    program.write(
        waits="""
        import signal, sys, time
        def stop(number, frame):
            print("stopped", flush=True)
            sys.exit(4)
        signal.signal(signal.SIGTERM, stop)
        print("ready", flush=True)
        time.sleep(60)
        """
    )
    process = program.start("--", sys.executable, "waits.py")
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (4, "stopped\n")
    assert "stop(" in next(Path(program.folder).glob(".autopsy/latest/traces/*.txt")).read_text()


def test_a_store_that_cannot_be_written_costs_the_program_nothing_but_itself(program):
    program.write(shop=SHOP)
    (program.folder / "file").write_text("")
    ran = program.run("--out", "file", "--", sys.executable, "shop.py")
    assert ran.code == 126 and "could not write" in ran.err
    shutil.rmtree(program.folder / ".autopsy", ignore_errors=True)
