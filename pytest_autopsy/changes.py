"""What differs in the working tree from its last commit, asked of git where there is one.

Facts on the code, not on a run: diagnosis weighs them where failing tests ran what was changed.
"""

from __future__ import annotations

import re
import subprocess

_FILE = re.compile(r"\+\+\+ b/(.+?)\t?$")
_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
LIMIT_SECONDS = 5


def git(*arguments: str, at: str) -> str | None:
    """Return what git prints, without surrounding blanks; None where it fails or is not there."""
    try:
        done = subprocess.run(  # noqa: S603  # fixed words and a path, no shell
            ["git", "-C", at, "-c", "core.quotePath=off", *arguments],  # noqa: S607  # the user's own git
            capture_output=True,
            timeout=LIMIT_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    text = done.stdout.decode("utf-8", "replace").strip()
    return text if done.returncode == 0 else None


def changed_lines(root: str) -> dict[str, frozenset[int]]:
    """Return file (relative to `root`) -> lines that are not as they were committed.

    Where lines were taken out, those beside the gap. Files that git does not know are left out:
    all of such a file is new, which says nothing about a line of it.
    """
    text = git("diff", "-U0", "--no-color", "--no-ext-diff", "--relative", "HEAD", "--", "*.py", at=root)  # fmt: skip
    return lines_of(text or "")


def lines_of(diff: str) -> dict[str, frozenset[int]]:
    """Return file -> changed lines of a unified diff without context (git diff -U0)."""
    found: dict[str, set[int]] = {}
    file = ""
    for line in diff.splitlines():
        if line.startswith("+++ "):
            match = _FILE.match(line)
            file = match.group(1) if match else ""
        elif file and (hunk := _HUNK.match(line)):
            first, count = int(hunk.group(1)), int(hunk.group(2) or 1)
            lines = range(first, first + count) if count else (first, first + 1)
            found.setdefault(file, set()).update(lines)
    return {file: frozenset(lines) for file, lines in found.items()}
