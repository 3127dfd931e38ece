"""A folder on PYTHONPATH that makes every Python process below record itself, as seed 1 does.

It holds a `sitecustomize.py` and a `trace_config.json`, lies among the temporary files, is readable
for its owner alone, and goes when it has been used: nothing of a project is touched.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any

from .observe.detail import Detail
from .record.project import Project
from .record.targets import Targets
from .traceconfig import FILE, TraceConfig, write_config

VARIABLE = "PYTHONPATH"


class Injection:
    """The folder, from its making to its end."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pytest-autopsy-"))

    def write(self, config: TraceConfig) -> None:
        """Put in what a process finds when it starts. Raises OSError."""
        source = resources.files(__package__) / "assets" / "sitecustomize.py"
        (self.folder / "sitecustomize.py").write_bytes(source.read_bytes())
        write_config(self.folder / FILE, config)

    def path(self, environment: Mapping[str, str]) -> str:
        """Return PYTHONPATH with the folder before what it holds."""
        before = environment.get(VARIABLE)
        return f"{self.folder}{os.pathsep}{before}" if before else str(self.folder)

    def without(self, value: str) -> str:
        """Return a PYTHONPATH without the folder."""
        parts = value.split(os.pathsep)
        return os.pathsep.join(part for part in parts if part != str(self.folder))

    def remove(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder, ignore_errors=True)


def told(project: Project, targets: Targets, detail: Detail) -> dict[str, Any]:
    """Return what a child process needs to see what its parent would: a part of `autopsy`."""
    return {
        "package": str(Path(__file__).resolve().with_name("__init__.py")),
        "project": project.known(),
        "targets": {
            "include": [_fields(rule) for rule in targets.include],
            "exclude": [_fields(rule) for rule in targets.exclude],
            "own": targets.own,
        },
        "detail": {field.name: getattr(detail, field.name) for field in fields(Detail)},
    }


def _fields(rule: Any) -> list[str]:
    return [getattr(rule, field.name) for field in fields(rule)]
