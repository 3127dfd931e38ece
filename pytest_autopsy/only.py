"""--autopsy-only: what pytest says of failures gives way to the digest; nothing else changes."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from .settings import Settings


@contextmanager
def hidden(reporter: Any) -> Iterator[None]:
    """While it lasts the terminal's own summaries print nothing: failures, errors, warnings."""
    option = reporter.config.option
    kept = option.tbstyle, reporter.reportchars
    option.tbstyle, reporter.reportchars = "no", ""
    try:
        yield
    finally:
        option.tbstyle, reporter.reportchars = kept


def register(config: pytest.Config, settings: Settings) -> None:
    """With -q tests print nothing one by one either; a long run would be a page of dots."""
    if settings.only and settings.verbosity < 0:
        config.pluginmanager.register(Quiet(), "autopsy-quiet")


class Quiet:
    """Takes letter and word from each test's status; what is counted stays."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_report_teststatus(self) -> Generator[None, Any, Any]:
        status = yield
        return (status[0], "", "") if status else status

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        plugins = session.config.pluginmanager
        reporter = plugins.get_plugin("terminalreporter")
        if hasattr(reporter, "_show_progress_info"):  # the percentage that stands behind the dots
            vars(reporter)["_show_progress_info"] = False
        workers = plugins.get_plugin("terminaldistreporter")
        if hasattr(workers, "ensure_show_status"):  # "bringing up nodes..."
            vars(workers)["ensure_show_status"] = lambda: None
