"""Translations and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CENTS_PER_WORD = {"en": 12, "fr": 14, "ja": 21}


@dataclass(frozen=True)
class Job:
    """One finished translation, priced in the customer's currency."""

    customer: str
    language: str
    words: int
    currency: str
    done: date

    @property
    def price(self) -> float:
        """The price in the customer's currency."""
        return self.words * CENTS_PER_WORD[self.language] / 100
