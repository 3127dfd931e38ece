"""debug_snapshot, snapshot_section, mark and get_latest_snapshot, without pytest's help."""

from __future__ import annotations

import asyncio
import gc
import inspect
import json
import subprocess
import sys
import threading
import traceback
import warnings
import weakref
from pathlib import Path

import jsonschema
import pytest

import pytest_autopsy
from pytest_autopsy import debug_snapshot, get_latest_snapshot, mark, snapshot_section
from pytest_autopsy.snapshot.keeper import ALIKE
from pytest_autopsy.snapshot.options import SEED_NAMES

SCHEMA = json.loads(
    (Path(pytest_autopsy.__file__).parent / "schemas" / "snapshot.json").read_bytes()
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def snapshots(folder, store=".autopsy"):
    found = [
        json.loads(p.read_bytes()) for p in sorted((folder / store).glob("runs/*/snapshots/*.json"))
    ]
    for one in found:
        jsonschema.validate(one, SCHEMA)
    return found


def fails(n=3):
    half = n / 2
    raise ValueError(half)


async def fails_later():
    await asyncio.sleep(0)
    fails()


def yields():
    got = yield 1
    fails(got)


async def yields_later():
    got = yield 1
    fails(got)


class Shop:
    def method(self):
        fails()

    @classmethod
    def of_class(cls):
        fails()

    @staticmethod
    def of_none():
        fails()


class Decorated(Shop):
    method = debug_snapshot()(Shop.method)
    of_class = debug_snapshot()(Shop.__dict__["of_class"])
    of_none = debug_snapshot()(Shop.__dict__["of_none"])


def drained(made):
    made.send(None)
    made.send(4)


async def drained_later(made):
    await made.asend(None)
    await made.asend(4)


def caught(call):
    try:
        call()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def entries(error):
    """The traceback's lines; 3.10 puts that of a bare `raise` back, so there one of ours is left."""
    found = [(e.filename, e.lineno, e.name) for e in traceback.extract_tb(error.__traceback__)]
    ours = [entry for entry in found if "pytest_autopsy" in entry[0]]
    assert len(ours) <= (sys.version_info < (3, 11))
    return [entry for entry in found if entry not in ours]


WAYS = {
    "function": (fails, lambda f: f()),
    "coroutine": (fails_later, lambda f: asyncio.run(f())),
    "generator": (yields, lambda f: drained(f())),
    "async-generator": (yields_later, lambda f: asyncio.run(drained_later(f()))),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_ours_is_left_in_the_traceback(folder, way):
    function, call = WAYS[way]
    plain = caught(lambda: call(function))
    shot = caught(lambda: call(debug_snapshot()(function)))
    assert entries(shot)[2:] == entries(plain)[2:]
    assert [one["name"] for one in snapshots(folder)] == [function.__name__]


@pytest.mark.parametrize("name", ["method", "of_class", "of_none"])
def test_methods(folder, name):
    plain = caught(lambda: getattr(Shop(), name)())
    shot = caught(lambda: getattr(Decorated(), name)())
    assert [entry[2] for entry in entries(shot)][2:] == [entry[2] for entry in entries(plain)][2:]
    assert snapshots(folder)[0]["name"] == f"Shop.{name}"


@pytest.mark.parametrize("way", ["with", "async with"])
def test_a_section_leaves_nothing_in_the_traceback(folder, way):
    def plain():
        fails()

    def section():
        with snapshot_section("load"):
            fails()

    async def later():
        async with snapshot_section("load"):
            fails()

    error = caught(section if way == "with" else lambda: asyncio.run(later()))
    names = [entry[2] for entry in entries(error)]
    assert names[-2:] == ["section" if way == "with" else "later", "fails"]
    assert not [entry for entry in entries(error) if "pytest_autopsy" in entry[0]]
    assert snapshots(folder)[0]["frames"][0]["function"] == "fails"


def test_it_is_the_very_exception(folder):
    error, cause = KeyError("k"), ValueError("v")
    error.__cause__ = cause

    @debug_snapshot()
    def raises():
        raise error

    assert caught(raises) is error
    assert error.__cause__ is cause and error.__context__ is None
    assert vars(error) == {}


def test_what_does_not_fail_is_as_without_us(folder):
    @debug_snapshot("name")
    def adds(a, b=2):
        """Doc."""
        return a + b

    assert adds(1) == 3
    assert (adds.__name__, adds.__doc__) == ("adds", "Doc.")
    assert inspect.signature(adds) == inspect.signature(adds.__wrapped__)
    assert not (folder / ".autopsy").exists()


def test_kinds_of_functions_stay_what_they_are():
    decorate = debug_snapshot()
    assert inspect.iscoroutinefunction(decorate(fails_later))
    assert inspect.isgeneratorfunction(decorate(yields))
    assert inspect.isasyncgenfunction(decorate(yields_later))
    assert debug_snapshot(fails).__wrapped__ is fails


def test_a_generator_takes_what_it_is_sent(folder):
    closed = []

    @debug_snapshot()
    def speaks():
        try:
            try:
                got = yield "first"
                while True:
                    got = yield got
            except KeyError as error:
                yield f"caught {error}"
            return "done"
        finally:
            closed.append(1)

    def outer():
        return (yield from speaks())

    made = outer()
    assert next(made) == "first" and made.send(5) == 5
    assert made.throw(KeyError("k")) == "caught 'k'"
    with pytest.raises(StopIteration) as stop:
        next(made)
    assert stop.value.value == "done" and closed == [1]
    other = speaks()
    next(other)
    other.close()
    assert closed == [1, 1]
    assert snapshots(folder) == []
    error = ValueError("thrown in")
    third = speaks()
    next(third)
    assert caught(lambda: third.throw(error)) is error
    assert [one["exception"]["message"] for one in snapshots(folder)] == ["thrown in"]


def test_an_async_generator_takes_what_it_is_sent(folder):
    closed = []

    @debug_snapshot()
    async def speaks():
        try:
            got = yield "first"
            try:
                while True:
                    got = yield got
            except KeyError:
                yield "caught"
        finally:
            closed.append(1)

    async def run():
        made = speaks()
        assert await made.__anext__() == "first"
        assert await made.asend(3) == 3
        assert await made.athrow(KeyError("k")) == "caught"
        assert [one async for one in made] == []
        other = speaks()
        await other.__anext__()
        await other.aclose()

    asyncio.run(run())
    assert closed == [1, 1] and snapshots(folder) == []


@pytest.mark.parametrize(
    "error",
    [SystemExit(1), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError()],
    ids=repr,
)
def test_an_end_that_was_asked_for_is_no_failure(folder, error):
    def ends():
        raise error

    assert caught(debug_snapshot()(ends)) is error
    assert snapshots(folder) == []


# -- seed 3 --------------------------------------------------------------------------------------


def read_as_seed_3_says(out_dir: Path) -> dict:
    """A reader written from the seed alone."""
    snapshot = json.loads((out_dir / "latest.json").read_text("utf-8"))
    crash = snapshot["frames"][0]
    lines = {line["lineno"]: line["code"] for line in crash["source"]["snippet"]}
    return {
        "name": snapshot["name"],
        "when": snapshot["timestamp_utc"],
        "what": f"{snapshot['exception']['type']}: {snapshot['exception']['message']}",
        "where": (Path(crash["file"]).name, crash["function"]),
        "code": crash["code"],
        "shown": lines[crash["line"]].strip(),
        "range": (crash["source"]["start"], crash["source"]["end"]) == (min(lines), max(lines)),
        "locals": crash["locals"],
        "python": snapshot["env"]["python"],
        "platform": snapshot["env"]["platform"],
        "cwd": snapshot["env"]["cwd"],
        "traceback": snapshot["traceback"],
    }


SCRIPT = """
import sys
from pytest_autopsy import debug_snapshot

def train_step(x, residual, secret_key='correct-horse-9-battery'):
    names = ['long' * 200]
    return x + residual

@debug_snapshot()
def main():
    train_step(1, 'a')

if __name__ == '__main__':
    assert 'pytest' not in sys.modules and 'orjson' not in sys.modules
    try:
        main()
    finally:
        assert 'pytest' not in sys.modules
"""


def test_a_plain_script_and_a_reader_of_seed_3(folder):
    (folder / "training.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "training.py", "--token=ghp_abcdefghijklmnopqrstuvwxyz0123456789"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1 and "TypeError" in done.stderr
    if sys.version_info >= (3, 11):
        assert "pytest_autopsy" not in done.stderr
    read = read_as_seed_3_says(folder / ".autopsy")
    assert read["name"] == "main"
    assert read["what"].startswith("TypeError: unsupported operand")
    assert read["where"] == ("training.py", "train_step")
    assert read["code"] == read["shown"] == "return x + residual" and read["range"]
    assert (read["locals"]["x"], read["locals"]["residual"]) == (1, "a")
    assert "Traceback (most recent call last):" in read["traceback"]
    assert "in main" in read["traceback"]
    (shot,) = snapshots(folder)
    assert [frame["function"] for frame in shot["frames"]] == ["train_step", "main"]
    assert shot["rerun"][1:2] == ["training.py"]
    (text,) = folder.glob(".autopsy/runs/*/snapshots/*.traceback.txt")
    assert text.read_text("utf-8") == shot["traceback"]
    written = "".join(p.read_text("utf-8") for p in folder.rglob(".autopsy/**/*") if p.is_file())
    assert "correct-horse" not in written and "ghp_" not in written
    assert not list((folder / ".autopsy").rglob("*.tmp*"))
    assert oct((folder / ".autopsy").stat().st_mode)[-3:] == "700"


def test_latest_json_is_a_copy_where_links_are_not_allowed(folder, monkeypatch):
    def no_links(*args):
        raise OSError("no links")

    monkeypatch.setattr(Path, "symlink_to", no_links)
    caught(debug_snapshot()(fails))
    assert read_as_seed_3_says(folder / ".autopsy")["name"] == "fails"
    assert get_latest_snapshot()["name"] == "fails"


def test_every_option_of_seed_3_is_there_and_has_a_place_in_the_table():
    for function in (debug_snapshot, snapshot_section):
        options = set(inspect.signature(function).parameters) - {"name"}
        assert options == set(SEED_NAMES)


def test_options(folder):
    def deep(n, text="t" * 90, numbers=tuple(range(40))):
        return deep(n - 1) if n else 1 / 0

    caught(
        debug_snapshot(
            "small", frames=2, source_context=1, max_str=20, max_items=5, include_env=False
        )(lambda: deep(6))
    )
    (shot,) = snapshots(folder)
    frames = [frame for frame in shot["frames"] if "locals" in frame]
    assert len(frames) == 2 and shot["frames_left_out"] == 6
    assert len(frames[0]["source"]["snippet"]) == 3
    assert frames[0]["locals"]["text"] == {
        "__type__": "str", "len": 90, "text": "t" * 20, "why": "string",
    }  # fmt: skip
    assert len(frames[0]["locals"]["numbers"]["items"]) == 5
    assert shot["env"] == {}


def test_other_options(folder):
    with (
        pytest.raises(ValueError),
        snapshot_section("hidden", out_dir="elsewhere", redact=[r"order-\d+"], locals_mode="none"),
    ):
        raise ValueError(f"bad order-{8000 + 123}")
    (shot,) = snapshots(folder, "elsewhere")
    assert str(8000 + 123) not in json.dumps(shot)
    assert all(frame.get("locals", {}) == {} for frame in shot["frames"])
    assert get_latest_snapshot("elsewhere")["name"] == "hidden"
    assert get_latest_snapshot() is None


# -- marks ---------------------------------------------------------------------------------------


def test_marks_are_kept_for_what_fails_around_them(folder):
    @debug_snapshot("outer")
    def outer():
        mark("start", rows=[1, 2])
        with snapshot_section("inner"):
            row = {"sku": 9}
            mark("row", locals={"row": row}, n=1)
            fails()

    caught(outer)
    shots = {one["name"]: one["marks"] for one in snapshots(folder)}
    assert [one["name"] for one in shots["inner"]] == ["row"]
    assert [one["name"] for one in shots["outer"]] == ["start", "row"]
    assert shots["inner"][0]["values"] == {"row": {"sku": 9}, "n": 1}
    assert shots["inner"][0]["function"].endswith("outer")
    assert shots["inner"][0]["line"] > shots["outer"][0]["line"]


def test_marks_of_a_section_that_went_well_are_forgotten(folder):
    with snapshot_section("well"):
        mark("in well")
    mark("in nothing")
    with pytest.raises(ValueError), snapshot_section("badly"):
        fails()
    (shot,) = snapshots(folder)
    assert shot["marks"] == []


def test_marks_do_not_cross_threads_tasks_and_waiting_generators(folder):
    @debug_snapshot()
    def waits():
        mark("in waits")
        yield
        fails()

    async def one(name, gate):
        with snapshot_section(name):
            mark(f"in {name}")
            await gate.wait()
            fails()

    async def both():
        gate = asyncio.Event()
        tasks = [asyncio.ensure_future(one(name, gate)) for name in ("left", "right")]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*tasks, return_exceptions=True)

    def in_thread():
        mark("in thread")
        caught(debug_snapshot("threaded")(fails))

    made = waits()
    next(made)
    mark("while it waits")
    with pytest.raises(ValueError), snapshot_section("around"):
        thread = threading.Thread(target=in_thread, name="worker-7")
        thread.start()
        thread.join()
        asyncio.run(both())
        caught(lambda: next(made))
        fails()
    shots = {one["name"]: one for one in snapshots(folder)}
    assert [m["name"] for m in shots["left"]["marks"]] == ["in left"]
    assert [m["name"] for m in shots["right"]["marks"]] == ["in right"]
    waited = shots[next(name for name in shots if name.endswith("waits"))]
    assert [m["name"] for m in waited["marks"]] == ["in waits"]
    assert shots["threaded"]["marks"] == [] and shots["threaded"]["thread"] == "worker-7"
    assert {shots["left"]["task"], shots["right"]["task"]} > {None} - {None}
    assert shots["left"]["task"] != shots["right"]["task"]
    assert "in thread" not in [m["name"] for m in shots["around"]["marks"]]


def test_many_marks_are_bounded(folder):
    with pytest.raises(ValueError), snapshot_section("many"):
        for n in range(1_000):
            mark(f"m{n}")
        fails()
    (shot,) = snapshots(folder)
    names = [one["name"] for one in shot["marks"]]
    assert names[0] == "m0" and names[-1] == "m999" and len(names) == 100
    assert shot["marks_left_out"] == 900


def test_mark_never_raises_and_keeps_nothing_alive(folder):
    class Thing:
        def __repr__(self):
            raise ValueError

    with snapshot_section("any"):
        mark(3, x=1)
        mark("m", locals=7)
        thing = Thing()
        mark("thing", thing=thing)
        gone = weakref.ref(thing)
        del thing
        assert gone() is None


# -- faults of ours ------------------------------------------------------------------------------


def test_nothing_is_said_unless_it_is_asked_for(folder):
    (folder / ".autopsy").write_text("a file")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert type(caught(debug_snapshot()(fails))) is ValueError


def test_with_debug_it_warns(folder):
    (folder / ".autopsy").write_text("a file")
    with pytest.warns(RuntimeWarning, match="took no snapshot of 'fails'"):
        assert type(caught(debug_snapshot(debug=True)(fails))) is ValueError


def test_with_debug_and_warnings_as_errors_it_writes_to_stderr(folder, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert type(caught(debug_snapshot(frames=-1, debug=True)(fails))) is ValueError
    assert "frames takes a whole number" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        {"frames": "many"},
        {"redact": ["("]},
        {"locals_mode": "loud"},
        {"out_dir": 7},
        {"max_str": 0},
    ],
    ids=str,
)
def test_a_wrong_option_is_no_error_of_the_program(folder, options):
    with pytest.warns(RuntimeWarning, match="took no snapshot"):
        assert type(caught(debug_snapshot(debug=True, **options)(fails))) is ValueError
    assert snapshots(folder) == []


def test_a_loop_that_fails_and_goes_on_does_not_fill_the_disk(folder):
    step = debug_snapshot("step")(fails)
    for _ in range(200):
        caught(step)
    shots = snapshots(folder)
    assert len(shots) == ALIKE
    assert max(one["occurrence"] for one in shots) == 128


def test_nothing_is_kept_alive(folder):
    class Thing:
        pass

    def holds():
        thing = Thing()
        seen.append(weakref.ref(thing))
        raise ValueError

    seen = []
    gc.disable()
    try:
        try:
            debug_snapshot()(holds)()
        except ValueError:
            pass
        assert seen[0]() is None
    finally:
        gc.enable()


def test_nothing_heavy_is_loaded_to_decorate():
    code = (
        "import sys; from pytest_autopsy import debug_snapshot, mark, snapshot_section;"
        "debug_snapshot()(print); mark('x');"
        "print([m for m in ('pytest', 'orjson', 'asyncio', 'pytest_autopsy.store')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_programs_do_not_push_out_the_latest_run_of_pytest(folder, monkeypatch):
    from pytest_autopsy.snapshot import keeper

    monkeypatch.setattr(keeper, "KEEP_RUNS", 3)
    runs = folder / ".autopsy" / "runs"
    for number in range(5):
        (runs / f"20260101T00000{number}Z-0000000{number}" / "snapshots").mkdir(parents=True)
    (folder / ".autopsy" / "latest").symlink_to("runs/20260101T000000Z-00000000")
    caught(debug_snapshot()(fails))
    kept = sorted(run.name for run in runs.iterdir())
    assert len(kept) == 3 + 1 and kept[0] == "20260101T000000Z-00000000"
