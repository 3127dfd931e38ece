"""GitHub Actions: an annotation for each root cause as a workflow command, and the step's summary.

Escapes and limits are those of GitHub's documentation: `%`, CR and LF in messages, `:` and `,` too
in properties; ten annotations of a level from one step; 1 MiB of summary for a step.
"""

from __future__ import annotations

from .digest import Outcome
from .markdown import digest_md
from .plain import safe
from .properties import box

MAX_ANNOTATIONS = 10
MAX_SUMMARY = 1024 * 1024
_MARGIN = 16 * 1024
_CUT = "\n\nCut here: GitHub takes 1 MiB for a step. All of it is in digest.md.\n"


def workflow_commands(outcome: Outcome, level: str, folder: str = "") -> list[str]:
    """Return the commands, one a root cause, the explained first; `folder` is the root's path from
    the checkout, `level` is error, warning or notice.
    """
    causes = sorted(outcome.causes, key=lambda cause: cause.diagnosis.confidence == "none")
    commands = []
    for number, cause in enumerate(causes[:MAX_ANNOTATIONS]):
        title, *rest = box(outcome, cause.exemplar)
        failure = outcome.failure(cause.exemplar)
        suspects = cause.diagnosis.suspects
        file, line = failure.file, failure.line
        if suspects:
            file, line = suspects[0].function.file, suspects[0].line
        tests = len(cause.failures)
        rest.insert(0, f"{tests} {'failure' if tests == 1 else 'failures'}")
        if number == MAX_ANNOTATIONS - 1 and len(causes) > MAX_ANNOTATIONS:
            rest.append(f"{len(causes) - MAX_ANNOTATIONS} causes more in the step's summary")
        where = f"file={_property(folder + file)},line={max(line, 1)},title={_property(title)}"
        commands.append(f"::{level} {where}::{_message(rest)}")
    return commands


def summary(outcome: Outcome, used: int) -> str:
    """Return Markdown for the step's summary, of which `used` bytes are taken already.

    Past its limit GitHub drops the whole of a summary: what does not fit is cut at a line's end.
    """
    text = digest_md(outcome)
    room = MAX_SUMMARY - _MARGIN - used
    raw = text.encode("utf-8", "replace")
    if len(raw) <= room:
        return raw.decode()
    head = raw[: max(room - len(_CUT), 0)]
    shown = head[: head.rfind(b"\n") + 1].decode("utf-8", "ignore")
    return shown + _CUT if shown else ""


def _message(lines: list[str]) -> str:
    return "%0A".join(_escaped(safe(line)) for line in lines)


def _property(text: str) -> str:
    return _escaped(safe(text)).replace(":", "%3A").replace(",", "%2C")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
