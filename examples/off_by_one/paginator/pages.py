"""Splitting a list of contacts into numbered pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .contacts import Contact


class PageNotFoundError(LookupError):
    """Raised for a page number that the directory does not have."""


@dataclass(frozen=True)
class Page:
    """The contacts printed on one page; pages are numbered from 1."""

    number: int
    contacts: Sequence[Contact]


def page_count(total: int, per_page: int) -> int:
    """Return how many pages `total` entries take; an empty listing is one blank page."""
    if per_page < 1:
        raise ValueError(f"per_page must be positive, not {per_page}")
    return total // per_page + 1


class Paginator:
    """Gives access to a sequence of contacts page by page."""

    def __init__(self, contacts: Sequence[Contact], per_page: int) -> None:
        self.contacts = contacts
        self.per_page = per_page
        self.last = page_count(len(contacts), per_page)

    def page(self, number: int) -> Page:
        """Return one page by its number."""
        if not 1 <= number <= self.last:
            raise PageNotFoundError(f"no page {number}")
        start = (number - 1) * self.per_page
        return Page(number, self.contacts[start : start + self.per_page])

    def __iter__(self) -> Iterator[Page]:
        for number in range(1, self.last + 1):
            yield self.page(number)
