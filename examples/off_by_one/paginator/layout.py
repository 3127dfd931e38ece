"""Turning pages into lines of text."""

from __future__ import annotations

from .pages import Page, Paginator


def heading(page: Page) -> str:
    """Return the range of surnames on a page, as printed at its top."""
    first = page.contacts[0].surname
    last = page.contacts[-1].surname
    return first if first == last else f"{first} - {last}"


def footer(page: Page, last: int) -> str:
    """Return the line at the foot of a page."""
    return f"page {page.number} of {last}"


def page_lines(page: Page, last: int) -> list[str]:
    """Return the body of a page and its footer."""
    return [*(contact.entry() for contact in page.contacts), footer(page, last)]


def thumb_index(paginator: Paginator) -> list[str]:
    """Return one line a page with the surnames to be found there."""
    return [f"{page.number}: {heading(page)}" for page in paginator]
