"""pytest-xdist: workers write their evidence to files, the controller reads them as workers end.

Nothing but the run's id and the key of its hashes travels over execnet. A worker writes after each
test, so that one that crashes takes nothing with it but the test that it ran; what it has learned
to be secret comes as keyed hashes.
"""

from __future__ import annotations

from typing import Any

import pytest

from ..evidence import Reader, Writer
from ..faults import described
from ..record.recovery import SUFFIX
from ..session import Session
from ..wreckage import read_wreck


def evidence_file(worker: str) -> str:
    """Return the name of a worker's file below the run."""
    return f"workers/{worker}.jsonl"


class Worker:
    """In a worker: write down what is new after each test and at the end."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.writer = Writer(session)
        self.fault = ""
        session.after_test = self.write

    def write(self) -> None:
        """Append what is new; after a fault nothing more, for lines build on each other."""
        if self.fault:
            return
        try:
            name = evidence_file(str(self.session.worker))
            self.session.directory.append(name, self.writer.line())
        except Exception as error:  # noqa: BLE001
            self.fault = described(self.write, error)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output: dict[str, str] = getattr(session.config, "workeroutput", {})
        try:
            self.session.stop()
            self.session.redact_again()
            self.session.tell_imports()
        except Exception as error:  # noqa: BLE001
            self.fault = self.fault or described(self.session.stop, error)
        self.write()
        output["autopsy"] = self.fault


class Controller:
    """In the controller: tell workers the run, and take in what they wrote."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def _read_box(self, worker: str) -> None:
        """Take in the black box of a worker that has crashed: one that ended has left none."""
        ours = self.session
        box = ours.directory.path / f"{worker}{SUFFIX}"
        try:
            if box.exists():
                ours.wrecks.append(read_wreck(box, ours.redactor.known))
                box.unlink()
        except Exception as fault:  # noqa: BLE001
            ours.faults.append(f"worker {worker}: {described(self._read_box, fault)}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["autopsy_run"] = self.session.directory.run_id
        node.workerinput["autopsy_key"] = self.session.key

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        ours, worker = self.session, node.gateway.id
        told = getattr(node, "workeroutput", {}).get("autopsy")  # None: it crashed
        if told:
            ours.faults.append(f"worker {worker}: {told}")
        self._read_box(worker)
        file = ours.directory.path / evidence_file(worker)
        ours.progress.begin(f"reading what worker {worker} found")
        try:
            if told == "" or file.exists():
                Reader(ours).read(file.read_bytes())
                file.unlink()
        except Exception as fault:  # noqa: BLE001
            ours.faults.append(f"worker {worker}: {described(self.pytest_testnodedown, fault)}")
        finally:
            ours.progress.rest()
