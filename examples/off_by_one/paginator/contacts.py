"""The people listed in a directory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Contact:
    """One entry of the directory."""

    surname: str
    given_name: str
    extension: int

    @property
    def sort_key(self) -> tuple[str, str]:
        """The key contacts are listed by: surname, then given name."""
        return self.surname.casefold(), self.given_name.casefold()

    def entry(self) -> str:
        """The line printed for this contact."""
        return f"{self.surname}, {self.given_name} {self.extension:04d}"


def alphabetical(contacts: Iterable[Contact]) -> list[Contact]:
    """Return the contacts in the order they are printed."""
    return sorted(contacts, key=lambda contact: contact.sort_key)
