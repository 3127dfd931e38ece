"""How much an agent has to read of each example's failures, and what that names.

    pip install llmdebug bpe-openai && python -m tests.benchmarks.tokens [--markdown]

Each example is run twice in a copy of its own: with `--autopsy-only -q` and a budget of 1,500 tokens,
of which everything that is printed counts, and with llmdebug's plugin, of which the snapshot files of
all failures count, as its plugin writes them. The third column is every call of the failing tests as
lines of JSON with the keys of seed 1 (pytrace-autopsy), made from our traces. Tokens are o200k_base's,
the vocabulary that bpe-openai carries.

Named: the digest's first culprit is the function of tests/examples_truth.py, one of its culprit lines
is a line of it (one more or less), and it holds the words of MECHANISM. Of the other two only whether
the culprit's function occurs at all is said: they name nobody.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from pytest_autopsy.report.budget import tokens as estimated

from ..examples_truth import TRUTHS, Truth

BUDGET = 1500
ROOT = Path(__file__).resolve().parents[2]
MECHANISM = {
    "off_by_one": "page_count(4, per_page=4) first produced 2",
    "none_propagation": "service_for returns None for ",
    "swallowed_exception": "parse_number swallows ValueError and returns 0.0",
    "shared_state_mutation": "week_rota changed the global STANDARD_WEEK",
    "wrong_arithmetic": "selling_price(Decimal(36.00), margin=Decimal(0.25)) first produced 45.00",
    "exhausted_iterator": "keeps a generator in readers: only its first reader gets anything",
    "stale_cache": "rate gives from _known what it kept for another day",
    "leaking_fixture": "miles leaves PREFERENCES changed for the tests after it",
    "text_for_number": "read_note gives '1000' as text where others take numbers",
    "lost_task": "fetch_all loses the ValueError of the task",
}
SEED_1 = (
    "event", "call_id", "parent_id", "depth", "func", "module", "file", "line", "args",
    "return_value", "exc_type", "exc_value", "exc_line",
)  # fmt: skip


def counter() -> Callable[[str], int]:
    """Return what counts tokens. Raises ImportError where bpe-openai is not installed."""
    import bpe_openai

    encoding = bpe_openai.get_encoding("o200k_base")
    return lambda text: len(encoding.encode(text))


def pytest_in(folder: Path, *arguments: str) -> str:
    """Return what a run of the tests in a folder prints."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "CI", "LLMDEBUG"))}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    environment = {**kept, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONHASHSEED": "0"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    ).stdout


def digest_of(folder: Path, example: str) -> str:
    return pytest_in(
        folder, "-p", "no:llmdebug", "--autopsy-only", "-q", "-o", f"autopsy_budget={BUDGET}",
        f"examples/{example}",
    )  # fmt: skip


def snapshots_of(folder: Path, example: str) -> str:
    """Return the text of llmdebug's snapshots."""
    pytest_in(folder, "-p", "no:autopsy", f"examples/{example}", "-q")
    files = sorted(folder.rglob(".llmdebug/*.json"))
    return "\n".join(file.read_text("utf-8") for file in files if not file.is_symlink())


def calls_of(folder: Path) -> str:
    """Return the latest run's calls as seed 1 writes them."""
    lines = []
    for file in sorted((folder / ".autopsy" / "latest" / "traces").glob("*.jsonl")):
        for event in map(json.loads, file.read_text("utf-8").splitlines()):
            if event["event"] in ("call", "return", "exception"):
                lines.append(json.dumps({key: event[key] for key in SEED_1 if key in event}))
    return "\n".join(lines)


def named(text: str, truth: Truth) -> tuple[bool, bool, bool]:
    """Return whether a digest names the culprit, its line, and the mechanism."""
    first = re.search(r"^  culprit (\S+) at (\S+):\d+$", text, re.M)
    culprit = first is not None and (first[1], first[2]) == (truth.function, truth.file)
    near = range(min(truth.lines) - 1, max(truth.lines) + 2)
    told = re.findall(rf"^  culprit .*?{re.escape(truth.file)}:(\d+)", text, re.M)
    return culprit, any(int(line) in near for line in told), MECHANISM[truth.example] in text


def row(truth: Truth, count: Callable[[str], int]) -> list[str]:
    """Return an example's row; runs it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copytree(ROOT / "examples" / truth.example, folder / "examples" / truth.example)
        (folder / "pytest.ini").write_text("[pytest]\n")
        digest = digest_of(folder, truth.example)
        calls, shots = calls_of(folder), snapshots_of(folder, truth.example)
    function = truth.function.rpartition(".")[2]
    occurs = [f'"{function}"' in text for text in (shots, calls)]
    words = [word if yes else f"NOT {word}" for word, yes in zip(("culprit", "line", "mechanism"), named(digest, truth))]  # fmt: skip
    return [
        truth.example, str(truth.failing), str(count(digest)), str(estimated(digest)),
        ", ".join(words), str(count(shots)), "yes" if occurs[0] else "no", str(count(calls)),
        "yes" if occurs[1] else "no",
    ]  # fmt: skip


HEADS = ["example", "failures", "digest", "estimated", "named", "llmdebug", "culprit in it", "calls", "culprit in it"]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    try:
        count = counter()
        import llmdebug  # noqa: F401  # its plugin is what is run
    except ImportError as error:
        print(f"{error}: pip install llmdebug bpe-openai", file=sys.stderr)
        return 2
    rows = [HEADS, *(row(truth, count) for truth in TRUTHS)]
    widths = [max(len(line[n]) for line in rows) for n in range(len(HEADS))]
    for number, line in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(line, widths)]
        print(f"| {' | '.join(cells)} |" if options.markdown else "  ".join(cells).rstrip())
        if options.markdown and number == 0:
            print(f"|{'|'.join('-' * (width + 2) for width in widths)}|")
    missed = sum("NOT" in line[4] for line in rows)
    print(f"\nwithin {BUDGET} tokens: {sum(int(line[2]) <= BUDGET for line in rows[1:])} of {len(TRUTHS)};"
          f" all three named: {len(TRUTHS) - missed} of {len(TRUTHS)}")  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
