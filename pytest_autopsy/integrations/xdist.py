"""pytest-xdist: workers leave their evidence in files, the controller reads them before it diagnoses.

Nothing but the run's id, the key of its hashes and the name of a file travels over execnet. What a
worker has learned to be secret comes as keyed hashes, in its file.
"""

from __future__ import annotations

from typing import Any

import pytest

from ..evidence import decode, encode
from ..faults import described
from ..session import Session


class Worker:
    """In a worker: write down everything at the end."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        ours = self.session
        output: dict[str, str] = getattr(session.config, "workeroutput", {})
        try:
            ours.stop()
            ours.redact_again()
            name = f"workers/{ours.worker}.json"
            ours.directory.write(name, encode(ours))
            output["autopsy"] = name
        except Exception as error:  # noqa: BLE001
            output["autopsy_fault"] = described(self.pytest_sessionfinish, error)


class Controller:
    """In the controller: tell workers the run, and take in what they wrote."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["autopsy_run"] = self.session.directory.run_id
        node.workerinput["autopsy_key"] = self.session.key

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        output = getattr(node, "workeroutput", {})
        ours = self.session
        if fault := output.get("autopsy_fault"):
            ours.faults.append(f"worker {node.gateway.id}: {fault}")
        name = output.get("autopsy")
        if not name:
            return
        try:
            file = ours.directory.path / name
            decode(file.read_bytes(), ours)
            file.unlink()
        except Exception as fault:  # noqa: BLE001
            ours.faults.append(f"worker {node.gateway.id}: {described(decode, fault)}")
