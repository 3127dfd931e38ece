"""Run the planted project and search what it left.

A secret leaks where it stands in a file below .autopsy, in the JUnit XML, in the JSON report or in our
part of the terminal: whole or by half, raw, escaped, as bytes, URL-quoted or in base64. An innocent is
lost where the record of its own failing test does not show it.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.sax import saxutils

from .item import Item
from .project import Planted

PLAIN = ("-p", "no:autopsy", "--showlocals", "-vv")
VARIANTS = {
    "one process": ("--autopsy",),
    "two workers": ("--autopsy", "-n", "2", "--showlocals"),
}
_REPORTS = ("--junitxml=out.xml", "--json-report", "--json-report-file=out.json")
_OURS = ("PYTEST_", "COV_", "GITHUB_", "JENKINS")


def _base64_cores(data: bytes) -> Iterator[str]:
    """What of base64 does not depend on the bytes before and after, at its three alignments."""
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        first = -(-shift * 8 // 6)
        last = len(whole) - 1 if (len(data) + shift) % 3 else len(whole)
        if last - first >= 8:
            yield whole[first:last]
            yield whole[first:last].replace("+", "-").replace("/", "_")


def forms(text: str) -> dict[str, str]:
    """Every way in which a text may stand in a file, by what it is called."""
    data = text.encode()
    found = {
        "raw": text,
        "json": json.dumps(text, ensure_ascii=False)[1:-1],
        "json ascii": json.dumps(text)[1:-1],
        "json twice": json.dumps(json.dumps(text)[1:-1])[1:-1],
        "escaped": repr(text)[1:-1],
        "escaped in json": json.dumps(repr(text)[1:-1], ensure_ascii=False)[1:-1],
        "ascii": ascii(text)[1:-1],
        "bytes": repr(data)[2:-1],
        "bytes in json": json.dumps(repr(data)[2:-1])[1:-1],
        "xml": saxutils.escape(text),
        "html": html.escape(text),
        "url-quoted": urllib.parse.quote(text, safe=""),
        "url-quoted path": urllib.parse.quote(text),
        "url-quoted plus": urllib.parse.quote_plus(text),
    }
    found |= {f"base64 {number}": core for number, core in enumerate(_base64_cores(data))}
    return found


def pieces(secret: str) -> list[tuple[str, str]]:
    """The secret, and what of it would be as bad: its lines, its halves."""
    found = [("whole", secret)]
    lines = [line for line in secret.splitlines()[1:-1] if len(line) >= 16]
    if lines:
        return found + [("a line", line) for line in lines]
    half = len(secret) // 2
    if half >= 12:
        found.append(("its end", secret[-half:]))
        if (
            secret.count(".") != 2
        ):  # the first part of a token in three parts says how it was signed
            found.append(("its start", secret[: half + 4]))
    return found


@dataclass
class Outcome:
    """What a run left, and what was found in it."""

    root: Path
    stdout: str
    leaks: dict[str, list[str]] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)

    @property
    def terminal(self) -> str:
        """Our part: the header line, and the digest up to pytest's closing line."""
        header = re.findall(r"(?m)^autopsy: .*$", self.stdout)
        digest = re.search(r"(?ms)^=+ autopsy: .*", self.stdout)
        return "\n".join([*header, digest[0] if digest else ""])

    @cached_property
    def files(self) -> dict[str, str]:
        found = {"terminal": self.terminal}
        kept = self.root / ".autopsy"
        for file in [*sorted(kept.rglob("*")), self.root / "out.xml", self.root / "out.json"]:
            if file.is_file() and not file.is_symlink():
                name = str(file.relative_to(self.root))
                found[name] = file.read_bytes().decode("utf-8", "replace")
        return found

    @cached_property
    def haystack(self) -> str:
        return "\0".join(self.files.values())

    @cached_property
    def own(self) -> dict[str, str]:
        """By the name of a test: the text of the files that are of this test alone.

        What is captured is kept in the reports only, everything else in ours.
        """
        found: dict[str, str] = {}
        for test in json.loads((self.root / "out.json").read_bytes())["tests"]:
            if test["nodeid"].startswith(("test_stdout", "test_log")):
                found[test["nodeid"].split("::")[-1]] = json.dumps(test)
        for name, text in self.files.items():
            if "snapshots" not in name and "traces" not in name:
                continue
            shown = re.search(r"(?:snapshots|traces)/test_\w+\.py_(test_\w+?)-[0-9a-f]+\.", name)
            if shown:
                found[shown[1]] = found.get(shown[1], "") + "\n" + text
        return found

    def where(self, text: str) -> list[str]:
        return [name for name, content in self.files.items() if text in content]


