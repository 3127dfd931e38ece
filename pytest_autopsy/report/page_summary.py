"""The part of the page that needs no script: root causes, their suspects, and what failed."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from .markup import Markup, joined, tag
from .plain import cut_short

FULL_SUSPECTS = 3
SHOWN = 12
"""Failures of a cause that are shown unfolded."""
MAX_FAILURES = 300
"""Failures of a cause that are listed; all of them are found by name."""
WORDS = {
    "shown": "the recorded events show the mechanism",
    "likely": "the evidence points here, the mechanism was not seen whole",
    "open": "several are tied, the title names them",
    "none": "nothing points anywhere, the title says why",
}


def summary(digest: dict[str, Any], notes: Sequence[str] = ()) -> Markup:
    """Return the summary of a run as HTML, from its digest."""
    failures = {failure["id"]: failure for failure in digest["failures"]}
    calls = {failure["nodeid"]: failure["id"] for failure in digest["failures"]}
    causes = digest["root_causes"]
    loose = [failure for failure in digest["failures"] if failure["root_cause"] is None]
    return joined(
        _head(digest, notes),
        *(_cause(number, cause, failures, calls) for number, cause in enumerate(causes, 1)),
        _loose(loose),
        _foot(digest),
    )


def headline(digest: dict[str, Any]) -> str:
    """Return how much failed and how much of it is explained."""
    causes = digest["root_causes"]
    unexplained = sum(cause["confidence"] == "none" for cause in causes)
    parts = [many(len(digest["failures"]), "failure")]
    parts += [many(len(causes) - unexplained, "cause")] if causes else []
    parts += [f"{unexplained} unexplained"] if unexplained else []
    return ", ".join(parts)


def many(count: int, thing: str) -> str:
    """Return a count and its noun."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def command(words: Sequence[str]) -> str:
    """Return an argument list as a shell reads it."""
    return shlex.join(words)


def _head(digest: dict[str, Any], notes: Sequence[str]) -> Markup:
    run, totals = digest["run"], digest["totals"]
    counts = [
        (name.removesuffix("s") if totals[name] == 1 else name, totals[name])
        for name in ("tests", "passed", "failed", "errors", "skipped", "xfailed", "xpassed", "retried")
        if totals[name]
    ]  # fmt: skip
    stopped = cut_short(run)
    return tag(
        "header",
        tag("p", f"pytest-autopsy, {run['started_utc']}", class_="note"),
        tag("h1", headline(digest)),
        tag("ul", *(tag("li", tag("b", f"{count:,}"), f" {name}") for name, count in counts), class_="counts"),
        tag("p", f"The run is {stopped}.", class_="note") if stopped else None,
        *(tag("p", note, class_="note") for note in notes),
        class_="run",
    )  # fmt: skip


def _cause(
    number: int, cause: dict[str, Any], failures: dict[str, Any], calls: dict[str, str]
) -> Markup:
    members = [failures[one] for one in cause["failures"] if one in failures]
    word = cause["confidence"]
    return tag(
        "article",
        tag(
            "div",
            tag("span", str(number), class_="ordinal"),
            tag("h2", tag("span", word, class_=f"word {word}", title=WORDS.get(word)), " ", cause["title"]),
            tag("span", many(len(cause["failures"]), "failure"), class_="count"),
            class_="title",
        ),
        _about(cause),
        _story(cause["evidence"], calls, cause["exemplar"]),
        _hint(cause["hint"]),
        _rerun(cause["rerun"]),
        _suspects(cause["suspects"], cause["exemplar"]),
        _failures(members, cause),
        id=cause["id"],
        class_=f"cause {word}",
    )  # fmt: skip


def _about(cause: dict[str, Any]) -> Markup | None:
    told = [
        cause["status"],
        f"seen in {many(cause['runs_seen'], 'run')}" if cause["runs_seen"] else None,
    ]
    told.append(f"first on {cause['first_seen']}" if cause["first_seen"] else None)
    text = ", ".join(one for one in told if one)
    if cause["downstream_of"]:
        after = tag("a", cause["downstream_of"], href=f"#{cause['downstream_of']}")
        return tag("p", "follows from ", after, f"; {text}" if text else None, class_="about")
    return tag("p", text, class_="about") if text else None


def _story(facts: list[dict[str, Any]], calls: dict[str, str], exemplar: str) -> Markup | None:
    if not facts:
        return None
    return tag("ol", *(_fact(fact, calls, exemplar) for fact in facts), class_="story")


def _fact(fact: dict[str, Any], calls: dict[str, str], exemplar: str) -> Markup:
    """A fact, with a link to the call that shows it where that call is one of a failing test."""
    test = calls.get(fact["test"])
    call = tag("a", f"call {fact['call']}", href=f"#{test}/{fact['call']}", class_="call") if test and fact["call"] is not None else None  # fmt: skip
    return tag(
        "li",
        tag("span", fact["role"], class_="role"),
        tag("span", fact["fact"], class_="fact"),
        tag("span", place(fact["file"], fact["line"], test or exemplar), call and " ", call, class_="where"),
        class_=fact["role"],
    )  # fmt: skip


def place(file: str, line: int, failure: str) -> Markup:
    """Return a link to a line of the source, in the light of a failure."""
    path, _, name = f"{file}:{line}".rpartition("/")
    shown = joined(_folder(path) if path else None, name)
    return tag("a", shown, href=f"#{failure}/source/{line}/{quote(file)}", class_="place")


