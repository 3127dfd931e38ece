"""One issue of the bulletin and whom it goes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .members import Member


class Issue:
    """A text for some members."""

    def __init__(self, subject: str, readers: Iterable[Member]) -> None:
        self.subject = subject
        self.readers = readers

    def addresses(self) -> list[str]:
        """Return whom it goes to."""
        return [f"{member.name} <{member.email}>" for member in self.readers]

    def letters(self) -> Iterator[tuple[str, str]]:
        """Yield address and first line of each copy."""
        for member in self.readers:
            yield member.email, f"Dear {member.name}: {self.subject}"
