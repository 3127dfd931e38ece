"""The pytest plugin of a second run's process: hands what was recorded to the first run's."""

from __future__ import annotations

import os
from typing import Any

import pytest

from ..evidence import Writer
from ..faults import Guard
from ..session import Session
from .second_run import EVIDENCE, KEY


class Telling:
    """Writes down what is new after each test, so that a killed second run leaves the rest."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.writer = Writer(session)
        self.guarded = Guard(session.faults)
        session.after_test = lambda: self.guarded(self._write)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Any:
        # Outside of Closing's: what the whole run knows to be secret is out of it by then.
        try:
            return (yield)
        finally:
            self.guarded(self._write)

    def _write(self) -> None:
        self.session.directory.append(EVIDENCE, self.writer.line())


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    from ..activation import SESSION

    session = config.stash.get(SESSION, None)
    key = os.environ.pop(KEY, "")
    if session is not None and key:
        session.key = key
        config.pluginmanager.register(Telling(session), "autopsy-second-run")
