"""What the MCP server answers: the same texts as the commands', of one project, within a budget.

Knows nothing of the protocol but the server that is handed the tools (`serve`); what an answer
cannot be given for is a ValueError or OSError that says what would be right.
"""

from __future__ import annotations

import functools
import glob
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import __version__
from .commands.calls import events_of
from .commands.diff import compare, diff_lines
from .commands.reading import find_failure
from .commands.runs import find_run
from .commands.show import asked_for
from .report.budget import bounded, within
from .report.foreign import Inputs, triage_json
from .report.foreign_text import triage_lines
from .settings import LEAST_BUDGET
from .store import damage, load_run
from .triage.gather import Gathered
from .triage.reading import gather

INSTRUCTIONS = (
    "Why tests of this project failed, as `pytest --autopsy` recorded it. Run the tests yourself"
    " (`pytest --autopsy --autopsy-only -q`), then read `digest`; narrow with `show_failure`,"
    " `show_call` and `search_values`; after a change run the tests again and read `diff`."
)
MAX_HITS = 200
CELLS = 100


class Tools:
    """The tools of one project: they read what lies below `root`, or in `store`, and no more."""

    def __init__(self, root: Path, store: Path) -> None:
        self._store = store
        self._homes = (root.resolve(), (root / store).resolve())

    def digest(self, run: str = "latest", budget: int = 2000) -> str:
        """The root causes of a run's failures: culprit, evidence, exemplar, how to run them again.

        run: latest, previous, or an id. budget: about how many tokens to answer with, at least 400.
        """
        return self._shown(run, None, None, budget)

    def show_failure(self, test: str, run: str = "latest", budget: int = 2000) -> str:
        """One failing test: its suspects with the reasons, the evidence, the crash with its locals.

        test: a node id, a part of one that only one has, or a failure's id.
        """
        return self._shown(run, test, None, budget)

    def show_call(self, test: str, call: int, run: str = "latest", budget: int = 2000) -> str:
        """One recorded call of a failing test: its callers, arguments, result, what it called.

        call: the number that stands as `(call 17)` in evidence and in `search_values`.
        """
        return self._shown(run, test, call, budget)

    def search_values(
        self, text: str, test: str = "", run: str = "latest", budget: int = 2000
    ) -> str:
        """Where a text occurs in recorded arguments, results and exceptions of failing tests.

        text: part of a value as it is shown, or a name followed by = (`price=None`).
        test: only of this test.
        """
        if not text:
            raise ValueError("give a text to search for: part of a value, such as None or 'sku-9'")
        folder = self._run(run)
        with damage(str(folder)):
            digest = load_run(folder)
            failures = [find_failure(digest, test)] if test else digest["failures"]
            hits = [hit for failure in failures for hit in _hits(folder, failure, text)]
        count = f"{len(hits)} places hold {text!r} in {len(failures)} failing tests"
        return _text([count, *hits[:MAX_HITS]], budget, len(hits) - MAX_HITS)

    def diff(self, before: str = "previous", after: str = "latest", budget: int = 2000) -> str:
        """What differs between two runs: causes and failures that are new, known, or no longer."""
        with damage(str(self._store)):
            found = compare(load_run(self._run(before)), load_run(self._run(after)))
        return _text(diff_lines(found), budget)

    def triage(self, paths: list[str], buckets: int = 10, budget: int = 2000) -> str:
        """The root causes of what failed in files: JUnit XML, JSON reports, logs, runs of others.

        paths: files, directories or patterns below the project. buckets: at most so many causes.
        """
        if buckets < 1:
            raise ValueError(f"buckets: a whole number of at least 1, not {buckets}")
        chosen = [one for path in paths for one in self._files(path)]
        gathered = Gathered()
        looked = gather(chosen, gathered)
        report = triage_json(gathered, Inputs(looked.files, looked.aside), buckets)
        return _text(triage_lines(report, CELLS), budget)

    # -- what may be read ---------------------------------------------------------------------

    def _shown(self, run: str, test: str | None, call: int | None, budget: int) -> str:
        folder = self._run(run)
        with damage(str(folder)):
            return _text(asked_for(folder, test, call, _enough(budget))[1], budget)

    def _run(self, name: str) -> Path:
        folder = self._inside(find_run(self._homes[1], name))
        self._links_below(folder)
        return folder

    def _files(self, path: str) -> list[str]:
        if path == "-":
            raise ValueError("paths: standard input is this server's own; give files")
        whole = str(self._homes[0] / path)
        found = glob.glob(whole, recursive=True) if any(c in path for c in "*?[") else [whole]
        for one in found:
            self._links_below(self._inside(Path(one)))
        return found

    def _inside(self, path: Path) -> Path:
        """The path with its links resolved. Raises ValueError where it leads out of the project."""
        real = path.resolve()
        if not any(real == home or home in real.parents for home in self._homes):
            raise ValueError(
                f"{path} lies outside of {self._homes[0]}: this server reads only that project"
            )
        return real

    def _links_below(self, folder: Path) -> None:
        for place, folders, files in os.walk(folder):
            for name in (*folders, *files):
                if os.path.islink(one := os.path.join(place, name)):
                    self._inside(Path(one))


def _enough(budget: int) -> int:
    if budget < LEAST_BUDGET:
        raise ValueError(f"budget: a whole number of at least {LEAST_BUDGET}, not {budget}")
    return budget


def _text(lines: Any, budget: int, more: int = 0) -> str:
    rest = [f"and {more} more"] if more > 0 else []
    return "\n".join(within([*lines, *rest], _enough(budget), f"budget {4 * budget}"))


def _hits(folder: Path, failure: dict[str, Any], text: str) -> Iterator[str]:
    """The values of a failure's trace that hold a text, one a line."""
    if not failure["trace"]:
        return
    calls: dict[int, str] = {}
    for event in events_of(folder / "traces" / Path(failure["trace"]).name):
        number = event.get("call_id", 0)
        if event.get("event") == "call":
            calls[number] = f"{event.get('qualname')} {event.get('file')}:{event.get('line')}"
        for name, value in _values(event):
            if text in f"{name}={value}":
                where = f"{failure['nodeid']} (call {number}) {calls.get(number, '')}"
                yield bounded(f"{where}: {name}={value}", 3 * CELLS)


def _values(event: dict[str, Any]) -> Iterator[tuple[str, object]]:
    yield from event.get("args", {}).items()
    if "return_value" in event:
        yield "returned", event["return_value"]
    if "exc_type" in event:
        yield "exception", f"{event['exc_type']}: {event.get('exc_value')}"


def serve(server: Any, wrong: type[Exception], tools: Tools) -> None:
    """Give the tools to a server of the SDK and run it over stdio until its client goes.

    `wrong` is the exception whose message the client is told.
    """

    def told(tool: Callable[..., str]) -> Callable[..., str]:
        @functools.wraps(tool)
        def asked(**arguments: Any) -> str:
            try:
                return tool(**arguments)
            except (OSError, ValueError) as error:
                raise wrong(str(error)) from None

        return asked

    made = server(
        "pytest-autopsy", version=__version__, instructions=INSTRUCTIONS, log_level="ERROR"
    )
    chosen = (tools.digest, tools.show_failure, tools.show_call, tools.search_values, tools.diff, tools.triage)  # fmt: skip
    for tool in chosen:
        made.tool(structured_output=False)(told(tool))
    made.run("stdio")
