"""The directory of an office."""

from __future__ import annotations

from collections.abc import Iterable

from .contacts import Contact, alphabetical
from .layout import page_lines, thumb_index
from .pages import Paginator


class Directory:
    """A collection of contacts that can be printed or browsed."""

    def __init__(self, contacts: Iterable[Contact], per_page: int = 4) -> None:
        self.contacts = alphabetical(contacts)
        self.per_page = per_page

    def _paginator(self, initial: str = "") -> Paginator:
        wanted = initial.casefold()
        chosen = [one for one in self.contacts if one.sort_key[0].startswith(wanted)]
        return Paginator(chosen, self.per_page)

    def index(self) -> list[str]:
        """Return the index printed on the cover."""
        return thumb_index(self._paginator())

    def show(self, number: int, initial: str = "") -> list[str]:
        """Return the lines of one page, of all contacts or of one initial."""
        paginator = self._paginator(initial)
        return page_lines(paginator.page(number), paginator.last)
