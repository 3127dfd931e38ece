"""What of the CI service that runs us matters: where its checkout lies."""

from __future__ import annotations

import os
from pathlib import Path

_WORKSPACES = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE")
"""GitHub, GitLab, Jenkins: the directory that they name files relative to."""


def workspace(root: Path) -> Path:
    """Return the CI service's checkout that `root` lies in; `root` itself where there is none."""
    for name in _WORKSPACES:
        text = os.environ.get(name)
        if text and below(root, Path(text)) is not None:
            return Path(text)
    return root


def below(path: Path, root: Path) -> str | None:
    """Return `path` relative to `root` with forward slashes, None where it lies elsewhere."""
    for one, other in ((path, root), (Path(os.path.realpath(path)), Path(os.path.realpath(root)))):
        try:
            return one.relative_to(other).as_posix()
        except ValueError:
            continue
    return None
