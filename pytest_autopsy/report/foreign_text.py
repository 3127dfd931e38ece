"""What was found in files, as Markdown and for the terminal, from the report's JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .markdown import code_span, escaped
from .plain import cut_end, many, safe, split

MAX_CAUSES = 15
MAX_TROUBLES = 20
MAX_SEEN = 5
_COMMANDS = ("::", "##")
_USED = {
    "file": "", "rest": "; what comes before that is used", "lines": "; the other lines are used",
    "nothing": "",
}  # fmt: skip


def headline(report: dict[str, Any]) -> str:
    """Return what was found, in one line."""
    inputs, causes = report["inputs"], report["root_causes"]
    return (
        f"{many(inputs['failures'], 'failure')} in {many(inputs['files'], 'file')},"
        f" {many(len(causes), 'root cause')}"
    )


def triage_md(report: dict[str, Any]) -> str:
    """Return the report as Markdown, in seed 2's form; what files told is never markup."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: dict[str, Any]) -> Iterator[str]:
    yield f"# {headline(report)}"
    yield ""
    yield "## Root causes"
    places = {seen["id"]: seen for seen in report["seen"]}
    for number, cause in enumerate(report["root_causes"], 1):
        yield ""
        yield f"### {number}. {escaped(cause['title'])} ({many(cause['failures'], 'failure')})"
        yield ""
        yield f"- Id: {code_span(cause['id'])}, kind: {escaped(cause['kind'])}"
        yield f"- Signature: {code_span(cause['signature'])}"
        yield f"- Cause: {escaped(cause['cause'])}"
        if cause["hint"]:
            yield f"- Fix: {escaped(cause['hint'])}"
        for part in cause["parts"]:
            yield f"  - {escaped(part['title'])} ({many(part['failures'], 'failure')})"
        yield from _markdown_seen(places[cause["id"]])
    yield from _markdown_rest(report)


def _markdown_seen(seen: dict[str, Any]) -> Iterator[str]:
    yield f"- Seen in {many(seen['files_total'], 'file')}:"
    for failure in seen["failures"]:
        place = code_span(_place(failure))
        said = failure["message"].strip().partition("\n")[0][:160]
        step = f", step {failure['step']}" if failure.get("step") else ""
        yield f"  - {place} {escaped(failure['name'])}{step}: {escaped(failure['type'])}: {escaped(said)}"
        for fact in _facts(failure):
            yield f"    - {fact}"
        if failure["code"]:
            yield f"    - code: {code_span(cut_end(_last_line(failure['code']), 160))}"
    if seen["failures_left_out"]:
        yield f"  - and {many(seen['failures_left_out'], 'failure')} more"


def _markdown_rest(report: dict[str, Any]) -> Iterator[str]:
    notes = list(_notes(report))
    if notes:
        yield ""
        yield "## What to know of the input"
        yield ""
        yield from (f"- {escaped(note)}" for note in notes)
    if report["inputs"]["unusable"]:
        yield ""
        yield "## Not used"
        yield ""
        for trouble in report["inputs"]["unusable"]:
            yield f"- {code_span(_place(trouble))} {escaped(_reason(trouble))}"


def triage_lines(report: dict[str, Any], cells: int = 80) -> Iterator[str]:
    """Yield the report's lines for a terminal that is `cells` wide."""
    yield cut_end(f"autopsy: {headline(report)}", cells)
    places = {seen["id"]: seen for seen in report["seen"]}
    for number, cause in enumerate(report["root_causes"][:MAX_CAUSES], 1):
        yield ""
        count = many(cause["failures"], "failure")
        title = cut_end(safe(cause["title"]), cells - len(count) - len(str(number)) - 3)
        yield f"{number} {title}  {count}"
        yield from _wrapped("id", f"{cause['id']}, {cause['kind']}", cells)
        yield from _wrapped("signature", cause["signature"], cells)
        yield from _wrapped("cause", cause["cause"], cells)
        if cause["hint"]:
            yield from _wrapped("fix", cause["hint"], cells)
        for part in cause["parts"]:
            yield cut_end(f"            {part['failures']} {safe(part['title'])}", cells)
        yield from _terminal_seen(places[cause["id"]], cells)
    left = len(report["root_causes"]) - MAX_CAUSES
    if left > 0:
        yield ""
        yield f"... and {many(left, 'cause')} more: --json or --markdown has them, --buckets N joins them"
    yield from _terminal_rest(report, cells)


