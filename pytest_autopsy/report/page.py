"""report.html: one file that opens from disk, tells the causes first and the evidence on demand.

Nothing that a test left is ever markup. The summary is escaped HTML, which needs no script; the
rest is data in script elements that no browser runs. The page's content policy allows the page's own
script and style by their hashes, no network, and no text as markup (trusted types).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from ..plainjson import dumps
from .markup import joined
from .page_parts import BUDGET, Evidence, Pack, index
from .page_summary import headline, summary

SCRIPTS = (
    "dom.js",
    "parts.js",
    "values.js",
    "tree.js",
    "source.js",
    "divergence.js",
    "inspector.js",
    "page.js",
)
_SLOT = re.compile(r"\{\{(\w+)\}\}")


def page(
    digest: dict[str, Any], evidence: Evidence, notes: Sequence[str] = (), budget: int = BUDGET
) -> bytes:
    """Return the page of a run: its digest, the evidence in its directory, and notes to show.

    `budget` is how many bytes the evidence may take; what does not fit is named on the page.
    """
    pack = Pack(budget)
    found = index(digest, evidence, pack)
    style, script = asset("page.css"), _script()
    slots = {
        "policy": _policy(style, script),
        "title": joined(f"{headline(digest)} - pytest-autopsy"),
        "style": style,
        "summary": summary(digest, notes),
        "index": _data(found),
        "parts": "".join(
            f'<script type="text/plain" id="part-{number}">{part}</script>\n'
            for number, part in enumerate(pack.parts)
        ),
        "script": script,
    }
    text = _SLOT.sub(lambda slot: slots[slot[1]], asset("page.html"))
    return text.encode("utf-8", "backslashreplace")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}';"
        " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    """The hash of an inline element's text, as a content policy names it (CSP level 2, 4.2.4)."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _data(value: object) -> str:
    """JSON that cannot end the element that it lies in."""
    text = dumps(value).decode("utf-8")
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _script() -> str:
    """The page's modules in one scope of their own."""
    return f"(() => {{\n'use strict';\n{''.join(map(asset, SCRIPTS))}}})();\n"


@cache
def asset(name: str) -> str:
    """Return the text of one of the page's files."""
    found = files(__package__.partition(".")[0]) / "assets" / "page" / name
    return found.read_text("utf-8")