def _folder(path: str) -> Markup:
    """A path that may be broken at its slashes."""
    pieces = (joined(f"{piece}/", tag("wbr")) for piece in path.split("/"))
    return tag("span", *pieces, class_="folder")


def _hint(hint: str) -> Markup | None:
    return tag("p", tag("b", "Next "), hint, class_="hint") if hint else None


def _rerun(words: list[str]) -> Markup:
    return tag("div", tag("code", command(words)), class_="rerun")


def _suspects(suspects: list[dict[str, Any]], exemplar: str) -> Markup | None:
    if not suspects:
        return None
    first, rest = suspects[:FULL_SUSPECTS], suspects[FULL_SUSPECTS:]
    top = max(suspect["score"] for suspect in suspects) or 1
    more = tag(
        "details",
        tag("summary", f"{many(len(rest), 'more suspect')}"),
        tag("ol", *(_suspect(one, top, exemplar) for one in rest), start=FULL_SUSPECTS + 1),
    )
    return tag(
        "section",
        tag("h3", "Suspects"),
        tag("ol", *(_suspect(one, top, exemplar) for one in first)),
        more if rest else None,
        class_="suspects",
    )


def _suspect(suspect: dict[str, Any], top: float, exemplar: str) -> Markup:
    share = max(suspect["score"], 0) / top if top > 0 else 0
    return tag(
        "li",
        tag("meter", f"{suspect['score']:.2f}", min=0, max=1, value=round(share, 3), title=f"score {suspect['score']:.2f}"),
        tag("span", suspect["function"], class_="function"),
        tag("span", suspect["kind"], class_="kind") if suspect["kind"] != "code" else None,
        place(suspect["file"], suspect["line"], exemplar),
        tag("ul", *(tag("li", reason) for reason in suspect["why"]), class_="why"),
    )  # fmt: skip


def _failures(members: list[dict[str, Any]], cause: dict[str, Any]) -> Markup:
    shown, more = members[:SHOWN], members[SHOWN:MAX_FAILURES]
    beyond = len(cause["failures"]) - len(shown) - len(more)
    return tag(
        "section",
        tag("h3", "Failures"),
        _failure_list(shown, cause["exemplar"]),
        tag("details", tag("summary", f"{len(more):,} more"), _failure_list(more, cause["exemplar"])) if more else None,
        tag("p", f"{beyond:,} more are in digest.json, and found here by name", class_="note") if beyond else None,
        class_="failures",
    )  # fmt: skip


def _failure_list(failures: Iterable[dict[str, Any]], exemplar: str = "") -> Markup:
    return tag("ul", *(_failure(failure, exemplar) for failure in failures))


def _failure(failure: dict[str, Any], exemplar: str) -> Markup:
    phase = f"in {failure['phase']}" if failure["phase"] != "call" else None
    exception = failure["exception"]
    lines = exception["message"].strip().splitlines() if exception else []
    message = f": {lines[0]}" if lines else ""
    return tag(
        "li",
        tag("a", failure["nodeid"], href=f"#{failure['id']}"),
        tag("span", phase, class_="kind") if phase else None,
        tag("span", "exemplar", class_="kind", title="the one that the evidence is shown of")
        if failure["id"] == exemplar
        else None,
        tag("span", f"{exception['type']}{message}", class_="exception") if exception else None,
    )


def _loose(failures: list[dict[str, Any]]) -> Markup | None:
    """Failures that belong to no cause: triage is off."""
    if not failures:
        return None
    beyond = len(failures) - MAX_FAILURES
    return tag(
        "article",
        tag("div", tag("h2", "Without a cause"), tag("span", many(len(failures), "failure"), class_="count"), class_="title"),
        tag("p", failures[0]["why_no_cause"] or "", class_="about"),
        tag("section", _failure_list(failures[:MAX_FAILURES]), class_="failures"),
        tag("p", f"{beyond:,} more are in digest.json, and found here by name", class_="note") if beyond > 0 else None,
        class_="cause none",
    )  # fmt: skip


def _foot(digest: dict[str, Any]) -> Markup:
    run, cost = digest["run"], digest["cost"]
    workers = f", {many(run['workers'], 'worker')}" if run["workers"] else ""
    facts = [
        ("run", run["id"]),
        ("started", run["started_utc"]),
        ("command", command(run["argv"])),
        ("python", f"{run['python']}, pytest {run['pytest']}"),
        ("engine", f"{run['engine']} ({run['engine_reason']}), mode {run['mode']}{workers}"),
        ("commit", f"{run['commit']}{' and uncommitted changes' if run['dirty'] else ''}" if run["commit"] else None),
        ("cost", f"about {cost['slowdown_s']:.1f} s; {many(cost['calls_seen'], 'call')} seen, {cost['calls_kept']:,} kept, {cost['dropped']:,} dropped"),
    ]  # fmt: skip
    pairs = (joined(tag("dt", name), tag("dd", text)) for name, text in facts if text)
    words = (joined(tag("dt", word), tag("dd", meaning)) for word, meaning in WORDS.items())
    return tag(
        "footer",
        tag("section", tag("h3", "This run"), tag("dl", *pairs)),
        tag("section", tag("h3", "How far to trust a title"), tag("dl", *words)),
    )
