"""Causes as pieces of somebody else's HTML page: short, escaped, no script and no style sheet."""

from __future__ import annotations

from html import escape

from .causes import named
from .digest import Outcome
from .plain import safe
from .properties import box

MAX_CAUSES = 20


def row_html(outcome: Outcome, failure_id: str) -> str:
    """Return the box of a failure's cause, to stand before its log."""
    return "".join(f"{escape(safe(line))}\n" for line in box(outcome, failure_id)) + "\n"


def causes_html(outcome: Outcome, link: str) -> str:
    """Return the causes as a list of boxes that open, and a link to the whole digest."""
    parts = ["<h3>autopsy</h3>"]
    for cause in outcome.causes[:MAX_CAUSES]:
        title, *rest = (escape(safe(line)) for line in box(outcome, cause.exemplar))
        rest += map(escape, named(cause, outcome))
        count, text = f" ({len(cause.failures)})", "\n".join(rest)
        parts.append(f"<details><summary>{title}{count}</summary><pre>{text}</pre></details>")
    if len(outcome.causes) > MAX_CAUSES:
        parts.append(f"<p>and {len(outcome.causes) - MAX_CAUSES} more</p>")
    if link:
        parts.append(f'<p><a href="{escape(link)}">all of it</a></p>')
    return "\n".join(parts)
