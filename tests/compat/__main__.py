"""Run the rows of the compatibility table and write it into docs/compatibility.md.

    python -m tests.compat [--newest PYTHON] [--oldest PYTHON] [--check]

PYTHON is an interpreter with the extra `compat`: the one that runs this, and one in which
`pytest==8.0.0` was installed with it. A row is "yes" where all of its tests pass; one that was
skipped, or failed, says so. Without interpreters nothing is run, and the table is not touched.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .rows import ROWS, Row

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "compatibility.md"
BEGIN, END = "<!-- rows: made by python -m tests.compat -->", "<!-- end of rows -->"
VERSIONS = "import importlib.metadata as m, json; print(json.dumps({d.metadata['name'].lower(): d.version for d in m.distributions()}))"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.compat", description=__doc__)
    parser.add_argument("--newest", default=sys.executable)
    parser.add_argument("--oldest", required=True)
    parser.add_argument("-n", dest="workers", type=int, default=2, help="processes for each")
    parser.add_argument("--check", action="store_true", help="run, but leave the page as it is")
    options = parser.parse_args()
    with ThreadPoolExecutor() as pool:  # each waits for a process of its own
        columns = list(pool.map(Column, (options.newest, options.oldest), [options.workers] * 2))
    table = "\n".join(rendered(columns))
    print(table)
    if not options.check:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}", "utf-8")
    return int(any(column.failed for column in columns))


class Column:
    """The rows under one pytest."""

    def __init__(self, python: str, workers: int) -> None:
        self.python = python
        self.workers = workers
        listed = subprocess.run([python, "-c", VERSIONS], capture_output=True, check=True, cwd=ROOT)
        self.versions: dict[str, str] = json.loads(listed.stdout)
        self.results = self._run()
        self.failed = any(self.says(row) == "fails" for row in ROWS)

    def _run(self) -> dict[str, str]:
        """Test, as rows name it -> passed, skipped or failed."""
        files = sorted({f"tests/{row.test.partition('::')[0]}" for row in ROWS})
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            command = [
                self.python,
                "-m",
                "pytest",
                "-q",
                "-p",
                "xdist",
                "-n",
                str(self.workers),
                *files,
            ]
            command += [f"--junitxml={report}", "-o", "junit_family=xunit1", "--tb=short"]
            environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
            subprocess.run(command, cwd=ROOT, env=environment, check=False)
            cases = ET.parse(report).getroot().iter("testcase")
            return {name_of(case): outcome_of(case) for case in cases}

    def says(self, row: Row) -> str:
        """What stands in the table: yes with the versions, skipped, or fails."""
        met = [how for name, how in self.results.items() if name.startswith(row.test)]
        if not met or "failed" in met:
            return "fails"
        if "passed" not in met:
            return "-"
        return " ".join(["yes", *(self.versions[name] for name in row.needs[:1])])


def name_of(case: ET.Element) -> str:
    file = case.get("file", "").removeprefix("tests/")
    return f"{file}::{case.get('name')}"


def outcome_of(case: ET.Element) -> str:
    kinds = {child.tag for child in case}
    return (
        "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
    )


def rendered(columns: list[Column]) -> list[str]:
    """Return the table's lines."""
    heads = [f"pytest {column.versions['pytest']}" for column in columns]
    lines = [f"| | {' | '.join(heads)} | what holds | test |", "|---|---|---|---|---|"]
    for row in ROWS:
        says = " | ".join(column.says(row) for column in columns)
        holds = f"{row.holds}. {row.note}" if row.note else row.holds
        test = row.test.rstrip("[")
        lines.append(f"| {row.what} | {says} | {holds} | `{test}` |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
