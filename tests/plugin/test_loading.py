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
