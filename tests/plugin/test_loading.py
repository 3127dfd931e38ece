"""Our modules are loaded as installed, and nothing of that stays in the process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest_autopsy
from pytest_autopsy import loading

FILES = {
    "conftest.py": """\
        import pytest

        pytest.register_assert_rewrite("pytest_autopsy")  # as it is where a wheel is installed
    """,
    "test_it.py": """\
        import sys

        def test_loaders():
            ours = [m for n, m in sys.modules.items() if n.startswith("pytest_autopsy.recor")]
            assert len(ours) > 10
            assert {type(m.__loader__).__name__ for m in ours} == {"SourceFileLoader"}
    """,
}
SCRIPT = """
import sys, pytest
code = pytest.main(["-q", "--autopsy", "-p", "pytest_autopsy.plugin"])
assert not any("pytest_autopsy" in type(one).__module__ for one in sys.meta_path), sys.meta_path
sys.exit(code)
"""


def test_only_ours_are_found() -> None:
    before = list(sys.meta_path)
    with loading.plainly():
        finder = sys.meta_path[0]
        found = finder.find_spec("pytest_autopsy.session", pytest_autopsy.__path__, None)
        assert found is not None and str(found.origin).endswith("session.py")
        assert finder.find_spec("json", None, None) is None
        assert finder.find_spec("pytest_autopsy_of_others", None, None) is None
    assert sys.meta_path == before


class Touchy:
    """A finder of somebody else's that will not be compared."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared")

    __hash__ = object.__hash__

    def find_spec(self, *_: object) -> None:
        return None


def test_finders_of_others_are_not_asked_and_one_of_ours_is_enough(monkeypatch) -> None:
    before = [Touchy(), *sys.meta_path]
    monkeypatch.setattr(sys, "meta_path", list(before))
    outer = loading.install()
    assert loading.install() is None  # a session within
    loading.remove(None)
    sys.meta_path.insert(0, Touchy())
    assert [type(one).__name__ for one in sys.meta_path[:3]] == ["Touchy", "PlainFinder", "Touchy"]
    loading.remove(outer)
    loading.remove(outer)
    assert len(sys.meta_path) == len(before) + 1
    assert all(mine is one for mine, one in zip(sys.meta_path[1:], before))


def test_no_module_of_ours_is_rewritten(project) -> None:
    run = project.write(FILES).autopsy()
    assert run.code == 0, run.text


def test_nothing_stays(project) -> None:
    project.write(FILES)
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(
        command, cwd=project.path, env=alone, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