def run(planted: Planted, *options: str) -> Outcome:
    """Run pytest in the planted project."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}
    environment = {
        **kept, "PYTHONPATH": str(planted.aside), "COLUMNS": "200", "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1", **planted.environment,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-o", "junit_logging=all",
         *_REPORTS, *options, *planted.arguments],
        cwd=planted.root, env=environment, capture_output=True, timeout=550, check=False,
    )  # fmt: skip
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode != 1:
        raise RuntimeError(
            f"pytest ended with {done.returncode}: {text[-2000:]}{done.stderr[-2000:]!r}"
        )
    return Outcome(planted.root, text)


def leaks_of(item: Item, outcome: Outcome) -> list[str]:
    """Say which piece of the item stands where, in which form; at most one line a piece."""
    found = []
    for secret in item.secrets:
        for piece, text in pieces(secret):
            for form, shown in forms(text).items():
                if shown in outcome.haystack:
                    places = outcome.where(shown)
                    found.append(f"{piece}, {form}, {len(places)} files: {_kinds(places)}")
                    break
            if found:
                break
    return found


def _kinds(places: list[str]) -> str:
    """Paths as kinds of files: run ids and tests left out."""
    short = {re.sub(r"^\.autopsy/runs/[^/]+/", "", place) for place in places}
    return ", ".join(
        sorted({re.sub(r"^(\w+)/[^/]*?((\.traceback)?\.\w+)$", r"\1/*\2", one) for one in short})
    )


def is_lost(item: Item, outcome: Outcome) -> str:
    """Return why the innocent is lost, or nothing."""
    own = outcome.haystack if item.place == "argv" else outcome.own.get(f"test_{item.slug}", "")
    if not own:
        return "its test left no record"
    values = item.value if isinstance(item.value, list) else [item.value]
    for value in values:
        if isinstance(value, str) and value:
            there = any(form in own for name, form in forms(value).items() if "base64" not in name)
        elif isinstance(value, int) and not isinstance(value, bool):
            there = str(value) in own
        else:
            there = f'"{item.name}": {json.dumps(value)}' in own
        if not there:
            around = re.search(rf"(?m)^.*{re.escape(item.name or 'message')}.*$", own)
            return f"not shown: {around[0].strip()[:100] if around else '(nor its name)'}"
    return ""


def judge(items: list[Item], outcome: Outcome) -> Outcome:
    """Fill in what leaked and what was lost."""
    for item in items:
        if item.secrets and (leaks := leaks_of(item, outcome)):
            outcome.leaks[item.id] = leaks
        if not item.secrets and (why := is_lost(item, outcome)):
            outcome.lost[item.id] = why
    return outcome


def examine(path: Path, items: list[Item], *options: str) -> Outcome:
    return judge(items, run(Planted(path, items), *options))


def unseen(path: Path, items: list[Item]) -> list[str]:
    """The control: ids of items that plain pytest, showing locals, does not print either."""
    outcome = run(Planted(path, items), *PLAIN)
    text = outcome.stdout + outcome.haystack
    return [item.id for item in items if not _stands(item, text)]


def _stands(item: Item, text: str) -> bool:
    if item.place == "argv":  # pytest prints its own command nowhere
        return True
    wanted: list[Any] = list(item.secrets) or [item.value]
    if item.secrets:
        return all(any(form in text for form in forms(one).values()) for one in wanted)
    return all(any(form in text for form in forms(str(one)).values()) for one in wanted)
