"""Write the digest into each example's WALKTHROUGH.md: `python -m tests.walkthrough`.

The text between the two marks is what `pytest --autopsy` prints in the example's folder;
tests/test_examples.py holds the files to it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
COMMAND = ("-m", "pytest", "--autopsy", "-q", "--tb=no", "-rN", "-p", "no:cacheprovider")
BEGIN, END = "<!-- digest -->\n```\n", "```\n<!-- end -->"
_VARYING = (
    (re.compile(r"^(evidence  ).*$", re.M), r"\1.autopsy/runs/<run>/digest.md, report.html"),
    (re.compile(r"^(cost      about \+)[\d.]+ s", re.M), r"\1<time> s"),
    (re.compile(r"(\d+ failed, \d+ passed) in .*$", re.M), r"\1"),
)


def digest_of(example: str) -> str:
    """Return what pytest prints in an example's folder, without what varies between runs."""
    with tempfile.TemporaryDirectory() as store:
        done = subprocess.run(
            [sys.executable, *COMMAND, "-o", f"autopsy_dir={store}"],
            cwd=EXAMPLES / example,
            capture_output=True,
            text=True,
            env=_environment(),
            check=False,
        )
    text = done.stdout
    for pattern, plain in _VARYING:
        text = pattern.sub(plain, text)
    return text


def shown_in(walkthrough: Path) -> str:
    """Return the digest that a WALKTHROUGH.md shows."""
    text = walkthrough.read_text("utf-8")
    return text.partition(BEGIN)[2].partition(END)[0]


def write(example: str) -> None:
    """Put the digest as now printed into the example's walkthrough."""
    file = EXAMPLES / example / "WALKTHROUGH.md"
    before, _, rest = file.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    file.write_text(f"{before}{BEGIN}{digest_of(example)}{END}{after}", "utf-8")


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "CI", "BUILD_"))}
    return {**kept, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONHASHSEED": "0"}


def names() -> list[str]:
    """Return the examples' names."""
    return sorted(p.name for p in EXAMPLES.iterdir() if (p / "WALKTHROUGH.md").exists())


if __name__ == "__main__":
    for name in sys.argv[1:] or names():
        write(name)