def _terminal_seen(seen: dict[str, Any], cells: int) -> Iterator[str]:
    for failure in seen["failures"][:MAX_SEEN]:
        facts = "; ".join(_facts(failure))
        told = f"{_place(failure)} {failure['name']}{'; ' + facts if facts else ''}"
        yield from _wrapped("seen", told, cells)
    shown = min(len(seen["failures"]), MAX_SEEN)
    more = len(seen["failures"]) + seen["failures_left_out"] - shown
    if more > 0:
        yield f"            and {more} more, {many(seen['files_total'], 'file')} in all"


def _terminal_rest(report: dict[str, Any], cells: int) -> Iterator[str]:
    troubles = report["inputs"]["unusable"]
    notes = list(_notes(report))
    if troubles or notes:
        yield ""
    for note in notes:
        yield from _wrapped("note", note, cells)
    for trouble in troubles[:MAX_TROUBLES]:
        yield from _wrapped("not used", f"{_place(trouble)} {_reason(trouble)}", cells)
    if len(troubles) > MAX_TROUBLES:
        yield f"  ... and {many(len(troubles) - MAX_TROUBLES, 'file')} more: --json names them"


def _notes(report: dict[str, Any]) -> Iterator[str]:
    inputs, agents = report["inputs"], report["agents"]
    for shard in inputs["shards"]:
        if not shard["complete"]:
            yield f"shard {shard['index']} ({shard['path']}) is incomplete: {shard['why']}"
    for missing in inputs["missing_shards"]:
        yield f"missing: {missing}"
    if agents["runs_that_failed"]:
        yield (
            f"agents: {many(agents['runs_that_failed'], 'run')} with a failure,"
            f" {many(agents['repeated_calls'], 'call')} repeated to the same failure,"
            f" {many(agents['ignored_errors'], 'error')} that the next step ignored"
        )
    if inputs["told_apart_by"] != "signature":
        yield f"too many signatures to tell them apart: they are told apart by {inputs['told_apart_by']}"
    if inputs["left_aside"]:
        kinds = ", ".join(f"{count} {end}" for end, count in list(inputs["left_aside"].items())[:8])
        total = sum(inputs["left_aside"].values())
        yield f"{many(total, 'file')} of other kinds left aside: {kinds}"


def _facts(failure: dict[str, Any]) -> list[str]:
    facts = []
    if failure.get("first_of_run"):
        facts.append("the first failure of its run")
    if failure.get("repeats"):
        facts.append(f"the same call had failed so {many(failure['repeats'], 'time')} before")
    if failure.get("ignored"):
        facts.append("the next step ignored it")
    return facts


def _wrapped(label: str, text: str, cells: int) -> Iterator[str]:
    """A label and its text, on as many lines as it takes."""
    head, rest = f"  {label:9} ", safe(text)
    while True:
        first, rest = split(rest, max(cells - 12, 20))
        yield head + first
        if not rest:
            return
        head = " " * 12
        if rest.startswith(_COMMANDS):  # to a CI, a line that begins so is an order
            rest = "\\" + rest


def _place(told: dict[str, Any]) -> str:
    return f"{told['file']}:{told['line']}" if told["line"] else str(told["file"])


def _reason(trouble: dict[str, Any]) -> str:
    count = f" ({trouble['lines']} lines so)" if trouble["lines"] > 1 else ""
    return f"{trouble['reason']}{count}{_USED[trouble['lost']]}"


def _last_line(code: str) -> str:
    return next((line.strip() for line in reversed(code.splitlines()) if line.strip()), "")
