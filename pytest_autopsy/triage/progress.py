"""A line that says how far it is, past two seconds, where somebody watches."""

from __future__ import annotations

import sys
from time import monotonic

AFTER = 2.0
EVERY = 0.5


class Progress:
    """Counts, and tells a terminal; silent where standard error is none."""

    def __init__(self) -> None:
        self._began = self._told = monotonic()
        self._shown = False
        self._watched = sys.stderr.isatty()

    def tell(self, files: int, failures: int) -> None:
        """Say where it is; called as often as one likes."""
        if not self._watched:
            return
        now = monotonic()
        if now - self._began >= AFTER and now - self._told >= EVERY:
            self._told, self._shown = now, True
            sys.stderr.write(
                f"\rautopsy: {files} files read, {failures} failures, {now - self._began:.0f} s"
            )
            sys.stderr.flush()

    def done(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r" + " " * 70 + "\r")
            sys.stderr.flush()
