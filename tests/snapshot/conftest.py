"""A project in a folder of its own, and a camera for it."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_autopsy.model import Snapshot
from pytest_autopsy.observe.redaction import Redactor
from pytest_autopsy.record.project import Project
from pytest_autopsy.snapshot.assertion import of_failure
from pytest_autopsy.snapshot.capture import Camera
from pytest_autopsy.snapshot.options import ShotOptions

_numbers = itertools.count()


class Studio:
    """Writes modules of a project and takes snapshots of what they raise."""

    def __init__(self, root: Path) -> None:
        self.root = root
        project = Project(root)
        project.folders = (project.root,)  # not pytest-autopsy, which is installed as editable
        self.camera = Camera(project, Redactor(), set())

    def module(self, text: str, name: str = "") -> Any:
        name = name or f"snapped_{next(_numbers)}"
        path = self.root / f"{name}.py"
        path.write_text(textwrap.dedent(text), "utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    def take(self, call: Callable[[], object], **options: Any) -> Snapshot:
        camera = Camera(
            self.camera.project, self.camera.redactor, set(), ShotOptions().with_seed(options)
        )
        try:
            call()
        except BaseException as error:
            found = of_failure(error, None, camera.project, camera.redactor)
            return camera.take("name", error, assertion=found)
        raise AssertionError("nothing was raised")

    def crash(self, text: str, **options: Any) -> Snapshot:
        """The snapshot of what `crash()` of a module with this text raises."""
        return self.take(self.module(text).crash, **options)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    (tmp_path / "project").mkdir()
    return Studio(tmp_path / "project")
