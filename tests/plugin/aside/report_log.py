"""A plugin for inner runs: writes down what pytest reported, and with which exit status.

What a run with pytest-autopsy and one without have to agree on.
"""

import json
import os
import re

import pytest

LOG = os.environ.get("REPORT_LOG")


def _write(config, **entry):
    if LOG and not hasattr(config, "workerinput"):
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(re.sub(r"\b0x[0-9a-f]+\b", "0x0", json.dumps(entry)) + "\n")


class Log:
    def __init__(self, config):
        self.config = config

    def pytest_runtest_logreport(self, report):
        _write(
            self.config,
            kind="report",
            nodeid=report.nodeid,
            when=report.when or "?",
            outcome=report.outcome,
            wasxfail=getattr(report, "wasxfail", None),
            text=str(report.longrepr or ""),
            sections=report.sections,
            subtest=type(report).__name__ != "TestReport",
        )

    def pytest_collectreport(self, report):
        if not report.passed:
            _write(
                self.config,
                kind="collect",
                nodeid=report.nodeid,
                when="collect",
                outcome=report.outcome,
                text=str(report.longrepr),
            )

    def pytest_warning_recorded(self, warning_message, when, nodeid):
        _write(
            self.config,
            kind="warning",
            nodeid=nodeid,
            when=when,
            category=warning_message.category.__name__,
            text=str(warning_message.message),
        )

    def pytest_sessionfinish(self, exitstatus):
        _write(self.config, kind="exit", nodeid="", when="", status=int(exitstatus))


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    config.pluginmanager.register(Log(config), "report-log")
