"""A project whose failing tests hold hostile objects: the same outcomes, and none of their code run by us.

The objects live outside of the project and write down what runs of them; the record with the plugin
is the record without it. pytest itself asks some of them (an exception for its text, the operands of
an assertion): what it asks alone, it asks as often when we are there.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ..observe import hostile
from .helpers import Project, Run

ZOO = (
    "hostile",
    "hostile_kinds",
    "hostile_shapes",
    "hostile_single",
    "hostile_state",
    "hostile_lazy",
)

CONFTEST = """
import json
import os

from zoo.hostile import CALLED


def pytest_unconfigure():
    with open(os.environ["REPORT_LOG"] + ".called", "w") as file:
        json.dump(CALLED, file)
"""

TESTS = """
import sys

import pytest
from zoo.hostile import CALLED
from zoo.hostile_lazy import LAZY
from zoo.hostile_shapes import CASES
from zoo.hostile_single import SINGLE
from zoo.hostile_state import STATE

ALL = {**CASES, **SINGLE, **STATE, **LAZY}
HELD = sorted(name for name in ALL if not name.endswith(("-loops", "-lies", "-sleeps")))


class Plain:
    pass


def pytest_survives(name):
    # some of them end pytest itself with an internal error, or keep it busy for minutes
    made = ALL[name]()
    if not issubclass(type(made), Exception) or name.startswith("deep"):
        return False
    try:
        raise made
    except BaseException as error:
        caught = error
    try:
        str(pytest.ExceptionInfo.from_exception(caught).getrepr(style="short"))
    except BaseException:
        return False
    return True


ERRORS = sorted(name for name in ALL if pytest_survives(name))


def passed(made):
    return made


def given(made):
    yield made


def own_error(name):
    # of a type of its own: of failures alike only the first ones are kept whole
    return type("Broken" + name.translate(str.maketrans("0123456789-", "abcdefghij_")), (Exception,), {})


@pytest.mark.parametrize("name", HELD)
def test_holds(name):
    made = ALL[name]()
    CALLED.append(f"# {name}")
    beside = [passed(made), {"key": (made,)}]
    holder = Plain()
    holder.__dict__["held"] = made
    for again in given(made):
        passed(again)
    raise own_error(name)("stop")


@pytest.mark.parametrize("name", ERRORS)
def test_raises(name):
    made = ALL[name]()
    CALLED.append(f"# raised {name}")
    raise passed(made)


@pytest.mark.parametrize("name", sorted(SINGLE)[::3])
def test_asserts(name):
    made = SINGLE[name]()
    CALLED.append(f"# asserted {name}")
    assert passed(made) is None


@pytest.fixture
def held():
    made = CASES["object-raises"]()
    yield made
    raise LookupError("teardown")


def test_fixture(held):
    raise KeyError("with a hostile fixture value")
"""


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("zoo") / "work")
    package = project._aside / "zoo"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for name in ZOO:
        shutil.copy(Path(hostile.__file__).with_name(f"{name}.py"), package)
    return project.write({"conftest.py": CONFTEST, "test_zoo.py": TESTS})


def called(project: Project, run_number: int) -> list[str]:
    """What ran of the objects' code, in order; finalizers run when memory wants them to."""
    file = project._aside / f"reports-{run_number}.jsonl.called"
    return [name for name in json.loads(file.read_text("utf-8")) if "del" not in name]


def by_test(names: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        current = found.setdefault(name, []) if name.startswith("# ") else None
        last = list(found)[-1] if found else None
        if current is None and last is not None:
            found[last].append(name)
    return found


@pytest.fixture(scope="module")
def runs(zoo: Project) -> tuple[Run, Run]:
    options = ("--tb=short", "-q", "-p", "no:unraisableexception")
    return zoo.plain(*options), zoo.autopsy(*options)


def test_outcomes_are_the_same(runs: tuple[Run, Run]) -> None:
    plain, ours = runs
    assert plain.outcomes == ours.outcomes
    assert plain.counts == ours.counts
    assert plain.code == ours.code == 1
    assert plain.warnings == ours.warnings
    assert plain.failure_count > 500


def test_none_of_their_methods_ran_because_of_us(zoo: Project, runs: tuple[Run, Run]) -> None:
    plain, ours = (by_test(called(zoo, number)) for number in (1, 2))
    differing: dict[str, Any] = {
        name: (plain[name], ours.get(name)) for name in plain if plain[name] != ours.get(name)
    }
    assert differing == {}


def test_every_failure_has_its_record(runs: tuple[Run, Run]) -> None:
    """The run was no proof if nothing had been looked at."""
    _, ours = runs
    held = [one for one in ours.digest["failures"] if "test_holds" in one["nodeid"]]
    assert len(held) > 400
    assert [one["nodeid"] for one in held if not (one["snapshot"] and one["trace"])] == []
    assert not list(ours.directory.glob("*.log")), "a fault of ours was logged"
